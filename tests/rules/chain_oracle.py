"""The naive evaluator of chains: nested loops over all facts, no engine, no grouping; reads the same files' models."""

import hashlib
from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Any

from rules.chain import Chain, Pattern
from rules.condition import Condition
from rules.patterns import Bodies
from rules.signal import Signal
from tests.rules import pattern_oracle

GRADES = ["low", "medium", "high", "critical"]


def field_of(signal: Signal, name: str, signals: Sequence[Signal]) -> Any:
    """A signal's field as an author names it; None when it is empty."""
    if name == "rules_on_subject":
        return len({one.rule for one in signals if identity(one) == identity(signal)})
    if name == "officials":
        return len(signal.officials) or None
    value = getattr(signal, name)
    return None if value in (None, "") else value


def identity(signal: Signal) -> tuple[str, str, str | None]:
    return signal.subject_kind, signal.subject_id, signal.unit_id


def holds(condition: Condition, value: Any) -> bool:
    """What the words mean, said a second time."""
    match condition.word:
        case "absent":
            return value is None
        case "present":
            return value is not None
        case "is":
            return value is not None and value == condition.values[0]
        case "one_of":
            return value is not None and value in condition.values
        case "none_of":
            return value is not None and value not in condition.values
        case "at_least":
            return value is not None and float(value) >= float(condition.values[0])
        case "at_most":
            return value is not None and float(value) <= float(condition.values[0])
    raise AssertionError(condition.word)


def facts(pattern: Pattern, signals: Sequence[Signal]) -> list[tuple[str, dict[str, Any]]]:
    """Every fact that a pattern could be met by: an identity of its own, and its fields."""
    names = (
        "signal_id",
        "rule",
        "topic",
        "severity",
        "subject_kind",
        "subject_id",
        "unit_id",
        "area_id",
        "amount",
        "officials",
        "rules_on_subject",
    )
    if pattern.fact == "signal":
        return [(one.signal_id, {name: field_of(one, name, signals) for name in names} | {"signal": one}) for one in signals]
    return [
        (
            f"{one.signal_id}|{kind}|{party}",
            {"signal_id": one.signal_id, "party_kind": kind, "party_id": party, "unit_id": one.unit_id, "signal": one},
        )
        for one in signals
        for kind, party in one.parties
    ]


def days_apart(one: Signal, other: Signal) -> int | None:
    """Days between two periods, 0 when they overlap; None when either has no date."""
    periods = []
    for signal in (one, other):
        days = [day for day in (signal.first_on, signal.last_on) if day is not None]
        if not days:
            return None
        periods.append((min(days), max(days)))
    (a_first, a_last), (b_first, b_last) = periods
    return max(0, _days(a_last, b_first), _days(b_last, a_first))


def _days(earlier: date, later: date) -> int:
    return (later - earlier).days


def fires(chain: Chain, met: dict[str, tuple[str, dict[str, Any]]]) -> bool:
    """Whether facts, one for each pattern, meet a chain."""
    if len({one for one, _ in met.values()}) < len(met):
        return False
    for name, pattern in chain.when.items():
        mine = met[name][1]
        for field, condition in pattern.conditions.items():
            if condition.word == "same_as":
                theirs = met[str(condition.values[0])][1].get(str(condition.values[1]))
                if mine.get(field) is None or mine.get(field) != theirs:
                    return False
            elif not holds(condition, mine.get(field)):
                return False
        if pattern.within:
            apart = days_apart(mine["signal"], met[pattern.within.of][1]["signal"])
            if (
                mine["signal"].signal_id == met[pattern.within.of][1]["signal"].signal_id
                or apart is None
                or apart > pattern.within.days
            ):
                return False
    return True


def firings(chain: Chain, signals: Sequence[Signal]) -> list[tuple[str, ...]]:
    """What each firing merges, once for each set of signals: of the same set the least tuple."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for combination in product(*(facts(pattern, signals) for pattern in chain.when.values())):
        met = dict(zip(chain.when, combination, strict=True))
        if fires(chain, met):
            merged = tuple(met[name][1]["signal"].signal_id for name in chain.then.merge)
            found[frozenset(merged)] = min(found.get(frozenset(merged), merged), merged)
    return sorted(found.values())


def of_pattern(chain: Chain) -> bool:
    return any(pattern.fact == "pattern" for pattern in chain.when.values())


def alerts(chains: Sequence[Chain], signals: Sequence[Signal], bodies: Bodies) -> dict[str, dict[str, Any]]:
    """Fingerprint -> what an alert must say."""
    by_id = {one.signal_id: one for one in signals}
    ordinary = [chain for chain in chains if not of_pattern(chain)]
    all_fired = [(chain, merged) for chain in ordinary for merged in firings(chain, signals)]
    taken = set()
    for chain, merged in all_fired:
        if not chain.default:
            kept = {merged[chain.then.merge.index(name)] for name in chain.then.keep}
            taken |= set(merged) - kept
    concluded = [
        (chain, identity(by_id[merged[0]]), set(merged))
        for chain, merged in all_fired
        if not (chain.default and taken & set(merged))
    ]
    for chain in chains:
        if of_pattern(chain):
            [wanted] = chain.when.values()
            for about, mine, fields in pattern_oracle.patterns(signals, bodies):
                if all(holds(condition, fields.get(name)) for name, condition in wanted.conditions.items()):
                    concluded.append((chain, about, pattern_oracle.gravest(mine)))
    made: dict[str, dict[str, Any]] = {}
    for chain, about, merged in concluded:
        own = [one for one in signals if identity(one) == about]
        text = f"{about[0]}|{about[1]}|{about[2] or ''}"
        fingerprint = "AL" + hashlib.sha256(text.encode()).hexdigest()[:16]
        here = made.setdefault(fingerprint, {"signals": {one.signal_id for one in own}, "severity": 0, "chains": set()})
        here["signals"] |= merged
        here["chains"].add(chain.id)
        gravest = max(GRADES.index(one.severity) for one in [*own, *(by_id[each] for each in merged)])
        said = {"same": gravest, "raised": min(gravest + 1, 3)}.get(chain.then.severity)
        said = GRADES.index(chain.then.severity) if said is None else said
        here["severity"] = max([here["severity"], said, *(GRADES.index(one.severity) for one in own)])
    return {name: {**one, "severity": GRADES[one["severity"]]} for name, one in made.items()}
