"""Ties (关联条件): which columns of a SELECT's sources must be equal for rows to meet, and in which direction that narrows."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from rules.indicator import CLOCK
from rules.screen_steps import NotReducible

Pair = tuple[exp.Column, exp.Column]
"""A column that is known, and one of what it narrows that must be equal to it."""


class Tie(NamedTuple):
    """For each way in which a condition may hold (OR) the pairs of columns that are equal then; `to` is what they narrow."""

    ways: list[list[Pair]]
    to: str


class Joined(NamedTuple):
    """A condition of a SELECT: of WHERE (alias empty), or of the join of a source; `holds`: only rows that meet it stay."""

    condition: exp.Expr
    alias: str
    holds: bool


def conditions(select: exp.Select) -> list[Joined]:
    """The conditions of WHERE and of every join. Raises NotReducible for joins that keep what does not match on the right."""
    found = []
    for join in select.args.get("joins") or []:
        if join.side in ("RIGHT", "FULL") or isinstance(join.this, exp.Lateral | exp.Unnest):
            raise NotReducible("a RIGHT, FULL or LATERAL join")
        on = join.args.get("on")
        if isinstance(on, exp.Expr):
            found += [Joined(part, join.this.alias_or_name, not join.side and join.kind != "ANTI") for part in conjuncts(on)]
    where = select.args.get("where")
    if where is not None:
        found += [Joined(part, "", True) for part in conjuncts(where.this)]
    return found


def conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """What must all hold."""
    inner = condition.unnest()
    if isinstance(inner, exp.And):
        for part in inner.flatten(unnest=False):
            yield from conjuncts(part)
    else:
        yield inner


def ties(said: Joined, known: set[str], outside: set[str], started: set[str]) -> Iterator[Tie]:
    """How a condition narrows a source that is not known yet by sources that are.

    `outside`: sources of the SELECT around; `started`: sources a matching row of which is certain to be in what is looked for.
    """
    ways = list(disjuncts(said.condition))
    targets = {column.table for way in ways for column in way.find_all(exp.Column)} - known - outside
    for target in targets:
        if said.alias and target != said.alias and not (said.holds or said.alias in started):
            continue  # an outer or anti join does not narrow what stands on its left
        pairs = [_pair(way, target, known | outside) for way in ways]
        if all(pairs):
            yield Tie(pairs, target)


def filters(select: exp.Select, alias: str) -> tuple[str, ...]:
    """What must be true of a row of a source by itself, as SQL over its own columns: a row of which it is not changes nothing."""
    outer = {join.this.alias_or_name for join in select.args.get("joins") or [] if join.side or join.kind in ("SEMI", "ANTI")}
    found = []
    for said in conditions(select):
        fits = said.alias == alias or (said.holds and alias not in outer)
        columns = list(said.condition.find_all(exp.Column))
        if not fits or not columns or any(column.table != alias for column in columns):
            continue
        if said.condition.find(exp.Query, exp.AggFunc, exp.Window) or any(
            one.meta.get("param") == CLOCK for one in said.condition.walk()
        ):
            continue
        alone = said.condition.copy()
        for column in list(alone.find_all(exp.Column)):
            column.set("table", None)
        found.append(alone.sql(dialect="duckdb", comments=False))
    return tuple(sorted(found))


def disjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The ways in which a condition may hold."""
    inner = condition.unnest()
    if isinstance(inner, exp.Or):
        for part in inner.flatten(unnest=False):
            yield from disjuncts(part)
    else:
        yield inner


def _pair(way: exp.Expr, target: str, known: set[str]) -> list[Pair]:
    """Equal columns of the target and of what is known, in one way of a condition."""
    found = []
    for part in conjuncts(way):
        if isinstance(part, exp.EQ):
            for left, right in ((part.this.unnest(), part.expression.unnest()), (part.expression.unnest(), part.this.unnest())):
                if (
                    isinstance(left, exp.Column)
                    and isinstance(right, exp.Column)
                    and left.table in known
                    and right.table == target
                ):
                    found.append((left, right))
    return found


def windows_of(select: exp.Select) -> list[exp.Window]:
    """The windows of this SELECT itself, QUALIFY included."""
    return [window for window in select.find_all(exp.Window) if window.find_ancestor(exp.Select) is select]


def grouped(select: exp.Select) -> list[exp.Expr] | None:
    """The expressions a SELECT groups by; none for one without aggregates; an empty list for one group of all."""
    group = select.args.get("group")
    if group is not None:
        return [_named(select, one) for one in group.expressions]
    places = [*select.expressions, *(select.args[name] for name in ("having", "qualify") if select.args.get(name))]
    for place in places:
        for one in place.find_all(exp.AggFunc):
            if (
                one.find_ancestor(exp.Select) is select
                and not isinstance(one.parent, exp.Window)
                and not isinstance(one.parent.parent if isinstance(one.parent, exp.Filter) else None, exp.Window)
            ):
                return []
    return None


def _named(select: exp.Select, one: exp.Expr) -> exp.Expr:
    """GROUP BY 1 and GROUP BY alias mean an output column."""
    if isinstance(one, exp.Literal) and not one.is_string:
        return select.selects[int(one.name) - 1].unalias()
    if isinstance(one, exp.Column) and not one.table:
        return next((output.unalias() for output in select.selects if output.alias_or_name == one.name), one)
    return one


def output(select: exp.Select, name: str) -> exp.Expr:
    """The expression of an output column. Raises NotReducible when it has another name here."""
    for one in select.selects:
        if one.alias_or_name.lower() == name.lower():
            return one.unalias()
    raise NotReducible(f"no output column {name}")


def leaves(expression: exp.Expr, *, aggregates: bool) -> list[exp.Expr] | None:
    """Columns and literals one of which is the value of an expression; None when its value may be none of them."""
    inner = expression.unnest()
    if isinstance(inner, exp.Column | exp.Literal | exp.Null):
        return [inner]
    if isinstance(inner, exp.Filter):
        return leaves(inner.this, aggregates=aggregates)
    parts: list[exp.Expr] | None = None
    if isinstance(inner, exp.Coalesce):
        parts = [inner.this, *inner.expressions]
    elif isinstance(inner, exp.Case):
        parts = [*(one.args["true"] for one in inner.args["ifs"]), inner.args.get("default") or exp.Null()]
    elif isinstance(inner, exp.If):
        parts = [inner.args["true"], inner.args.get("false") or exp.Null()]
    elif isinstance(inner, exp.Nullif) or aggregates and isinstance(inner, exp.Min | exp.Max | exp.ArgMax | exp.ArgMin):
        parts = [inner.this]
    if parts is None:
        return None
    found = [leaves(part, aggregates=aggregates) for part in parts]
    return None if any(one is None for one in found) else [leaf for one in found for leaf in one or []]


def select_of(scope: Scope) -> exp.Select:
    """The SELECT of a scope. Raises NotReducible when it is something else."""
    if not isinstance(scope.expression, exp.Select):
        raise NotReducible(f"{type(scope.expression).__name__} in FROM")
    return scope.expression


def recursive(scope: Scope) -> bool:
    """Whether a WITH part reads itself."""
    cte = scope.expression.find_ancestor(exp.CTE)
    return cte is not None and any(table.name == cte.alias for table in cte.find_all(exp.Table))
