"""Rows that must reach the lake whole, because a case or a look-alike of the truth rests on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasets.city.arrays import Bools
from datasets.city.city import City
from datasets.city.keys import Keys
from datasets.contract import Contracts

REGISTERS = frozenset(
    "area unit office office_coverage inspection_round programme programme_exclusion procurement_limit public_employee debarment".split()
)
"""Small tables on which everything rests: all their rows are guarded."""


@dataclass(frozen=True)
class Guarded:
    """What must not be damaged, and which tickets must be turned away at the door."""

    values: frozenset[str]
    """Keys of every subject and every row of evidence in the truth."""
    turned_away: frozenset[str]
    """Ids of the accusations that may not be entered (and of their journeys' rows)."""

    def mask(self, name: str, table: pa.Table, contracts: Contracts) -> Bools:
        """Which rows of a table may not be damaged: those that carry the key of a subject or of evidence anywhere."""
        if name in REGISTERS:
            return np.ones(table.num_rows, dtype=bool)
        values = pa.array(sorted(self.values | self.turned_away), pa.string())
        out = np.zeros(table.num_rows, dtype=bool)
        contract = contracts[name]
        for column, declared in contract.columns.items():
            if declared.type == "text" and (declared.refers or column in contract.key or declared.seal):
                out |= pc.is_in(table[column], values).to_numpy(zero_copy_only=False)
        return out


def guard(truth: Iterable[Mapping[str, str]], city: City, keys: Keys) -> Guarded:
    """What the truth's rows rest on."""
    values: set[str] = set()
    for row in truth:
        values.add(row["subject"])
        for part in filter(None, row["evidence"].split(";")):
            values |= set(part.partition(":")[2].split("|"))
    book = city.desk.tickets
    turned = keys.tickets(np.flatnonzero((book["diverted"] == 1) & (book["alive"] == 1))).to_pylist()
    return Guarded(frozenset(values), frozenset(turned))
