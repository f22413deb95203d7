"""Looking a name up (对照): a cell's name -> the key of a reference table that is in the lake or came earlier in this import."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from datasets import current
from datasets.lake import Lake
from datasets.reading import Unreadable


def same(name: str) -> str:
    """A name as it is compared: half-width, without white space, small letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).lower()


class Lookup:
    """The names of one reference table's column, former names included, and the keys they stand for."""

    def __init__(self, key: str, rows: list[dict[str, Any]], column: str) -> None:
        self._keys = {str(row[key]) for row in rows}
        self._named: dict[str, list[dict[str, str]]] = {}
        self._key = key
        for row in rows:
            entry = {name: str(value) for name, value in row.items() if value is not None}
            spelled = {entry.get(column, ""), *entry.get(f"{column}_former", "").split(";")}
            for name in {same(spelling) for spelling in spelled} - {""}:
                self._named.setdefault(name, []).append(entry)

    def find(self, name: str, within: Mapping[str, str | None]) -> str:
        """The key for a name; `within` narrows by other columns of the table. A key itself is taken as it is.

        Raises Unreadable: unknown_reference or ambiguous_reference.
        """
        if name in self._keys:
            return name
        entries = self._named.get(same(name), [])
        found = {entry[self._key] for entry in entries if all(entry.get(col) == value for col, value in within.items())}
        if len(found) == 1:
            return found.pop()
        raise Unreadable("ambiguous_reference" if found else "unknown_reference")


class Lookups:
    """The lookups of one import, each read from the lake once and again after its table has changed."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._read: dict[str, Lookup] = {}

    def of(self, reference: str) -> Lookup:
        """The lookup for `table.column`."""
        if reference not in self._read:
            table, _, column = reference.partition(".")
            self._read[reference] = Lookup(self._lake.contracts[table].key[0], current_rows(self._lake, table), column)
        return self._read[reference]

    def changed(self, table: str) -> None:
        """Forget what was read of a table that has new rows."""
        self._read = {reference: lookup for reference, lookup in self._read.items() if not reference.startswith(f"{table}.")}


def current_rows(lake: Lake, table: str, columns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The current rows of a table as dictionaries, of these columns or all; read without the current view being made."""
    contract = lake.contracts[table]
    names = [*columns] or [*contract.columns]
    with duckdb.connect() as con:
        current.make_table(con, lake.folder, contract, lake.living(table), "rows_now")
        rows = con.execute(f"SELECT {', '.join(map(current.quoted, names))} FROM rows_now").fetchall()  # noqa: S608
        return [dict(zip(names, row, strict=True)) for row in rows]
