"""Whether anybody can be blind (能否无法判断): a look at the rows gathered that spares the SELECT of a rule's population when all is known.

It errs on the safe side: where the form of the population is not plain, the SELECT is run.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from sqlglot import exp

from rules.population import Population, unknown
from rules.screen_columns import NOTHING, Hashes, among
from rules.screen_follow import Following
from rules.screen_parts import Base, Part, Select
from rules.screen_steps import Rows
from rules.screen_ties import select_of
from rules.skeleton import sources_of


@dataclass(frozen=True)
class Lack:
    """A way to be blind: a row of these steps meets the condition, or (with `of`) a row of other steps finds none of them."""

    steps: tuple[int, ...]
    condition: str
    column: str = ""
    of: tuple[int, ...] = ()
    of_column: str = ""

    def may_be(self, following: Following) -> bool:
        """Whether the rows show it."""
        if any(following.meets(step, self.condition) for step in self.steps):
            return True
        if not self.of:
            return False
        if any(following.meets(step, f"{self.of_column} IS NULL") for step in self.of):
            return True
        known = _values(following, self.steps, self.column)
        return not among(_values(following, self.of, self.of_column), known).all()


@dataclass(frozen=True)
class Lacks:
    """All ways in which a rule may be blind; None: they cannot be told."""

    ways: tuple[Lack, ...] | None = None

    def may_be(self, following: Following) -> bool:
        """Whether some subject may be blind."""
        return self.ways is None or any(way.may_be(following) for way in self.ways)

    def conditions(self, table: str, tables: dict[int, str]) -> set[str]:
        """The conditions on rows of a table that are looked at."""
        said = [(way.steps, way.condition) for way in self.ways or ()]
        said += [(way.of, f"{way.of_column} IS NULL") for way in self.ways or () if way.of]
        return {condition for steps, condition in said if any(tables[step] == table for step in steps)}


def lacks(population: Population, part: Part) -> Lacks:
    """The ways to be blind in a population that was reduced to a part."""
    if not isinstance(part, Select) or not all(isinstance(one, Base) for one in part.sources.values()):
        return Lacks()
    tables = {alias: source.name.lower() for alias, source in sources_of(part.scope).items() if isinstance(source, exp.Table)}
    ties = _ties(select_of(part.scope))
    home = select_of(part.scope).args["from_"].this.alias_or_name
    found: list[Lack] = []
    for one in population.needs:
        alias = f"needed_{one.table}" if f"needed_{one.table}" in tables else home
        steps = part.sources[alias]
        condition = unknown("x", one).replace('x."', '"')
        if not isinstance(steps, Base) or tables[alias] != one.table:
            return Lacks()
        if alias == home:
            found.append(Lack(steps.steps, condition))
            continue
        tie = ties.get(alias)
        other = part.sources.get(tie[0].table) if tie else None
        if tie is None or not isinstance(other, Base):
            return Lacks()
        found.append(Lack(steps.steps, condition, tie[1].name.lower(), other.steps, tie[0].name.lower()))
    return Lacks(tuple(found))


def _ties(select: exp.Select) -> dict[str, tuple[exp.Column, exp.Column]]:
    """Alias of a needed table -> the column it is found by and its own."""
    found = {}
    for join in select.args.get("joins") or []:
        alias, on = join.this.alias_or_name, join.args.get("on")
        sides = (on.this, on.expression) if isinstance(on, exp.EQ) else ()
        if len(sides) == 2 and all(isinstance(side, exp.Column) for side in sides) and sides[1].table == alias:
            found[alias] = sides
    return found


def _values(following: Following, steps: Iterable[int], column: str) -> Hashes:
    parts = []
    for step in steps:
        of = following.plan.steps[step]
        assert isinstance(of, Rows)
        parts.append(following.laid.values(of.table, column, following.rows(step)))
    return np.concatenate(parts) if parts else NOTHING
