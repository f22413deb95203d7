"""Gates (预检): a cheaper SELECT that gives some row whenever a rule's SELECT does, so that one which gives none spares the rule's own.

What comes last in a SELECT only adds to rows or puts them together: outputs, groups, joins that keep every row. Without these, and
without conditions on what they make, there are more rows, never fewer. A gate is derived from the SELECT; no rule is known by name.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import exp

from rules.screen_ties import conjuncts, grouped, windows_of

Columns = set[tuple[str, str]]
"""Alias and name; the name * stands for all."""
WORK = (exp.Table, exp.Join, exp.Group, exp.Window, exp.AggFunc, exp.Distinct, exp.Union)
"""What the engine makes operators of: over a few rows these are what a SELECT costs."""


class _NoGate(Exception):
    """Rows might be lost, or everything would meet everything."""


@dataclass
class Gate:
    """A SELECT, how much of the work of the rule's own it is, and how it has served until now."""

    select: str
    share: float
    tried: int = field(default=0, compare=False)
    spared: int = field(default=0, compare=False)

    def pays(self) -> bool:
        """Whether so far it has spared more work than it makes."""
        return self.spared + 1 >= self.tried * self.share

    def served(self, *, spared: bool) -> None:
        """Count how it served."""
        self.tried, self.spared = self.tried + 1, self.spared + spared


def gate(typed: exp.Expr) -> Gate | None:
    """The gate of a SELECT whose columns are resolved; None where there is none."""
    tree = typed.copy()
    if not isinstance(tree, exp.Select) or not _plain(tree):
        return None
    ctes = {cte.alias: cte for cte in tree.ctes}
    if len(ctes) != len(list(tree.find_all(exp.CTE))) or any(_reads(cte, cte.alias) for cte in ctes.values()):
        return None  # WITH inside WITH, or one that reads itself
    try:
        _Loosening(ctes, Counter(table.name for table in tree.find_all(exp.Table))).loosen(tree, set())
    except _NoGate:
        return None
    tree.set("expressions", [exp.alias_(exp.Literal.number(1), "one")])
    _prune(tree)
    select = tree.limit(1).sql(dialect="duckdb", comments=False)
    return Gate(select, len(list(tree.find_all(*WORK))) / len(list(typed.find_all(*WORK))))


class _Loosening:
    """Loosens SELECTs in place."""

    def __init__(self, ctes: dict[str, exp.CTE], read: Counter[str]) -> None:
        self._ctes, self._read = ctes, read

    def loosen(self, select: exp.Select, needed: set[str]) -> set[str]:
        """Leave out what can only take rows away or add to them; says which of the needed outputs are lost. Raises _NoGate."""
        lost = {one.alias_or_name for one in select.selects if not _of_one_row(one, select)}
        for name in ("group", "having", "qualify", "distinct", "order", "windows"):
            select.set(name, None)
        select.set("expressions", [one for one in select.selects if one.alias_or_name in needed - lost])
        joins = select.args.get("joins") or []
        inner = [join for join in joins if not join.side and join.kind not in ("ANTI", "SEMI")]
        missing = self._sources(select, [select.args["from_"].this, *(join.this for join in inner)])
        _loosen_joins(select, inner, missing)
        _loosen_where(select, missing)
        gone = {one.alias_or_name for one in select.selects if _touches(one, missing)}
        kept = [one for one in select.selects if one.alias_or_name not in gone]
        select.set("expressions", kept or [exp.alias_(exp.Literal.number(1), "one")])
        _drop_unread(select)
        return lost & needed | gone

    def _sources(self, select: exp.Select, sources: Iterable[exp.Expr]) -> Columns:
        """Loosen the WITH parts that only this SELECT reads; says what is lost."""
        missing: Columns = set()
        for source in sources:
            cte = self._ctes.get(source.name) if isinstance(source, exp.Table) else None
            if cte is not None and self._read[source.name] == 1 and isinstance(cte.this, exp.Select) and _plain(cte.this):
                alias = source.alias_or_name
                wanted = {column.name for column in select.find_all(exp.Column) if column.table == alias}
                missing |= {(alias, name) for name in self.loosen(cte.this, wanted)}
        return missing


