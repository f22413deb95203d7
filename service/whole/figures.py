"""Figures over a ledger: each alert counts once under what became of it, so that a row adds up and rows add up to the whole.

Amounts are sums over alerts: one payment may stand in several, so a sum says how much is to be looked at, not how much is lost.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np

from service.roll.alerts import Mask
from service.store.standing import JUDGED, STATES, WAITING
from service.whole.ledger import Ledger, Numbers

MONTHS = 18
"""Months of the course that are drawn: a year, and half of the one before to compare with."""
NONE = ""
"""Stands for what has no such value: no office yet, no place known."""


@dataclass(frozen=True)
class Share:
    """A row of a table: how many alerts of each state, and money."""

    key: str
    counts: tuple[int, ...]
    """In the order of STATES."""
    amount: Decimal
    confirmed_amount: Decimal
    recovered: Decimal
    overdue: int = 0
    """Of those that wait, past the lead's due day."""

    @property
    def came(self) -> int:
        return sum(self.counts)

    def of(self, state: str) -> int:
        return self.counts[STATES.index(state)]

    @property
    def told(self) -> tuple[str, ...]:
        """The states that a table of such alerts has columns for: those that some are in, and the three that are always asked for."""
        return tuple(one for one in STATES if self.of(one) or one in ("open", "accepted", "confirmed"))

    @property
    def waiting(self) -> int:
        return sum(self.of(one) for one in WAITING)

    @property
    def judged(self) -> int:
        """Decided by people: found right, no problem, or wrong for its data or its rule."""
        return sum(self.of(one) for one in JUDGED)

    @property
    def precision(self) -> float | None:
        """Share of the decided that were right."""
        return self.of("confirmed") / self.judged if self.judged else None


def total(ledger: Ledger, mask: Mask, today: date) -> Share:
    """Everything the mask leaves, as one row."""
    one = np.zeros(ledger.roll.size, dtype=np.int64)
    return _rows(ledger, np.flatnonzero(mask), one[mask], ["all"], today)[0]


def shares(ledger: Ledger, mask: Mask, by: str, today: date) -> list[Share]:
    """A row for each value of a column of the roll, most alerts first; of `rule` and `topic` an alert can have several."""
    column = ledger.roll.coded[by]
    if column.owner is None:
        places = np.flatnonzero(mask)
        codes = column.codes[places].astype(np.int64)
    else:
        kept = mask[column.owner]
        places, codes = column.owner[kept].astype(np.int64), column.codes[kept].astype(np.int64)
    codes = np.where(codes < 0, len(column.values), codes)
    rows = _rows(ledger, places, codes, [*column.values, NONE], today)
    return sorted((one for one in rows if one.came), key=lambda one: (-one.came, one.key))


def course(ledger: Ledger, mask: Mask, today: date) -> list[Share]:
    """A row for each of the last months up to today's, `2026-03`, by the day an alert was opened."""
    end = today.year * 12 + today.month - 1
    month = ledger.fixed.month
    first = int(month[mask].min()) if mask.any() else end
    start = max(min(first, end), end - MONTHS + 1)
    names = [f"{one // 12}-{one % 12 + 1:02d}" for one in range(start, end + 1)]
    places = np.flatnonzero(mask & (month >= start) & (month <= end))
    return _rows(ledger, places, month[places] - start, names, today)


def since(ledger: Ledger, months: int | None, today: date) -> Mask:
    """The alerts opened in the last so many months, this one included; all for None."""
    if months is None:
        return np.ones(ledger.roll.size, dtype=bool)
    return np.asarray(ledger.fixed.month > today.year * 12 + today.month - 1 - months)


def _rows(ledger: Ledger, places: Numbers, codes: Numbers, names: list[str], today: date) -> list[Share]:
    size, width = len(names), len(STATES)
    state, fen = ledger.state[places], ledger.fixed.fen[places]
    counts = np.bincount(codes * width + state, minlength=size * width).reshape(size, width)
    late = (ledger.roll.due[places] < today.toordinal()) & np.isin(state, [STATES.index(one) for one in WAITING])
    right = state == STATES.index("confirmed")
    amount, found = _summed(codes, fen, size), _summed(codes[right], fen[right], size)
    back = _summed(codes, ledger.recovered[places], size)
    overdue = np.bincount(codes[late], minlength=size)
    return [
        Share(name, tuple(int(one) for one in counts[at]), _yuan(amount[at]), _yuan(found[at]), _yuan(back[at]), int(overdue[at]))
        for at, name in enumerate(names)
    ]


def _summed(codes: Numbers, fen: Numbers, size: int) -> Numbers:
    """Whole fen: a sum of floats would lose cents."""
    found = np.zeros(size, dtype=np.int64)
    np.add.at(found, codes, fen)
    return found


def _yuan(fen: np.int64) -> Decimal:
    return Decimal(int(fen)).scaleb(-2)
