"""Levels of priority (优先等级): given by place among all open alerts, as far as the share of a level goes, and by floors."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from rules.reason import Reason, reason
from rules.weights import Level, Weights


class Standing(NamedTuple):
    """What decides an open alert's level: its number (0 to 100) and how sure its rules are (0 to 1)."""

    fingerprint: str
    number: float
    sure: float


def in_order(standings: Iterable[Standing]) -> list[Standing]:
    """The highest number first, of equals by fingerprint."""
    return sorted(standings, key=lambda one: (-one.number, one.fingerprint))


def levels(standings: Iterable[Standing], weights: Weights) -> dict[str, Level]:
    """Fingerprint -> level of all open alerts: whoever meets the floors, in order, while the level and those above have room."""
    ordered, said = in_order(standings), weights.levels
    found: dict[str, Level] = {}
    for name, bar in said.bars.items():
        room = max(said.always, math.floor(bar.max_share * len(ordered)))
        for one in ordered:
            if len(found) >= room:
                break
            if one.fingerprint not in found and one.number >= bar.at_least and one.sure >= bar.confidence:
                found[one.fingerprint] = name
    return {one.fingerprint: found.get(one.fingerprint, "low") for one in ordered}


def quietened(number: float, weights: Weights) -> tuple[float, Reason]:
    """The number of an alert that the newest run no longer sees, and the reason for what it lost."""
    left = round(max(0.0, number - weights.quiet.points), 2)
    return left, reason("quiet", left - number, weights.quiet.says)
