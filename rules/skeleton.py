"""The joins of a SELECT without its conditions: which subjects a changed row can reach, through one occurrence of its table.

A skeleton is a superset of the rows a SELECT works on: no WHERE, HAVING, GROUP BY or QUALIFY, changed tables with their
old rows beside the new ones, and one occurrence replaced by the changed rows alone. Where that would be no superset, or
where a change reaches rows that the changed one does not meet, NotDerivable is raised and the rule runs whole.
"""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

Way = tuple[str | int, ...]
"""Aliases (and branches of UNION) that lead from the outermost SELECT to one occurrence of a table."""
CHANGED, BOTH = "changed_", "both_"
"""Prefixes of the tables a skeleton reads: the changed rows, old and new; and the present rows with the changed ones."""


class NotDerivable(Exception):
    """The touched subjects cannot be told from the changed rows."""


def occurrences(scope: Scope, changed: frozenset[str]) -> Iterator[Way]:
    """Paths to every occurrence of a changed table in FROM and JOIN. Raises NotDerivable when there are others."""
    for index, branch in enumerate(scope.set_operation_scopes):
        yield from ((index, *rest) for rest in occurrences(branch, changed))
    if any(reads(inner, changed) for inner in (*scope.subquery_scopes, *scope.udtf_scopes)):
        raise NotDerivable("a sub-select in a condition, a column or a LATERAL reads a changed table")
    for alias, source in sources_of(scope).items():
        if isinstance(source, exp.Table):
            if source.name.lower() in changed:
                yield (alias,)
        elif _recursive(source):
            if reads(source, changed):
                raise NotDerivable("a recursive WITH reads a changed table")
        else:
            yield from ((alias, *rest) for rest in occurrences(source, changed))


def sources_of(scope: Scope) -> dict[str, exp.Table | Scope]:
    """What a SELECT's own FROM and JOINs name."""
    found = {name: scope.sources.get(name) for name, _ in scope.references}
    return {name: source for name, source in found.items() if isinstance(source, exp.Table | Scope)}


def reads(scope: Scope, changed: frozenset[str]) -> bool:
    """Whether anything below a scope reads a changed table, by any way."""
    seen: set[int] = set()
    queue = [scope]
    while queue:
        here = queue.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        for source in sources_of(here).values():
            if isinstance(source, Scope):
                queue.append(source)
            elif source.name.lower() in changed:
                return True
        cte = here.expression.find_ancestor(exp.CTE) if _recursive(here) else None
        if cte is not None and any(table.name.lower() in changed for table in cte.find_all(exp.Table)):
            return True
        queue += [*here.subquery_scopes, *here.set_operation_scopes, *here.udtf_scopes]
    return False


def _recursive(scope: Scope) -> bool:
    cte = scope.expression.find_ancestor(exp.CTE)
    return cte is not None and any(table.name == cte.alias for table in cte.find_all(exp.Table))


def skeleton(scope: Scope, wanted: list[str], changed: frozenset[str], path: Way | None) -> str:
    """SELECT of the wanted output columns of a scope, with the occurrence at the path replaced by the changed rows.

    Without a path, the superset of the whole scope. Raises NotDerivable.
    """
    if scope.set_operation_scopes:
        return _branches(scope, wanted, changed, path)
    select = scope.expression
    if not isinstance(select, exp.Select):
        raise NotDerivable(f"{type(select).__name__} in FROM")
    columns = {one.alias_or_name: one.unalias() for one in select.selects}
    outputs = [columns[name] for name in wanted]
    if any(output.find(exp.AggFunc, exp.Window, exp.Query) for output in outputs):
        raise NotDerivable("a subject or a join rests on an aggregate or a window")
    if path is not None:
        _check_windows(select, outputs)
    joins = _kept_joins(select, outputs, path)
    needed = [column for part in (*outputs, *(on for _, on in joins if on is not None)) for column in part.find_all(exp.Column)]
    first = select.args["from_"].this.alias_or_name
    text = [f"SELECT {_listed(outputs, wanted)} FROM {_source(first, scope, needed, changed, path)}"]  # noqa: S608
    for alias, on in joins:
        joined = _source(alias, scope, needed, changed, path)
        text.append(f"JOIN {joined} ON {on.sql(dialect='duckdb', comments=False)}" if on is not None else f"CROSS JOIN {joined}")
    return " ".join(text)


