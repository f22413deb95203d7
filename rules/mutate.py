"""Mutation of a rule: its tests run against every mutant, each test's tables filled once for all of them."""

from dataclasses import dataclass

import ibis

from datasets.contract import Contracts
from rules.bounds import Limits
from rules.indicator import Indicator
from rules.mutant import Mutant, mutants_of
from rules.mutant_judge import Fate, Judge
from rules.trial import try_rule

LIMITS = Limits(seconds=5.0, memory="1GB")
"""A mutant without a join condition may grow without end: what takes longer than this on a test's few rows is killed."""


@dataclass(frozen=True)
class Judged:
    """What became of one mutant; `by` is the test that killed it, or why it is equivalent, the same or stillborn."""

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
        """Mutants that run and are not planned as the rule itself; those declared equivalent among them."""
        return len(self.judged) - self.count("stillborn") - self.count("same")

    @property
    def share(self) -> float:
        """Killed, of those not equivalent; 1 when there are none, 0 when the rule's own tests fail."""
        if self.failing:
            return 0.0
        judged = self.all - self.count("equivalent")
        return self.count("killed") / judged if judged else 1.0


def mutate_rule(rule: Indicator, contracts: Contracts, limits: Limits = LIMITS) -> Mutated:
    """Judge every mutant of a rule by the rule's own tests."""
    mutants = mutants_of(rule, contracts)
    if failing := tuple(f"{one.test}: {one.message}" for one in try_rule(rule, contracts) if not one.passed):
        return Mutated(rule.id, rule.status, (), failing)
    tables = ibis.duckdb.connect()
    try:
        fates = Judge(rule, contracts, tables, limits).judge(mutants)
    finally:
        tables.disconnect()
    return _declared(rule, mutants, fates)


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
