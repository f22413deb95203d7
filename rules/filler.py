"""Rows of an in-file test made whole: what the author named, the rest from the contract's examples, different from row to row.

Keys, references and texts get a value that no other row has, so that filler never joins by accident; numbers and dates move
on with every row, so that a filler never hides a mutant; words of a list and booleans keep the example; what means `none`
when empty stays empty.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from datasets.contract import LINEAGE, Column, Contract
from rules.indicator import Cell

Stored = str | int | float | bool | Decimal | date | datetime | None
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(.*)")


def whole_row(contract: Contract, given: dict[str, Cell], number: int) -> list[Stored]:
    """One row in the order of the contract's columns and the lineage; `number` (1, 2, …) is unique over all rows of the test.

    Raises ValueError when a given value does not fit its column.
    """
    row = [
        cell(given[name], column) if name in given else filler(name, column, contract.table, number)
        for name, column in contract.columns.items()
    ]
    lineage: dict[str, Stored] = {"batch_id": f"batch~{number}", "sheet": "Sheet1", "row_no": number}
    return row + [lineage[name] for name in LINEAGE]


def filler(name: str, column: Column, table: str, number: int) -> Stored:
    """The value of a column that the author left out."""
    if column.null_means == "none":
        return None
    example = cell(column.example, column)
    if column.allowed or isinstance(example, bool):
        return example
    if isinstance(example, datetime | date):
        return example + timedelta(days=number)
    if isinstance(example, int | float):
        return example + number
    if isinstance(example, Decimal):
        return example + number + Decimal(number % 100) / 100
    text = str(example)
    return _text(text, number) if column.refers is None else f"{text}~{table}.{name}.{number}"


def _text(example: str, number: int) -> str:
    if re.fullmatch(r"(19|20)\d\d", example):
        return str(int(example) - number)
    if re.fullmatch(r"(19|20)\d\d-[01]\d", example):
        months = int(example[:4]) * 12 + int(example[5:]) - 1 - number
        return f"{months // 12}-{months % 12 + 1:02d}"
    if moment := MOMENT.fullmatch(example):
        moved = datetime.fromisoformat(f"{moment[1]} {moment[2]}") + timedelta(days=number)
        return f"{moved:%Y-%m-%dT%H:%M:%S}{moment[3]}"
    return f"{example}~{number}"


def cell(value: Cell, column: Column) -> Stored:
    """A value as written in YAML, in the type of its column.

    Raises ValueError when it does not fit, with the reason.
    """
    if value is None:
        if column.required:
            raise ValueError("is required and cannot be empty")
        return None
    if column.allowed and value not in column.allowed:
        raise ValueError(f"{value!r} is none of {', '.join(column.allowed)}")
    wanted = column.type
    if wanted == "boolean" and isinstance(value, bool):
        return value
    if wanted == "text" and isinstance(value, str):
        return value
    if wanted in ("date", "timestamp") and isinstance(value, str):
        return _moment(value, wanted)
    if wanted in ("integer", "money", "quantity", "number") and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, wanted)
    hint = ": put it in quotes" if wanted == "text" and not isinstance(value, list) else ""
    raise ValueError(f"{value!r} is no {wanted}{hint}")


def _moment(value: str, wanted: str) -> date | datetime:
    try:
        return date.fromisoformat(value) if wanted == "date" else datetime.fromisoformat(value)
    except ValueError as error:
        form = "YYYY-MM-DD" if wanted == "date" else "YYYY-MM-DD HH:MM:SS"
        raise ValueError(f"{value!r} is no {wanted}: write {form}") from error


def _number(value: int | float, wanted: str) -> int | float | Decimal:
    if wanted == "number":
        return float(value)
    if wanted == "integer":
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is no whole number")
        return value
    try:
        exact = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is no number") from error
    places = 2 if wanted == "money" else 4
    if exact != round(exact, places):
        raise ValueError(f"{value!r} has more than {places} decimals")
    return exact
