"""Findings compared with what a test expects: the columns it names, one finding for each expectation, nothing besides."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rules.indicator import Cell
from rules.sentence import shown


def differences(expected: list[dict[str, Cell]], found: list[dict[str, Any]]) -> list[str]:
    """What is flagged and not expected, and the other way round; only the columns that the test names are compared."""
    matched = _pairs(expected, found)
    missing = [row for index, row in enumerate(expected) if index not in matched]
    extra = [row for index, row in enumerate(found) if index not in matched.values()]
    names = list(dict.fromkeys(name for row in expected for name in row)) or ["subject_id"]
    return [f"expected and not flagged: {_text(row, list(row))}" for row in missing] + [
        f"flagged and not expected: {_text(row, names)}" for row in extra
    ]


def _pairs(expected: list[dict[str, Cell]], found: list[dict[str, Any]]) -> dict[int, int]:
    """Expected row -> found row, each found row once, as many as can be (augmenting paths)."""
    owner: dict[int, int] = {}

    def place(row: int, tried: set[int]) -> bool:
        for index, candidate in enumerate(found):
            if index in tried or not all(
                name in candidate and same(value, candidate[name]) for name, value in expected[row].items()
            ):
                continue
            tried.add(index)
            if index not in owner or place(owner[index], tried):
                owner[index] = row
                return True
        return False

    for row in range(len(expected)):
        place(row, set())
    return {row: index for index, row in owner.items()}


def same(wanted: Cell, seen: Any) -> bool:
    """Whether a value of the file is the value found: numbers by size, dates by their ISO text, lists in any order."""
    if isinstance(seen, list | tuple):  # an empty list and NULL are the same: nothing
        return sorted(map(str, wanted if isinstance(wanted, list) else [] if wanted is None else [wanted])) == sorted(
            map(str, seen)
        )
    if isinstance(wanted, bool) or isinstance(seen, bool) or wanted is None or seen is None:
        return wanted is seen or wanted == seen
    if isinstance(wanted, int | float) and isinstance(seen, int | float | Decimal):
        return abs(float(wanted) - float(seen)) <= 1e-6 * max(1.0, abs(float(wanted)))
    if isinstance(seen, datetime | date):
        return str(wanted) in (seen.isoformat(), str(seen))
    return str(wanted) == str(seen)


def _text(row: dict[str, Any], names: list[str]) -> str:
    return ", ".join(f"{name} {shown(row.get(name), 'en')}" for name in names)
