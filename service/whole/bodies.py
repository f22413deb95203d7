"""The units on record, as a portrait needs them: name, kind, level, area, and who their peers are."""

from collections.abc import Sequence
from dataclasses import dataclass

from ibis.backends.duckdb import Backend

KINDS = ("agency", "township", "institution", "state_firm", "village_committee", "school", "hospital", "nursing_home", "foreign")
"""Kinds of body in the order in which lists have them: offices of the state, then public institutions, then firms and villages."""


@dataclass(frozen=True)
class Body:
    """A unit (机关、事业单位、国企、村居 …)."""

    unit_id: str
    name: str
    kind: str
    level: str | None
    area_id: str | None
    above: str | None
    """Its supervising department, else the unit above it."""
    group: str | None
    """The stationed group that covers it."""


def bodies(tables: Backend) -> dict[str, Body]:
    """Every unit on record by its id."""
    query = (
        "SELECT unit_id, max(name), max(kind), max(admin_level), max(area_id), max(coalesce(supervising_unit_id, parent_id)), max(stationed_office_id)"
        " FROM unit GROUP BY unit_id ORDER BY unit_id"
    )
    return {str(row[0]): Body(*row) for row in tables.con.execute(query).fetchall()}


def peers(known: dict[str, Body], unit: Body) -> Sequence[str]:
    """Units of its kind and level, itself among them."""
    return [one.unit_id for one in known.values() if (one.kind, one.level) == (unit.kind, unit.level)]
