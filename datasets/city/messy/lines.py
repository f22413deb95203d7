"""The lines of a sheet (行): title, note, header, rows, header again, total; and in which line each row stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from datasets.city.messy.laying import Laid
from datasets.city.messy.spelling import Cell, bare

Kind = Literal["title", "note", "header", "row"]
_NUMBER = "序号"


@dataclass(frozen=True)
class Line:
    """One line as it is written."""

    kind: Kind
    cells: Sequence[Cell]


def columns_of(laid: Laid) -> tuple[list[str], int]:
    """The headers as written, and by how many columns the table is moved to the right."""
    return ([_NUMBER, *laid.headers], 1) if laid.page.numbered else (laid.headers, 0)


def top(laid: Laid) -> int:
    """How many lines stand above the header."""
    return bool(laid.page.title) + (bool(laid.page.title) and bool(laid.page.note))


def row_no(laid: Laid, row: int) -> int:
    """The 1-based line of a row."""
    return top(laid) + 2 + row + (row // laid.page.breaks if laid.page.breaks else 0)


def lines(laid: Laid, title: str, total: Decimal | None) -> Iterator[Line]:
    """The lines from the top; `total` is the sum of the page's column."""
    page, (headers, _) = laid.page, columns_of(laid)
    if title:
        yield Line("title", [title])
        if page.note:
            yield Line("note", [page.note])
    yield Line("header", headers)
    for row, cells in enumerate(zip(*laid.columns, strict=True)):
        if page.breaks and row and row % page.breaks == 0:
            yield Line("header", headers)
        yield Line("row", (row + 1, *cells) if page.numbered else cells)
    if page.total and total is not None:
        yield Line("note", _sum(laid, total))
    if title and page.total:
        yield Line("note", ["制表：经办股室　　　复核：分管负责人"])


def _sum(laid: Laid, total: Decimal) -> list[Cell]:
    headers, moved = columns_of(laid)
    cells: list[Cell] = [""] * len(headers)
    cells[laid.at[laid.page.total] + moved] = bare(total)
    cells[0] = "合计"
    return cells
