"""Steps (取数步骤) that gather the neighbourhood of some subjects: rows of a table whose column holds one of some keys, keys out of rows.

A plan is a list of such steps. It is made of a rule's SELECT once, without records, and followed for each screening.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

MOST_STEPS = 2000
"""A rule that takes more steps of its own costs more than running it whole."""
Fanout = Callable[[str, str], float]
"""Table, column -> how many rows share a value of that column, about."""


class NotReducible(Exception):
    """The rows that decide about some subjects cannot be told from the SELECT; the message says why."""


class TooWide(Exception):
    """More records would have to be looked at than were to be."""


@dataclass(frozen=True)
class Rows:
    """Rows of a table that meet every condition: columns that hold one of the keys (a step's number), filters that are true."""

    table: str
    by: tuple[tuple[str, int], ...] = ()
    filters: tuple[str, ...] = ()
    """SQL over the table's own columns."""
    incoming: bool = False
    """Only rows that come in."""

    @property
    def everything(self) -> bool:
        """Whether it is the whole table."""
        return not (self.by or self.filters or self.incoming)


@dataclass(frozen=True)
class Keys:
    """Values: of columns of rows (steps' numbers), of other keys, and literals."""

    columns: frozenset[tuple[int, str]] = frozenset()
    others: frozenset[int] = frozenset()
    literals: frozenset[str] = frozenset()


@dataclass
class Plan:
    """Steps in an order in which each rests on earlier ones."""

    steps: list[Rows | Keys] = field(default_factory=list)
    _known: dict[Rows | Keys, int] = field(default_factory=dict)
    _begun: int = 0

    def begin(self) -> int:
        """Begin with another rule; what it shares with those before costs it nothing. The mark is for `forget`."""
        self._begun = len(self.steps)
        return self._begun

    def forget(self, mark: int) -> None:
        """Take back what was added since a mark."""
        for step in self.steps[mark:]:
            del self._known[step]
        del self.steps[mark:]

    def rows(self, step: Rows) -> int:
        """The number of a step, which is added when it is new."""
        return self._add(step)

    def keys(self, parts: Iterable[tuple[int, str]], literals: Iterable[str] = ()) -> int:
        """The number of the keys out of these columns; what were asked for by a column are the keys it was asked by."""
        columns, others = set(), set()
        for number, column in parts:
            step = self.steps[number]
            by = dict(step.by) if isinstance(step, Rows) else {}
            if column in by:
                others.add(by[column])
            else:
                columns.add((number, column))
        said = frozenset(literals)
        if len(others) == 1 and not columns and not said:
            return others.pop()
        return self._add(Keys(frozenset(columns), frozenset(others), said))

    def _add(self, step: Rows | Keys) -> int:
        if step not in self._known:
            if len(self.steps) - self._begun >= MOST_STEPS:
                raise NotReducible(f"more than {MOST_STEPS} steps")
            self._known[step] = len(self.steps)
            self.steps.append(step)
        return self._known[step]
