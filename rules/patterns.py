"""Patterns (共性、反复发生、体制机制): what repeats over units, over time, around an official or a ring, counted before the engine.

| pattern | one fact for each | its numbers |
| --- | --- | --- |
| common | rule, kind of unit, and the unit above them | units, share of the units of that kind below it, signals |
| repeated | unit with signals of a rule that was verified there before, of later facts | rules, times verified, signals |
| systemic | unit | rules, topics, signals, subjects, ahead: share of the units of its kind with fewer signals |
| official | official and accountable unit, the official not being the subject | subjects, rules, signals |
| ring | cluster of bidders with signals of its own | subjects (tenders), rules, signals that name two or more of its firms |

Only signals of medium severity and above count: low ones are context. Chains decide by these numbers what is an alert.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import pyarrow as pa
from ibis.backends.duckdb import Backend

from rules.reasoner import Fact
from rules.ruleset import KEY
from rules.severity import rank
from rules.signal import Signal
from rules.signal_facts import About, gravest_first

MOST = 40
"""Signals that an alert about a pattern rests on, the gravest: the rest is counted in its title."""
COUNTED = 1
"""Rank of the least severity that counts: medium."""


class Unit(NamedTuple):
    """A unit, its kind, and the one above it: the supervising department, else the parent."""

    unit_id: str
    kind: str
    above: str | None = None


class Verified(NamedTuple):
    """A finding of a rule at a unit that people found to be right, and the day they decided so."""

    rule: str
    unit_id: str
    decided_on: date


class Bodies(NamedTuple):
    """What patterns need to know beside the signals."""

    units: Sequence[Unit] = ()
    verified: Sequence[Verified] = ()


class UnitPattern(NamedTuple):
    """A pattern: what its alert is about, the signals it rests on, and its fact.

    A pattern of units is a subject of its own: an alert about what one unit did stays with the office that has it.
    """

    about: About
    signals: tuple[str, ...]
    fact: Fact


def bodies_of(tables: Backend) -> Bodies:
    """Units and verified findings on record, from tables unit and verdict."""
    units = tables.con.execute("SELECT unit_id, kind, coalesce(supervising_unit_id, parent_id) FROM unit").fetchall()
    verified = tables.con.execute(
        "SELECT DISTINCT rule, unit_id, decided_on FROM verdict WHERE outcome = 'substantiated' AND unit_id IS NOT NULL"
    ).fetchall()
    return Bodies([Unit(*row) for row in units], [Verified(*row) for row in verified])


def patterns_of(signals: Mapping[str, Signal], bodies: Bodies) -> list[UnitPattern]:
    """Every pattern in the signals, sorted by its key; the SQL groups, no pair of signals is looked at by itself."""
    counted = {one: signal for one, signal in signals.items() if rank(signal.severity) >= COUNTED}
    if not counted:
        return []
    with duckdb.connect() as connection:
        for name, table in (
            ("signal", _signals(counted)),
            ("implicated", _implicated(counted)),
            ("firm", _firms(counted)),
            ("unit", _table(bodies.units, Unit._fields, {})),
            ("verified", _table(bodies.verified, Verified._fields, {"decided_on": pa.date32()})),
        ):
            connection.register(name, table)
        found = [
            _pattern(kind, dict(zip(columns, row, strict=True)), counted)
            for kind, (columns, query) in QUERIES.items()
            for row in connection.execute(query).fetchall()
        ]
    return sorted(found, key=lambda one: str(one.fact[KEY]))


def _pattern(kind: str, row: dict[str, object], signals: Mapping[str, Signal]) -> UnitPattern:
    ids = row.pop("ids")
    assert isinstance(ids, list)
    gravest = gravest_first([signals[str(one)] for one in ids])[:MOST]
    unit = None if row["unit_id"] is None else str(row["unit_id"])
    about: About = ("pattern", kind, unit)
    if kind == "common":
        about = "pattern", f"{row['rule']}|{row['unit_kind']}", unit
    elif kind == "official":
        about = "official", str(row.pop("official_id")), unit
    elif kind == "ring":
        about = "cluster", str(row.pop("cluster_id")), unit
    said = {name: value for name, value in row.items() if isinstance(value, str | int | float) and value != ""}
    fact: Fact = {"fact": "pattern", KEY: "|".join((kind, *(part or "" for part in about))), "pattern": kind, **said}
    return UnitPattern(about, tuple(sorted(one.signal_id for one in gravest)), fact)


def _signals(signals: Mapping[str, Signal]) -> pa.Table:
    rows = [
        (one.signal_id, one.rule, one.topic, one.subject_kind, one.subject_id, one.unit_id, one.last_on or one.first_on)
        for one in signals.values()
    ]
    names = ("signal_id", "rule", "topic", "subject_kind", "subject_id", "unit_id", "last_on")
    return _table(rows, names, {"last_on": pa.date32()})


def _firms(signals: Mapping[str, Signal]) -> pa.Table:
    rows = [(one.signal_id, party) for one in signals.values() for kind, party in one.parties if kind == "enterprise"]
    return _table(rows, ("signal_id", "firm_id"), {})


def _implicated(signals: Mapping[str, Signal]) -> pa.Table:
    rows = [
        (one.signal_id, official)
        for one in signals.values()
        for official in one.officials
        if (one.subject_kind, one.subject_id) != ("person", official)
    ]
    return _table(rows, ("signal_id", "official_id"), {})


def _table(rows: Sequence[Sequence[object]], names: Sequence[str], kinds: Mapping[str, pa.DataType]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else ((),) * len(names)
    arrays = [pa.array(list(column), kinds.get(name, pa.string())) for name, column in zip(names, columns, strict=True)]
    return pa.Table.from_arrays(arrays, list(names))


_COMMON = """
WITH below AS (SELECT above, kind, count(*) AS all_units FROM unit WHERE above IS NOT NULL GROUP BY above, kind)
SELECT s.rule, s.topic, u.kind, u.above, count(DISTINCT s.unit_id), count(DISTINCT s.unit_id) / max(b.all_units), count(*),
       list(s.signal_id)
