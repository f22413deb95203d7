"""Reducing (缩减): the rows that decide about some subjects, derived from a rule's SELECT, so that it may run over them alone.

A demand (only rows whose column holds one of these keys matter) goes down from the outermost SELECT: through output columns, keys
of groups and partitions of windows to the tables, and sideways along equal columns. What is left out never meets what is asked for,
so more rows than needed change nothing, and the neighbourhoods of several rules are put together. Where a demand cannot go on, the
whole table is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from rules.screen_parts import Base, Part, Select, Several, branch_names
from rules.screen_steps import Fanout, NotReducible, Plan, Rows
from rules.screen_ties import Pair, Tie, conditions, filters, grouped, leaves, output, recursive, select_of, ties, windows_of
from rules.skeleton import sources_of

Demand = tuple[tuple[str, int], ...]
"""Columns, and the step of the keys one of which each holds."""
FAR = 1e9
"""The fanout of a column of which nothing is known."""


@dataclass
class Reducer:
    """Reduces one SELECT; `plan` gathers the steps."""

    plan: Plan
    fanout: Fanout
    _done: dict[tuple[int, Demand], Part | None] = field(default_factory=dict)
    _whole: dict[int, Part] = field(default_factory=dict)

    def restrict(self, source: exp.Table | Scope, demand: Demand, only: tuple[str, ...] = ()) -> Part:
        """The rows of a source whose columns hold one of their keys, and all that they rest on; of a table, `only` such as meet filters.

        Raises NotReducible.
        """
        if isinstance(source, exp.Table):
            by = tuple(sorted({column.lower(): keys for column, keys in demand}.items()))
            return Base((self.plan.rows(Rows(source.name.lower(), by, only)),))
        place = (id(source), tuple(sorted(demand)))
        if place not in self._done:
            self._done[place] = None
            try:
                self._done[place] = (
                    self._branches(source, demand) if source.set_operation_scopes else self._select(source, demand)
                )
            except NotReducible:
                pass
        found = self._done[place]
        if found is None:
            raise NotReducible(f"{', '.join(column for column, _ in demand)} of {_name(source)} cannot be followed")
        return found

    def within(self, scope: Scope, alias: str, demand: Demand) -> Part:
        """The same for a source as it stands in a SELECT, under the conditions on it alone."""
        source = sources_of(scope)[alias]
        return self.restrict(source, demand, filters(select_of(scope), alias) if isinstance(source, exp.Table) else ())

    def everything(self, source: exp.Table | Scope, only: tuple[str, ...] = ()) -> Part:
        """A source with all its rows."""
        if isinstance(source, exp.Table):
            return Base((self.plan.rows(Rows(source.name.lower(), (), only)),))
        if id(source) not in self._whole:
            if recursive(source):
                raise NotReducible("a recursive WITH")
            inner = tuple(self.everything(one) for one in source.subquery_scopes)
            if source.set_operation_scopes:
                parts = tuple(self.everything(branch) for branch in source.set_operation_scopes)
                self._whole[id(source)] = Several(parts, branch_names(source))
            else:
                sources = {name: self.everything(one) for name, one in sources_of(source).items()}
                self._whole[id(source)] = Select(source, sources, inner=inner)
        return self._whole[id(source)]

    def spread(
        self, scope: Scope, started: dict[str, Part], *, complete: bool, around: Mapping[str, Part] | None = None
    ) -> Select:
        """Narrow the other sources of a SELECT by those that are known; with `complete` the rest is taken whole, sub-selects too.

        `around` are the known sources of the SELECT around this one.
        """
        sources, known = sources_of(scope), dict(started)
        around = {name: part for name, part in (around or {}).items() if name not in sources}
        said = conditions(select_of(scope))
        while len(known) < len(sources):
            found: dict[str, list[Tie]] = {}
            for tie in (tie for one in said for tie in ties(one, set(known), set(around), set(started))):
                if tie.to in sources:
                    found.setdefault(tie.to, []).append(tie)
            made = self._nearest(scope, found, {**around, **known})
            if made is None:
                break
            known.update(made)
        inner: tuple[Part, ...] = ()
        if complete:
            for name in sources.keys() - known.keys():
                only = filters(select_of(scope), name) if isinstance(sources[name], exp.Table) else ()
                known[name] = self.everything(sources[name], only)
            inner = tuple(self._inner(one, {**around, **known}) for one in scope.subquery_scopes)
        return Select(scope, known, complete, inner)

    def values(self, part: Part, column: str) -> tuple[set[tuple[int, str]], set[str]] | None:
        """Columns of rows, and literals, that hold every value of an output column; None when that cannot be told."""
        if isinstance(part, Base):
            return {(step, column.lower()) for step in part.steps}, set()
        if isinstance(part, Several):
            names = part.names or tuple({} for _ in part.parts)
            inner = [self.values(one, of.get(column.lower(), column)) for one, of in zip(part.parts, names, strict=True)]
            return _together(inner)
        return self.held(output(select_of(part.scope), column), part.sources, aggregates=part.whole)

    def held(
        self, expression: exp.Expr, sources: Mapping[str, Part], *, aggregates: bool
    ) -> tuple[set[tuple[int, str]], set[str]] | None:
        """The same for an expression over known sources."""
        found = leaves(expression, aggregates=aggregates)
        if found is None:
            return None
        parts: list[tuple[set[tuple[int, str]], set[str]] | None] = []
        for leaf in found:
            if isinstance(leaf, exp.Column):
                parts.append(self.values(sources[leaf.table], leaf.name) if leaf.table in sources else None)
            elif isinstance(leaf, exp.Literal):
                parts.append((set(), {leaf.name} if leaf.is_string else set()))
        return _together(parts)

    def keys(self, expression: exp.Expr, sources: Mapping[str, Part]) -> int | None:
        """The step of the keys that an expression over known sources gives; None when they cannot be told."""
        found = self.held(expression, sources, aggregates=True)
        return None if found is None else self.plan.keys(*found)

    def far(self, source: exp.Table | Scope, column: str) -> float:
        """The fanout of a column of a source, by the column of a table it comes from."""
        if isinstance(source, exp.Table):
            return self.fanout(source.name.lower(), column.lower())
        if source.set_operation_scopes:
            names = branch_names(source)
            return max(
                self.far(branch, of.get(column.lower(), column))
                for branch, of in zip(source.set_operation_scopes, names, strict=True)
            )
        found = leaves(output(source.expression, column), aggregates=False) if isinstance(source.expression, exp.Select) else None
        inner = sources_of(source)
        reached = [
            self.far(inner[leaf.table], leaf.name) for leaf in found or [] if isinstance(leaf, exp.Column) and leaf.table in inner
        ]
        return max(reached, default=FAR)

    def narrowed_by(self, scope: Scope, wanted: Sequence[tuple[exp.Expr, int]]) -> list[Part]:
        """A SELECT over the rows for which expressions hold one of their keys: several parts where a value may come from several columns.

        Expressions that are no plain columns are left out when there are others. Raises NotReducible.
        """
        sources = sources_of(scope)
        plain: dict[str, dict[str, int]] = {}
        for expression, keys in wanted:
            inner = expression.unnest()
            if isinstance(inner, exp.Column) and inner.table in sources:
                plain.setdefault(inner.table, {})[inner.name] = keys
        if plain:
            started: dict[str, Part] = {}
            for alias, by in sorted(plain.items()):
                try:
                    started[alias] = self.within(scope, alias, tuple(sorted(by.items())))
                except NotReducible:
                    continue
            if started:
                return [self.spread(scope, started, complete=True)]
        for expression, keys in wanted:
            found = leaves(expression, aggregates=False)
            if found is None or any(isinstance(leaf, exp.Literal) for leaf in found):
                continue
            columns = {(leaf.table, leaf.name) for leaf in found if isinstance(leaf, exp.Column) and leaf.table in sources}
            return [
                self.spread(scope, {alias: self.within(scope, alias, ((name, keys),))}, complete=True)
                for alias, name in sorted(columns)
            ]
        raise NotReducible(f"{', '.join(one.sql('duckdb') for one, _ in wanted)} cannot be followed")

    def _branches(self, scope: Scope, demand: Demand) -> Part:
        names = branch_names(scope)
        parts = [
            self.restrict(branch, tuple((of[column.lower()], keys) for column, keys in demand))
            for branch, of in zip(scope.set_operation_scopes, names, strict=True)
        ]
        return Several(tuple(parts), names)

    def _select(self, scope: Scope, demand: Demand) -> Part:
        select = scope.expression
        if not isinstance(select, exp.Select) or recursive(scope) or select.args.get("limit") or select.args.get("offset"):
            raise NotReducible("no plain SELECT")
        if (distinct := select.args.get("distinct")) is not None and distinct.args.get("on"):
            raise NotReducible("DISTINCT ON")
        groups = grouped(select)
        keyed = None if groups is None else {one.sql() for one in groups}
        wanted = [(output(select, column), keys) for column, keys in demand]
        wanted = [(one, keys) for one, keys in wanted if keyed is None or one.sql() in keyed]
        windows = windows_of(select)
        partitions = {tuple(sorted(_texts(window))): window for window in windows}
        within = [(one, keys) for one, keys in wanted if all(one.sql() in texts for texts in partitions)]
        if within:
            try:
                return _one(self.narrowed_by(scope, within))
            except NotReducible:
                pass
        parts = self.narrowed_by(scope, wanted)
        wider = [window for texts, window in partitions.items() if not all(one.sql() in texts for one, _ in wanted)]
        return _one([*parts, *(self.partition(scope, window, parts) for window in wider)])

    def partition(self, scope: Scope, window: exp.Window, parts: list[Part]) -> Part:
        """All rows that share a window with the rows of some parts."""
        wanted = []
        for one in window.args.get("partition_by") or []:
            held = _together([self.held(one, part.sources, aggregates=True) for part in parts if isinstance(part, Select)])
            if held is not None and leaves(one, aggregates=False) is not None:
                wanted.append((one, self.plan.keys(*held)))
        if not wanted:
            raise NotReducible("a window reaches over everything")
        return _one(self.narrowed_by(scope, wanted))

    def _nearest(self, scope: Scope, found: Mapping[str, list[Tie]], known: Mapping[str, Part]) -> dict[str, Part] | None:
        """The source that is narrowed most, narrowed by all that ties it to what is known."""
        sources = sources_of(scope)
        for _, alias in sorted((min(self._reach(tie, sources[alias]) for tie in tied), alias) for alias, tied in found.items()):
            sure = [pair for tie in found[alias] if len(tie.ways) == 1 for pair in tie.ways[0]]
            for ways in ([sure] if sure else [], *([*tie.ways] for tie in found[alias] if len(tie.ways) > 1)):
                parts = [self._followed(scope, alias, pairs, known) for pairs in ways]
                if parts and all(part is not None for part in parts):
                    return {alias: _one([part for part in parts if part is not None])}
        return None

    def _reach(self, tie: Tie, source: exp.Table | Scope) -> float:
        return sum(min(self.far(source, there.name) for _, there in pairs) for pairs in tie.ways)

    def _followed(self, scope: Scope, alias: str, pairs: list[Pair], known: Mapping[str, Part]) -> Part | None:
        demand: dict[str, int] = {}
        for here, there in pairs:
            # 1 and 1.00 are equal for the engine, and not by their text
            keys = self.keys(here, known) if _type(here) == _type(there) and there.name not in demand else None
            if keys is not None:
                demand[there.name] = keys
        if not demand:
            return None
        try:
            return self.within(scope, alias, tuple(sorted(demand.items())))
        except NotReducible:
            return None

    def _inner(self, scope: Scope, around: Mapping[str, Part]) -> Part:
        """A sub-select of a condition or of a column, narrowed by what stands around it."""
        if scope.set_operation_scopes or not isinstance(scope.expression, exp.Select):
            return self.everything(scope)
        asked = scope.expression.find_ancestor(exp.In, exp.Exists, exp.Select)
        if isinstance(asked, exp.In) and not isinstance(asked.parent, exp.Not) and isinstance(asked.this, exp.Column):
            keys = self.keys(asked.this, around)
            if keys is not None:
                try:
                    return self.restrict(scope, ((scope.expression.selects[0].alias_or_name, keys),))
                except NotReducible:
                    pass
        return self.spread(scope, {}, complete=True, around=around)


def _one(parts: Sequence[Part]) -> Part:
    return parts[0] if len(parts) == 1 else Several(tuple(parts))


def _texts(window: exp.Window) -> list[str]:
    return [one.sql() for one in window.args.get("partition_by") or []]


def _together(parts: list[tuple[set[tuple[int, str]], set[str]] | None]) -> tuple[set[tuple[int, str]], set[str]] | None:
    columns: set[tuple[int, str]] = set()
    literals: set[str] = set()
    for part in parts:
        if part is None:
            return None
        columns |= part[0]
        literals |= part[1]
    return columns, literals


def _name(scope: Scope) -> str:
    cte = scope.expression.find_ancestor(exp.CTE)
    return cte.alias if cte is not None else "a sub-select"


def _type(column: exp.Column) -> str:
    return column.type.sql("duckdb") if column.type is not None else "UNKNOWN"
