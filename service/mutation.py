"""Mutants of many rules at once: each rule in a process of its own, the longest first."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from datasets.contract import Contracts
from rules.indicator import Indicator
from rules.mutate import Mutated, mutate_rule

SHARE_OVER_ALL, SHARE_OF_RULE, MOST_EQUIVALENT = 0.95, 0.85, 0.15
"""What must be killed of the mutants that are not equivalent: over what was asked, in every live rule; and how many may be declared so."""
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Score:
    """Mutants of several rules together."""

    rules: Sequence[Mutated]

    @property
    def killed(self) -> int:
        return sum(one.count("killed") for one in self.rules)

    @property
    def all(self) -> int:
        """Mutants that run, those declared equivalent among them."""
        return sum(one.all for one in self.rules)

    @property
    def equivalent(self) -> int:
        return sum(one.count("equivalent") for one in self.rules)

    @property
    def share(self) -> float:
        """Killed, of those not equivalent."""
        judged = self.all - self.equivalent
        return self.killed / judged if judged else 1.0

    @property
    def share_equivalent(self) -> float:
        return self.equivalent / self.all if self.all else 0.0

    @property
    def weak(self) -> list[Mutated]:
        """Live rules whose tests let too many mutants live."""
        return [one for one in self.rules if one.status == "live" and one.share < SHARE_OF_RULE]

    def passes(self, *, book: bool) -> bool:
        """Whether the tests are good enough; of a whole book also whether few enough are declared equivalent."""
        sound = not any(one.failing or one.unknown or one.disproved for one in self.rules)
        few = not book or self.share_equivalent <= MOST_EQUIVALENT
        return sound and few and self.share >= SHARE_OVER_ALL and not self.weak


def mutate_all(rules: Sequence[Indicator], contracts: Contracts, watch: Watch) -> list[Mutated]:
    """Judge the mutants of every rule, in the order of the rules. `watch` is told rule, done, all."""
    found: dict[str, Mutated] = {}
    for one in _each(rules, contracts):
        found[one.rule] = one
        watch(one.rule, len(found), len(rules))
    return [found[rule.id] for rule in rules]


def _each(rules: Sequence[Indicator], contracts: Contracts) -> Iterator[Mutated]:
    workers = min(os.cpu_count() or 1, len(rules))
    if workers < 2:
        yield from (mutate_rule(rule, contracts) for rule in rules)
        return
    longest_first = sorted(rules, key=lambda rule: -len(rule.sql) * len(rule.sql) * len(rule.tests))
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_start, initargs=(contracts,))
    try:
        tasks = [pool.submit(_one, rule) for rule in longest_first]
        yield from (task.result() for task in as_completed(tasks))
    finally:  # whoever stops half way waits for no rule that is still to be judged
        pool.shutdown(wait=False, cancel_futures=True)


class _Worker:
    """What a worker process keeps from rule to rule."""

    contracts: Contracts


def _start(contracts: Contracts) -> None:
    _Worker.contracts = contracts


def _one(rule: Indicator) -> Mutated:
    return mutate_rule(rule, _Worker.contracts)