FROM signal s JOIN unit u ON u.unit_id = s.unit_id JOIN below b ON b.above = u.above AND b.kind = u.kind
GROUP BY s.rule, s.topic, u.kind, u.above
HAVING count(DISTINCT s.unit_id) > 1
"""
_REPEATED = """
SELECT s.unit_id, count(DISTINCT s.rule), count(DISTINCT v.rule || v.decided_on::VARCHAR), count(DISTINCT s.signal_id), list(DISTINCT s.signal_id)
FROM signal s JOIN verified v ON v.rule = s.rule AND v.unit_id = s.unit_id AND s.last_on > v.decided_on
GROUP BY s.unit_id
"""
_SYSTEMIC = """
WITH counted AS (
    SELECT u.unit_id, u.kind, count(DISTINCT s.rule) AS rules, count(DISTINCT s.topic) FILTER (WHERE s.topic <> 'cross') AS topics,
           count(s.signal_id) AS signals, count(DISTINCT (s.subject_kind, s.subject_id)) AS subjects,
           list(s.signal_id) FILTER (WHERE s.signal_id IS NOT NULL) AS ids
    FROM unit u LEFT JOIN signal s ON s.unit_id = u.unit_id
    GROUP BY u.unit_id, u.kind
)
SELECT c.unit_id, c.kind, c.rules, c.topics, c.signals, c.subjects,
       (rank() OVER (PARTITION BY c.kind ORDER BY c.signals) - 1) / count(*) OVER (PARTITION BY c.kind), c.ids
FROM counted c
QUALIFY c.rules > 1
"""
_OFFICIAL = """
SELECT i.official_id, s.unit_id, count(DISTINCT (s.subject_kind, s.subject_id)), count(DISTINCT s.rule), count(*), list(s.signal_id)
FROM implicated i JOIN signal s ON s.signal_id = i.signal_id
WHERE s.unit_id IS NOT NULL
GROUP BY i.official_id, s.unit_id
HAVING count(DISTINCT (s.subject_kind, s.subject_id)) > 1
"""
_RING = """
WITH ring AS (
    SELECT DISTINCT s.subject_id, s.unit_id, f.firm_id FROM signal s JOIN firm f ON f.signal_id = s.signal_id WHERE s.subject_kind = 'cluster'
), sign AS (
    SELECT r.subject_id AS cluster_id, r.unit_id, s.signal_id, s.rule, s.subject_id
    FROM ring r JOIN firm f ON f.firm_id = r.firm_id JOIN signal s ON s.signal_id = f.signal_id
    WHERE s.subject_kind = 'tender'
    GROUP BY r.subject_id, r.unit_id, s.signal_id, s.rule, s.subject_id
    HAVING count(DISTINCT f.firm_id) > 1
)
SELECT cluster_id, unit_id, count(DISTINCT subject_id), count(DISTINCT rule), count(*), list(signal_id)
FROM sign GROUP BY cluster_id, unit_id
"""
QUERIES: dict[str, tuple[tuple[str, ...], str]] = {
    "common": (("rule", "topic", "unit_kind", "unit_id", "units", "share", "signals", "ids"), _COMMON),
    "repeated": (("unit_id", "rules", "times", "signals", "ids"), _REPEATED),
    "systemic": (("unit_id", "unit_kind", "rules", "topics", "signals", "subjects", "ahead", "ids"), _SYSTEMIC),
    "ring": (("cluster_id", "unit_id", "subjects", "rules", "signals", "ids"), _RING),
    "official": (("official_id", "unit_id", "subjects", "rules", "signals", "ids"), _OFFICIAL),
}
"""Pattern -> the columns of its query, and the query over signal, implicated, firm, unit and verified."""
