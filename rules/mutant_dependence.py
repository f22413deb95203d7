"""Which columns of a SELECT's rows decide which others: functional dependencies from the keys of contracts, GROUP BY, and joins.

A grouping key that the other keys decide can be dropped and nothing changes: that is no mutant. So is DISTINCT over what differs
from row to row anyhow. What is not certain is taken to be undecided, so that no mutant is passed over by mistake.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from datasets.contract import LINEAGE, Contracts
from rules.mutant_joins import kind_of

Attribute = tuple[str, str]
"""Alias of a source and one of its columns; `*` is all of them."""
ALL = "*"


class Source(NamedTuple):
    """What is known of a table, or of the result of a sub-select."""

    columns: frozenset[str]
    keys: tuple[frozenset[str], ...]
    """Sets of columns no two rows agree in."""
    decided: tuple[tuple[str, str], ...] = ()
    """Pairs of columns: where rows agree in the first, they agree in the second."""


UNKNOWN = Source(frozenset(), ())


@dataclass
class Rows:
    """The rows that FROM, JOIN and WHERE of one SELECT give."""

    sources: dict[str, Source]
    decided: list[tuple[frozenset[Attribute], Attribute]] = field(default_factory=list)
    """Where these columns agree, that one agrees too."""
    kept: set[str] = field(default_factory=set)
    """Sources whose columns are in the rows: those of SEMI and ANTI joins are not."""

    def attribute(self, column: exp.Expr) -> Attribute | None:
        """The source and column that a name stands for; None when that is not certain."""
        name, alias = column.name.lower(), column.text("table").lower()
        if alias:
            return (alias, name) if alias in self.sources else None
        if any(not source.columns for source in self.sources.values()):
            return (next(iter(self.sources)), name) if len(self.sources) == 1 else None
        found = [alias for alias, source in self.sources.items() if name in source.columns]
        return (found[0], name) if len(found) == 1 else None

    def attributes(self, expression: exp.Expr) -> set[Attribute] | None:
        """The columns an expression is made of; None when it depends on more than columns of these rows."""
        if expression.find(exp.Query, exp.AggFunc, exp.Window):
            return None
        found = [self.attribute(column) for column in expression.find_all(exp.Column)]
        return {one for one in found if one is not None} if None not in found else None

    def closure(self, known: Iterable[Attribute]) -> set[Attribute]:
        """Everything that agrees where the known columns agree."""
        reached = set(known)
        while True:
            more = {
                target for needed, target in self.decided if target not in reached and all(_has(reached, one) for one in needed)
            }
            if not more:
                return reached
            reached |= more

    def decides(self, known: Iterable[Attribute], wanted: Iterable[Attribute]) -> bool:
        reached = self.closure(known)
        return all(_has(reached, one) for one in wanted)

    def tells_rows(self, known: Iterable[Attribute]) -> bool:
        """Whether no two rows agree in all of these."""
        return self.decides(known, ((alias, ALL) for alias in self.kept))


def _has(reached: set[Attribute], one: Attribute) -> bool:
    return one in reached or (one[0], ALL) in reached


class Dependence:
    """The dependencies of every SELECT of a tree."""

    def __init__(self, tree: exp.Expr, contracts: Contracts, baseline: tuple[str, exp.Expr] | None = None) -> None:
        """`baseline`: name of the rule's baseline table and its SELECT."""
        self.contracts = contracts
        self.named: dict[str, Source] = {}
        if baseline is not None:
            inner = Dependence(baseline[1], contracts)
            self.named[baseline[0]] = inner.results.get(id(baseline[1]), UNKNOWN)
        self.rows: dict[int, Rows] = {}
        self.results: dict[int, Source] = {}
        for scope in traverse_scope(tree):
            self.results[id(scope.expression)] = self._result(scope)

    def decided(self, select: exp.Expr | None, key: exp.Expr, others: Iterable[exp.Expr]) -> bool:
        """Whether the other grouping keys decide this one."""
        rows = self.rows.get(id(select))
        wanted = rows.attributes(key) if rows else None
        if rows is None or not wanted:
            return False
        return rows.decides(_single(rows, others), wanted)

    def differs(self, select: exp.Expr | None, counted: exp.Expr) -> bool:
        """Whether no two rows of a group of this SELECT have the same value of a column."""
        rows = self.rows.get(id(select))
        if rows is None or not isinstance(select, exp.Select) or not isinstance(counted, exp.Column):
            return False
        group = select.args.get("group")
        keys = group.expressions if group else []
        own = rows.attribute(counted)
        return own is not None and rows.tells_rows({own, *_single(rows, keys)})

    def _result(self, scope: Scope) -> Source:
        select = scope.expression
        if not isinstance(select, exp.Select):
            names = frozenset(name.lower() for name in select.named_selects) if isinstance(select, exp.Query) else frozenset()
            distinct = isinstance(select, exp.Union) and select.args.get("distinct")
            return Source(names, (names,) if distinct else ())
        rows = self.rows[id(select)] = self._rows(scope, select)
        names = frozenset(name.lower() for name in select.named_selects)
        if ALL in names:
            return UNKNOWN
        return Source(names, tuple(_keys(select, rows)), tuple(_decided(select, rows)))

    def _rows(self, scope: Scope, select: exp.Select) -> Rows:
        rows = Rows({alias.lower(): self._source(source) for alias, source in scope.sources.items() if alias in _read(select)})
        for alias, source in rows.sources.items():
            rows.decided += [(frozenset((alias, name) for name in key), (alias, ALL)) for key in source.keys]
            rows.decided += [(frozenset({(alias, one)}), (alias, other)) for one, other in source.decided]
        start = select.args.get("from_")
        rows.kept = {start.this.alias_or_name.lower()} if start else set()
        for join in select.args.get("joins") or []:
            _joined(join, rows)
        where = select.args.get("where")
        _equal(where.this if where else None, rows)
        return rows

    def _source(self, source: exp.Expr | Scope) -> Source:
        if isinstance(source, Scope):
            return self.results.get(id(source.expression), UNKNOWN)
        name = source.name.lower()
        contract = self.contracts.get(name)
        if contract is None:
            return self.named.get(name, UNKNOWN)
        certain = all(contract.columns[one].required for one in contract.key)
        return Source(frozenset((*contract.columns, *LINEAGE)), (frozenset(contract.key),) if certain else ())


