"""Responsible departments (主责部门): which could check first, and which are implicated themselves and never do.

A department is implicated when it is the subject or a party of the alert, when an official or another person whom the
alert names has or had a post there, and when it is the accountable unit of a signal that implicates officials.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ibis.backends.duckdb import Backend

from rules.alert import Alert
from rules.officials import Post
from rules.signal import Signal
from rules.terms import InCharge

PERSONS = ("person", "official")


@dataclass(frozen=True)
class Departments:
    """What routing knows of departments: their names, who stands above whom, and who is in charge of a topic where."""

    names: dict[str, str] = field(default_factory=dict)
    above: dict[str, list[str]] = field(default_factory=dict)
    """Unit -> the department over it, then the one over that: the supervising one, else the parent."""
    in_charge: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Unit and topic -> the departments in charge, the nearest first."""


def departments_of(units: Iterable[str], topics: Mapping[str, InCharge], tables: Backend) -> Departments:
    """Everything about the departments of these accountable units."""
    wanted = sorted(set(units))
    names: dict[str, str] = {}
    above: dict[str, list[str]] = defaultdict(list)
    for unit, other, name in tables.con.execute(_ABOVE, {"units": wanted}).fetchall():
        names[other] = name
        if other != unit:
            above[unit].append(other)
    in_charge: dict[tuple[str, str], list[str]] = defaultdict(list)
    for topic, said in sorted(topics.items()):
        found = tables.con.execute(_IN_CHARGE, {"units": wanted, "endings": sorted(said.names)}).fetchall()
        for unit, other, name in found:
            names[other] = name
            in_charge[unit, topic].append(other)
    return Departments(names, dict(above), dict(in_charge))


def persons_of(alert: Alert) -> set[str]:
    """Everybody whom an alert names."""
    return {*alert.officials, *(one for kind, one in alert.parties if kind in PERSONS)}


def implicated(alert: Alert, signals: Iterable[Signal], posts: Mapping[str, Sequence[Post]]) -> set[str]:
    """The units that may not check this alert themselves."""
    found = {one for kind, one in ((alert.subject_kind, alert.subject_id), *alert.parties) if kind == "unit"}
    if alert.subject_kind == "pattern" and "|" not in alert.subject_id and alert.unit_id:
        found.add(alert.unit_id)  # a pattern of the unit itself, not of those below it
    found |= {post.unit_id for person in persons_of(alert) for post in posts.get(person, ()) if post.unit_id}
    return found | {signal.unit_id for signal in signals if signal.officials and signal.unit_id}


def fields_of(alert: Alert, topic: str, barred: set[str], known: Departments) -> dict[str, str]:
    """The departments that routes may ask for; one that is implicated is left out."""
    unit = alert.unit_id or ""
    candidates = {
        "own_department": [unit] if unit in known.names else [],
        "higher_department": known.above.get(unit, []),
        "department_in_charge": [one for one in known.in_charge.get((unit, topic), []) if one != unit],
    }
    return {name: free for name, ones in candidates.items() if (free := next((one for one in ones if one not in barred), None))}


_ABOVE = """
WITH RECURSIVE over AS (
    SELECT unit_id AS start, unit_id, 0 AS steps FROM unit WHERE unit_id IN (SELECT unnest($units))
    UNION ALL
    SELECT o.start, coalesce(u.supervising_unit_id, u.parent_id), o.steps + 1
    FROM over o JOIN unit u ON u.unit_id = o.unit_id
    WHERE o.steps < 2 AND coalesce(u.supervising_unit_id, u.parent_id) IS NOT NULL
)
SELECT o.start, u.unit_id, u.name FROM over o JOIN unit u ON u.unit_id = o.unit_id
GROUP BY o.start, u.unit_id, u.name
ORDER BY o.start, min(o.steps), u.unit_id
"""
_IN_CHARGE = """
WITH RECURSIVE up AS (
    SELECT u.unit_id AS start, u.area_id, 0 AS steps FROM unit u WHERE u.unit_id IN (SELECT unnest($units)) AND u.area_id IS NOT NULL
    UNION ALL
    SELECT up.start, a.parent_id, up.steps + 1 FROM up JOIN area a ON a.area_id = up.area_id
    WHERE a.parent_id IS NOT NULL AND up.steps < 8
), named AS (
    SELECT u.unit_id, u.name, u.area_id FROM unit u
    WHERE u.kind = 'agency' AND EXISTS (SELECT 1 FROM (SELECT unnest($endings) AS ending) e WHERE ends_with(u.name, e.ending))
)
SELECT up.start, n.unit_id, n.name FROM up JOIN named n ON n.area_id = up.area_id
GROUP BY up.start, n.unit_id, n.name
ORDER BY up.start, min(up.steps), n.unit_id
"""
