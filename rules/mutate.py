"""Mutation of a rule: its tests run against every mutant, each test's tables filled once for all of them."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from datasets.contract import Contracts
from rules.baseline import Baseline, put_baseline
from rules.blindness import empty_tables, measure_blindness
from rules.bounds import Limits, bounded
from rules.differences import differences
from rules.empty_tables import known_tables, result_types
from rules.failure import OutOfBounds, RuleFailed
from rules.findings import make_signals
from rules.indicator import CLOCK, Indicator, RuleTest
from rules.mutant import Mutant, mutants_of
from rules.select import Value, parameters
from rules.sql_check import spliced
from rules.trial import NO_DAY, fill, rows_of, try_rule

Fate = Literal["killed", "survived", "equivalent", "stillborn"]
LIMITS = Limits(seconds=5.0, memory="1GB")
"""A mutant without a join condition may grow without end: what takes longer than this on a test's few rows is killed."""


@dataclass(frozen=True)
class Judged:
    """What became of one mutant; `by` is the test that killed it, or why it is equivalent or stillborn."""

    mutant: Mutant
    fate: Fate
    by: str = ""


@dataclass(frozen=True)
class Mutated:
    """A rule with what became of each of its mutants."""

    rule: str
    status: str
    judged: tuple[Judged, ...]
    failing: tuple[str, ...] = ()
    """Messages of the rule's own tests when they fail: nothing can be judged by them then."""
    unknown: tuple[str, ...] = ()
    """Names in `equivalent` that are no mutant of the rule, or one that does not run."""
    disproved: tuple[str, ...] = ()
    """Names in `equivalent` that a test kills all the same."""

    def count(self, fate: Fate) -> int:
        return sum(one.fate == fate for one in self.judged)

    @property
    def all(self) -> int:
        """Mutants that run, those declared equivalent among them."""
        return len(self.judged) - self.count("stillborn")

    @property
    def share(self) -> float:
        """Killed, of those not equivalent; 1 when there are none."""
        judged = self.all - self.count("equivalent")
        return self.count("killed") / judged if judged else 1.0


def mutate_rule(rule: Indicator, contracts: Contracts, limits: Limits = LIMITS) -> Mutated:
    """Judge every mutant of a rule by the rule's own tests."""
    mutants = mutants_of(rule)
    if failing := tuple(f"{one.test}: {one.message}" for one in try_rule(rule, contracts) if not one.passed):
        return Mutated(rule.id, rule.status, (), failing)
    tables = ibis.duckdb.connect()
    try:
        _ready(tables.con, limits)
        fates = _Judge(rule, contracts, tables, limits).judge(mutants)
    finally:
        tables.disconnect()
    return _declared(rule, mutants, fates)


