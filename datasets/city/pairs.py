"""Pairs of firms that bid together in their case only: looked up by either of the two."""

from collections.abc import Iterable


class Pairs:
    """Pairs of numbers, both ways."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self._others: dict[int, set[int]] = {}
        for one, other in pairs:
            self.add(one, other)

    def add(self, one: int, other: int) -> None:
        self._others.setdefault(one, set()).add(other)
        self._others.setdefault(other, set()).add(one)

    def of(self, one: int) -> set[int]:
        """Who makes a pair with this one."""
        return self._others.get(one, set())

    def of_any(self, some: set[int]) -> set[int]:
        """Who makes a pair with one of these."""
        return set[int]().union(*(self._others[one] for one in some & self._others.keys()))

    def __contains__(self, pair: tuple[int, int]) -> bool:
        return pair[1] in self.of(pair[0])

    @property
    def all(self) -> set[int]:
        """Whoever is in some pair."""
        return set(self._others)
