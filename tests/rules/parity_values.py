"""Values of two engines beside each other: equal, and numbers of one size."""

import math
from typing import Any

from rules.findings import measure


def plain(row: dict[str, Any]) -> list[Any]:
    """A row as signals hold it: lists as they are, whatever else as JSON can hold it."""
    return [[one for one in value if one is not None] if isinstance(value, list) else measure(value) for value in row.values()]


def same(one: Any, other: Any) -> bool:
    """Equal; numbers by size, as far as the order of adding leaves it (floor gives 2 on one engine and 2.0 on the other)."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other)):
        return math.isclose(one, other, rel_tol=1e-9)
    return type(one) is type(other) and one == other