def _ready(connection: duckdb.DuckDBPyConnection, limits: Limits) -> None:
    """Bounds, and no planning that a dozen rows do not repay."""
    known = [row[0] for row in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    connection.execute(f"SET disabled_optimizers = '{','.join(one for one in known if one != 'filter_pushdown')}'")
    connection.execute(f"SET threads = 1; SET memory_limit = '{limits.memory}'; SET enable_external_access = false")


def _declared(rule: Indicator, mutants: list[Mutant], fates: dict[str, tuple[Fate, str]]) -> Mutated:
    """What survived and is declared equivalent is that; what is declared and was killed, or is no mutant, is said."""
    reasons = {one.mutant: one.why for one in rule.equivalent}
    judged = []
    for mutant in mutants:
        fate, by = fates.get(mutant.id, ("survived", ""))
        if fate == "survived" and mutant.id in reasons:
            fate, by = "equivalent", reasons[mutant.id]
        judged.append(Judged(mutant, fate, by))
    known = {one.mutant.id: one.fate for one in judged}
    return Mutated(
        rule.id, rule.status, tuple(judged),
        unknown=tuple(name for name in reasons if known.get(name, "stillborn") == "stillborn"),
        disproved=tuple(name for name in reasons if known.get(name) == "killed"),
    )  # fmt: skip


class Rows(NamedTuple):
    """The result of a SELECT."""

    names: list[str]
    rows: list[tuple[Any, ...]]

    def told(self) -> list[str]:
        """The rows in an order of their own, to be compared."""
        return sorted(map(repr, self.rows))

    def table(self) -> pa.Table:
        columns = zip(*self.rows, strict=True) if self.rows else ([] for _ in self.names)
        return pa.table(dict(zip(self.names, map(list, columns), strict=True)))


class _Judge:
    """One rule's tests, on tables of its own."""

    def __init__(self, rule: Indicator, contracts: Contracts, tables: Backend, limits: Limits) -> None:
        self.rule, self.contracts, self.tables, self.limits = rule, contracts, tables, limits
        self.known = known_tables(contracts)
        self.of_baseline = parameters(rule.baseline) if rule.baseline else set()
        self.fates: dict[str, tuple[Fate, str]] = {}

    def judge(self, mutants: list[Mutant]) -> dict[str, tuple[Fate, str]]:
        """What became of each mutant, by id; those that are not named survived."""
        # what names most is run first: most mutants fall there, and need no other test
        tests = sorted(self.rule.tests, key=lambda test: -sum(map(len, test.flags)))
        for number, test in enumerate(tests):
            fill(self._with(test), test, self.tables.con, self.contracts, self.known)
            values: dict[str, Value] = {**self.rule.values, **test.params, CLOCK: test.as_of or NO_DAY}
            given = self.rule.baseline_table in test.given
            if self.rule.baseline and not given:
                self._put_baseline(self.rule.baseline, values)
            if number == 0:
                self._stillborn(mutants, values)
            usual = self._rows(self.rule.sql, values).told()
            for mutant in sorted(self._living(mutants), key=lambda one: self._moves_baseline(one)):
                if by := self._killed(mutant, test, values, usual, given):
                    self.fates[mutant.id] = ("killed", by)
            for mutant in self._living(mutants) if test.blind is not None else ():
                if self._blind(mutant, test, values) != test.blind:
                    self.fates[mutant.id] = ("killed", f"{test.name} (blind)")
        return self.fates

    def _living(self, mutants: list[Mutant]) -> list[Mutant]:
        return [mutant for mutant in mutants if mutant.id not in self.fates]

    def _stillborn(self, mutants: list[Mutant], values: dict[str, Value]) -> None:
        """Those that the database cannot even bind."""
        for mutant in mutants:
            mine = mutant.values(values)
            for text in {mutant.sql, mutant.baseline or mutant.sql}:
                try:
                    result_types(self.tables.con, spliced(text, mine))
                except duckdb.Error as error:
                    self.fates[mutant.id] = ("stillborn", str(error).split("\n")[0])

    def _killed(self, mutant: Mutant, test: RuleTest, values: dict[str, Value], usual: list[str], given: bool) -> str:
        """The test when it notices the mutant, and how when it is not by its findings; else nothing."""
        mine = mutant.values(values)
        try:
            if self._moves_baseline(mutant) and not given:
                self._put_baseline(mutant.baseline or "", mine)
            rows = self._rows(mutant.sql, mine)
            if rows.told() == usual:
                return ""
            signals = make_signals(self._with(test), rows.table(), {**self.rule.values, **test.params}, None)
        except OutOfBounds:
            return f"{test.name} (timeout)"
        except RuleFailed as error:
            return f"{test.name} ({type(error).__name__})"
        return test.name if differences(test.flags, rows_of(signals)) else ""

    def _moves_baseline(self, mutant: Mutant) -> bool:
        return mutant.baseline != self.rule.baseline or mutant.param in self.of_baseline

    def _with(self, test: RuleTest) -> Indicator:
        """The rule with the params of a test."""
        params = {
            name: param.model_copy(update={"value": test.params.get(name, param.value)})
            for name, param in self.rule.params.items()
        }
        return self.rule.model_copy(update={"params": params}) if test.params else self.rule

    def _put_baseline(self, select: str, values: dict[str, Value]) -> None:
        with bounded(self.rule.id, self.tables.con, self.limits):
            content = self.tables.con.sql(spliced(select, values)).to_arrow_table()
        put_baseline(Baseline(self.rule.id, "mutant", content), self.tables.con)

    def _rows(self, select: str, values: dict[str, Value]) -> Rows:
        with bounded(self.rule.id, self.tables.con, self.limits):
            # a relation would be bound twice: this takes two thirds of the time
            found = self.tables.con.execute(spliced(select, values))
            return Rows([column[0] for column in found.description], found.fetchall())

    def _blind(self, mutant: Mutant, test: RuleTest, values: dict[str, Value]) -> int:
        changed = self._with(test).model_copy(update={"sql": mutant.sql})
        if empty_tables(changed, self.tables):
            return 0
        as_of = test.as_of or NO_DAY
        try:
            return measure_blindness(changed, self.tables, as_of, self.contracts, False, self.limits).blind
        except RuleFailed:
            return -1
