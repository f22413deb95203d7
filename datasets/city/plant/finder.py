"""Finds the rows of a ledger by one of its columns without reading the whole column each time."""

import numpy as np

from datasets.city.arrays import Ints
from datasets.city.index import order_of


class Finder:
    """Rows of every value of a column, as it stood when the finder was made."""

    def __init__(self, column: Ints) -> None:
        self._order = order_of(column)
        self._values = column[self._order]

    def __len__(self) -> int:
        """How many rows the column had."""
        return len(self._order)

    def of(self, value: int) -> Ints:
        """Rows of a value in row order; none when it does not occur."""
        begin, end = np.searchsorted(self._values, value), np.searchsorted(self._values, value, side="right")
        return np.asarray(self._order[begin:end], dtype=np.int64)

    def of_any(self, values: Ints) -> Ints:
        """Rows of several values, value by value."""
        return np.concatenate([self.of(value) for value in values.tolist()]) if len(values) else np.zeros(0, dtype=np.int64)
