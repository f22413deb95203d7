"""Nearness in time (时间邻近), worked out before the engine: all pairs of signals at most so many days apart, set by set.

The distance of two signals is the days between their periods, 0 when they overlap; a signal without a date is near
to nothing. DuckDB joins on the equal fields and the ranges of days: no pair is looked at by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import pyarrow

from rules.signal import Signal

PARTNERS = 400
"""Nearest partners kept for each signal on either side; what is beyond is counted."""


class Period(NamedTuple):
    """A signal that may be near another: `equal` must be the same on both sides."""

    signal_id: str
    first_on: date
    last_on: date
    equal: str


class Near(NamedTuple):
    """Pairs (left, right) by signal id, and how many were left out beyond PARTNERS."""

    pairs: list[tuple[str, str]]
    left_out: int


def period(signal: Signal, equal: Sequence[str]) -> Period | None:
    """The signal's period, or None when no date is known."""
    first, last = signal.first_on or signal.last_on, signal.last_on or signal.first_on
    if first is None or last is None:
        return None
    return Period(signal.signal_id, min(first, last), max(first, last), "\x1f".join(equal))


def near(left: Sequence[Period], right: Sequence[Period], days: int) -> Near:
    """Pairs at most `days` apart (inclusive) with equal `equal`, never a signal with itself, sorted."""
    if not left or not right:
        return Near([], 0)
    with duckdb.connect() as connection:
        for name, side in (("lefts", left), ("rights", right)):
            connection.register(name, _table(side))
        rows = connection.execute(_PAIRS, {"days": days, "partners": PARTNERS}).fetchall()
    total = int(rows[0][2]) if rows else 0
    return Near([(str(one), str(other)) for one, other, _ in rows], total - len(rows))


def _table(side: Sequence[Period]) -> pyarrow.Table:
    columns: Mapping[str, list[object]] = {name: [getattr(one, name) for one in side] for name in Period._fields}
    kinds = {"signal_id": pyarrow.string(), "first_on": pyarrow.date32(), "last_on": pyarrow.date32(), "equal": pyarrow.string()}
    return pyarrow.table({name: pyarrow.array(values, kinds[name]) for name, values in columns.items()})


_PAIRS = """
WITH pair AS (
    SELECT l.signal_id AS one, r.signal_id AS other,
           greatest(0, date_diff('day', l.last_on, r.first_on), date_diff('day', r.last_on, l.first_on)) AS apart
    FROM lefts l
    JOIN rights r ON l.equal = r.equal AND r.first_on <= l.last_on + $days AND l.first_on <= r.last_on + $days
    WHERE l.signal_id <> r.signal_id
)
SELECT one, other, count(*) OVER () AS total
FROM pair
QUALIFY row_number() OVER (PARTITION BY one ORDER BY apart, other) <= $partners
    AND row_number() OVER (PARTITION BY other ORDER BY apart, one) <= $partners
ORDER BY one, other
"""
