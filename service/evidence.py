"""The records an alert rests on, row by row, each with the file, sheet and row it came from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from ibis.backends.duckdb import Backend
from pydantic import BaseModel

from datasets.batch import Pushed
from datasets.contract import LINEAGE, Column, Contract, Contracts
from rules.sentence import called
from service.access.sight import COMPLAINTS
from service.names import Names
from service.words import either, say, spoken

ROWS_SHOWN = 10
CALLED = {
    "unit.unit_id": "unit",
    "area.area_id": "area",
    "programme.programme_id": "programme",
    "enterprise.enterprise_id": "enterprise",
}
"""What a column refers to -> the kind whose name is shown."""
NEVER = "caller_"
"""Who complained is nobody's business here, not even masked: whoever looks at an alert looks at the matter."""
SIGNALS = "signal"
ALWAYS = ("amount", "paid_on", "name", "title", "unit_id", "died_on")
"""Columns that are shown wherever a table has them, beside its key and those the rule's SELECT speaks of."""


class EvidenceRow(BaseModel):
    """The values of one record, in the order of the table's columns, and where it stands."""

    cells: list[str | None]
    source: str


class EvidenceTable(BaseModel):
    """Records of one table that prove a finding."""

    table: str
    title: str
    columns: list[str]
    labels: list[str]
    rows: list[EvidenceRow]
    left_out: int
    """Records that are there and not shown."""
    gone: int
    """Records that are no longer in the lake: corrected since, or their batch withdrawn."""


class Evidence:
    """Reads evidence from the lake's current tables; `files` is batch id -> file name, `pushes` batch id -> what was pushed into it."""

    def __init__(
        self, tables: Backend, contracts: Contracts, files: Mapping[str, str], names: Names,
        pushes: Mapping[str, Sequence[Pushed]] | None = None,
    ) -> None:  # fmt: skip
        self._tables, self._contracts, self._files, self._names, self._pushes = tables, contracts, files, names, pushes or {}

    def rows(
        self, keys: Mapping[str, Sequence[str]], sql: str, limit: int = ROWS_SHOWN, platform: str | None = None
    ) -> list[EvidenceTable]:
        """table -> keys as a signal carries them; `sql` is the rule's SELECT, whose columns are the deciding ones.

        `platform`: another platform that reads; what people said in complaints is left out but for those that it pushed itself.
        """
        spoken_of = set(re.findall(r"[a-z][a-z0-9_]*", sql))
        return [
            self._table(self._contracts[table], list(those), spoken_of, limit, platform)
            for table, those in keys.items()
            if table in self._contracts and table != SIGNALS and those
        ]

    def _table(self, contract: Contract, keys: list[str], spoken_of: set[str], limit: int, platform: str | None) -> EvidenceTable:
        columns = [
            name
            for name in contract.columns
            if (name in contract.key or name in spoken_of or name in ALWAYS) and not name.startswith(NEVER)
        ]
        key = " || '|' || ".join(f'CAST("{name}" AS VARCHAR)' for name in contract.key)
        shown = ", ".join(f'"{name}"' for name in columns)
        lineage = ", ".join(LINEAGE)
        found = self._tables.con.execute(
            f'SELECT {shown}, {lineage} FROM "{contract.table}" WHERE {key} IN (SELECT unnest(?)) ORDER BY {key}',  # noqa: S608 - names of the contract
            [keys],
        ).fetchall()
        width = len(columns)
        filled = [at for at in range(width) if any(row[at] is not None for row in found)]
        kinds = [contract.columns[columns[at]] for at in filled]
        shown_rows = [
            EvidenceRow(
                cells=[cell(row[at], kind) for at, kind in zip(filled, kinds, strict=True)], source=self._place(row[width:])
            )
            for row in found[:limit]
        ]
        if platform is not None and contract.table in COMPLAINTS:
            said = [at for at, kind in enumerate(kinds) if _free(kind, columns[filled[at]], contract)]
            for one, row in zip(shown_rows, found, strict=False):
                if not self._pushed_by(platform, *row[width:]):
                    for at in said:
                        one.cells[at] = one.cells[at] and say("notice.complaint_withheld")
        for at, which in enumerate(filled):
            self._call_by_name(contract.columns[columns[which]], at, shown_rows)
        return EvidenceTable(
            table=contract.table, title=either(contract.title), columns=[columns[at] for at in filled],
            labels=[label_of(contract.columns[columns[at]]) for at in filled], rows=shown_rows,
            left_out=max(0, len(found) - limit), gone=len(keys) - len(found),
        )  # fmt: skip

    def _call_by_name(self, column: Column, at: int, rows: list[EvidenceRow]) -> None:
        """Codes of units, places, programmes and firms are shown as their names."""
        kind = CALLED.get(column.refers or "")
        if kind is None:
            return
        self._names.learn(kind, [row.cells[at] for row in rows])
        for row in rows:
            if (code := row.cells[at]) is not None:
                row.cells[at] = self._names.short(kind, code)

    def _pushed_by(self, platform: str, batch: object, sheet: object, row: object) -> bool:
        pushes = self._pushes.get(str(batch), ())
        return any(one.by == platform and one.first <= int(str(row)) < one.first + one.rows for one in pushes)

    def _place(self, lineage: Iterable[object]) -> str:
        batch, sheet, row = lineage
        file = self._files.get(str(batch), str(batch))
        return f"{file} {sheet}:{row}" if sheet else f"{file}:{row}"


def _free(column: Column, name: str, contract: Contract) -> bool:
    """Whether a column holds somebody's own words: a text that is no key, no code and no reference."""
    return column.type == "text" and not column.allowed and column.refers is None and name not in contract.key


def cell(value: object, column: Column) -> str | None:
    """A value of a record as people write it: codes by their words, 是/否, money 1,234.50, quantities without idle zeros."""
    if value is None:
        return None
    if column.type == "money" and isinstance(value, Decimal):
        return f"{value:,.2f}"
    return called(value, spoken(), column.words)


def label_of(column: Column) -> str:
    """The name of a column without its explanations."""
    return column.zh if spoken() == "zh" else re.split(r"[,;:(]", column.en)[0].strip()
