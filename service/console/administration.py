"""The administrator's pages: offices and what they cover, and the time limits with their dates and sources. No case is read here."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import func, select

from service.console.administration_limits import parts
from service.console.visitor import Visitor, visits
from service.names import Names
from service.reading import Reading
from service.store.member import Member, RoleGrant
from service.words import say

router = APIRouter()
Reader = Annotated[Visitor, visits("reference.read")]
TABS = (
    ("/admin/offices", "people.read"),
    ("/admin/people", "people.read"),
    ("/admin/limits", "reference.read"),
    ("/admin/keys", "keys.read"),
    ("/admin/hooks", "hooks.manage"),
)
"""Pages of the administrator, and what one must be allowed to be sent to each."""


@dataclass
class Cover:
    """What an office covers, from a day to another."""

    what: str
    starts_on: date
    ends_on: date | None
    state: str
    """now, later or ended."""


@dataclass
class OfficeLine:
    """An office with what it covers, and how many may sign in for it."""

    office_id: str
    name: str
    stream: str
    unit: str
    people: int
    covers: list[Cover] = field(default_factory=list)


@router.get("/admin")
def first(me: Reader) -> Response:
    """The first of the pages that the visitor may see."""
    return RedirectResponse(next((path for path, verb in TABS if me.caller.may(verb)), "/admin/limits"), 303)


@router.get("/admin/offices")
def offices(me: Reader) -> HTMLResponse:
    """Every office by stream, what it covers with dates, and whether anybody may sign in for it."""
    if not any((me.here.desk.lake.folder / "batches").glob("*.json")):
        return me.show("admin_offices.html", offices=[], uncovered=0, units=0)
    with me.here.reading() as seen:
        found = _offices(seen, me.here.desk.today)
        uncovered, units = _uncovered(seen, me.here.desk.today)
    return me.show("admin_offices.html", offices=found, uncovered=uncovered, units=units)


@router.get("/admin/limits")
def limits(me: Reader) -> HTMLResponse:
    """Every limit in its versions: which is in force today, by which source, and how sure we are of its words."""
    return me.show("admin_limits.html", parts=parts(me.here.desk))


def _offices(seen: Reading, today: date) -> list[OfficeLine]:
    rows = seen.tables.con.execute("SELECT office_id, name, stream, unit_id FROM office ORDER BY stream, office_id").fetchall()
    covers = seen.tables.con.execute(
        "SELECT office_id, covers_kind, covers_id, starts_on, ends_on FROM office_coverage ORDER BY 1, 2, 3, 4"
    ).fetchall()
    seen.names.learn("unit", [row[3] for row in rows] + [row[2] for row in covers if row[1] == "unit"])
    seen.names.learn("area", [row[2] for row in covers if row[1] == "area"])
    bound = select(RoleGrant.office_id, func.count(RoleGrant.member_id.distinct())).join(
        Member, Member.member_id == RoleGrant.member_id
    )
    living = bound.where(
        Member.active.is_(True), RoleGrant.starts_on <= today, (RoleGrant.ends_on.is_(None)) | (RoleGrant.ends_on >= today)
    )
    people: dict[Any, int] = dict(seen.session.execute(living.group_by(RoleGrant.office_id)).all())
    found = {
        str(one): OfficeLine(str(one), str(name), str(stream), seen.names.short("unit", unit), people.get(one, 0))
        for one, name, stream, unit in rows
    }
    for office, kind, what, starts, ends in covers:
        if office in found:
            state = "later" if starts > today else "ended" if ends is not None and ends < today else "now"
            found[office].covers.append(Cover(_covered(seen.names, kind, what), starts, ends, state))
    return list(found.values())


def _covered(names: Names, kind: str, what: str) -> str:
    return say("admin.offices.all") if kind == "all" else names.short(kind, what)


def _uncovered(seen: Reading, today: date) -> tuple[int, int]:
    """Units that no office with a coverage of their own or of the areas above them covers today, and all units."""
    row = seen.tables.con.execute(
        """
        WITH RECURSIVE living AS (
          SELECT covers_kind, covers_id FROM office_coverage WHERE starts_on <= $today AND (ends_on IS NULL OR ends_on >= $today)
        ), up AS (
          SELECT unit_id, area_id FROM unit
          UNION SELECT up.unit_id, area.parent_id FROM up JOIN area USING (area_id) WHERE area.parent_id IS NOT NULL
        ), covered AS (
          SELECT unit_id FROM unit WHERE unit_id IN (SELECT covers_id FROM living WHERE covers_kind = 'unit')
          UNION SELECT up.unit_id FROM up JOIN living ON covers_kind = 'area' AND covers_id = up.area_id
        )
        SELECT (SELECT count(*) FROM unit WHERE unit_id NOT IN (SELECT unit_id FROM covered)), (SELECT count(*) FROM unit)
        """,
        {"today": today},
    ).fetchall()[0]
    return int(row[0]), int(row[1])
