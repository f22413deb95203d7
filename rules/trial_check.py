"""The in-file tests of a rule, read against the contracts: rows that fit, columns that exist, one test that flags and one that is silent."""

from collections.abc import Iterator

from datasets.contract import LINEAGE, Column, Contracts
from datasets.strict_yaml import did_you_mean
from rules.filler import cell
from rules.indicator import CLOCK, Cell, Indicator, RuleTest
from rules.result_check import Said
from rules.select import parameters


def trial_faults(rule: Indicator, types: dict[str, str], baseline: dict[str, str], contracts: Contracts) -> Iterator[Said]:
    """What is wrong with the tests of a rule; `types` and `baseline` are the output columns of its SELECTs."""
    if not any(test.flags for test in rule.tests):
        yield ("tests",), "no test flags anything", "add one whose flags name a finding"
    if all(test.flags for test in rule.tests):
        yield ("tests",), "no test is silent", "add one with flags: []"
    needs_day = rule.uses_clock or (rule.baseline is not None and CLOCK in parameters(rule.baseline))
    names: set[str] = set()
    for index, test in enumerate(rule.tests):
        at = ("tests", index)
        if test.name in names:
            yield (*at, "name"), f"two tests are called {test.name!r}", ""
        names.add(test.name)
        if needs_day and test.as_of is None:
            yield at, "the rule uses $as_of: the test must say as_of", ""
        for name in test.params:
            if name not in rule.params:
                yield (*at, "params", name), f"unknown param {name!r}", did_you_mean(name, rule.params)
        for row, expected in enumerate(test.flags):
            for column in expected:
                if column not in types:
                    yield (*at, "flags", row, column), f"flags: {column!r} is no output column", did_you_mean(column, types)
        yield from _given(rule, at, test, baseline, contracts)


def _given(
    rule: Indicator, at: tuple[str | int, ...], test: RuleTest, baseline: dict[str, str], contracts: Contracts
) -> Iterator[Said]:
    readable = set(rule.reads) | ({rule.baseline_table} if rule.baseline else set())
    for table, rows in test.given.items():
        here = (*at, "given", table)
        if table not in readable:
            what = "the rule does not read" if table in contracts else "unknown table"
            yield here, f"given: {what} {table!r}", did_you_mean(table, readable)
            continue
        for number, row in enumerate(rows):
            if table == rule.baseline_table:
                yield from _baseline_row((*here, number), row, baseline)
            else:
                yield from _row((*here, number), table, row, contracts[table].columns)


def _baseline_row(at: tuple[str | int, ...], row: dict[str, Cell], types: dict[str, str]) -> Iterator[Said]:
    for name in row if types else ():  # a baseline with faults of its own has no columns yet
        if name not in types:
            yield (*at, name), f"given: {name!r} is no column of the baseline", did_you_mean(name, types)


def _row(at: tuple[str | int, ...], table: str, row: dict[str, Cell], columns: dict[str, Column]) -> Iterator[Said]:
    for name, value in row.items():
        if name not in columns:
            if name not in LINEAGE:
                yield (*at, name), f"given: unknown column {name!r} of {table}", did_you_mean(name, columns)
            continue
        try:
            cell(value, columns[name])
        except ValueError as error:
            yield (*at, name), f"given: {table}.{name}: {error}", ""
