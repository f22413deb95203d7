"""Cells (单元格): what a file holds as rows of text, whatever its format; nothing is interpreted yet."""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from datasets.files import Blob, FileRefused, check_workbook

WORKBOOKS = ("xlsx", "xlsm", "xls")

Row = tuple[int, list[str]]
"""1-based row of the file and its cells' text; '' is an empty cell."""

BROKEN = "\ufdd0"
"""Stands (a noncharacter) where bytes or a line could not be decoded: a row that holds it is `undecodable`."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook, or all of a file that has none (then the name is '').

    `content` is a SHA-256 of what it holds; `rows()` reads from the start each time.
    """

    name: str
    content: str
    rows: Callable[[], Iterator[Row]]
    header_known: bool = False
    """The first row is the header for certain (JSON lines, Parquet)."""


def sheets(blob: Blob, encoding: str = "auto") -> list[Sheet]:
    """The sheets of one readable file. Raises FileRefused when it cannot be read at all."""
    if blob.ending in WORKBOOKS:
        return list(_workbook(blob))
    if blob.ending in {"jsonl", "ndjson"}:
        return [_json_lines(blob, encoding)]
    if blob.ending == "parquet":
        return [Sheet("", blob.content, lambda: _parquet_rows(blob), header_known=True)]
    if blob.ending in {"csv", "tsv", "txt"}:
        return [_separated(blob, encoding)]
    raise FileRefused(blob.label, "不支持的文件格式", "files of this kind are not read")


def decode(data: bytes, encoding: str = "auto") -> str:
    """Bytes to text: UTF-8 (with or without BOM), UTF-16 by its BOM, else GB18030; what is broken becomes BROKEN."""
    if encoding != "auto":
        return data.decode(encoding, "replace").replace("\ufffd", BROKEN).lstrip("\ufeff")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").replace("\ufffd", BROKEN)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    loose = data.decode("utf-8-sig", "replace")
    # a UTF-8 file with a few broken bytes; GB18030 read as UTF-8 is broken at every second character
    if loose.count("\ufffd") * 20 < sum(not char.isascii() for char in loose):
        return loose.replace("\ufffd", BROKEN)
    return data.decode("gb18030", "replace").replace("\ufffd", BROKEN)


def _separated(blob: Blob, encoding: str) -> Sheet:
    text = decode(blob.read(), encoding)
    first = "\n".join(line for line in text[:20_000].splitlines()[:40])
    separator = max("\t,;|", key=first.count) if blob.ending != "tsv" else "\t"

    csv.field_size_limit(1 << 27)
    read = _quoted_rows if _quotes_close(text, separator) else _single_lines
    return Sheet("", blob.content, lambda: read(text, separator))


def _quotes_close(text: str, separator: str) -> bool:
    """Whether every quotation mark that opens a cell closes it again; an open one would swallow the rows below it."""
    if '"' not in text:
        return True
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _quoted_rows(text: str, separator: str) -> Iterator[Row]:
    yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1)


def _single_lines(text: str, separator: str) -> Iterator[Row]:
    """Each line by itself, one with an open quotation mark set apart as BROKEN."""
    for number, line in enumerate(re.split("\r\n|\n|\r", text), start=1):
        broken = line.count('"') % 2
        yield number, [BROKEN + line] if broken else next(csv.reader([line], delimiter=separator), [])


def _json_lines(blob: Blob, encoding: str) -> Sheet:
    text = decode(blob.read(), encoding)
    parsed = [(number, _object(line)) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    names = list(dict.fromkeys(name for _, item in parsed if isinstance(item, dict) for name in item))

    def rows() -> Iterator[Row]:
        yield 0, names
        for number, item in parsed:
            yield number, ([_text(item.get(name)) for name in names] if isinstance(item, dict) else [item])

    return Sheet("", blob.content, rows, header_known=True)


def _object(line: str) -> dict[str, object] | str:
    try:
        found = json.loads(line)
    except ValueError:
        return BROKEN + line
    return found if isinstance(found, dict) else BROKEN + line


def _workbook(blob: Blob) -> Iterator[Sheet]:
    data = blob.read()
    check_workbook(blob.name, data)
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        for name in book.sheet_names:
            yield _sheet(book.get_sheet_by_name(name))
    except python_calamine.PasswordError as error:
        raise FileRefused(blob.label, "工作簿有密码", "the workbook is locked with a password") from error
    except (python_calamine.CalamineError, OSError) as error:
        raise FileRefused(blob.label, "工作簿已损坏", "the workbook is broken") from error


def _sheet(sheet: python_calamine.CalamineSheet) -> Sheet:
    grid = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in grid[top : bottom + 1]:
            row[left : right + 1] = [grid[top][left]] * (min(right + 1, len(row)) - left)
    hashed = hashlib.sha256(sheet.name.encode())
    for row in grid:
        hashed.update(("\x1f".join(row) + "\x1e").encode())
    return Sheet(sheet.name, hashed.hexdigest(), lambda: enumerate(grid, start=1))


def _parquet_rows(blob: Blob) -> Iterator[Row]:
    file = parquet(blob)
    yield 0, file.schema_arrow.names
    number = 0
    for batch in file.iter_batches(batch_size=50_000):
        columns = [[_text(value) for value in column.to_pylist()] for column in batch.columns]
        for cells in zip(*columns, strict=True):
            number += 1
            yield number, list(cells)


def parquet(blob: Blob) -> pq.ParquetFile:
    """The Parquet file, opened. Raises FileRefused when it is none."""
    try:
        return pq.ParquetFile(blob.path if blob.path is not None else pa.BufferReader(blob.read()))
    except (pa.ArrowInvalid, OSError) as error:
        raise FileRefused(blob.label, "Parquet 文件已损坏", "the Parquet file is broken") from error


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() and value.tzinfo is None else value.isoformat(" ")
    if isinstance(value, (date, time, timedelta)):
        return str(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _number(value: float) -> str:
    if not value.is_integer():
        return format(value, ".15g")
    # a spreadsheet keeps 15 digits: of a longer number the last ones are gone, and the text says so
    return str(int(value)) if abs(value) < 1e15 else f"{value:.14E}"
