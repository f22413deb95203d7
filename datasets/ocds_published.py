"""What an OCDS file says, to the letter, as DuckDB tables: for definitions that depend on types, texts and positions.

The importer (`datasets.ocds`) makes our own tables and tidies on the way: dates are read, statuses translated, ids made
whole, repeated ids refused. A definition made elsewhere may rest on what that loses: whether an id was a text or a number,
whether a list was there, the order of dates as texts. These tables keep exactly that, keyed by line and position.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from datasets.ocds_instant import instant
from datasets.ocds_lines import Line, Lines
from datasets.reading import Code

Part = dict[str, Any]
Row = tuple[Any, ...]
PIECE = 500
"""Releases turned into rows before these are written."""
_LONE_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

TABLES: dict[str, dict[str, pa.DataType]] = {
    "ocds_release": {
        "line": pa.int64(), "ocid": pa.string(), "tender_status": pa.string(), "method": pa.string(), "method_details": pa.string(),
        "tenderers": pa.int64(), "opens_second": pa.int64(), "opens_nano": pa.int64(), "closes_second": pa.int64(),
        "closes_nano": pa.int64(), "closes_text": pa.string(), "buyer_id": pa.string(), "procuring_entity_id": pa.string(),
        "has_bids": pa.bool_(), "has_awards": pa.bool_(),
    },
    "ocds_bid": {
        "line": pa.int64(), "bid": pa.int64(), "status": pa.string(), "amount": pa.float64(), "currency": pa.string(),
        "date_text": pa.string(), "tenderers": pa.int64(),
    },
    "ocds_bid_tenderer": {"line": pa.int64(), "bid": pa.int64(), "position": pa.int64(), "tenderer_id": pa.string()},
    "ocds_award": {"line": pa.int64(), "award": pa.int64(), "status": pa.string(), "suppliers": pa.int64()},
    "ocds_award_supplier": {"line": pa.int64(), "award": pa.int64(), "position": pa.int64(), "supplier_id": pa.string()},
    "ocds_award_item": {"line": pa.int64(), "award": pa.int64(), "class_id": pa.string()},
}  # fmt: skip
"""Table -> column -> type. An id, status, date or currency that is no text is NULL; so is an amount that is no number, and the
length of a list that is none. `tenderers` of a release is numberOfTenderers where it is written as a whole number."""


@dataclass(frozen=True)
class BrokenLine:
    """A line no release could be read from: its number in the file and the code of the reason."""

    number: int
    code: Code


@dataclass(frozen=True)
class Published:
    """What came of reading one file."""

    releases: int
    broken: tuple[BrokenLine, ...]


def make_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables, empty."""
    for table in TABLES:
        _insert(connection, table, [], f"CREATE TABLE {table} AS")


def read_published(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    correct: Callable[[Part], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Published:
    """Read a JSON Lines file, plain or gzipped, into new tables of a connection; memory does not grow with the file.

    `correct` may change each release before its rows are made. A broken line is named in the answer and the rest goes on.
    Raises OSError when the file cannot be read.
    """
    make_tables(connection)
    lines, total, broken, releases = Lines(path, exact_line), path.stat().st_size, [], 0
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    reading = iter(lines)
    while piece := list(islice(reading, PIECE)):
        for line in piece:
            if line.release is None:
                broken.append(BrokenLine(line.number, line.code or "undecodable"))
                continue
            releases += 1
            if correct is not None:
                correct(line.release)
            put_release(rows, line.number, line.release)
        for table, found in rows.items():
            _insert(connection, table, found, f"INSERT INTO {table}")
            found.clear()
        if progress is not None:
            progress(lines.done, total)
    return Published(releases, tuple(broken))


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row], verb: str) -> None:
    columns = zip(*rows, strict=True) if rows else ((),) * len(TABLES[table])
    arrays = [pa.array(column, kind) for column, kind in zip(columns, TABLES[table].values(), strict=True)]
    connection.register("incoming_rows", pa.Table.from_arrays(arrays, list(TABLES[table])))
    connection.execute(f"{verb} SELECT * FROM incoming_rows").fetchall()  # noqa: S608 - names of this file
    connection.unregister("incoming_rows")


def exact_line(number: int, raw: bytes) -> Line:
    """One line as JSON (RFC 8259) without leniency: no NaN, no half of a surrogate pair; the last of repeated keys counts."""
    try:
        release = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"), parse_constant=_no_constant)
        if _LONE_SURROGATE.search(raw):
            json.dumps(release, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):  # UnicodeError is a ValueError
        return Line(number, raw, None, "undecodable")
    if not isinstance(release, dict):
        return Line(number, raw, None, "bad_form")
    return Line(number, raw, release) if isinstance(release.get("ocid"), str) else Line(number, raw, None, "missing")


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def put_release(rows: dict[str, list[Row]], line: int, release: Part) -> None:
    """Add the rows of one release whose ocid is a text."""
    tender, bids, awards = section(release, "tender"), section(release, "bids").get("details"), release.get("awards")
    period = section(tender, "tenderPeriod")
    opens, closes, stated = instant(period.get("startDate")), instant(period.get("endDate")), tender.get("numberOfTenderers")
    rows["ocds_release"].append(
        (
            line, release["ocid"], word(tender, "status"), word(tender, "procurementMethod"),
            word(tender, "procurementMethodDetails"), stated if type(stated) is int and abs(stated) < 2**63 else None,
            *(opens or (None, None)), *(closes or (None, None)), word(period, "endDate"), word(section(release, "buyer"), "id"),
            word(section(tender, "procuringEntity"), "id"), isinstance(bids, list), isinstance(awards, list),
        )
    )  # fmt: skip
    for position, bid in parts(bids):
        value, tenderers = section(bid, "value"), bid.get("tenderers")
        rows["ocds_bid"].append(
            (
                line, position, word(bid, "status"), number(value.get("amount")), word(value, "currency"), word(bid, "date"),
                length(tenderers),
            )
        )  # fmt: skip
        rows["ocds_bid_tenderer"] += [(line, position, at, one) for at, one in ids(tenderers)]
    for position, award in parts(awards):
        suppliers = award.get("suppliers")
        rows["ocds_award"].append((line, position, word(award, "status"), length(suppliers)))
        rows["ocds_award_supplier"] += [(line, position, at, one) for at, one in ids(suppliers)]
        classes = (word(section(item, "classification"), "id") for _, item in parts(award.get("items")))
        rows["ocds_award_item"] += [(line, position, one) for one in classes if one is not None]


def section(holder: Part, name: str) -> Part:
    """An object below another; an empty one where there is none."""
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def word(holder: Part, name: str) -> str | None:
    """A text as it stands; None for what is no text."""
    value = holder.get(name)
    return value if isinstance(value, str) else None


def number(value: Any) -> float | None:
    """The nearest double of a JSON number; None for what is no number or beyond doubles."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        double = float(value)
    except OverflowError:
        return None
    return double if math.isfinite(double) else None


def length(value: Any) -> int | None:
    """How many entries a list has, whatever they are."""
    return len(value) if isinstance(value, list) else None


def parts(value: Any) -> Iterator[tuple[int, Part]]:
    """The objects of a list with their positions in it."""
    if isinstance(value, list):
        yield from ((position, item) for position, item in enumerate(value) if isinstance(item, dict))


def ids(value: Any) -> Iterator[tuple[int, str]]:
    """The ids that are texts, of the objects of a list, with their positions in it."""
    for position, item in parts(value):
        if isinstance(item.get("id"), str):
            yield position, item["id"]
