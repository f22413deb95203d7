"""Signals as facts for chains: strings and numbers only, fields that are empty left out."""

from collections import defaultdict
from collections.abc import Sequence

from rules.reasoner import Fact
from rules.ruleset import KEY
from rules.severity import rank
from rules.signal import Signal

About = tuple[str, str, str | None]
"""Kind and id of the subject, and the accountable unit: what an alert is about."""


def about(signal: Signal) -> About:
    """What the signal's alert is identified by."""
    return signal.subject_kind, signal.subject_id, signal.unit_id


def gravest_first(signals: Sequence[Signal]) -> list[Signal]:
    """The most severe first, then the largest amount, then the id: the order in which signals are cut off and named."""
    return sorted(signals, key=lambda one: (-rank(one.severity), -(one.amount or 0), one.signal_id))


def facts_of(signals: Sequence[Signal]) -> dict[str, Fact]:
    """Signal id -> its fact."""
    rules: dict[About, set[str]] = defaultdict(set)
    for signal in signals:
        rules[about(signal)].add(signal.rule)
    return {signal.signal_id: _fact(signal, len(rules[about(signal)])) for signal in signals}


def _fact(signal: Signal, rules_on_subject: int) -> Fact:
    # an amount is compared with literals only: its cents matter, not its last binary digit
    said = {
        "fact": "signal", KEY: signal.signal_id, "rule": signal.rule, "topic": signal.topic, "severity": signal.severity,
        "subject_kind": signal.subject_kind, "subject_id": signal.subject_id, "unit_id": signal.unit_id, "area_id": signal.area_id,
        "amount": None if signal.amount is None else float(signal.amount), "officials": len(signal.officials) or None,
        "rules_on_subject": rules_on_subject,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None and value != ""}


def party_facts(signal: Signal) -> list[Fact]:
    """One fact for each entity that the signal names, with the signal's accountable unit."""
    unit: Fact = {"unit_id": signal.unit_id} if signal.unit_id else {}
    return [
        {
            "fact": "party",
            KEY: f"{signal.signal_id}|{kind}|{party}",
            "signal_id": signal.signal_id,
            "party_kind": kind,
            "party_id": party,
            **unit,
        }
        for kind, party in signal.parties
        if party
    ]


def rules_in_turn(signals: Sequence[Signal]) -> list[Signal]:
    """The gravest of each rule first, then the second of each: where there is not room for all, no rule is crowded out."""
    seen: dict[str, int] = defaultdict(int)
    turns = []
    for signal in gravest_first(signals):
        turns.append((seen[signal.rule], signal))
        seen[signal.rule] += 1
    return [signal for _, signal in sorted(turns, key=lambda turn: turn[0])]
