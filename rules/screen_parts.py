"""Parts (语句部分): what is left of a SELECT when its sources are narrowed: steps of a plan in the places of its tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from rules.screen_ties import grouped, select_of


@dataclass(frozen=True)
class Base:
    """Rows of a table, by the steps that give them."""

    steps: tuple[int, ...]


@dataclass(frozen=True)
class Select:
    """A SELECT over narrowed sources; `whole` when its groups and windows have all their rows."""

    scope: Scope
    sources: Mapping[str, "Part"]
    whole: bool = True
    inner: tuple["Part", ...] = ()
    """Sub-selects of its conditions and columns."""


@dataclass(frozen=True)
class Several:
    """Parts that are needed together; with `names`, the branches of a UNION: output column -> the branch's own name."""

    parts: tuple["Part", ...]
    names: tuple[Mapping[str, str], ...] = ()


Part = Base | Select | Several


def branch_names(scope: Scope) -> tuple[dict[str, str], ...]:
    """For each branch of a UNION: output column -> the name it has there."""
    names = [name.lower() for name in _names(scope)]
    return tuple(dict(zip(names, _names(branch), strict=True)) for branch in scope.set_operation_scopes)


def _names(scope: Scope) -> list[str]:
    return list(scope.expression.named_selects) if isinstance(scope.expression, exp.Query) else []


def steps_of(part: Part) -> set[int]:
    """The steps that give the rows of a part."""
    if isinstance(part, Base):
        return set(part.steps)
    inner = part.parts if isinstance(part, Several) else (*part.sources.values(), *part.inner)
    return set().union(*(steps_of(one) for one in inner))


def possible(part: Part) -> "Possible":
    """What must hold some row for a part to hold one."""
    if isinstance(part, Base):
        return Possible(steps=part.steps)
    if isinstance(part, Several):
        return Possible(any_of=tuple(possible(one) for one in part.parts))
    select = select_of(part.scope)
    if grouped(select) == []:
        return Possible()  # a total of nothing is a row
    joined = {join.this.alias_or_name: join for join in select.args.get("joins") or []}
    needed = [name for name in part.sources if name not in joined or (not joined[name].side and joined[name].kind != "ANTI")]
    return Possible(all_of=tuple(possible(part.sources[name]) for name in sorted(needed)))


@dataclass(frozen=True)
class Possible:
    """A condition on which steps give rows: one of `steps`, or of `any_of`, and all of `all_of`; none of these: always."""

    steps: tuple[int, ...] = ()
    any_of: tuple["Possible", ...] = ()
    all_of: tuple["Possible", ...] = ()

    def holds(self, count: Callable[[int], int]) -> bool:
        """Whether it holds, given how many rows each step gives; no more steps are looked at than needed."""
        if self.steps and not any(count(step) for step in self.steps):
            return False
        if self.any_of and not any(one.holds(count) for one in self.any_of):
            return False
        return all(one.holds(count) for one in self.all_of)