def _plain(select: exp.Select) -> bool:
    """Whether it is known what its parts do to rows."""
    if any(select.args.get(name) for name in ("limit", "offset", "laterals", "sample", "connect", "pivots")):
        return False
    if (isinstance(select.parent, exp.CTE) and select.parent.args["alias"].columns) or select.args.get("from_") is None:
        return False
    distinct, group = select.args.get("distinct"), select.args.get("group")
    if (distinct and distinct.args.get("on")) or grouped(select) == []:
        return False
    if group and any(group.args.get(name) for name in ("rollup", "cube", "grouping_sets", "totals", "all")):
        return False
    if any(one.find(exp.Anonymous, exp.AnonymousAggFunc, exp.Unnest, exp.Explode) for one in select.selects):
        return False  # it may be an aggregate, or make several rows of one
    joins = select.args.get("joins") or []
    return not any(
        join.side in ("RIGHT", "FULL") or join.method or join.args.get("using") or isinstance(join.this, exp.Lateral | exp.Unnest)
        for join in joins
    )


def _of_one_row(output: exp.Expr, select: exp.Select) -> bool:
    """Whether an output can be told of each row before rows are put together."""
    windows = {id(window) for window in windows_of(select)}
    for one in output.walk():
        if id(one) in windows or (isinstance(one, exp.AggFunc) and one.find_ancestor(exp.Select) is select):
            return False
    groups = grouped(select)
    if groups is None:
        return True
    keys = {one.sql() for one in groups}
    return output.unalias().sql() in keys or all(column.sql() in keys for column in output.find_all(exp.Column))


def _loosen_joins(select: exp.Select, inner: list[exp.Join], missing: Columns) -> None:
    """Leave out conditions on what is lost, and joins that can only take rows away. Raises _NoGate."""
    kept = []
    for join in select.args.get("joins") or []:
        if join.kind == "ANTI":
            continue
        on = join.args.get("on")
        parts = list(conjuncts(on)) if isinstance(on, exp.Expr) else []
        fit = [part for part in parts if not _touches(part, missing)]
        if not any(join is one for one in inner) and len(fit) < len(parts):
            missing.add((join.this.alias_or_name, "*"))
            continue
        if not any(_ties(part) for part in fit):
            raise _NoGate
        if len(fit) < len(parts):
            join.set("on", exp.and_(*fit))
        kept.append(join)
    select.set("joins", kept)


def _loosen_where(select: exp.Select, missing: Columns) -> None:
    where = select.args.get("where")
    if where is not None:
        fit = [part for part in conjuncts(where.this) if not _touches(part, missing)]
        select.set("where", exp.Where(this=exp.and_(*fit)) if fit else None)


def _drop_unread(select: exp.Select) -> None:
    """Leave out joins that keep every row and whose columns nothing reads any more."""
    for join in reversed(list(select.args["joins"])):
        read = {column.table for column in select.find_all(exp.Column) if column.find_ancestor(exp.Join) is not join}
        if join.side == "LEFT" and not join.kind and join.this.alias_or_name not in read:
            select.set("joins", [one for one in select.args["joins"] if one is not join])


def _ties(part: exp.Expr) -> bool:
    """Whether a condition makes columns of two sources equal."""
    return isinstance(part, exp.EQ) and len({column.table for column in part.find_all(exp.Column)}) > 1


def _touches(expression: exp.Expr, missing: Columns) -> bool:
    return any(
        (column.table, column.name) in missing or (column.table, "*") in missing for column in expression.find_all(exp.Column)
    )


def _reads(tree: exp.Expr, name: str) -> bool:
    return any(table.name == name for table in tree.find_all(exp.Table))


def _prune(tree: exp.Select) -> None:
    """Leave out WITH parts that nothing reads any more."""
    while True:
        left = [
            cte
            for cte in tree.ctes
            if any(
                _reads(one, cte.alias)
                for one in (*tree.ctes, *tree.args["joins"], tree.args["from_"], tree.args.get("where") or exp.Null())
                if one is not cte
            )
        ]
        if len(left) == len(tree.ctes):
            return
        if left:
            tree.args["with_"].set("expressions", left)
        else:
            tree.set("with_", None)
