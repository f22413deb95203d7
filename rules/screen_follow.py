"""Following a plan (取数): the rows of every table that decide about some subjects, out of the records held and those that come in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from rules.screen_columns import NONE, NOTHING, Coded, Hashes, Held, Places, Table
from rules.screen_steps import Keys, Plan, Rows


@dataclass(frozen=True)
class Meant:
    """Places of rows: among those held, and among those that come in."""

    held: Places = field(default_factory=lambda: NONE)
    incoming: Places = field(default_factory=lambda: NONE)

    def __len__(self) -> int:
        return len(self.held) + len(self.incoming)


class Laid:
    """The lake's tables with the rows that come in laid over one of them: a row with the same key replaces the one that is there."""

    def __init__(self, held: Held, table: str, key: tuple[str, ...], rows: pa.Table) -> None:
        self.held, self.table = held, table
        self.incoming = Table.of(rows)
        self.replaced = self._same(key)

    def _same(self, key: tuple[str, ...]) -> Places:
        found = None
        for name in key:
            places = self.held[self.table].coded(name).find(np.unique(self.incoming.coded(name).of))
            found = places if found is None else np.intersect1d(found, places)
        if found is None or not len(found) or len(key) == 1:
            return NONE if found is None else found
        mine = {row for row in zip(*(self._hashes(self.incoming, name, None) for name in key), strict=True)}
        theirs = zip(*(self._hashes(self.held[self.table], name, found) for name in key), strict=True)
        return found[np.array([row in mine for row in theirs], bool)]

    @staticmethod
    def _hashes(table: Table, name: str, places: Places | None) -> list[int]:
        coded: Coded = table.coded(name)
        codes = coded.codes if places is None else coded.codes[places]
        found: list[int] = np.where(codes >= 0, coded.of[codes], 0).tolist() if len(coded.of) else [0] * len(codes)
        return found

    def find(self, step: Rows, keys: Hashes | None) -> Meant:
        """The rows that a step means."""
        table = self.held[step.table]
        mine = step.table == self.table
        if step.incoming:
            return Meant(NONE, np.arange(self.incoming.rows))
        if step.column is None or keys is None:
            held, coming = np.arange(table.rows), np.arange(self.incoming.rows if mine else 0)
        else:
            held = table.coded(step.column).find(keys)
            coming = self.incoming.coded(step.column).find(keys) if mine else NONE
        return Meant(np.setdiff1d(held, self.replaced) if mine and len(self.replaced) else held, coming)

    def values(self, table: str, column: str, rows: Meant) -> Hashes:
        """The distinct values of a column in some rows."""
        held = self.held[table].coded(column).values(rows.held) if len(rows.held) else NOTHING
        return np.union1d(held, self.incoming.coded(column).values(rows.incoming)) if len(rows.incoming) else held

    def rows(self, table: str, meant: Meant) -> pa.Table:
        """The rows themselves."""
        held = self.held[table].take(meant.held)
        return pa.concat_tables([held, self.incoming.take(meant.incoming).select(held.column_names)]) if len(meant.incoming) else held


@dataclass
class Followed:
    """What every step of a plan gave."""

    rows: dict[int, Meant] = field(default_factory=dict)
    keys: dict[int, Hashes] = field(default_factory=dict)

    def counts(self) -> Mapping[int, int]:
        """Rows of every step."""
        return {step: len(rows) for step, rows in self.rows.items()}


def follow(plan: Plan, laid: Laid) -> Followed:
    """Take the steps of a plan, one after the other."""
    found = Followed()
    for number, step in enumerate(plan.steps):
        if isinstance(step, Rows):
            found.rows[number] = laid.find(step, None if step.keys is None else found.keys[step.keys])
        else:
            parts = [found.keys[other] for other in sorted(step.others)]
            for rows, column in sorted(step.columns):
                of = plan.steps[rows]
                assert isinstance(of, Rows)
                parts.append(laid.values(of.table, column, found.rows[rows]))
            if step.literals:
                parts.append(Coded(pa.array(sorted(step.literals))).of)
            found.keys[number] = np.unique(np.concatenate(parts)) if parts else NOTHING
    return found
