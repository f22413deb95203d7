"""Which columns decide: those that a rule's SELECT compares with a threshold, a day or each other, followed down to their tables."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from datasets.contract import Contracts
from rules.comparisons import typed
from rules.empty_tables import known_tables
from rules.indicator import CLOCK, Indicator
from rules.select import parsed
from rules.trace import origins

COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In, exp.Is, exp.RegexpLike, exp.Like)
DAY = "2024-01-01"
Deciding = frozenset[tuple[str, str]]
"""Pairs of table and column."""


def deciding(rule: Indicator, contracts: Contracts) -> Deciding:
    """The columns that a rule compares; those that only join two tables (equal to a column of another) are no reason and left out.

    Empty for a SELECT that cannot be resolved.
    """
    key = (rule.hash, rule.sql)
    if key not in _KNOWN:
        tree = typed(parsed(rule.sql), known_tables(contracts), {**rule.values, CLOCK: DAY})
        _KNOWN[key] = frozenset(_found(tree)) if tree is not None else frozenset()
    return _KNOWN[key]


_KNOWN: dict[tuple[str, str], Deciding] = {}
"""Resolving takes some 20 ms a rule, and a rule's wording does not change while its hash stays."""


def _found(tree: exp.Expr) -> Iterator[tuple[str, str]]:
    try:
        scopes = traverse_scope(tree)
    except SqlglotError:
        return
    for scope in scopes:
        if not isinstance(scope.expression, exp.Select):
            continue
        for node in scope.find_all(*COMPARED):
            if not _joins(node):
                yield from _tables(node, scope)


def _joins(node: exp.Expr) -> bool:
    """Whether a comparison only says that two columns are equal, or that one is there at all."""
    if isinstance(node, exp.EQ):
        return all(isinstance(side.unnest(), exp.Column) for side in (node.this, node.expression))
    return isinstance(node, exp.Is) and isinstance(node.expression.unnest(), exp.Null)


def _tables(node: exp.Expr, scope: Scope) -> Iterator[tuple[str, str]]:
    for column in node.find_all(exp.Column):
        source = scope.sources.get(column.table)
        if isinstance(source, exp.Table):
            yield source.name.lower(), column.name.lower()
        elif isinstance(source, Scope):
            yield from _below(source.expression, column.name)


def _below(expression: exp.Expr, name: str) -> Iterator[tuple[str, str]]:
    return ((one.table, one.column) for one in origins(expression, name))
