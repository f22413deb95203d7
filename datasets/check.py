"""Checking (校验): raw cells -> typed values of a table's columns, and for every cell that cannot be read the code that says why.

The work is done on the distinct values of each column; a native column of the clean form is only cast.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from datasets.batch import ARROW_TYPE
from datasets.contract import Column, Contract, Seal
from datasets.forms import SHAPE
from datasets.reading import BLANK, Code, Unreadable
from datasets.sealing import TOKEN

Read = Callable[[str], object]
"""One cell's text -> value of the column's type, or None for an empty one. Raises Unreadable."""


@dataclass(frozen=True)
class Chunk:
    """Some rows of a part: their row numbers, the header, and the cells column by column, as they came."""

    row_no: pa.Array
    headers: tuple[str, ...]
    columns: list[pa.Array]

    @property
    def rows(self) -> int:
        return len(self.row_no)

    def raw(self, index: int) -> tuple[tuple[str, str], ...]:
        """One row as (header, text) pairs."""
        cells = ((name, column[index].as_py()) for name, column in zip(self.headers, self.columns, strict=True))
        return tuple((name, "" if value is None else str(value)) for name, value in cells)


@dataclass
class Checked:
    """The values of every contract column (still in clear) and, for columns with faulty cells, their codes (NULL = good)."""

    rows: int
    values: dict[str, pa.Array] = field(default_factory=dict)
    faults: dict[str, pa.Array] = field(default_factory=dict)

    def faulty(self) -> pa.Array:
        """Which rows have a fault."""
        bad = pa.repeat(pa.scalar(False), self.rows)
        for codes in self.faults.values():
            bad = pc.or_(bad, pc.is_valid(codes))
        return bad

    def fault(self, column: str, mask: pa.Array, code: Code) -> None:
        """Note a fault for the masked rows, unless that cell has one already."""
        if pc.any(mask).as_py():
            before = self.faults.get(column, pa.nulls(self.rows, pa.string()))
            self.faults[column] = pc.if_else(pc.and_(mask, pc.is_null(before)), pa.scalar(code), before)


def check_column(checked: Checked, name: str, column: Column, cells: pa.Array, read: Read, *, verbatim: bool = True) -> None:
    """Read one column's cells into `checked`: text over its distinct values, native values by casting.

    `verbatim` says that `read` leaves a tidy text as it is, so that tidy columns need not be read.
    """
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    wanted = ARROW_TYPE[column.type]
    native = not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type))
    if native and wanted != pa.string():
        values = _cast(cells, wanted)
        if values is not None:
            _ranged(checked, name, values)
            _required(checked, name, column, values)
            return
    texts = _texts(cells) if native else cells.cast(pa.string())
    if (
        verbatim
        and column.type == "text"
        and not column.allowed
        and (_shaped(texts, column.seal) if column.seal else _tidy(texts))
    ):
        checked.values[name] = texts
    else:
        _read(checked, name, texts, wanted, read)
    _required(checked, name, column, checked.values[name])


def _texts(cells: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(cells.type) or pa.types.is_date(cells.type):
        return pc.strftime(cells, format="%Y-%m-%d %H:%M:%S") if pa.types.is_timestamp(cells.type) else cells.cast(pa.string())
    if pa.types.is_decimal(cells.type) or pa.types.is_floating(cells.type):
        return pa.array(
            [None if value is None else f"{value:f}".rstrip("0").rstrip(".") for value in cells.to_pylist()], pa.string()
        )
    return cells.cast(pa.string())


def _cast(cells: pa.Array, wanted: pa.DataType) -> pa.Array | None:
    """The native values in the wanted type; None where they do not all fit (then they are read as text, one by one)."""
    try:
        if pa.types.is_timestamp(cells.type) and cells.type.tz:
            cells = pc.local_timestamp(cells.cast(pa.timestamp("us", tz="Asia/Shanghai")))
        if pa.types.is_floating(cells.type) and pa.types.is_decimal(wanted):
            cells = pc.round(cells, ndigits=wanted.scale)
        return cells.cast(wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return None


def _ranged(checked: Checked, name: str, values: pa.Array) -> None:
    checked.values[name] = values
    if pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
        year = pc.year(values)
        outside = pc.fill_null(pc.or_(pc.less(year, 1900), pc.greater(year, 2100)), False)
        checked.fault(name, outside, "out_of_range")


def _tidy(texts: pa.Array) -> bool:
    """Whether no text of a large column needs cleaning: then it is taken as it is, without a look at each."""
    odd = pc.match_substring_regex(texts, r"^\s|\s$|[^\x20-\x7e]|^[+-]?\d(\.\d+)?[Ee]\+\d+$")
    blank = pc.is_in(texts, pa.array(sorted(BLANK)))
    return not pc.any(pc.or_(odd, blank)).as_py()


def _shaped(texts: pa.Array, seal: Seal) -> bool:
    """Whether every value of a sealed column is plain already, of the kind's shape or a pseudonym."""
    distinct = texts.dictionary_encode().dictionary
    return bool(pc.all(pc.match_substring_regex(distinct, f"^({SHAPE[seal]}|{TOKEN.pattern})$"), min_count=0).as_py())


def _read(checked: Checked, name: str, texts: pa.Array, wanted: pa.DataType, read: Read) -> None:
    encoded = texts.dictionary_encode()
    values: list[object] = []
    codes: list[str | None] = []
    for text in encoded.dictionary.to_pylist():
        try:
            values.append(read(text))
            codes.append(None)
        except Unreadable as fault:
            values.append(None)
            codes.append(fault.code)
    checked.values[name] = pc.take(pa.array(values, wanted), encoded.indices)
    if any(codes):
        checked.faults[name] = pc.take(pa.array(codes, pa.string()), encoded.indices)


def _required(checked: Checked, name: str, column: Column, values: pa.Array) -> None:
    if column.required and values.null_count:
        checked.fault(name, pc.is_null(values), "missing")


def complete(checked: Checked, contract: Contract) -> None:
    """Add the columns nothing was said about: empty, and a fault for every row where one is required."""
    for name, column in contract.columns.items():
        if name not in checked.values:
            checked.values[name] = pa.nulls(checked.rows, ARROW_TYPE[column.type])
            _required(checked, name, column, checked.values[name])


def joined(cells: Mapping[str, pa.Array]) -> pa.Array:
    """Several columns' texts as one, for what depends on them together; empty cells count as ''."""
    parts = [pc.fill_null(column.cast(pa.string()), "") for column in cells.values()]
    return pc.binary_join_element_wise(*parts, "\x1f")
