"""Whose signals a cross rule reads, and the mistakes in that: unknown rules, cross rules, rules that wait for one another."""

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from datasets.strict_yaml import did_you_mean
from rules.dialect import Fault
from rules.indicator import Indicator
from rules.signal_scope import Wanted, wanted_signals

TOPICS = ("subsidy", "procurement", "hotline")


def reads_from(rule: Indicator, rules: Mapping[str, Indicator]) -> set[str]:
    """Ids of the rules whose signals a rule reads."""
    if rule.topic != "cross":
        return set()
    return {name for one in wanted_signals(rule.sql)[0] for name, other in rules.items() if _meant(one, other)}


def _meant(one: Wanted, other: Indicator) -> bool:
    return one.value == (other.id if one.column == "rule" else other.topic)


def order_faults(rules: Mapping[str, Indicator], known: Collection[str]) -> Iterator[tuple[str, Fault]]:
    """Rule id and fault: signals of unknown rules or topics, of cross rules, and rules that wait for one another.

    `known` are the ids of all rule files, those with mistakes of their own among them.
    """
    for name, rule in rules.items():
        for one in wanted_signals(rule.sql)[0] if rule.topic == "cross" else []:
            if one.column == "topic" and one.value not in TOPICS:
                why = "cross rules do not read signals of topic cross" if one.value == "cross" else f"unknown topic {one.value!r}"
                yield name, Fault(one.start, why, did_you_mean(one.value, TOPICS))
            elif one.column == "rule" and one.value not in known:
                yield name, Fault(one.start, f"unknown rule {one.value!r}", did_you_mean(one.value, known))
            elif one.column == "rule" and one.value in rules and rules[one.value].topic == "cross":
                yield name, Fault(one.start, f"cross rules do not read signals of topic cross, and {one.value!r} is one")
    try:
        TopologicalSorter({name: reads_from(rule, rules) for name, rule in rules.items()}).prepare()
    except CycleError as error:
        ring = list(map(str, error.args[1]))
        yield ring[0], Fault(0, f"rules wait for one another's signals: {' <- '.join(ring)}")