def _listed(outputs: list[exp.Expr], wanted: list[str]) -> str:
    named = [f'{output.sql(dialect="duckdb", comments=False)} AS "{name}"' for output, name in zip(outputs, wanted, strict=True)]
    return ", ".join(named) or "1 AS one"


def _branches(scope: Scope, wanted: list[str], changed: frozenset[str], path: Way | None) -> str:
    names = [one.alias_or_name for one in _first_select(scope.expression).selects]
    places = [names.index(name) for name in wanted]
    texts = []
    for index, branch in enumerate(scope.set_operation_scopes):
        if path is None or path[0] == index:
            mine = [one.alias_or_name for one in _first_select(branch.expression).selects]
            inner = skeleton(branch, [mine[place] for place in places], changed, path[1:] if path else None)
            renamed = ", ".join(f'"{mine[place]}" AS "{name}"' for place, name in zip(places, wanted, strict=True)) or "one"
            texts.append(f"SELECT {renamed} FROM ({inner}) AS branch")  # noqa: S608
    return " UNION ALL ".join(texts)


def _first_select(expression: exp.Expr) -> exp.Select:
    while isinstance(expression, exp.SetOperation):
        expression = expression.this.unnest()
    if not isinstance(expression, exp.Select):
        raise NotDerivable(f"{type(expression).__name__} in a UNION")
    return expression


def _check_windows(select: exp.Select, outputs: list[exp.Expr]) -> None:
    """A changed row changes the windows of all rows of its partition: the outputs must be the same in all of them."""
    distinct = select.args.get("distinct")
    if distinct is not None and distinct.args.get("on"):
        raise NotDerivable("DISTINCT ON")
    for window in [*select.find_all(exp.Window)]:
        if window.find_ancestor(exp.Select) is not select:
            continue
        partition = {part.sql() for part in window.args.get("partition_by") or []}
        if window.args.get("alias") or not all(output.sql() in partition for output in outputs):
            raise NotDerivable("a window reaches beyond the rows of one subject")


def _kept_joins(select: exp.Select, outputs: list[exp.Expr], path: Way | None) -> list[tuple[str, exp.Expr | None]]:
    """Alias and condition of the joins that stay. Outer, semi and anti joins stay when the change comes through them: as inner ones."""
    kept, dropped = [], []
    for join in select.args.get("joins") or []:
        alias, on = join.this.alias_or_name, join.args.get("on")
        if join.side in ("RIGHT", "FULL"):
            raise NotDerivable(f"{join.side} JOIN")
        plain = not join.side and join.kind not in ("SEMI", "ANTI") and not isinstance(join.this, exp.Lateral)
        if plain or (path is not None and path[0] == alias):
            kept.append((alias, on))
        else:
            dropped.append(alias)
    parts = [*outputs, *(on for _, on in kept if on is not None)]
    if any(column.table in dropped for part in parts for column in part.find_all(exp.Column)):
        raise NotDerivable("a subject or a join rests on the outer side of a join")
    return kept


def _source(alias: str, scope: Scope, needed: list[exp.Column], changed: frozenset[str], path: Way | None) -> str:
    source = sources_of(scope)[alias]
    here = path is not None and path[0] == alias
    if isinstance(source, exp.Table):
        name = source.name.lower()
        prefix = "" if name not in changed else CHANGED if here else BOTH
        return f'"{prefix}{name}" AS {alias}'
    if not reads(source, changed):
        reference = next(node for name, node in scope.references if name == alias)
        return reference.sql(dialect="duckdb", comments=False)
    names = sorted({column.name for column in needed if column.table == alias})
    return f"({skeleton(source, names, changed, path[1:] if here and path else None)}) AS {alias}"
