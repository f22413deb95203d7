"""How well the order of alerts did: what stands at each level of priority, and in the first hundred.

An alert is worth the best of its findings: it is right when any of them is a problem. precision = right / (right + wrong)
alerts, those whose best is undecidable left out. The order is the priority's number, of equals the fingerprint.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

FIRST = 100
LEVELS = ("critical", "high", "medium", "low")
HIGH = frozenset({"critical", "high"})


@dataclass
class Ranked:
    """One open alert: its level and number, what each of its findings was worth, and the problems found in it."""

    alert: str
    level: str
    priority: float
    worth: list[str] = field(default_factory=list)
    problems: set[str] = field(default_factory=set)


def ranking(alerts: Iterable[Ranked], problems: int) -> dict[str, object]:
    """The figures by level, of high and above, and of the first hundred; `problems`: how many there are in all."""
    ordered = sorted(alerts, key=lambda one: (-one.priority, one.alert))
    by_level: dict[str, list[Ranked]] = defaultdict(list)
    for one in ordered:
        by_level[one.level].append(one)
    return {
        "levels": {name: _figures(by_level[name], len(ordered), problems) for name in LEVELS if name in by_level},
        "high_and_above": _figures([one for one in ordered if one.level in HIGH], len(ordered), problems),
        "first": _figures(ordered[:FIRST], len(ordered), problems),
    }


def _figures(alerts: Sequence[Ranked], all_alerts: int, problems: int) -> dict[str, object]:
    right = sum(PROBLEM in one.worth for one in alerts)
    undecidable = sum(PROBLEM not in one.worth and UNDECIDABLE in one.worth for one in alerts)
    found = {case for one in alerts for case in one.problems}
    return {
        "alerts": len(alerts),
        "share": share(len(alerts), all_alerts),
        "precision": share(right, len(alerts) - undecidable),
        "found": len(found),
        "of_problems": share(len(found), problems),
        "look_alikes": sum(one.worth.count(EXPLAINED) for one in alerts),
    }


def share(part: int, whole: int) -> float | None:
    """A share to four digits; None of nothing."""
    return round(part / whole, 4) if whole else None
