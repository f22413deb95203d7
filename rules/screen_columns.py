"""Records held in memory for screenings (常驻数据): columns of the lake's tables, found by value in microseconds.

A value is known by 64 bits of its hash: rows of another value with the same hash only make a neighbourhood larger, which is harmless.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
NONE: Places = np.empty(0, np.int64)
NOTHING: Hashes = np.empty(0, np.uint64)
HANDFUL = 100


def hashes(values: pa.Array) -> Hashes:
    """One hash for each value, by its text; NULL is not asked for."""
    texts = values.cast(pa.string()).to_numpy(zero_copy_only=False)
    return pd.util.hash_array(np.asarray(texts, dtype=object), categorize=False) if len(texts) else NOTHING


class Coded:
    """One column: for each row the number of its value, for each number its hash, and the rows of each hash."""

    def __init__(self, column: pa.Array) -> None:
        encoded = column.drop_null().dictionary_encode() if column.null_count == len(column) else column.dictionary_encode()
        if len(encoded) != len(column):  # all NULL
            self.codes: npt.NDArray[np.int32] = np.full(len(column), -1, np.int32)
            self.of: Hashes = NOTHING
        else:
            self.codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
            self.of = hashes(encoded.dictionary)

    @cached_property
    def _sorted(self) -> tuple[Hashes, Places]:
        order = np.argsort(self.of)
        return self.of[order], order.astype(np.int64)

    @cached_property
    def _rows(self) -> tuple[npt.NDArray[np.int32], Places]:
        order = np.argsort(self.codes, kind="stable").astype(np.int32)
        counts = np.bincount(self.codes + 1, minlength=len(self.of) + 1)
        return order, np.cumsum(counts)

    @property
    def fanout(self) -> float:
        """How many rows share a value, about."""
        return len(self.codes) / max(len(self.of), 1)

    def numbers(self, keys: Hashes) -> npt.NDArray[np.int64]:
        """The numbers of the values that have one of the hashes."""
        sorted_hashes, numbers = self._sorted
        if not len(keys) or not len(sorted_hashes):
            return NONE
        at = np.minimum(np.searchsorted(sorted_hashes, keys), len(sorted_hashes) - 1)
        found: npt.NDArray[np.int64] = numbers[at[sorted_hashes[at] == keys]]
        return found

    def find(self, codes: npt.NDArray[np.int64]) -> Places:
        """Places of the rows whose value has one of the numbers."""
        order, ends = self._rows
        if len(codes) == 1:
            return order[ends[codes[0]] : ends[codes[0] + 1]].astype(np.int64)
        return np.concatenate([order[ends[code] : ends[code + 1]] for code in codes]).astype(np.int64) if len(codes) else NONE

    def count(self, codes: npt.NDArray[np.int64]) -> int:
        """How many rows have one of the numbers."""
        if not len(codes):
            return 0
        _, ends = self._rows
        return int((ends[codes + 1] - ends[codes]).sum())

    def holds(self, places: Places, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """For each of some rows whether its value has one of the numbers."""
        mine = self.codes[places]
        if not len(codes):
            return np.zeros(len(mine), bool)
        if len(codes) == 1:
            same: npt.NDArray[np.bool_] = mine == codes[0]
            return same
        if len(places) < len(self.of):
            return among(mine, codes)
        mask = np.zeros(len(self.of) + 1, bool)  # the last one stands for NULL, whose number is -1
        mask[codes] = True
        found: npt.NDArray[np.bool_] = mask[mine]
        return found

    def values(self, places: Places) -> Hashes:
        """The distinct hashes of the values in some rows, NULL left out."""
        mine = self.codes[places]
        if len(mine) > len(self.of):
            seen = np.zeros(len(self.of) + 1, bool)
            seen[mine] = True
            return self.of[seen[:-1]]
        codes = distinct(mine)
        found: Hashes = self.of[codes[codes >= 0]]
        return found


def distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Each value once, sorted: of a handful by a set; else by sorting, which takes a fiftieth of what numpy.unique takes with its hashes."""
    if len(values) < 2:
        return values
    if len(values) <= HANDFUL:
        return np.array(sorted(set(values.tolist())), values.dtype)
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))]


def among(values: npt.NDArray[Any], of: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """For each value whether it is one of some others."""
    if not len(of):
        return np.zeros(len(values), bool)
    ordered = np.sort(of)
    found: npt.NDArray[np.bool_] = ordered[np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)] == values
    return found


@dataclass
class Table:
    """Rows of one table, column by column."""

    columns: Mapping[str, pa.Array]
    rows: int
    _coded: dict[str, Coded] = field(default_factory=dict)

    @classmethod
    def of(cls, content: pa.Table) -> "Table":
        """From an Arrow table."""
        return cls({name: content[name].combine_chunks() for name in content.column_names}, content.num_rows)

    def coded(self, column: str) -> Coded:
        """A column ready to be searched."""
        if column not in self._coded:
            self._coded[column] = Coded(self.columns[column])
        return self._coded[column]

    def take(self, places: Places) -> pa.Table:
        """Some rows."""
        index = pa.array(places)
        return pa.table({name: column.take(index) for name, column in self.columns.items()})


class Held:
    """The tables of a lake as they were when they were first asked for; only columns that rules read are held."""

    def __init__(self, tables: Backend, wanted: Mapping[str, set[str]]) -> None:
        self._tables, self._wanted = tables, wanted
        self._held: dict[str, Table] = {}
        self._met: dict[tuple[str, str], npt.NDArray[np.bool_]] = {}

    def __getitem__(self, table: str) -> Table:
        if table not in self._held:
            names = ", ".join(f'"{name}"' for name in sorted(self._wanted[table])) or "1 AS one"
            self._held[table] = Table.of(self._tables.con.sql(f'SELECT {names} FROM "{table}"').to_arrow_table())  # noqa: S608 - contracts' names
        return self._held[table]

    def met(self, table: str, condition: str) -> npt.NDArray[np.bool_]:
        """For each row of a table whether it meets a condition, which is SQL over its own columns."""
        if (table, condition) not in self._met:
            found = self._tables.con.sql(f'SELECT coalesce({condition}, false) AS met FROM "{table}"').to_arrow_table()  # noqa: S608
            self._met[table, condition] = found["met"].combine_chunks().to_numpy(zero_copy_only=False).astype(bool)
        return self._met[table, condition]

    def fanout(self, table: str, column: str) -> float:
        """How many rows share a value of a column, about; 1 for an empty table."""
        if table not in self._wanted or column not in self._wanted[table]:
            return 1.0
        return self[table].coded(column).fanout
