"""How serious (程度): the four grades in their order, and the arithmetic that chains may do with them."""

from collections.abc import Iterable
from typing import get_args

from rules.indicator import Severity

GRADES: tuple[Severity, ...] = get_args(Severity)
"""From low to critical."""


def rank(severity: str) -> int:
    """0 for low to 3 for critical. Raises ValueError for any other word."""
    return [str(grade) for grade in GRADES].index(severity)


def highest(severities: Iterable[Severity]) -> Severity:
    """The gravest of one or several."""
    return max(severities, key=rank)


def raised(severity: Severity) -> Severity:
    """One grade up; critical stays critical."""
    return GRADES[min(rank(severity) + 1, len(GRADES) - 1)]
