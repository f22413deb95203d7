"""The array kinds of the city: whole numbers with one sentinel for nothing, days since 1970, texts."""

from collections.abc import Collection
from datetime import date

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.str_]

NONE = -(2**62)
"""No value. One sentinel for indexes, days, seconds and cents: day -1 is a birthday in 1969, so -1 will not do."""
DAY_SECONDS = 86_400


def day(year: int, month: int = 1, dom: int = 1) -> int:
    """Days since 1970-01-01 of a date."""
    return (date(year, month, dom) - date(1970, 1, 1)).days


def as_date(days: int) -> date:
    return date.fromordinal(int(days) + 719_163)


def months_of(days: Ints) -> Ints:
    """Months since 1970-01 of each day (2024-03-15 -> 650)."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_start(months: Ints) -> Ints:
    """First day of each month number."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_end(months: Ints) -> Ints:
    """Last day of each month number."""
    return month_start(months + 1) - 1


def year_of(days: Ints) -> Ints:
    return months_of(days) // 12 + 1970


def month_number(year: int, month: int) -> int:
    """Months since 1970-01 of a calendar month."""
    return (year - 1970) * 12 + month - 1


def spread(starts: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Unroll intervals: (owner row, value) for start, start+1 … of each row's count."""
    owner = np.repeat(np.arange(len(starts)), counts)
    offset = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    return owner, starts[owner] + offset


def nth_of(groups: Ints) -> Ints:
    """Running number (from 0) of each row within its group, in row order."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]] if len(ordered) else np.zeros(0, dtype=bool)
    start = np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0))
    out = np.empty(len(groups), dtype=np.int64)
    out[order] = np.arange(len(ordered)) - start
    return out


def kept(values: Ints, mask: Bools) -> Ints:
    """The values where the mask says so."""
    return np.asarray(values[mask], dtype=np.int64)


class Marks:
    """Which numbers stand in a list that only grows: looked up in a mask that follows the list."""

    def __init__(self) -> None:
        self._mask: Bools = np.zeros(1024, dtype=bool)
        self._seen = 0

    def among(self, numbers: Ints, listed: Ints) -> Bools:
        """Whether each number (none of them below 0) is in the list."""
        new = listed[self._seen :]
        if len(new):
            room = int(new.max()) + 1
            if room > len(self._mask):
                self._mask = np.r_[self._mask, np.zeros(2 * room - len(self._mask), dtype=bool)]
            self._mask[new] = True
            self._seen = len(listed)
        return np.asarray(self._mask[np.minimum(numbers, len(self._mask) - 1)] & (numbers < len(self._mask)))


def among(numbers: Ints, listed: Ints | Collection[int]) -> Bools:
    """Whether each number is in the list: as np.isin, which takes minutes where the sentinel stands among many numbers."""
    known = np.asarray(listed if isinstance(listed, np.ndarray) else list(listed), dtype=np.int64)
    if not len(known):
        return np.zeros(np.shape(numbers), dtype=bool)
    low, high = int(known.min()), int(known.max())
    if low >= 0 and high < 2**26 and np.size(numbers) + len(known) > 4096:
        mask = np.zeros(high + 2, dtype=bool)
        mask[known] = True
        return np.asarray(mask[np.clip(numbers, -1, high + 1)])
    known = np.sort(known)
    return np.asarray(known[np.minimum(np.searchsorted(known, numbers), len(known) - 1)] == numbers)


def distinct(numbers: Ints | Collection[int]) -> Ints:
    """Every number once, in order: as np.unique, whose hash table is slow with many numbers in a row."""
    ordered = np.sort(np.asarray(numbers if isinstance(numbers, np.ndarray) else list(numbers), dtype=np.int64).ravel())
    return kept(ordered, np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else ordered


def without(numbers: Ints | Collection[int], others: Ints | Collection[int]) -> Ints:
    """Every number once, in order, that is not among the others: as np.setdiff1d."""
    some = distinct(numbers)
    return kept(some, ~among(some, others))


def shared(numbers: Ints, others: Ints | Collection[int]) -> Ints:
    """Every number once, in order, that is in both: as np.intersect1d."""
    some = distinct(numbers)
    return kept(some, among(some, others))


def texts(values: list[str] | tuple[str, ...]) -> Texts:
    return np.array(values, dtype=np.str_)
