"""Finds the rows of a ledger by one of its columns without reading the whole column each time."""

import numpy as np

from datasets.city.arrays import Ints


class Finder:
    """Rows of every value of a column, as it stood when the finder was made."""

    def __init__(self, column: Ints) -> None:
        self._order = np.argsort(column, kind="stable")
        self._values, self._first = np.unique(column[self._order], return_index=True)
        self._last = np.r_[self._first[1:], len(column)]

    def __len__(self) -> int:
        """How many rows the column had."""
        return len(self._order)

    def of(self, value: int) -> Ints:
        """Rows of a value in row order; none when it does not occur."""
        at = int(np.searchsorted(self._values, value))
        if at == len(self._values) or self._values[at] != value:
            return np.zeros(0, dtype=np.int64)
        return np.sort(self._order[self._first[at] : self._last[at]])

    def of_any(self, values: Ints) -> Ints:
        """Rows of several values, value by value."""
        return np.concatenate([self.of(value) for value in values.tolist()]) if len(values) else np.zeros(0, dtype=np.int64)
