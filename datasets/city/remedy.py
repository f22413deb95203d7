"""The ledger of rectification (整改台账): what inspections and audits asked units to put right, and when it was done."""

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.body import Bodies
from datasets.city.ledger import Ledger

REMEDY = ("unit", "due", "closed")
KINDS = ("agency", "township", "institution", "hospital", "school", "village_committee")
_DONE_IN_TIME, _DONE_LATE = 0.93, 0.05
"""Of what is due: closed before its day, closed after it. Of the rest most got more time, which moves the day."""


def put_right(bodies: Bodies, first: int, last: int, rng: np.random.Generator) -> Ledger:
    """Items of a third of the units, a handful each, due between the first day and half a year after the last one."""
    book = Ledger(REMEDY)
    units = np.flatnonzero(np.isin(bodies.kind, KINDS))
    asked = np.sort(rng.choice(units, max(3, len(units) // 3), replace=False))
    unit = np.repeat(asked, rng.integers(2, 9, len(asked)))
    due = rng.integers(first + 90, last + 180, len(unit))
    draw = rng.random(len(unit))
    early = due - rng.integers(1, 80, len(unit))
    late = due + rng.integers(3, 60, len(unit))
    closed = np.where(draw < _DONE_IN_TIME, early, np.where(draw < _DONE_IN_TIME + _DONE_LATE, late, NONE))
    closed[closed > last] = NONE
    more_time = (closed == NONE) & (due <= last) & (rng.random(len(unit)) < 0.7)
    due[more_time] = last + rng.integers(10, 90, int(more_time.sum()))
    book.add(len(unit), unit=unit, due=due, closed=closed)
    return book


def ask(book: Ledger, unit: int, due: Ints, closed: int = NONE) -> Ints:
    """Add items of a unit; returns their rows."""
    return book.add(len(due), unit=unit, due=due, closed=closed)
