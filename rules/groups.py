"""Which signals could meet in one chain (分组): groups that are tied by what chains join, found with hash joins.

A chain's facts are all tied to each other, so that signals in different groups never meet in one firing: each group
is a state of its own, and stays small.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rules.chain import Chain, Pattern
from rules.compiled import near_name
from rules.near import near, period
from rules.reasoner import Fact
from rules.ruleset import KEY
from rules.signal import Signal
from rules.signal_facts import party_facts

Nears = dict[str, list[tuple[str, str]]]


@dataclass
class Ties:
    """The group of each signal (by the id of one of its members), and the pairs that are near in time for each `within`."""

    parent: dict[str, str]
    nears: Nears = field(default_factory=dict)
    nears_left_out: dict[str, int] = field(default_factory=dict)

    def group(self, one: str) -> str:
        """The id that stands for the group."""
        while self.parent[one] != one:
            self.parent[one] = one = self.parent[self.parent[one]]
        return one

    def tie(self, members: Iterable[str]) -> None:
        """Put signals into one group."""
        first: str | None = None
        for member in members:
            here = self.group(member)
            first = here if first is None else self.group(first)
            # the smaller id stands for the group: the same in every order of the signals
            low, high = sorted((first, here))
            self.parent[high] = low

    def groups(self) -> list[list[str]]:
        """All groups, each with its signals sorted."""
        found: dict[str, list[str]] = defaultdict(list)
        for one in sorted(self.parent):
            found[self.group(one)].append(one)
        return list(found.values())


def tied(chains: Iterable[Chain], signals: Mapping[str, Signal], facts: Mapping[str, Fact]) -> Ties:
    """Group the signals by everything that the chains join, nearness in time among it."""
    ties = Ties({one: one for one in signals})
    for chain in chains:
        if len(chain.when) == 1:
            continue
        members = {name: _members(pattern, signals, facts) for name, pattern in chain.when.items()}
        nearness = []
        for name, pattern in list(chain.when.items())[1:]:
            other = _narrowest(chain, name)
            if pattern.within is not None and pattern.within.of == other:
                _tie_near(ties, chain, name, members, signals, grouped=False)
                continue
            _tie_equal(ties, chain, name, other, members)
            if pattern.within is not None:
                nearness.append(name)
        for name in nearness:
            _tie_near(ties, chain, name, members, signals, grouped=True)
    return ties


def _members(pattern: Pattern, signals: Mapping[str, Signal], facts: Mapping[str, Fact]) -> list[Fact]:
    """The facts that meet the pattern's literal tests."""
    pool = facts.values() if pattern.fact == "signal" else (fact for signal in signals.values() for fact in party_facts(signal))
    return [fact for fact in pool if meets(pattern, fact)]


def meets(pattern: Pattern, fact: Fact) -> bool:
    """Whether a fact meets the literal tests of a pattern."""
    return fact["fact"] == pattern.fact and all(condition.holds(fact.get(name)) for name, condition in pattern.conditions.items())


def signal_of(fact: Fact) -> str:
    """The signal that a fact is, or belongs to."""
    return str(fact[KEY] if fact["fact"] == "signal" else fact["signal_id"])


def _narrowest(chain: Chain, name: str) -> str:
    """The earlier fact that ties this one most closely: by a signal's own id, else by time, else by the most fields."""
    pattern = chain.when[name]
    fields: dict[str, set[str]] = defaultdict(set)
    for mine, (other, theirs) in pattern.joins.items():
        fields[other] |= {mine, theirs}
    for other, names in fields.items():
        if "signal_id" in names:
            return other
    if pattern.within is not None:
        return pattern.within.of
    return max(fields, key=lambda other: len(fields[other]))


def _joined(chain: Chain, name: str, other: str) -> tuple[list[str], list[str]]:
    """Fields of a fact and of an earlier one that must be equal, in the same order."""
    pairs = [(mine, theirs) for mine, (earlier, theirs) in chain.when[name].joins.items() if earlier == other]
    return _keyed(chain.when[name], [mine for mine, _ in pairs]), _keyed(chain.when[other], [theirs for _, theirs in pairs])


def _keyed(pattern: Pattern, fields: Sequence[str]) -> list[str]:
    return [KEY if name == "signal_id" and pattern.fact == "signal" else name for name in fields]


def _values(fact: Fact, fields: Sequence[str]) -> tuple[str, ...] | None:
    values = [fact.get(name) for name in fields]
    return None if None in values else tuple(map(str, values))


def _tie_equal(ties: Ties, chain: Chain, name: str, other: str, members: Mapping[str, list[Fact]]) -> None:
    mine, theirs = _joined(chain, name, other)
    sides: dict[tuple[str, ...], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, (facts, fields) in enumerate(((members[other], theirs), (members[name], mine))):
        for fact in facts:
            if (values := _values(fact, fields)) is not None:
                sides[values][side].append(signal_of(fact))
    for left, right in sides.values():
        if left and right:
            ties.tie((*left, *right))


def _tie_near(
    ties: Ties, chain: Chain, name: str, members: Mapping[str, list[Fact]], signals: Mapping[str, Signal], grouped: bool
) -> None:
    """Find the pairs near in time; `grouped`: only those that are in one group already."""
    within = chain.when[name].within
    assert within is not None
    mine, theirs = _joined(chain, name, within.of)
    sides = []
    for facts, fields in ((members[within.of], theirs), (members[name], mine)):
        side = []
        for fact in facts:
            equal, one = _values(fact, fields), signal_of(fact)
            if equal is not None and (found := period(signals[one], (*equal, ties.group(one) if grouped else ""))):
                side.append(found)
        sides.append(side)
    found_near = near(sides[0], sides[1], within.days)
    ties.nears[near_name(chain.id, name)] = found_near.pairs
    ties.nears_left_out[near_name(chain.id, name)] = found_near.left_out
    if not grouped:
        for left, right in found_near.pairs:
            ties.tie((left, right))
