"""Writing (成文): laid-out sheets as workbooks, separated text, JSON lines and Parquet; the same sheets give the same bytes."""

import csv
import gzip
import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from datasets.city.messy.laying import Laid
from datasets.city.messy.lines import Line, columns_of, lines
from datasets.city.messy.spelling import Cell

WRITTEN = datetime(2026, 1, 8, 9, 0)
"""When the offices saved their files: fixed, so that the bytes are."""

Sheets = list[tuple[str, Laid, str, Decimal | None]]
"""Name of the sheet, what is on it, its title, and the sum below it."""


def write_workbook(path: Path, sheets: Sheets) -> None:
    """An .xlsx; titles lie over merged cells, native days have a date format."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False}) as book:
        book.set_properties({"created": WRITTEN, "author": "", "title": ""})
        bold = book.add_format({"bold": True, "align": "center"})
        day = book.add_format({"num_format": "yyyy/m/d"})
        for name, laid, title, total in sheets:
            sheet = book.add_worksheet(name)
            headers, moved = columns_of(laid)
            sheet.set_column(0, len(headers) - 1, 14)
            formats = [day if number - moved in laid.dates else None for number in range(len(headers))]
            for number, line in enumerate(lines(laid, title, total)):
                _write(sheet, number, line, formats, bold)


def _write(sheet: Worksheet, number: int, line: Line, formats: list[Format | None], bold: Format) -> None:
    if line.kind == "title":
        sheet.merge_range(number, 0, number, len(formats) - 1, str(line.cells[0]), bold)
    elif line.kind == "row":
        for place, cell in enumerate(line.cells):
            if not isinstance(cell, str):
                sheet.write_number(number, place, cell, formats[place])
            elif cell:
                sheet.write_string(number, place, cell)
    else:
        for place, cell in enumerate(line.cells):
            if cell != "":
                sheet.write_string(number, place, str(cell), bold if line.kind == "header" else None)


def separated(laid: Laid, title: str, total: Decimal | None, encoding: str) -> bytes:
    """A .csv, with the line ends of Windows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows(line.cells for line in lines(laid, title, total))
    return text.getvalue().encode(encoding)


def json_lines(laid: Laid) -> bytes:
    """One object a row; empty cells are null."""
    rows = zip(*laid.columns, strict=True)
    found = (
        json.dumps({name: _value(cell) for name, cell in zip(laid.headers, row, strict=True)}, ensure_ascii=False) for row in rows
    )
    return "".join(line + "\n" for line in found).encode()


def _value(cell: Cell) -> Cell | None:
    return None if cell == "" else cell


def parquet(laid: Laid) -> bytes:
    """A Parquet file of texts."""
    arrays = [pa.array([None if cell == "" else str(cell) for cell in column], pa.string()) for column in laid.columns]
    out = io.BytesIO()
    pq.write_table(pa.table(arrays, names=laid.headers), out, compression="zstd")
    return out.getvalue()


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    """An archive whose members all have the same time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            member.external_attr = 0o644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return out.getvalue()


def gzipped(data: bytes) -> bytes:
    """A gzip member without time and name."""
    return gzip.compress(data, mtime=0)