def _read(select: exp.Select) -> set[str]:
    """Aliases that FROM and JOIN give names to."""
    start = select.args.get("from_")
    return {one.this.alias_or_name for one in (*([start] if start else []), *(select.args.get("joins") or []))}


def _single(rows: Rows, keys: Iterable[exp.Expr]) -> set[Attribute]:
    """The keys that are plain columns."""
    found = (rows.attribute(key) for key in keys if isinstance(key, exp.Column))
    return {one for one in found if one is not None}


def _joined(join: exp.Join, rows: Rows) -> None:
    """What a join adds: of an inner join its equalities, of a left join that what it is joined by decides its one row."""
    kind, alias = kind_of(join), join.this.alias_or_name.lower()
    if kind in ("semi", "anti"):
        return
    rows.kept.add(alias)
    on = join.args.get("on")
    if kind in ("inner", "cross"):
        _equal(on, rows)
    elif kind != "left":
        rows.decided.clear()  # rows without a match on either side: nothing is certain
    elif on is not None and (attributes := rows.attributes(on)) is not None:
        outer = frozenset(one for one in attributes if one[0] != alias)
        fixed = {one[1] for pair in _pairs(on, rows) for one in pair if one is not None and one[0] == alias}
        if any(key <= fixed for key in rows.sources.get(alias, UNKNOWN).keys):
            rows.decided.append((outer, (alias, ALL)))


