"""Where somebody sits who works on rectification: who acts, with the terms, the offices and what units hang together."""

from dataclasses import dataclass
from typing import NamedTuple

from ibis.backends.duckdb import Backend

from service.access.caller import Caller
from service.casework.course import Acting
from service.desk import Desk
from service.errors import Refusal
from service.rectifying.terms import RectifyingTerms, read_rectifying_terms
from service.triage.offices import offices

_UNIT = """
SELECT DISTINCT unit_id, name, supervising_unit_id, stationed_office_id, area_id FROM unit
WHERE unit_id = $unit OR name = $unit ORDER BY unit_id <> $unit, unit_id LIMIT 2
"""
OFFERED = 2000
"""Names of units that a form offers while somebody types."""


class Unit(NamedTuple):
    """A unit and who stands around it (四方)."""

    unit_id: str
    name: str
    supervising_unit_id: str | None
    stationed_office_id: str | None
    area_id: str | None


@dataclass(frozen=True)
class RectifyingSeat:
    """What an act needs beside the store."""

    acting: Acting
    terms: RectifyingTerms


def sit_down(desk: Desk, caller: Caller, tables: Backend | None = None) -> RectifyingSeat:
    """Sit down; without the lake's tables for who only reports. Raises Mistakes for a faulty rectification.yml."""
    terms = read_rectifying_terms(desk.settings.book)
    known = offices(tables) if tables is not None else {}
    return RectifyingSeat(Acting(caller, desk.clock(), terms.periods, known, tables), terms)


def unit_of(tables: Backend, named: str) -> Unit:
    """A unit as the records have it, by its code or its whole name. Raises Refusal for one that is not there, or a name that two have."""
    rows = tables.con.execute(_UNIT, {"unit": named.strip()}).fetchall()
    if not rows or (len(rows) > 1 and rows[0][0] != named.strip()):
        raise Refusal("rectifying.wrong.no_unit", unit=named)
    return Unit(*(None if one is None else str(one) for one in rows[0]))  # type: ignore[arg-type]


def unit_known(tables: Backend, named: str | None) -> Unit | None:
    """The same for a form: None where nothing is said, or a unit that the records do not have (any more), as old case files may."""
    try:
        return unit_of(tables, named) if named else None
    except Refusal:
        return None


def as_typed(tables: Backend, unit: Unit | None) -> str:
    """What a form begins with: the unit's name, or its code where two have that name."""
    if unit is None:
        return ""
    return unit.name if unit_known(tables, unit.name) is not None else unit.unit_id


def units_offered(tables: Backend) -> list[str]:
    """Names of units, for a form that offers them."""
    rows = tables.con.execute("SELECT DISTINCT name FROM unit ORDER BY 1 LIMIT ?", [OFFERED]).fetchall()
    return [str(name) for (name,) in rows]
