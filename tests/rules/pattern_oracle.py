"""The naive evaluator of patterns: loops over all signals and units, no SQL."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rules.patterns import MOST, Bodies
from rules.signal import Signal

GRADES = ["low", "medium", "high", "critical"]
Found = tuple[tuple[str, str, str | None], list[Signal], dict[str, Any]]
"""What it is about, the signals, the numbers."""


def patterns(signals: Sequence[Signal], bodies: Bodies) -> list[Found]:
    """Every pattern, as (about, the ids of its gravest signals, fields)."""
    counted = [one for one in signals if one.severity != "low"]
    return [
        *_common(counted, bodies),
        *_repeated(counted, bodies),
        *_systemic(counted, bodies),
        *_official(counted),
        *_ring(counted),
    ]


def gravest(signals: Sequence[Signal]) -> set[str]:
    ordered = sorted(signals, key=lambda one: (-GRADES.index(one.severity), -(one.amount or 0), one.signal_id))
    return {one.signal_id for one in ordered[:MOST]}


def subject(one: Signal) -> tuple[str, str]:
    return one.subject_kind, one.subject_id


def _common(signals: Sequence[Signal], bodies: Bodies) -> Iterator[Found]:
    for above, kind in sorted({(unit.above, unit.kind) for unit in bodies.units if unit.above}):
        below = [unit.unit_id for unit in bodies.units if unit.above == above and unit.kind == kind]
        here = [one for one in signals if one.unit_id in below]
        for rule, topic in sorted({(one.rule, one.topic) for one in here}):
            mine = [one for one in here if (one.rule, one.topic) == (rule, topic)]
            units = len({one.unit_id for one in mine})
            if units > 1:
                said = {"rule": rule, "topic": topic, "unit_kind": kind, "unit_id": above, "units": units, "share": units / len(below),
                        "signals": len(mine)}  # fmt: skip
                yield ("pattern", f"{rule}|{kind}", above), mine, {"pattern": "common", **said}


def _repeated(signals: Sequence[Signal], bodies: Bodies) -> Iterator[Found]:
    def after(one: Signal) -> set[tuple[str, Any]]:
        last = one.last_on or one.first_on
        return {
            (said.rule, said.decided_on)
            for said in bodies.verified
            if (said.rule, said.unit_id) == (one.rule, one.unit_id) and last is not None and last > said.decided_on
        }

    for unit in sorted({one.unit_id for one in signals if one.unit_id}):
        mine = [one for one in signals if one.unit_id == unit and after(one)]
        if mine:
            times = len(set[tuple[str, Any]]().union(*(after(one) for one in mine)))
            said = {"unit_id": unit, "rules": len({one.rule for one in mine}), "times": times, "signals": len(mine)}
            yield ("pattern", "repeated", unit), mine, {"pattern": "repeated", **said}


def _systemic(signals: Sequence[Signal], bodies: Bodies) -> Iterator[Found]:
    many = {unit.unit_id: sum(one.unit_id == unit.unit_id for one in signals) for unit in bodies.units}
    for unit in bodies.units:
        mine = [one for one in signals if one.unit_id == unit.unit_id]
        rules = {one.rule for one in mine}
        if len(rules) < 2:
            continue
        peers = [many[one.unit_id] for one in bodies.units if one.kind == unit.kind]
        said = {"unit_id": unit.unit_id, "unit_kind": unit.kind, "rules": len(rules), "topics": len({one.topic for one in mine} - {"cross"}),
                "signals": len(mine), "subjects": len({subject(one) for one in mine}),
                "ahead": sum(peer < len(mine) for peer in peers) / len(peers)}  # fmt: skip
        yield ("pattern", "systemic", unit.unit_id), mine, {"pattern": "systemic", **said}


def _official(signals: Sequence[Signal]) -> Iterator[Found]:
    for official, unit in sorted({(official, one.unit_id) for one in signals for official in one.officials if one.unit_id}):
        mine = [
            one for one in signals if one.unit_id == unit and official in one.officials and subject(one) != ("person", official)
        ]
        subjects = len({subject(one) for one in mine})
        if subjects > 1:
            said = {"unit_id": unit, "subjects": subjects, "rules": len({one.rule for one in mine}), "signals": len(mine)}
            yield ("official", official, unit), mine, {"pattern": "official", **said}


def _ring(signals: Sequence[Signal]) -> Iterator[Found]:
    def firms(of: Sequence[Signal]) -> set[str]:
        return {party for one in of for kind, party in one.parties if kind == "enterprise"}

    rings = sorted((one for one in signals if one.subject_kind == "cluster"), key=lambda one: (one.subject_id, one.unit_id or ""))
    for (cluster, unit), group in groupby(rings, key=lambda one: (one.subject_id, one.unit_id)):
        named = firms(list(group))
        mine = [one for one in signals if one.subject_kind == "tender" and len(firms([one]) & named) > 1]
        if mine:
            said = {"unit_id": unit, "subjects": len({subject(one) for one in mine}), "rules": len({one.rule for one in mine}),
                    "signals": len(mine)}  # fmt: skip
            yield ("cluster", cluster, unit), mine, {"pattern": "ring", **said}
