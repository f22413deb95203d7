"""Reducing (缩减): the rows that decide about some subjects, derived from a rule's SELECT, so that it may run over them alone.

A demand (only rows whose column holds one of these keys matter) goes down from the outermost SELECT: through output columns, keys
of groups and partitions of windows to the tables, and sideways along equal columns. What is left out never meets what is asked for,
so more rows than needed change nothing, and the neighbourhoods of several rules are put together. Where a demand cannot go on, the
whole table is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from rules.screen_steps import Fanout, NotReducible, Plan, Rows
from rules.screen_ties import Pair, Tie, conditions, grouped, leaves, output, recursive, ties, windows_of
from rules.skeleton import sources_of

FAR = 1e9
"""The fanout of a column of which nothing is known."""


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


@dataclass(frozen=True)
class Several:
    """Parts that are needed together; with `names`, the branches of a UNION: output column -> the branch's own name."""

    parts: tuple["Part", ...]
    names: tuple[Mapping[str, str], ...] = ()


Part = Base | Select | Several


@dataclass
class Reducer:
    """Reduces one SELECT; `plan` gathers the steps."""

    plan: Plan
    fanout: Fanout
    _done: dict[tuple[int, str, int], Part | None] = field(default_factory=dict)
    _whole: dict[int, Part] = field(default_factory=dict)

    def restrict(self, source: exp.Table | Scope, column: str, keys: int) -> Part:
        """The rows of a source whose column holds one of the keys, and all that they rest on. Raises NotReducible."""
        if isinstance(source, exp.Table):
            return Base((self.plan.rows(Rows(source.name.lower(), column.lower(), keys)),))
        place = (id(source), column, keys)
        if place not in self._done:
            self._done[place] = None
            try:
                self._done[place] = self._branches(source, column, keys) if source.set_operation_scopes else self._select(source, column, keys)
            except NotReducible:
                pass
        found = self._done[place]
        if found is None:
            raise NotReducible(f"{column} of {_name(source)} cannot be followed")
        return found

    def everything(self, source: exp.Table | Scope) -> Part:
        """A source with all its rows."""
        if isinstance(source, exp.Table):
            return Base((self.plan.rows(Rows(source.name.lower())),))
        if id(source) not in self._whole:
            if recursive(source):
                raise NotReducible("a recursive WITH")
            if source.set_operation_scopes:
                parts = tuple(self.everything(branch) for branch in source.set_operation_scopes)
                self._whole[id(source)] = Several(parts, branch_names(source))
            else:
                self._whole[id(source)] = Select(source, {name: self.everything(one) for name, one in sources_of(source).items()})
            for inner in source.subquery_scopes:
                self.everything(inner)
        return self._whole[id(source)]

    def spread(self, scope: Scope, started: dict[str, Part], *, complete: bool, around: Mapping[str, Part] | None = None) -> Select:
        """Narrow the other sources of a SELECT by those that are known; with `complete` the rest is taken whole, sub-selects too.

        `around` are the known sources of the SELECT around this one.
        """
        sources, known = sources_of(scope), dict(started)
        around = {name: part for name, part in (around or {}).items() if name not in sources}
        said = conditions(scope.expression)
        while len(known) < len(sources):
            found = [
                tie for one in said for tie in ties(one, set(known), set(around), set(started)) if tie.to in sources
            ]
            made = self._nearest(found, sources, {**around, **known})
            if made is None:
                break
            known.update(made)
        if complete:
            for name in sources.keys() - known.keys():
                known[name] = self.everything(sources[name])
            for inner in scope.subquery_scopes:
                self._inner(inner, {**around, **known})
        return Select(scope, known, complete)

    def values(self, part: Part, column: str) -> tuple[set[tuple[int, str]], set[str]] | None:
        """Columns of rows, and literals, that hold every value of an output column; None when that cannot be told."""
        if isinstance(part, Base):
            return {(step, column.lower()) for step in part.steps}, set()
        if isinstance(part, Several):
            names = part.names or tuple({} for _ in part.parts)
            inner = [self.values(one, of.get(column.lower(), column)) for one, of in zip(part.parts, names, strict=True)]
            return _together(inner)
        return self.held(output(part.scope.expression, column), part.sources, aggregates=part.whole)

    def held(self, expression: exp.Expr, sources: Mapping[str, Part], *, aggregates: bool) -> tuple[set[tuple[int, str]], set[str]] | None:
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
            return max(self.far(branch, of.get(column.lower(), column)) for branch, of in zip(source.set_operation_scopes, names, strict=True))
        found = leaves(output(source.expression, column), aggregates=False) if isinstance(source.expression, exp.Select) else None
        inner = sources_of(source)
        reached = [self.far(inner[leaf.table], leaf.name) for leaf in found or [] if isinstance(leaf, exp.Column) and leaf.table in inner]
        return max(reached, default=FAR)

    def narrowed_by(self, scope: Scope, wanted: exp.Expr, keys: int) -> list[Part]:
        """A SELECT over the rows for which an expression holds one of the keys: a part for each column it may come from."""
        found = leaves(wanted, aggregates=False)
        sources = sources_of(scope)
        if found is None or any(isinstance(leaf, exp.Literal) for leaf in found):
            raise NotReducible(f"{wanted.sql('duckdb')} is computed")
        columns = {(leaf.table, leaf.name) for leaf in found if isinstance(leaf, exp.Column) and leaf.table in sources}
        return [
            self.spread(scope, {alias: self.restrict(sources[alias], name, keys)}, complete=True) for alias, name in sorted(columns)
        ]

    def _branches(self, scope: Scope, column: str, keys: int) -> Part:
        names = branch_names(scope)
        parts = [self.restrict(branch, of[column.lower()], keys) for branch, of in zip(scope.set_operation_scopes, names, strict=True)]
        return Several(tuple(parts), names)

    def _select(self, scope: Scope, column: str, keys: int) -> Part:
        select = scope.expression
        if not isinstance(select, exp.Select) or recursive(scope) or select.args.get("limit") or select.args.get("offset"):
            raise NotReducible("no plain SELECT")
        if (distinct := select.args.get("distinct")) is not None and distinct.args.get("on"):
            raise NotReducible("DISTINCT ON")
        wanted = output(select, column)
        groups = grouped(select)
        if groups is not None and wanted.sql() not in {one.sql() for one in groups}:
            raise NotReducible(f"{column} is an aggregate")
        parts = self.narrowed_by(scope, wanted, keys)
        wider = [window for window in windows_of(select) if wanted.sql() not in {one.sql() for one in window.args.get("partition_by") or []}]
        if not wider:
            return parts[0] if len(parts) == 1 else Several(tuple(parts))
        partitions = {tuple(sorted(one.sql() for one in window.args.get("partition_by") or [])): window for window in wider}
        return Several((*parts, *(self.partition(scope, window, parts) for window in partitions.values())))

    def partition(self, scope: Scope, window: exp.Window, parts: list[Part]) -> Part:
        """All rows that share a window with the rows of some parts."""
        sources = sources_of(scope)
        ways = []
        for one in window.args.get("partition_by") or []:
            columns = leaves(one, aggregates=False) or []
            reach = [self.far(sources[leaf.table], leaf.name) for leaf in columns if isinstance(leaf, exp.Column) and leaf.table in sources]
            ways.append((max(reach, default=FAR), one))
        for _, one in sorted(ways, key=lambda way: (way[0], way[1].sql())):
            held = _together([self.held(one, part.sources, aggregates=True) for part in parts if isinstance(part, Select)])
            if held is None:
                continue
            try:
                found = self.narrowed_by(scope, one, self.plan.keys(*held))
            except NotReducible:
                continue
            return found[0] if len(found) == 1 else Several(tuple(found))
        raise NotReducible("a window reaches over everything")

    def _nearest(self, found: list[Tie], sources: Mapping[str, exp.Table | Scope], known: Mapping[str, Part]) -> dict[str, Part] | None:
        """The source that is narrowed most, narrowed."""
        ranked = sorted(((self._reach(tie, sources), place) for place, tie in enumerate(found)))
        for _, place in ranked:
            tie = found[place]
            source = sources[tie.to]
            parts = [self._followed(pairs, source, known) for pairs in tie.ways]
            if all(part is not None for part in parts):
                whole = tuple(part for part in parts if part is not None)
                return {tie.to: whole[0] if len(whole) == 1 else Several(whole)}
        return None

    def _reach(self, tie: Tie, sources: Mapping[str, exp.Table | Scope]) -> float:
        return sum(min(self.far(sources[tie.to], there.name) for _, there in pairs) for pairs in tie.ways)

    def _followed(self, pairs: list[Pair], source: exp.Table | Scope, known: Mapping[str, Part]) -> Part | None:
        for here, there in sorted(pairs, key=lambda pair: self.far(source, pair[1].name)):
            if _type(here) != _type(there):
                continue  # 1 and 1.00 are equal for the engine, and not by their text
            keys = self.keys(here, known)
            if keys is not None:
                try:
                    return self.restrict(source, there.name, keys)
                except NotReducible:
                    continue
        return None

    def _inner(self, scope: Scope, around: Mapping[str, Part]) -> None:
        """A sub-select of a condition or of a column, narrowed by what stands around it."""
        if scope.set_operation_scopes or not isinstance(scope.expression, exp.Select):
            self.everything(scope)
            return
        asked = scope.expression.find_ancestor(exp.In, exp.Exists, exp.Select)
        if isinstance(asked, exp.In) and not isinstance(asked.parent, exp.Not) and isinstance(asked.this, exp.Column):
            keys = self.keys(asked.this, around)
            if keys is not None:
                try:
                    self.restrict(scope, scope.expression.selects[0].alias_or_name, keys)
                    return
                except NotReducible:
                    pass
        self.spread(scope, {}, complete=True, around=around)


def branch_names(scope: Scope) -> tuple[dict[str, str], ...]:
    """For each branch of a UNION: output column -> the name it has there."""
    names = [name.lower() for name in scope.expression.named_selects]
    return tuple(dict(zip(names, branch.expression.named_selects, strict=True)) for branch in scope.set_operation_scopes)


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


def possible(part: Part) -> "Possible":
    """What must hold some row for a part to hold one."""
    if isinstance(part, Base):
        return Possible(steps=part.steps)
    if isinstance(part, Several):
        return Possible(any_of=tuple(possible(one) for one in part.parts))
    select = part.scope.expression
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

    def holds(self, counts: Mapping[int, int]) -> bool:
        """Whether it holds, given how many rows each step gave."""
        if self.steps and not any(counts[step] for step in self.steps):
            return False
        if self.any_of and not any(one.holds(counts) for one in self.any_of):
            return False
        return all(one.holds(counts) for one in self.all_of)
