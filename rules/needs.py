"""What must be known to judge (所需信息): `table`, `table.column`, or `table.a or table.b`."""

import re
from typing import NamedTuple

FORM = re.compile(r"([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?")


class Need(NamedTuple):
    """A table that must hold records and, when columns are named, of which one must be known in every row."""

    table: str
    columns: tuple[str, ...]

    def __str__(self) -> str:
        return " or ".join(f"{self.table}.{column}" for column in self.columns) or self.table


def need(text: str) -> Need:
    """Read one item of `needs`. Raises ValueError when it has not one of the three forms."""
    parts = [FORM.fullmatch(part.strip()) for part in text.split(" or ")]
    if any(part is None for part in parts):
        raise ValueError(f"{text!r} is not table, table.column, or table.a or table.b")
    pairs = [(part[1], part[2]) for part in parts if part]
    tables = {table for table, _ in pairs}
    columns = tuple(column for _, column in pairs if column)
    if len(tables) != 1 or (len(pairs) > 1 and len(columns) != len(pairs)):
        raise ValueError(f"{text!r}: the sides of or are columns of one table")
    return Need(tables.pop(), columns)
