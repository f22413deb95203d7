"""In-file tests (自测): a rule's own examples run on DuckDB, the findings compared column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import duckdb
import ibis
from ibis.backends.duckdb import Backend

from datasets.contract import Contracts
from rules.empty_tables import create, known_tables
from rules.failure import RuleFailed
from rules.filler import Stored, whole_row
from rules.flag import find, flag
from rules.indicator import Cell, Indicator, RuleTest
from rules.sentence import shown
from rules.signal import Signal

NO_DAY = date(2024, 1, 1)
"""The day of a test whose rule reads no clock: it decides nothing."""


@dataclass(frozen=True)
class TrialResult:
    """How one in-file test went; `message` says what differs, and is empty when it passed."""

    rule: str
    test: str
    passed: bool
    message: str = ""


def try_rule(rule: Indicator, contracts: Contracts) -> list[TrialResult]:
    """Run the tests of one rule, each on tables of its own."""
    tables = ibis.duckdb.connect()
    try:
        known = known_tables(contracts)
        return [_try(rule, test, tables, contracts, known) for test in rule.tests]
    finally:
        tables.disconnect()


def _try(rule: Indicator, test: RuleTest, tables: Backend, contracts: Contracts, known: dict[str, dict[str, str]]) -> TrialResult:
    rule = rule.model_copy(update={"params": _params(rule, test)}) if test.params else rule
    try:
        fill(rule, test, tables.con, contracts, known)
        signals, _ = find(rule, tables, test.as_of or NO_DAY)
        messages = [*differences(test.flags, rows_of(signals)), *_blind(rule, test, tables, contracts)]
    except (RuleFailed, ValueError, duckdb.Error) as error:
        messages = [str(error)]
    return TrialResult(rule.id, test.name, not messages, "; ".join(messages))


def _params(rule: Indicator, test: RuleTest) -> dict[str, Any]:
    return {name: param.model_copy(update={"value": test.params.get(name, param.value)}) for name, param in rule.params.items()}


def _blind(rule: Indicator, test: RuleTest, tables: Backend, contracts: Contracts) -> list[str]:
    if test.blind is None:
        return []
    seen = flag(rule, tables, test.as_of or NO_DAY, contracts=contracts).blindness
    return [] if seen.blind == test.blind else [f"blind: {test.blind} subjects expected, {seen.blind} counted {seen.by_need}"]


def fill(rule: Indicator, test: RuleTest, connection: duckdb.DuckDBPyConnection, contracts: Contracts, known: dict[str, dict[str, str]]) -> None:
    """Make the tables the rule reads, with the rows the test gives, completed. Raises ValueError when a row does not fit."""
    number = count(1)
    connection.execute("DROP TABLE IF EXISTS temp.baseline_version")
    for table in sorted(rule.reads):
        create(connection, table, known[table])
        rows = [whole_row(contracts[table], row, next(number)) for row in test.given.get(table, [])]
        insert(connection, table, rows)
    if (given := test.given.get(rule.baseline_table)) is not None:
        raise ValueError(f"rows of {rule.baseline_table} cannot be given yet: {len(given)}")


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Stored]]) -> None:
    """Insert whole rows."""
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', [list(row) for row in rows])  # noqa: S608 - a contract's name


def rows_of(signals: list[Signal]) -> list[dict[str, Any]]:
    """Signals as the rows that `flags:` names them by: output columns of the SELECT."""
    return [
        {
            "subject_id": signal.subject_id, "unit_id": signal.unit_id, "area_id": signal.area_id, "amount": signal.amount,
            "first_on": signal.first_on, "last_on": signal.last_on, "severity": signal.severity, "officials": list(signal.officials),
            **signal.measures, **signal.per,
            **{f"evidence_{table}": list(keys) for table, keys in signal.evidence.items()},
            **_parties(signal.parties),
        }
        for signal in signals
    ]  # fmt: skip


def _parties(parties: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, key in parties:
        found.setdefault(f"parties_{kind}", []).append(key)
    return found


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
            if index in tried or not all(name in candidate and same(value, candidate[name]) for name, value in expected[row].items()):
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
        return sorted(map(str, wanted if isinstance(wanted, list) else [] if wanted is None else [wanted])) == sorted(map(str, seen))
    if isinstance(wanted, bool) or isinstance(seen, bool) or wanted is None or seen is None:
        return wanted is seen or wanted == seen
    if isinstance(wanted, int | float) and isinstance(seen, int | float | Decimal):
        return abs(float(wanted) - float(seen)) <= 1e-6 * max(1.0, abs(float(wanted)))
    if isinstance(seen, datetime | date):
        return str(wanted) in (seen.isoformat(), str(seen))
    return str(wanted) == str(seen)


def _text(row: dict[str, Any], names: list[str]) -> str:
    return ", ".join(f"{name} {shown(row.get(name), 'en')}" for name in names)


