"""Following a plan (取数): the rows of every table that decide about some subjects, out of the records held and those that come in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rules.screen_columns import NONE, NOTHING, Coded, Hashes, Held, Places, Table, among, distinct
from rules.screen_steps import Keys, Plan, Rows, TooWide

CALENDAR = 20_000
"""A table of so many rows may be taken whole in any case: working days, limits, areas."""
Met = Mapping[str, npt.NDArray[np.bool_]]
"""Condition -> for each row that comes in whether it meets it."""


@dataclass(frozen=True)
class Meant:
    """Places of rows: among those held, and among those that come in."""

    held: Places = field(default_factory=lambda: NONE)
    incoming: Places = field(default_factory=lambda: NONE)

    def __len__(self) -> int:
        return len(self.held) + len(self.incoming)


class Laid:
    """The lake's tables with the rows that come in laid over one of them: a row with the same key replaces the one that is there."""

    def __init__(self, held: Held, table: str, key: tuple[str, ...], rows: pa.Table, met: Met) -> None:
        self.held, self.table, self._met = held, table, met
        self.incoming = Table.of(rows)
        self.replaced = self._same(key)

    def _same(self, key: tuple[str, ...]) -> Places:
        found: Places | None = None
        for name in key:
            coded = self.held[self.table].coded(name)
            places = coded.find(coded.numbers(distinct(self.incoming.coded(name).of)))
            found = places if found is None else np.intersect1d(found, places)
        if found is None or not len(found) or len(key) == 1:
            return NONE if found is None else found
        mine = set(zip(*(_hashes(self.incoming.coded(name), None) for name in key), strict=True))
        theirs = zip(*(_hashes(self.held[self.table].coded(name), found) for name in key), strict=True)
        kept: Places = found[np.array([row in mine for row in theirs], bool)]
        return kept

    def find(self, step: Rows, keys: Mapping[int, Hashes], most: int | None = None) -> Meant:
        """The rows that a step means. Raises TooWide when more than `most` would have to be looked at."""
        held = NONE if step.incoming else self._held(step, keys, most)
        return Meant(held, self._incoming(step, keys) if step.table == self.table else NONE)

    def _held(self, step: Rows, keys: Mapping[int, Hashes], most: int | None) -> Places:
        table = self.held[step.table]
        found: Places | None = None
        codes = {column: table.coded(column).numbers(keys[number]) for column, number in step.by}
        counts = sorted((table.coded(column).count(codes[column]), column) for column in codes)
        if most is not None and (counts[0][0] if counts else table.rows) > (most if counts else max(most, CALENDAR)):
            raise TooWide(step.table)
        for _, column in counts:
            coded = table.coded(column)
            found = coded.find(codes[column]) if found is None else found[coded.holds(found, codes[column])]
            if not len(found):
                return NONE
        if found is None:
            found = np.arange(table.rows)
        for condition in step.filters:
            found = found[self.held.met(step.table, condition)[found]]
        return found[~among(found, self.replaced)] if step.table == self.table and len(self.replaced) else found

    def _incoming(self, step: Rows, keys: Mapping[int, Hashes]) -> Places:
        found = np.arange(self.incoming.rows)
        for column, number in step.by:
            if not len(found):
                return NONE
            coded = self.incoming.coded(column)
            found = found[coded.holds(found, coded.numbers(keys[number]))]
        for condition in step.filters:
            found = found[self._met[condition][found]]
        return found

    def meets(self, table: str, condition: str, rows: Meant) -> bool:
        """Whether some of these rows meet a condition."""
        held = bool(len(rows.held)) and bool(self.held.met(table, condition)[rows.held].any())
        return held or (bool(len(rows.incoming)) and bool(self._met[condition][rows.incoming].any()))

    def values(self, table: str, column: str, rows: Meant) -> Hashes:
        """The distinct values of a column in some rows."""
        held = self.held[table].coded(column).values(rows.held) if len(rows.held) else NOTHING
        if not len(rows.incoming):
            return held
        coming = self.incoming.coded(column).values(rows.incoming)
        return distinct(np.concatenate([held, coming])) if len(held) and len(coming) else held if len(held) else coming

    def rows(self, table: str, meant: Meant) -> pa.Table:
        """The rows themselves."""
        held = self.held[table].take(meant.held)
        return (
            pa.concat_tables([held, self.incoming.take(meant.incoming).select(held.column_names)])
            if len(meant.incoming)
            else held
        )


def _hashes(coded: Coded, places: Places | None) -> list[int]:
    codes = coded.codes if places is None else coded.codes[places]
    found: list[int] = np.where(codes >= 0, coded.of[codes], 0).tolist() if len(coded.of) else [0] * len(codes)
    return found


@dataclass
class Following:
    """Takes the steps of a plan that are asked for, and those that they rest on, each once."""

    plan: Plan
    laid: Laid
    most: int | None = None
    _rows: dict[int, Meant] = field(default_factory=dict)
    _keys: dict[int, Hashes] = field(default_factory=dict)

    def rows(self, number: int) -> Meant:
        """The rows of a step. Raises TooWide when more than `most` records would have to be looked at, here or before."""
        if number not in self._rows:
            step = self.plan.steps[number]
            assert isinstance(step, Rows)
            self._rows[number] = self.laid.find(step, {keys: self.keys(keys) for _, keys in step.by}, self.most)
        return self._rows[number]

    def meets(self, number: int, condition: str) -> bool:
        """Whether some row of a step meets a condition on such rows alone."""
        step = self.plan.steps[number]
        assert isinstance(step, Rows)
        return self.laid.meets(step.table, condition, self.rows(number))

    def count(self, number: int) -> int:
        """How many rows a step gives."""
        return len(self.rows(number))

    def size(self, numbers: Iterable[int]) -> int:
        """How many records steps give about: of each table the most that a step gives; tables that are there whole cost nothing."""
        largest: dict[str, int] = {}
        for number in numbers:
            step = self.plan.steps[number]
            assert isinstance(step, Rows)
            count = self.count(number)
            if not step.everything or step.table == self.laid.table:
                largest[step.table] = max(largest.get(step.table, 0), count)
        return sum(largest.values())

    def keys(self, number: int) -> Hashes:
        """The keys of a step."""
        if number not in self._keys:
            step = self.plan.steps[number]
            assert isinstance(step, Keys)
            parts = [self.keys(other) for other in sorted(step.others)]
            for rows, column in sorted(step.columns):
                of = self.plan.steps[rows]
                assert isinstance(of, Rows)
                parts.append(self.laid.values(of.table, column, self.rows(rows)))
            if step.literals:
                parts.append(Coded(pa.array(sorted(step.literals))).of)
            parts = [part for part in parts if len(part)]
            self._keys[number] = parts[0] if len(parts) == 1 else distinct(np.concatenate(parts)) if parts else NOTHING
        return self._keys[number]
