"""A ledger grows by rows while the city lives and is planted: one whole-number array per column."""

from collections.abc import Iterable

import numpy as np

from datasets.city.arrays import NONE, Ints


class Ledger:
    """Rows of whole numbers (indexes, days, seconds, cents), column by column.

    A row keeps its number for ever, so that the truth can point at it; a row taken back is only marked dead.
    """

    def __init__(self, columns: Iterable[str]) -> None:
        self._columns: dict[str, Ints] = {name: np.zeros(0, dtype=np.int64) for name in (*columns, "alive")}
        self._waiting: list[dict[str, Ints]] = []
        self._length = 0

    @property
    def names(self) -> list[str]:
        return [name for name in self._columns if name != "alive"]

    def __len__(self) -> int:
        return self._length

    def add(self, count: int, **values: Ints | int) -> Ints:
        """Append `count` rows; columns not named stay NONE. Returns the new rows' numbers."""
        if unknown := values.keys() - self._columns.keys():
            raise KeyError(f"no such column: {sorted(unknown)}")
        chunk = {"alive": np.ones(count, dtype=np.int64)}
        for name, value in values.items():
            chunk[name] = np.broadcast_to(np.asarray(value, dtype=np.int64), (count,))
        self._waiting.append(chunk)
        self._length += count
        return np.arange(self._length - count, self._length)

    def __getitem__(self, name: str) -> Ints:
        """The column itself: what is written into it stays."""
        self._settle()
        return self._columns[name]

    def living(self) -> Ints:
        """Numbers of the rows not taken back."""
        return np.flatnonzero(self["alive"] == 1)

    def copy_rows(self, rows: Ints, **changed: Ints | int) -> Ints:
        """Append copies of rows with some columns changed; returns the new rows' numbers."""
        kept = {name: self[name][rows] for name in self._columns if name != "alive"}
        return self.add(len(rows), **(kept | changed))

    def _settle(self) -> None:
        if not self._waiting:
            return
        for name, old in self._columns.items():
            parts = [chunk.get(name, np.full(len(chunk["alive"]), NONE)) for chunk in self._waiting]
            self._columns[name] = np.concatenate([old, *parts])
        self._waiting.clear()
