"""Who covers what (联系范围): the offices of each stream for a place, the most specific first, resolved in SQL.

A place is an accountable unit with the alert's area beside it, which counts where the unit's own area is unknown.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

from ibis.backends.duckdb import Backend

Place = tuple[str | None, str | None]
"""Unit and area."""


class Office(NamedTuple):
    """An office, the unit it sits in, its head and its stream."""

    office_id: str
    name: str
    unit_id: str | None
    head_id: str | None
    stream: str


class Unit(NamedTuple):
    """What routes may ask about a unit."""

    unit_id: str
    name: str
    kind: str
    admin_level: str | None
    area_id: str | None


class Coming(NamedTuple):
    """The next inspection round of a unit, the days until it begins, and its group."""

    round_id: str
    days: int
    office_id: str


NO_ROUND = Coming("", 0, "")


@dataclass(frozen=True)
class Offices:
    """What routing knows of units and offices on a day."""

    offices: dict[str, Office] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    covering: dict[Place, dict[str, list[str]]] = field(default_factory=dict)
    """Place -> stream -> offices, the first that should be asked first."""
    rounds: dict[str, str] = field(default_factory=dict)
    """Unit -> the inspection round it is in."""
    stationed: set[str] = field(default_factory=set)
    """Units that have a stationed group of their own."""
    coming: dict[str, Coming] = field(default_factory=dict)
    """Unit -> the next round it will be in."""

    @cached_property
    def sitting(self) -> dict[str, list[str]]:
        """Unit -> the offices that sit in it."""
        found: dict[str, list[str]] = defaultdict(list)
        for office in self.offices.values():
            if office.unit_id:
                found[office.unit_id].append(office.office_id)
        return dict(found)

    @cached_property
    def of_stream(self) -> dict[str, list[str]]:
        """Stream -> all its offices, whatever they cover."""
        found: dict[str, list[str]] = defaultdict(list)
        for office in sorted(self.offices):
            found[self.offices[office].stream].append(office)
        return dict(found)


def offices_of(places: Iterable[Place], tables: Backend, as_of: date) -> Offices:
    """Everything about the offices of these places on a day.

    A unit's own stationed group and its present inspection round come first in their streams; then coverage of the
    unit, of the nearest area, of a wider one, of everything; then the office's id.
    """
    wanted = sorted(set(places), key=lambda place: (place[0] or "", place[1] or ""))
    asked = {"units": [unit or "" for unit, _ in wanted], "areas": [area or "" for _, area in wanted]}
    covering: dict[Place, dict[str, list[str]]] = {place: defaultdict(list) for place in wanted}
    for unit, area, stream, office in tables.con.execute(_COVERING, {**asked, "as_of": as_of}).fetchall():
        covering[(unit or None, area or None)][stream].append(office)
    units = {str(row[0]): Unit(*row) for row in tables.con.execute(_UNITS, {"units": asked["units"]}).fetchall()}
    rounds = tables.con.execute(_ROUNDS, {"units": asked["units"], "as_of": as_of}).fetchall()
    stationed = tables.con.execute(_STATIONED, {"units": asked["units"]}).fetchall()
    coming = tables.con.execute(_COMING, {"units": asked["units"], "as_of": as_of}).fetchall()
    offices = {str(row[0]): Office(*row) for row in tables.con.execute(_OFFICES).fetchall()}
    return Offices(
        offices, units, covering, dict(rounds), {unit for (unit,) in stationed}, {row[0]: Coming(*row[1:]) for row in coming}
    )


_OFFICES = "SELECT office_id, name, unit_id, head_id, stream FROM office"
_UNITS = "SELECT unit_id, name, kind, admin_level, area_id FROM unit WHERE unit_id IN (SELECT unnest($units))"
_STATIONED = "SELECT unit_id FROM unit WHERE stationed_office_id IS NOT NULL AND unit_id IN (SELECT unnest($units))"
_ROUNDS = """
SELECT unit_id, round_id FROM inspection_round
WHERE starts_on <= $as_of AND ends_on >= $as_of AND unit_id IN (SELECT unnest($units))
QUALIFY row_number() OVER (PARTITION BY unit_id ORDER BY starts_on DESC, round_id) = 1
"""
_COMING = """
SELECT unit_id, round_id, date_diff('day', $as_of, starts_on), office_id FROM inspection_round
WHERE starts_on > $as_of AND unit_id IN (SELECT unnest($units))
QUALIFY row_number() OVER (PARTITION BY unit_id ORDER BY starts_on, round_id, office_id) = 1
"""
_COVERING = """
WITH RECURSIVE place AS (
    SELECT unnest($units) AS unit_id, unnest($areas) AS area_id
), located AS (
    SELECT p.unit_id, p.area_id, u.stationed_office_id, coalesce(u.area_id, nullif(p.area_id, '')) AS here
    FROM place p LEFT JOIN unit u ON u.unit_id = p.unit_id
), up AS (
    SELECT DISTINCT here AS start, here AS area_id, 0 AS steps FROM located WHERE here IS NOT NULL
    UNION ALL
    SELECT up.start, a.parent_id, up.steps + 1 FROM up JOIN area a ON a.area_id = up.area_id
    WHERE a.parent_id IS NOT NULL AND up.steps < 8
), covered AS (
    SELECT * FROM office_coverage WHERE starts_on <= $as_of AND (ends_on IS NULL OR ends_on >= $as_of)
), candidate AS (
    SELECT l.unit_id, l.area_id, 'stationed' AS stream, l.stationed_office_id AS office_id, -1 AS far
    FROM located l WHERE l.stationed_office_id IS NOT NULL
    UNION ALL
    SELECT l.unit_id, l.area_id, 'inspection', r.office_id, -1
    FROM located l JOIN inspection_round r ON r.unit_id = l.unit_id WHERE r.starts_on <= $as_of AND r.ends_on >= $as_of
    UNION ALL
    SELECT l.unit_id, l.area_id, o.stream, o.office_id, 0
    FROM located l JOIN covered c ON c.covers_kind = 'unit' AND c.covers_id = l.unit_id JOIN office o ON o.office_id = c.office_id
    UNION ALL
    SELECT l.unit_id, l.area_id, o.stream, o.office_id, 1 + up.steps
    FROM located l JOIN up ON up.start = l.here
    JOIN covered c ON c.covers_kind = 'area' AND c.covers_id = up.area_id JOIN office o ON o.office_id = c.office_id
    UNION ALL
    SELECT l.unit_id, l.area_id, o.stream, o.office_id, 99
    FROM located l CROSS JOIN covered c JOIN office o ON o.office_id = c.office_id WHERE c.covers_kind = 'all'
)
SELECT unit_id, area_id, stream, office_id FROM candidate
GROUP BY unit_id, area_id, stream, office_id
ORDER BY unit_id, area_id, stream, min(far), office_id
"""
