"""In-file tests (自测): a rule's own examples run on DuckDB, the findings compared column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

import duckdb
import ibis
from ibis.backends.duckdb import Backend

from datasets.contract import Contracts
from rules.baseline import Baseline, put_baseline
from rules.differences import differences
from rules.empty_tables import create, known_tables, result_types
from rules.failure import RuleFailed
from rules.filler import Stored, whole_row
from rules.flag import find, flag
from rules.indicator import CLOCK, Cell, Indicator, RuleTest
from rules.select import bind
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


def fill(
    rule: Indicator, test: RuleTest, connection: duckdb.DuckDBPyConnection, contracts: Contracts, known: dict[str, dict[str, str]]
) -> None:
    """Make the tables the rule reads, with the rows the test gives, completed. Raises ValueError when a row does not fit."""
    number = count(1)
    connection.execute("DROP TABLE IF EXISTS temp.baseline_version")
    for table in sorted(rule.reads):
        create(connection, table, known[table])
        rows = [whole_row(contracts[table], row, next(number)) for row in test.given.get(table, [])]
        insert(connection, table, rows)
    if rule.baseline is not None and rule.baseline_table in test.given:
        _give_baseline(rule, rule.baseline, test, connection)


def _give_baseline(rule: Indicator, select: str, test: RuleTest, connection: duckdb.DuckDBPyConnection) -> None:
    """Rows of the baseline itself, in place of those its SELECT would give; columns left out are empty."""
    types = result_types(connection, bind(select, {**rule.values, CLOCK: test.as_of or NO_DAY}))
    create(connection, "given_baseline", types)
    insert(connection, "given_baseline", [[_plain(row.get(name)) for name in types] for row in test.given[rule.baseline_table]])
    put_baseline(Baseline(rule.id, "given", connection.table("given_baseline").to_arrow_table()), connection)


def _plain(value: Cell) -> Stored:
    return None if isinstance(value, list) else value


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
