"""Tables and columns a SELECT names, looked up in the contracts: what is unknown, ambiguous or out of reach."""

from collections.abc import Iterator, Mapping

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from datasets.strict_yaml import did_you_mean
from rules.dialect import Fault, place
from rules.select import ctes_of

Known = Mapping[str, Mapping[str, str]]
"""Table -> column -> DuckDB type: what a SELECT may read."""
NAMED_LATER = (exp.Group, exp.Having, exp.Order, exp.Qualify)
"""Clauses where the alias of an output column may stand."""


def unknown_tables(tree: exp.Expr, known: Known) -> Iterator[Fault]:
    """Tables that no contract declares; files and other catalogues among them."""
    defined = ctes_of(tree)
    for table in tree.find_all(exp.Table):
        if table.db or table.catalog:
            yield Fault(place(table), f"table {table.sql('duckdb')} stands in another schema: rules read contract tables only")
        elif not isinstance(table.this, exp.Identifier):
            yield Fault(place(table), f"{table.this.sql('duckdb')} is no table: rules read contract tables only")
        elif table.name.lower() not in known and table.name.lower() not in defined:
            yield Fault(place(table), f"unknown table {table.name!r}", did_you_mean(table.name, {*known, *defined}))


def unknown_columns(tree: exp.Expr, known: Known) -> Iterator[Fault]:
    """Columns that their table has not, that several tables have, or whose table stands in no FROM."""
    seen: set[int] = set()  # a correlated column shows up in the scopes around its own as well
    for scope in traverse_scope(tree):
        for column in scope.columns:
            if id(column) not in seen:
                seen.add(id(column))
                yield from _look_up(column, scope, known)


def _look_up(column: exp.Column, scope: Scope, known: Known) -> Iterator[Fault]:
    name, alias = column.name.lower(), column.table.lower()
    if alias:
        source = _source(alias, scope)
        if source is None:
            yield Fault(place(column), f"{column.table!r} stands in no FROM", did_you_mean(alias, _sources(scope)))
            return
        columns = columns_of(source, known)
        if columns is not None and name not in columns:
            what = source.name if isinstance(source, exp.Table) else alias
            yield Fault(place(column), f"unknown column {name!r} of {what}", did_you_mean(name, columns))
        return
    sources = {name.lower(): source for name, (_, source) in scope.selected_sources.items()}
    holders = [key for key, source in sources.items() if name in (columns_of(source, known) or set())]
    if len(holders) == 1 or (holders and name in _using(scope)):
        return
    if holders:
        yield Fault(
            place(column), f"column {name!r} stands in {', '.join(sorted(holders))}", f"write {sorted(holders)[0]}.{name}"
        )
    elif not _named(column, scope) and not _outer(name, scope, known):
        found = [columns_of(source, known) for source in sources.values()]
        if None in found:  # its table is unknown, and said to be
            return
        everything = set().union(*(columns or set() for columns in found))
        yield Fault(place(column), f"unknown column {name!r}", did_you_mean(name, everything))


def _sources(scope: Scope) -> dict[str, exp.Table | Scope]:
    """What a scope's own FROM and JOINs name, the tables of semi and anti joins among them."""
    found = {name: scope.sources.get(name) for name, _ in scope.references}
    return {name.lower(): source for name, source in found.items() if isinstance(source, exp.Table | Scope)}


def source_of(column: exp.Column, scope: Scope) -> exp.Table | Scope | None:
    """The table or sub-select that a column belongs to; None when it is bare and several may hold it."""
    if column.table:
        return _source(column.table.lower(), scope)
    sources = list(_sources(scope).values())
    return sources[0] if len(sources) == 1 else None


def _source(alias: str, scope: Scope) -> exp.Table | Scope | None:
    here: Scope | None = scope
    while here is not None:
        if found := _sources(here).get(alias):
            return found
        here = here.parent
    return None


def columns_of(source: object, known: Known) -> set[str] | None:
    """Names of a source's columns; None when they cannot be told (an unknown table)."""
    if isinstance(source, exp.Table):
        found = known.get(source.name.lower())
        return set(found) if found is not None else None
    if isinstance(source, Scope) and isinstance(source.expression, exp.Query):
        parent = source.expression.parent
        while isinstance(parent, exp.SetOperation):  # a recursive WITH: its names stand above the union
            parent = parent.parent
        renamed = parent.alias_column_names if isinstance(parent, exp.CTE | exp.Subquery | exp.Lateral) else []
        return {name.lower() for name in (renamed or source.expression.named_selects)}
    return None


def _using(scope: Scope) -> set[str]:
    joins = scope.expression.args.get("joins") or [] if isinstance(scope.expression, exp.Select) else []
    return {name.name.lower() for join in joins for name in join.args.get("using") or []}


def _named(column: exp.Column, scope: Scope) -> bool:
    """Whether a bare name is the alias of an output column, in a clause that may use it."""
    if not isinstance(scope.expression, exp.Query) or column.name.lower() not in {
        name.lower() for name in scope.expression.named_selects
    }:
        return False
    clause = column.find_ancestor(*NAMED_LATER, exp.Where, exp.Select)
    return isinstance(clause, NAMED_LATER)


def _outer(name: str, scope: Scope, known: Known) -> bool:
    here = scope.parent
    while here is not None:
        if any(name in (columns_of(source, known) or set()) for source in _sources(here).values()):
            return True
        here = here.parent
    return False