def _equal(condition: exp.Expr | None, rows: Rows) -> None:
    """Columns that a condition makes equal decide one another; those it makes equal to a constant are always decided."""
    for left, right in _pairs(condition, rows):
        for one, other in ((left, right), (right, left)):
            if one is not None:
                rows.decided.append((frozenset({other} if other is not None else ()), one))


def _pairs(condition: exp.Expr | None, rows: Rows) -> Iterator[tuple[Attribute | None, Attribute | None]]:
    """Both sides of every equality that must hold, None standing for a constant."""
    if condition is None:
        return
    inner = condition.unnest()
    for part in inner.flatten() if isinstance(inner, exp.And) else [inner]:
        if not isinstance(part, exp.EQ | exp.NullSafeEQ):
            continue
        sides = [rows.attribute(side) if isinstance(side, exp.Column) else None for side in (part.this, part.expression)]
        certain = [
            side is not None or isinstance(node, exp.Literal | exp.Placeholder | exp.Boolean)
            for side, node in zip(sides, (part.this, part.expression), strict=True)
        ]
        if all(certain):
            yield sides[0], sides[1]


def _keys(select: exp.Select, rows: Rows) -> Iterator[frozenset[str]]:
    """Sets of output columns no two rows of the result agree in."""
    outputs = _outputs(select, rows)
    group = select.args.get("group")
    if group is not None:
        wanted = _single(rows, group.expressions)
        if len(group.expressions) == len(list(filter(None, map(rows.attribute, group.expressions)))):
            yield from _least(outputs, rows, wanted)
    elif any(one.find(exp.AggFunc) and not one.find(exp.Window) for one in select.expressions):
        yield frozenset()
    else:
        yield from _least(outputs, rows, {(alias, ALL) for alias in rows.kept})
        if partition := _first_of(select):
            yield from _least(outputs, rows, _single(rows, partition), exact=len(partition))
        if select.args.get("distinct"):
            yield frozenset(name.lower() for name in select.named_selects)


def _outputs(select: exp.Select, rows: Rows) -> dict[str, Attribute]:
    found: Mapping[str, Attribute | None] = {
        one.alias_or_name.lower(): rows.attribute(one.unalias())
        for one in select.expressions
        if isinstance(one.unalias(), exp.Column)
    }
    return {name: attribute for name, attribute in found.items() if attribute is not None}


def _decided(select: exp.Select, rows: Rows) -> Iterator[tuple[str, str]]:
    """Pairs of output columns of which the first decides the second."""
    made = {one.alias_or_name.lower(): rows.attributes(one.unalias()) for one in select.expressions}
    for name, attribute in _outputs(select, rows).items():
        reached = rows.closure({attribute})
        for other, attributes in made.items():
            if other != name and attributes is not None and all(_has(reached, one) for one in attributes):
                yield name, other


def _least(
    outputs: Mapping[str, Attribute], rows: Rows, wanted: set[Attribute], exact: int | None = None
) -> Iterator[frozenset[str]]:
    """A least set of output columns that decides what is wanted, if there is one."""
    if exact is not None and len(wanted) != exact:
        return
    if not rows.decides(outputs.values(), wanted):
        return
    chosen = dict(outputs)
    for name in outputs:
        left = {other: attribute for other, attribute in chosen.items() if other != name}
        if rows.decides(left.values(), wanted):
            chosen = left
    yield frozenset(chosen)


def _first_of(select: exp.Select) -> list[exp.Expr]:
    """The partition of `QUALIFY row_number() OVER (PARTITION BY …) = 1`: one row is left of each."""
    qualify = select.args.get("qualify")
    test = qualify.this.unnest() if qualify else None
    if not (isinstance(test, exp.EQ) and isinstance(test.this, exp.Window) and isinstance(test.this.this, exp.RowNumber)):
        return []
    first = isinstance(test.expression, exp.Literal) and test.expression.this == "1"
    return list(test.this.args.get("partition_by") or []) if first else []
