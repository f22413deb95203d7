"""Where a rule's subject comes from: its column followed down through sub-selects to the tables that hold it."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

SUBJECT = "subject_id"


class Origin(NamedTuple):
    """A column of a table, in the SELECT that reads it."""

    select: exp.Select
    alias: str
    table: str
    column: str


def origins(tree: exp.Expr, output: str = SUBJECT) -> list[Origin]:
    """Origins of an output column of a resolved tree, one for each branch of a UNION; an expression is followed by its first column."""
    scope = build_scope(tree)
    return list(_follow(scope, output)) if scope else []


def _follow(scope: Scope, output: str) -> Iterator[Origin]:
    if scope.set_operation_scopes:
        position = _position(scope, output)
        for branch in scope.set_operation_scopes:
            selects = _names(branch)
            if position is not None and position < len(selects):
                yield from _follow(branch, selects[position])
        return
    select = scope.expression
    if not isinstance(select, exp.Select):
        return
    found = next((one for one in select.selects if one.alias_or_name.lower() == output.lower()), None)
    column = found.find(exp.Column) if found is not None else None
    if column is None:
        return
    source = scope.sources.get(column.table)
    if isinstance(source, exp.Table):
        yield Origin(select, column.table, source.name.lower(), column.name.lower())
    elif isinstance(source, Scope) and source is not scope:
        yield from _follow(source, column.name)


def _position(scope: Scope, output: str) -> int | None:
    names = _names(scope)
    return names.index(output.lower()) if output.lower() in names else None


def _names(scope: Scope) -> list[str]:
    return [name.lower() for name in scope.expression.named_selects] if isinstance(scope.expression, exp.Query) else []
