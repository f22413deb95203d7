"""Splitting (分送): which rows of a table go into which file, by unit and year of the row or of the row it belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasets.city.columns import Column as Values
from datasets.city.messy.letters import Letter
from datasets.contract import Contracts

UNKNOWN = "未注明"


@dataclass(frozen=True)
class Split:
    """One file's share: the words for its name, and of every table the row numbers."""

    words: dict[str, str]
    rows: dict[str, Values]


def splits(letter: Letter, tables: dict[str, pa.Table], contracts: Contracts) -> Iterator[Split]:
    """The files of a letter, in the order of their values. Tables that the county does not keep are left out."""
    kept = [page.table for page in letter.pages if page.table in tables]
    if not letter.split:
        yield Split({}, {table: pa.array(np.arange(tables[table].num_rows)) for table in kept})
        return
    parts = {table: [_values(part, table, tables, contracts) for part in letter.split] for table in kept}
    marks = {table: pc.binary_join_element_wise(*columns, "\x1f") for table, columns in parts.items()}
    found = sorted(set().union(*(pc.unique(column).to_pylist() for column in marks.values())))
    if letter.only:
        units = sorted({mark.split("\x1f")[0] for mark in found})
        found = [mark for mark in found if units.index(mark.split("\x1f")[0]) % letter.only.of == letter.only.part]
    for mark in found:
        words = {_word(part): value for part, value in zip(letter.split, mark.split("\x1f"), strict=True)}
        yield Split(words, {table: pc.indices_nonzero(pc.equal(column, mark)) for table, column in marks.items()})


def _word(part: str) -> str:
    """unit_id -> unit, tender.noticed_at.year -> year."""
    return part.rpartition(".")[2].removesuffix("_id")


def _values(part: str, table: str, tables: dict[str, pa.Table], contracts: Contracts) -> Values:
    """The values by which a table's rows are split, as text: `unit_id`, `paid_on.year`, `tender.noticed_at.year`."""
    names = part.split(".")
    if names[0] in contracts and names[0] != table:
        return _of_owner(names[0], part, table, tables, contracts)
    column = names[0] if names[0] in contracts[table].columns else names[1]
    values = tables[table][column].combine_chunks()
    if names[-1] == "year" and column != "year":
        values = pc.year(values)
    return pc.fill_null(values.cast(pa.string()), UNKNOWN)


def _of_owner(owner: str, part: str, table: str, tables: dict[str, pa.Table], contracts: Contracts) -> Values:
    """A row goes with the row it refers to, over several tables if need be: an amendment with its contract's tender."""
    for name, column in contracts[table].columns.items():
        target, _, key = (column.refers or "").partition(".")
        if target in tables and target != table and _leads(target, owner, contracts):
            keys = tables[target][key].combine_chunks()
            found = pc.index_in(tables[table][name].combine_chunks(), keys)
            return pc.fill_null(_values(part, target, tables, contracts).take(found), UNKNOWN)
    raise KeyError(f"{table} does not lead to {owner}")


def _leads(table: str, owner: str, contracts: Contracts, seen: tuple[str, ...] = ()) -> bool:
    targets = {(column.refers or "").partition(".")[0] for column in contracts[table].columns.values()} - {table, "", *seen}
    return table == owner or any(_leads(target, owner, contracts, (*seen, table)) for target in targets)
