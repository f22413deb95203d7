"""The quarantine (隔离区): rejected rows that still wait, as a list, and as a workbook to be corrected and imported again.

The workbook holds rows in clear, for the office that sent them: it is refused a place below the home folder.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter

from datasets.batch import Batch
from datasets.key import Key
from datasets.lake import Lake, LakeProblem

MARKER = "guantong"
"""Name of the sheet by which a workbook of rejects is known again; it lists sheet, table, source."""
ORIGIN = ("退回批次", "退回行号")
"""The first two headers of every sheet: where the row was rejected."""
TOLD = ("来源文件", "来源工作表", "有误的列", "退回原因")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Waiting:
    """One rejected row that was neither corrected nor withdrawn: where it is from, and its faults (column, code, zh, en)."""

    batch_id: str
    table: str
    source: str
    file: str
    sheet: str
    row_no: int | None
    faults: tuple[tuple[str | None, str, str, str], ...]
    raw: bytes | None
    origin: tuple[str, int] | None = None
    lake: Path | None = None
    """Whose data keys open it."""

    def opened(self, key: Key) -> list[tuple[str, str]]:
        """The row as (header, text), in clear. Raises KeyProblem for a wrong key."""
        bound = key.at(self.lake) if self.lake else key
        return [(header, text) for header, text in json.loads(bound.decrypt(self.raw))] if self.raw else []


def waiting(lake: Lake) -> list[Waiting]:
    """Rejected rows of living batches in the order of import, without those that a later batch tried again.

    A diverted row is among them without row number and content: it can be counted, not corrected.
    """
    with lake.lock("commit", shared=True):  # a batch that grows replaces its files
        living = lake.living()
        found = [(batch, one) for batch in living if batch.rejects for one in _of(lake, batch)]
    retried = {(origin, row): batch.seq for batch in living for origin, rows in batch.corrects.items() for row in rows}
    return [
        one
        for batch, one in found
        if (one.batch_id, one.row_no) not in retried and not (one.origin in retried and retried[one.origin] > batch.seq)
    ]


def _of(lake: Lake, batch: Batch) -> Iterator[Waiting]:
    rows = pq.read_table(lake.folder / str(batch.rejects)).to_pylist()
    diverted = [row for row in rows if row["row_no"] is None]
    numbered = [row for row in rows if row["row_no"] is not None]
    groups = [[row] for row in diverted] + [list(group) for _, group in groupby(numbered, key=lambda row: row["row_no"])]
    for group in groups:
        first: dict[str, Any] = group[0]
        faults = tuple((row["column"], row["code"], row["why_zh"], row["why_en"]) for row in group)
        origin = (first["origin_batch"], first["origin_row"]) if first.get("origin_batch") else None
        yield Waiting(
            batch.batch_id, batch.table, batch.source, batch.file, batch.sheet, first["row_no"], faults, first["raw"], origin,
            lake.folder,
        )  # fmt: skip


def export_rejects(lake: Lake, key: Key, out: Path) -> int:
    """Write the waiting rejects to an .xlsx, one sheet for each table and source; returns how many rows it holds.

    Cells are text, and what would start a formula gets an apostrophe before it, which importing takes off again.
    Corrected, the workbook is imported like any file: its rows go where the rejected ones belonged.
    Raises LakeProblem when `out` is below the home folder, where nothing may be in clear.
    """
    if out.resolve().is_relative_to(lake.home.resolve()):
        raise LakeProblem("a workbook of rejects is in clear and may not be written below the home folder")
    key = key.at(lake.folder)
    rows = sorted((one for one in waiting(lake) if one.raw), key=lambda one: (one.table, one.source))
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(out), options) as book:
        marker: list[tuple[str, str, str]] = []
        for (table, source), group in groupby(rows, key=lambda one: (one.table, one.source)):
            name = f"{len(marker) + 1}-{table}"[:31]
            marker.append((name, table, source))
            _write(book, name, list(group), key)
        listed = book.add_worksheet(MARKER)
        if marker:
            listed.hide()
        for number, line in enumerate(marker):
            listed.write_row(number, 0, line)
    return len(rows)


def _write(book: xlsxwriter.Workbook, name: str, rows: list[Waiting], key: Key) -> None:
    sheet, text = book.add_worksheet(name), book.add_format({"num_format": "@"})
    opened = [one.opened(key) for one in rows]
    headers = list(dict.fromkeys(header for row in opened for header in _numbered(row) if header not in (*ORIGIN, *TOLD)))
    for number, header in enumerate((*ORIGIN, *TOLD, *headers)):
        sheet.write_string(0, number, harmless(header))
    for line, (one, row) in enumerate(zip(rows, opened, strict=True), start=1):
        cells = _numbered(row)
        columns = "；".join(dict.fromkeys(str(fault[0]) for fault in one.faults if fault[0]))
        why = "；".join(dict.fromkeys(fault[2] for fault in one.faults))
        told = [one.batch_id, str(one.row_no), one.file, one.sheet, columns, why]
        for number, cell in enumerate([*told, *(cells.get(header, "") for header in headers)]):
            sheet.write_string(line, number, harmless(cell), text)
    sheet.freeze_panes(1, len(ORIGIN))
    sheet.set_column(0, len(TOLD) + 1, 16)


def _numbered(row: list[tuple[str, str]]) -> dict[str, str]:
    """The cells by header; a header that comes twice is told apart by spaces behind it, which reading ignores."""
    found: dict[str, str] = {}
    for header, text in row:
        while header in found:
            header += " "
        found[header] = text
    return found


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell.startswith((*_FORMULA, "'")) else cell


def restored(cell: str) -> str:
    """The cell as it was before `harmless`."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith((*_FORMULA, "'")) else cell
