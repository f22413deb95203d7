"""Judging mutants (评判变异体): each test's tables are filled once, and every mutant still alive is run on them."""

import re
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import duckdb
import pyarrow as pa
from ibis.backends.duckdb import Backend
from sqlglot import exp

from datasets.contract import Contracts
from rules.baseline import Baseline, put_baseline
from rules.blindness import empty_tables, measure_blindness
from rules.bounds import Limits, bounded
from rules.differences import differences
from rules.empty_tables import known_tables, result_types
from rules.failure import OutOfBounds, RuleFailed
from rules.findings import make_signals
from rules.indicator import CLOCK, Indicator, RuleTest
from rules.mutant import Mutant, texts_of
from rules.mutant_plan import LOGICAL, plan_of, plan_only
from rules.select import Value, parameters
from rules.trial import NO_DAY, fill, rows_of

Fate = Literal["killed", "survived", "equivalent", "same", "stillborn"]
WORD = re.compile(r"""'[^']*'|"[^"]*"|\$(\w+)""")
"""A text, a quoted name, or a param of a SELECT that SQLGlot wrote."""


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


class Judge:
    """One rule's tests, on a connection of its own."""

    def __init__(self, rule: Indicator, contracts: Contracts, tables: Backend, limits: Limits) -> None:
        self.rule, self.contracts, self.tables, self.limits = rule, contracts, tables, limits
        self.sql, self.baseline = texts_of(rule)
        self.known = known_tables(contracts)
        self.of_baseline = parameters(rule.baseline) if rule.baseline else set()
        self.fates: dict[str, tuple[Fate, str]] = {}
        settings = f"SET threads = 1; SET memory_limit = '{limits.memory}'; SET enable_external_access = false"
        tables.con.execute(settings)

    def judge(self, mutants: list[Mutant]) -> dict[str, tuple[Fate, str]]:
        """What became of each mutant, by id; those that are not named survived."""
        # a dozen rows do not repay planning
        plan_only(self.tables.con, ("filter_pushdown",))
        # what names most is run first: most mutants fall there, and need no other test
        tests = sorted(self.rule.tests, key=lambda test: -sum(map(len, test.flags)))
        for number, test in enumerate(tests):
            self._judge(mutants, test, first=number == 0)
        self._planned_alike(mutants)
        return self.fates

    def _judge(self, mutants: list[Mutant], test: RuleTest, *, first: bool) -> None:
        """Run one test against all that live; the first one also tells which do not run at all."""
        rule = self._with(test)
        fill(rule, test, self.tables.con, self.contracts, self.known)
        values: dict[str, Value] = {**rule.values, CLOCK: test.as_of or NO_DAY}
        given = self.rule.baseline_table in test.given
        if self.baseline is not None and not given:
            self._put_baseline(self.baseline, values)
        if first:
            self._stillborn(mutants, values)
        usual = self._rows(self.sql, values).told()
        # baselines last: they are not put back
        for mutant in sorted(self._living(mutants), key=self._moves_baseline):
            if by := self._killed(mutant, test, rule, values, usual, given):
                self.fates[mutant.id] = ("killed", by)
        for mutant in self._living(mutants) if test.blind is not None else ():
            if self._blind(mutant, rule, test) != test.blind:
                self.fates[mutant.id] = ("killed", f"{test.name} (blind)")

    def _living(self, mutants: list[Mutant]) -> list[Mutant]:
        return [mutant for mutant in mutants if mutant.id not in self.fates]

    def _stillborn(self, mutants: list[Mutant], values: dict[str, Value]) -> None:
        """Those that the database cannot even bind."""
        for mutant in mutants:
            mine = mutant.values(values)
            for text in dict.fromkeys((mutant.baseline or mutant.sql, mutant.sql)):
                try:
                    result_types(self.tables.con, filled(text, mine))
                except duckdb.Error as error:
                    self.fates[mutant.id] = ("stillborn", str(error).split("\n")[0])
                    break

    def _planned_alike(self, mutants: list[Mutant]) -> None:
        """Those that survived because the database makes the same of them."""
        values: dict[str, Value] = {**self.rule.values, CLOCK: NO_DAY}
        plan_only(self.tables.con, LOGICAL)
        usual = plan_of(self.tables.con, filled(self.sql, values))
        for mutant in self._living(mutants):
            alike = mutant.block == "sql" and plan_of(self.tables.con, filled(mutant.sql, values)) == usual
            if usual is not None and alike:
                self.fates[mutant.id] = ("same", "the database plans it as the rule itself")

    def _killed(
        self, mutant: Mutant, test: RuleTest, rule: Indicator, values: dict[str, Value], usual: list[str], given: bool
    ) -> str:
        """The test when it notices the mutant, and how when it is not by its findings; else nothing."""
        mine = mutant.values(values)
        try:
            if self._moves_baseline(mutant) and not given:
                self._put_baseline(mutant.baseline or "", mine)
            rows = self._rows(mutant.sql, mine)
            if rows.told() == usual:
                return ""
            signals = make_signals(rule, rows.table(), dict(rule.values), None)
        except OutOfBounds:
            return f"{test.name} (timeout)"
        except RuleFailed as error:
            return f"{test.name} ({type(error).__name__})"
        return test.name if differences(test.flags, rows_of(signals)) else ""

    def _moves_baseline(self, mutant: Mutant) -> bool:
        return mutant.block == "baseline" or mutant.param in self.of_baseline

    def _with(self, test: RuleTest) -> Indicator:
        """The rule with the params of a test."""
        params = {
            name: param.model_copy(update={"value": test.params.get(name, param.value)})
            for name, param in self.rule.params.items()
        }
        return self.rule.model_copy(update={"params": params}) if test.params else self.rule

    def _put_baseline(self, select: str, values: dict[str, Value]) -> None:
        with bounded(self.rule.id, self.tables.con, self.limits):
            content = self.tables.con.sql(filled(select, values)).to_arrow_table()
        put_baseline(Baseline(self.rule.id, "mutant", content), self.tables.con)

    def _rows(self, select: str, values: dict[str, Value]) -> Rows:
        with bounded(self.rule.id, self.tables.con, self.limits):
            # a relation would be bound twice: this takes two thirds of the time
            found = self.tables.con.execute(filled(select, values))
            return Rows([column[0] for column in found.description], found.fetchall())

    def _blind(self, mutant: Mutant, rule: Indicator, test: RuleTest) -> int:
        changed = rule.model_copy(update={"sql": mutant.sql})
        if empty_tables(changed, self.tables):
            return 0
        try:
            return measure_blindness(changed, self.tables, test.as_of or NO_DAY, self.contracts, False, self.limits).blind
        except RuleFailed:
            return -1


def filled(select: str, values: dict[str, Value]) -> str:
    """A SELECT that SQLGlot wrote, with literals in the place of its params."""
    return WORD.sub(_literals(values), select)


def _literals(values: dict[str, Value]) -> Callable[[re.Match[str]], str]:
    def put(found: re.Match[str]) -> str:
        return exp.convert(values[found[1]]).sql(dialect="duckdb") if found[1] else found[0]

    return put
