"""Laying out (排版): a table as the columns of a sheet, with this office's headers, order and manner of writing."""

import re
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from datasets.city.messy.letters import Page, read_words
from datasets.city.messy.named import Named, shown
from datasets.city.messy.spelling import ODD, Cell, spell
from datasets.contract import Contract

TOWN = "乡镇"
_UNIT = re.compile(r"[(（]元[)）]$")
_ODD_ONE_IN = 40


@dataclass
class Laid:
    """The rows of a sheet by column, in the order they are written; `at` says where a column of the contract is."""

    page: Page
    headers: list[str] = field(default_factory=list)
    columns: list[list[Cell]] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)
    dates: set[int] = field(default_factory=set)
    """Columns whose numbers are shown as days."""

    @property
    def rows(self) -> int:
        return len(self.columns[0])

    def add(self, header: str, cells: list[Cell], name: str = "") -> None:
        if name:
            self.at[name] = len(self.headers)
        self.headers.append(header)
        self.columns.append(cells)

    def arrange(self, order: list[int]) -> None:
        """Put the rows in this order."""
        self.columns = [[column[row] for row in order] for column in self.columns]


def lay(
    page: Page,
    contract: Contract,
    table: pa.Table,
    kept: list[str],
    names: dict[str, Named],
    *,
    workbook: bool,
    rng: np.random.Generator,
) -> Laid:
    """Lay a table out; `kept` are the columns this office keeps, in the contract's order."""
    laid = Laid(page)
    for name in _order(page, kept, rng):
        column, values = contract.columns[name], table[name].combine_chunks()
        if name in page.names:
            known = names[page.names[name]]
            if known.parent:
                laid.add(TOWN, shown_cells(shown(values, known.parent), page))
            values = shown(values, known.name)
        words = read_words().get(f"{contract.table}.{name}", {})
        cells = spell(name, column, values, page, words, workbook=workbook)
        if column.type == "date" and page.dates == "native" and workbook:
            laid.dates.add(len(laid.headers))
        laid.add(header_of(page, contract, name), cells, name)
    _disturb(laid, rng)
    if page.twice:
        laid.add(page.twice, laid.columns[laid.headers.index(page.twice)].copy())
    return laid


def _order(page: Page, kept: list[str], rng: np.random.Generator) -> list[str]:
    """The columns as this office orders them; the first, where `total` has its word, is never one that was moved."""
    first = [name for name in page.order if name in kept]
    order = [*first, *(name for name in kept if name not in first)]
    if page.moved:
        name = order.pop(int(rng.integers(1, len(order))))
        order.insert(int(rng.integers(1, len(order) + 1)), name)
    return order


def shown_cells(values: pa.Array, page: Page) -> list[Cell]:
    return [value or page.blank for value in values.to_pylist()]


def header_of(page: Page, contract: Contract, name: str) -> str:
    """This office's header of a column; where it counts in 万元 the header says so."""
    header = page.headers.get(name, contract.columns[name].zh)
    if page.money == "wan" and contract.columns[name].type == "money":
        return _UNIT.sub("", header) + "(万元)"
    return header


def _disturb(laid: Laid, rng: np.random.Generator) -> None:
    """Write a few cells in another manner; empty ones stay as they are."""
    for odd in laid.page.odd:
        if odd.column not in laid.at:
            continue
        cells = laid.columns[laid.at[odd.column]]
        for row in np.flatnonzero(rng.random(len(cells)) * _ODD_ONE_IN < 1).tolist():
            if cells[row] != laid.page.blank:
                cells[row] = ODD[odd.way](cells[row])
