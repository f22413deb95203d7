"""Pages on units: the list, the portrait of one (政治生态画像), and the briefing before an inspection round (巡前情况)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from service.access.sight_of_whole import opens_any, portrays
from service.api.problem import MayNot, Trespass
from service.console.overview_asked import Whole
from service.console.visitor import Visitor, visits
from service.reading import Reading
from service.whole.bodies import KINDS, Body, bodies
from service.whole.briefing import briefing, rounds
from service.whole.figures import Share, shares
from service.whole.portrait import FEW, PEERS, portrait

router = APIRouter()
Leader = Annotated[Visitor, visits("reports.read")]
LISTED = 60
"""Units of a kind on one page: those with most alerts; the search finds the others."""


@dataclass
class Units:
    """Units that the caller may open, with their alerts."""

    seen: Reading
    whole: Whole
    known: dict[str, Body]
    counted: dict[str, Share]

    def open(self, unit: str) -> Body:
        """A unit. Raises Trespass 404 for one that is not there or not open to the caller."""
        found = self.known.get(unit)
        if found is None or not self.may(found):
            raise Trespass(404, "not_there")
        return found

    def may(self, unit: Body) -> bool:
        return portrays(self.whole.me.caller, unit.area_id, unit.unit_id in self.counted)


@contextmanager
def looked_at(me: Visitor) -> Iterator[Units]:
    """The units, for one request. Raises Trespass 403 for a unit's own people."""
    if not opens_any(me.caller):
        raise MayNot("reports.read")
    with me.here.reading() as seen:
        whole = Whole(seen, me)
        counted = {one.key: one for one in shares(whole.ledger, whole.visible, "unit", me.days.today)}
        yield Units(seen, whole, bodies(seen.tables), counted)


@router.get("/units")
def units(
    me: Leader, kind: Annotated[str, Query(max_length=40)] = "", find: Annotated[str, Query(max_length=100)] = ""
) -> HTMLResponse:
    """Units by kind, those with most alerts first."""
    with looked_at(me) as looked:
        mine = [one for one in looked.known.values() if looked.may(one)]
        kinds = [one for one in KINDS if any(unit.kind == one for unit in mine)]
        chosen = kind if kind in kinds else "" if find.strip() or not kinds else kinds[0]
        wanted = [one for one in mine if (not chosen or one.kind == chosen) and find.strip() in one.name]
        wanted.sort(key=lambda one: (-(looked.counted[one.unit_id].came if one.unit_id in looked.counted else 0), one.unit_id))
        words = looked.seen.desk.contracts["unit"].columns["kind"].words
        return me.show(
            "portrait_units.html", units=wanted[:LISTED], more=max(0, len(wanted) - LISTED), counted=looked.counted, kinds=kinds, kind=chosen,
            words=words, find=find.strip(),
        )  # fmt: skip


@router.get("/units/{unit}")
def one(me: Leader, unit: str) -> HTMLResponse:
    """The portrait of a unit."""
    with looked_at(me) as looked:
        body = looked.open(unit)
        drawn = portrait(looked.seen, me.caller, looked.whole.ledger, looked.whole.visible, looked.known, body, me.days.today)
        places = rounds(looked.seen.tables, unit)
        return me.show("portrait.html", drawn=drawn, rounds=places, few=FEW, enough=PEERS, **_said(looked, body))


@router.get("/rounds")
def all_rounds(me: Leader) -> HTMLResponse:
    """Rounds of inspection with the units they cover."""
    with looked_at(me) as looked:
        listed = [
            one for one in rounds(looked.seen.tables) if one.unit_id in looked.known and looked.may(looked.known[one.unit_id])
        ]
        names = {one.unit_id: looked.known[one.unit_id].name for one in listed}
        looked.seen.names.learn("office", [one.office_id for one in listed])
        offices = {one.office_id: looked.seen.names.short("office", one.office_id) for one in listed}
        return me.show("portrait_rounds.html", listed=listed, names=names, offices=offices, counted=looked.counted)


@router.get("/rounds/{round_id}/{unit}")
def before(me: Leader, round_id: str, unit: str) -> HTMLResponse:
    """The briefing on a unit for a round."""
    with looked_at(me) as looked:
        body = looked.open(unit)
        place = next((one for one in rounds(looked.seen.tables, unit) if one.round_id == round_id), None)
        if place is None:
            raise Trespass(404, "not_there")
        told = briefing(looked.seen, me.caller, looked.whole.ledger, looked.whole.visible, looked.known, place, me.days.today)
        rules = {one.key: looked.seen.titles.of(one.key) for one in told.by_rule}
        return me.show(
            "portrait_briefing.html", told=told, drawn=told.portrait, rules=rules, few=FEW, enough=PEERS, **_said(looked, body)
        )


def _said(looked: Units, body: Body) -> dict[str, Any]:
    """What a unit's kind, level, place and authority are called."""
    columns = looked.seen.desk.contracts["unit"].columns
    names = looked.seen.names
    return {
        "kind": columns["kind"].words[body.kind], "level": columns["admin_level"].words.get(body.level or ""),
        "area": names.short("area", body.area_id) if body.area_id else "", "above": names.short("unit", body.above) if body.above else "",
        "group": names.short("office", body.group) if body.group else "",
    }  # fmt: skip
