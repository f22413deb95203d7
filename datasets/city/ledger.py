"""A ledger grows by rows while the city lives and is planted: one whole-number array per column."""

from collections.abc import Iterable

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.index import Index


class Ledger:
    """Rows of whole numbers (indexes, days, seconds, cents), column by column.

    A row keeps its number for ever, so that the truth can point at it; a row taken back is only marked dead.
    """

    def __init__(self, columns: Iterable[str]) -> None:
        self._columns: dict[str, Ints] = {name: np.zeros(0, dtype=np.int64) for name in (*columns, "alive")}
        self._length = 0
        self._indexes: dict[str, Index] = {}

    @property
    def names(self) -> list[str]:
        return [name for name in self._columns if name != "alive"]

    def __len__(self) -> int:
        return self._length

    def add(self, count: int, **values: Ints | int) -> Ints:
        """Append `count` rows; columns not named stay NONE. Returns the new rows' numbers."""
        if unknown := values.keys() - self._columns.keys():
            raise KeyError(f"no such column: {sorted(unknown)}")
        start, stop = self._length, self._length + count
        self._make_room(stop)
        for name, column in self._columns.items():
            column[start:stop] = values.get(name, 1 if name == "alive" else NONE)
        self._length = stop
        return np.arange(start, stop)

    def __getitem__(self, name: str) -> Ints:
        """The column itself, until rows are added: what is written into it stays."""
        return self._columns[name][: self._length]

    def by(self, name: str) -> Index:
        """Rows by a column that is not written into (or whose changes the index is told)."""
        if name not in self._indexes:
            self._indexes[name] = Index(self, name)
        return self._indexes[name]

    def living(self) -> Ints:
        """Numbers of the rows not taken back."""
        return np.flatnonzero(self["alive"] == 1)

    def copy_rows(self, rows: Ints, **changed: Ints | int) -> Ints:
        """Append copies of rows with some columns changed; returns the new rows' numbers."""
        kept = {name: self[name][rows] for name in self.names}
        return self.add(len(rows), **(kept | changed))

    def _make_room(self, needed: int) -> None:
        """Grow by half, so that adding row by row costs no copy each time."""
        capacity = len(self._columns["alive"])
        if needed <= capacity:
            return
        for name, old in self._columns.items():
            self._columns[name] = np.concatenate([old, np.empty(max(needed, capacity * 3 // 2) - capacity, dtype=np.int64)])
