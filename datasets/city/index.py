"""Finds rows by the value of a column without reading the whole column each time."""

from typing import Protocol

import numpy as np

from datasets.city.arrays import NONE, Ints, distinct, kept


class Columns(Protocol):
    """What an index is made of: a ledger, as far as it matters here."""

    def __getitem__(self, name: str) -> Ints: ...


def order_of(column: Ints) -> Ints:
    """Rows in the order of their values, those of one value in row order; two passes of 16 bits where the values allow it."""
    known = column[column != NONE]
    low = int(known.min()) if len(known) else 0
    if not len(known) or int(known.max()) - low >= 2**32 - 1:
        return np.argsort(column, kind="stable")
    place = np.where(column == NONE, 0, column - low + 1)
    order = np.argsort((place & 0xFFFF).astype(np.uint16), kind="stable")
    if int(known.max()) - low >= 0xFFFF:
        order = order[np.argsort((place >> 16).astype(np.uint16)[order], kind="stable")]
    return order


class Index:
    """Rows of a ledger by one of its columns, rows added later among them.

    Where a value is changed afterwards, `moved` has to be told.
    """

    def __init__(self, book: Columns, column: str) -> None:
        self._book, self._column, self._moved = book, column, dict[int, list[int]]()
        self._sort()

    def _sort(self) -> None:
        values = self._book[self._column]
        self._order = order_of(values)
        self._values = values[self._order]
        self._moved = {}

    def of(self, value: int) -> Ints:
        """Rows of a value in row order, those taken back among them; none when it does not occur."""
        values, known = self._book[self._column], len(self._order)
        if len(values) > known + max(2000, known // 50):
            self._sort()
            known = len(values)
        rows = self._order[self._values.searchsorted(value) : self._values.searchsorted(value, side="right")]
        if len(values) > known and len(late := (values[known:] == value).nonzero()[0]):
            rows = np.concatenate([rows, known + late])
        if moved := self._moved.get(value):
            rows = distinct(np.concatenate([rows, np.array(moved, dtype=np.int64)]))
        return kept(rows, values[rows] == value)

    def moved(self, row: int, value: int) -> None:
        """A row has this value from now on."""
        self._book[self._column][row] = value
        self._moved.setdefault(value, []).append(row)


class Past:
    """An index as it stood at a moment: rows added since are left out."""

    def __init__(self, index: Index, length: int) -> None:
        self._index, self._length = index, length

    def __len__(self) -> int:
        """How many rows there were."""
        return self._length

    def of(self, value: int) -> Ints:
        rows = self._index.of(value)
        return kept(rows, rows < self._length)
