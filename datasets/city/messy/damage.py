"""Damage (破损): extra rows with one cell that cannot be read, as typing and spreadsheets leave them, and rows sent twice."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import Ints
from datasets.city.messy.laying import Laid
from datasets.city.messy.spelling import Cell
from datasets.contract import Column, Contract
from datasets.reading import Code

_ONE_IN = 400
_LARGE = 100
"""A sheet of so many rows has one damaged row at least."""
_WHOLE = frozenset({"area", "unit", "office", "programme", "enterprise", "person", "merchant"})
"""Tables others look up or lean on: an office checks these before it sends them."""


@dataclass(frozen=True)
class Damaged:
    """A damaged row: its place among the rows as written, the column and the code of its fault."""

    row: int
    column: str
    code: Code


Break = Callable[[Cell], Cell]
Fault = tuple[str, Code, Break]


def damage(laid: Laid, contract: Contract, good: Ints, used: Counter[Code], rng: np.random.Generator) -> list[Damaged]:
    """Add damaged rows to a sheet, each a copy of one of its `good` rows; returns them with their places.

    The codes `used` least so far come first, and are counted there.
    """
    count = _how_many(laid, contract, len(good))
    if not count:
        return []
    rows = laid.rows
    picked = rng.choice(good, size=count, replace=False).tolist()
    chosen = _choose(_faults(laid, contract), count, used, rng)
    places = []
    for number, (base, fault) in enumerate(zip(picked, chosen, strict=True)):
        _copy(laid, contract.key[0], base, number, fault)
        # the second of two equal rows is the one that is refused
        lowest = base + 1 if fault[1] == "duplicate_key" else 0
        places.append(int(rng.integers(lowest, rows + 1)) - 0.5)
    order = np.argsort(np.r_[np.arange(rows), places], kind="stable")
    laid.arrange(order.tolist())
    at = np.argsort(order)[rows:].tolist()
    return [Damaged(row, name, code) for row, (name, code, _) in zip(at, chosen, strict=True)]


def _choose(faults: list[Fault], count: int, used: Counter[Code], rng: np.random.Generator) -> list[Fault]:
    mixed = [faults[number] for number in rng.permutation(len(faults)).tolist()]
    here: Counter[tuple[str, Code]] = Counter()
    chosen = []
    for _ in range(count):
        fault = min(mixed, key=lambda one: (used[one[1]], here[one[:2]]))
        used[fault[1]] += 1
        here[fault[:2]] += 1
        chosen.append(fault)
    return chosen


def _copy(laid: Laid, key: str, base: int, number: int, fault: Fault) -> None:
    """A copy of a row at the end; unless it is sent twice it has a number of its own and one cell that is worse."""
    name, code, worse = fault
    for column in laid.columns:
        column.append(column[base])
    if code != "duplicate_key":
        laid.columns[laid.at[key]][-1] = f"{laid.columns[laid.at[key]][base]}{number % 10}"
        cells = laid.columns[laid.at[name]]
        cells[-1] = worse(cells[-1])


def _how_many(laid: Laid, contract: Contract, good: int) -> int:
    key = contract.columns[contract.key[0]]
    if len(contract.key) > 1 or key.seal or contract.table in _WHOLE or laid.rows < _LARGE:
        return 0
    return min(max(1, laid.rows // _ONE_IN), good)


def _faults(laid: Laid, contract: Contract) -> list[Fault]:
    """What can go wrong in this sheet."""
    found: list[Fault] = [(contract.key[0], "duplicate_key", lambda cell: cell)]
    for name, column in contract.columns.items():
        if name in laid.at and name not in contract.key:
            found += [(name, code, worse) for code, worse in _of(name, column, laid)]
    return found


def _of(name: str, column: Column, laid: Laid) -> list[tuple[Code, Break]]:
    found: list[tuple[Code, Break]] = []
    if column.required:
        found.append(("missing", lambda cell: laid.page.blank))
    if name in laid.page.names:
        found.append(("unknown_reference", lambda cell: f"{cell}（原）"))
    elif column.seal or (column.refers or "").startswith("enterprise."):
        found += _numbers(column)
    elif column.type in ("date", "timestamp"):
        found += [("not_a_date", lambda cell: "2024-02-30"), ("out_of_range", lambda cell: "1800-01-01")]
    elif column.type in ("money", "quantity", "integer"):
        found.append(("not_a_number", lambda cell: "见附件"))
    elif column.type == "boolean" or column.allowed:
        found.append(("not_allowed", lambda cell: "其他情形"))
    return found


def _numbers(column: Column) -> list[tuple[Code, Break]]:
    """Long numbers: the spreadsheet's 4.20111E+17, and one cut short."""
    if column.seal == "resident_id":
        return [("digits_lost", lambda cell: _scientific(cell, "4.20111E+17")), ("bad_form", lambda cell: "32061219630")]
    if column.seal == "bank_account":
        return [("digits_lost", lambda cell: _scientific(cell, "6.22202E+18")), ("bad_form", lambda cell: "622202")]
    if column.seal == "phone":
        return [("bad_form", lambda cell: "1380013")]
    return [("bad_form", lambda cell: "91320612MA1EXAMPL")] if column.seal is None else []


def _scientific(cell: Cell, other: str) -> str:
    """What a spreadsheet makes of this number once it took it for one."""
    digits = str(cell)
    return f"{float(digits):.5E}".replace("E+0", "E+") if digits.isascii() and digits.isdecimal() else other
