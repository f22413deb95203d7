"""The whole (总览): what came, what came of it, where it waits, money, by stream, area, topic, office and month; common problems by kind of body."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse, HTMLResponse

from service.api.problem import Trespass
from service.console.asked import Asked
from service.console.overview_drawn import rising, section, tiles
from service.console.queue import Answer
from service.console.roll import Mask
from service.console.visitor import Visitor, visits
from service.reading import Reading
from service.whole.bodies import bodies
from service.whole.figures import course, since, total
from service.whole.ledger import Ledger, Ledgers
from service.whole.putting_right import whole as put_right
from service.whole.shared_problems import problems
from service.whole.waiting import stages

router = APIRouter()
Leader = Annotated[Visitor, visits("reports.read")]
NARROWS = ("stream", "area", "topic", "office", "unit", "rule")
"""Facets of the queue by which the whole can be narrowed."""
SPANS: Mapping[str, int | None] = {"all": None, "year": 12, "quarter": 3, "month": 1}
"""How far back: everything, the last twelve months, three, this one."""
BOUNDARIES = "boundaries.geojson"
"""In the home: an office's own approved map of areas, each with its `area_id`."""


@dataclass
class Whole:
    """The ledger as somebody sees it, narrowed by what the address says."""

    seen: Reading
    me: Visitor
    span: str = "all"
    rule: str = ""

    @cached_property
    def asked(self) -> Asked:
        facets = Asked.of(self.me.request.url.query).facets
        chosen = {name: facets[name] for name in NARROWS if name in facets}
        return Asked({**chosen, **({"rule": (self.rule,)} if self.rule else {}), "status": ("all",)})

    @cached_property
    def answer(self) -> Answer:
        return Answer(self.seen, self.me, self.asked)

    @cached_property
    def ledger(self) -> Ledger:
        state = self.me.request.app.state
        if not hasattr(state, "ledgers"):
            state.ledgers = Ledgers()
        ledgers: Ledgers = state.ledgers
        return ledgers.of(self.seen.session, self.answer.sieve.roll)

    @property
    def visible(self) -> Mask:
        return self.answer.sieve.visible

    @cached_property
    def mask(self) -> Mask:
        """What the address leaves of what is visible."""
        left = self.answer.sieve.left(self.answer.masks(self.asked))
        return left & since(self.ledger, SPANS[self.span], self.me.days.today)

    def address(self, **facets: str) -> str:
        """The queue's list of the same alerts; it knows no months, so there is none for a span."""
        return "/?" + replace(self.asked, facets={**self.asked.facets, **{name: (one,) for name, one in facets.items()}}).query

    def turned(self, name: str, value: str) -> str:
        """This page, narrowed by one more value or by it no longer."""
        chosen = {one: values for one, values in self.asked.facets.items() if one != "status"}
        chosen = (
            {**chosen, name: (value,)}
            if value not in chosen.get(name, ())
            else {one: v for one, v in chosen.items() if one != name}
        )
        query = "&".join(part for part in (Asked(chosen).query, f"span={self.span}" if self.span != "all" else "") if part)
        return "/overview" + (f"?{query}" if query else "")


@router.get("/overview")
def overview(me: Leader, span: Annotated[str, Query(max_length=10)] = "all") -> HTMLResponse:
    """The dashboard."""
    today = me.days.today
    with me.here.reading() as seen:
        whole = Whole(seen, me, span if span in SPANS else "all")
        labels = whole.answer.labels
        months = course(whole.ledger, whole.mask, today)
        sections = {by: section(whole, by, labels[by], today) for by in ("stream", "topic", "office", "area")}
        return me.show(
            "overview.html", total=total(whole.ledger, whole.mask, today), months=months, rising=rising(months), sections=sections,
            tiles=tiles(sections["area"]), stages=stages(seen.session, me.caller, today), right=put_right(seen.session, me.caller, today), span=whole.span, spans=list(SPANS),
            chosen=_chosen(whole, labels), address=whole.address(), own_map=_map(me) is not None, linked=whole.span == "all",
        )  # fmt: skip


@router.get("/overview/problems")
def common(me: Leader) -> HTMLResponse:
    """Common-problem lists by kind of body."""
    with me.here.reading() as seen:
        whole = Whole(seen, me)
        known = bodies(seen.tables)
        listed = problems(seen, me.caller, whole.ledger, whole.mask, known)
        rules = {one.rule: seen.titles.of(one.rule) for kind in listed for one in kind.common}
        kinds = seen.desk.contracts["unit"].columns["kind"].words
        return me.show(
            "overview_problems.html",
            listed=listed,
            rules=rules,
            kinds=kinds,
            units={one.unit_id: one.name for one in known.values()},
        )


@router.get("/overview/boundaries")
def boundaries(me: Leader) -> Response:
    """The office's own approved map. Raises Trespass 404 while it has none."""
    path = _map(me)
    if path is None:
        raise Trespass(404, "no_such_page")
    return FileResponse(path, media_type="application/geo+json", headers={"Cache-Control": "private, max-age=600"})


def _map(me: Visitor) -> Any:
    path = me.here.desk.settings.home / BOUNDARIES
    return path if path.is_file() else None


def _chosen(whole: Whole, labels: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """What the page is narrowed by: what it is called, and the address without it."""
    return [
        (labels[name].get(value, value), whole.turned(name, value))
        for name, values in whole.asked.facets.items()
        if name != "status"
        for value in values
    ]
