"""Reaching (触及): from rows of a table to the subjects whose findings rest on them, derived from a rule's SELECT.

It is the way back of rules.screen_reduce: the incoming rows are put in the place of one occurrence of their table, and what they can
meet is followed up to the outermost SELECT. Conditions other than equal columns are left out, so more subjects than needed may be
reached, never fewer.
"""

from dataclasses import dataclass, field, replace

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from rules.screen_parts import Base, Part, Select, Several, branch_names
from rules.screen_reduce import Reducer
from rules.screen_steps import NotReducible, Rows
from rules.screen_ties import conditions, filters, grouped, recursive, select_of, windows_of
from rules.skeleton import reads, sources_of


@dataclass
class Reach:
    """Follows the incoming rows of one table up through the SELECTs of one rule."""

    reducer: Reducer
    table: str
    _done: dict[int, list[Part]] = field(default_factory=dict)

    def affected(self, scope: Scope) -> list[Part]:
        """What of a SELECT's result the incoming rows may have changed, one part for each way. Raises NotReducible."""
        if id(scope) not in self._done:
            self._done[id(scope)] = self._branches(scope) if scope.set_operation_scopes else self._select(scope)
        return self._done[id(scope)]

    def _branches(self, scope: Scope) -> list[Part]:
        if not isinstance(scope.expression, exp.Union):
            raise NotReducible("EXCEPT or INTERSECT")
        named = zip(scope.set_operation_scopes, branch_names(scope), strict=True)
        return [Several((part,), (names,)) for branch, names in named for part in self.affected(branch)]

    def _select(self, scope: Scope) -> list[Part]:
        if recursive(scope):
            if reads(scope, frozenset([self.table])):
                raise NotReducible("a recursive WITH")
            return []
        parts: list[Select] = []
        for alias, source in sources_of(scope).items():
            parts += [self.reducer.spread(scope, {alias: start}, complete=False) for start in self._starts(scope, alias, source)]
        for inner in scope.subquery_scopes:
            if reads(inner, frozenset([self.table])):
                parts += [self._outwards(scope, inner, part) for part in self.affected(inner)]
        return self._widened(scope, parts) if parts else []

    def _starts(self, scope: Scope, alias: str, source: exp.Table | Scope) -> list[Part]:
        if isinstance(source, Scope):
            return self.affected(source)
        if source.name.lower() != self.table:
            return []
        return [Base((self.reducer.plan.rows(Rows(self.table, (), filters(select_of(scope), alias), incoming=True)),))]

    def _outwards(self, scope: Scope, inner: Scope, part: Part) -> Select:
        """The rows of the SELECT around a sub-select of its conditions or columns for which that one may have changed."""
        outer = sources_of(scope)
        ways: list[tuple[float, str, str, int]] = []
        for mine, theirs in self._correlated(scope, inner, part):
            if theirs.table in outer and (keys := mine) is not None:
                ways.append((self.reducer.far(outer[theirs.table], theirs.name), theirs.table, theirs.name, keys))
        for _, alias, name, keys in sorted(ways):
            try:
                return self.reducer.spread(scope, {alias: self.reducer.within(scope, alias, ((name, keys),))}, complete=False)
            except NotReducible:
                continue
        raise NotReducible("a sub-select that nothing ties to the SELECT around it")

    def _correlated(self, scope: Scope, inner: Scope, part: Part) -> list[tuple[int | None, exp.Column]]:
        """Keys of the inner side and the column of the outer side of what ties a sub-select to the SELECT around it."""
        found: list[tuple[int | None, exp.Column]] = []
        asked = inner.expression.find_ancestor(exp.In, exp.Exists, exp.Select)
        if isinstance(asked, exp.In) and not isinstance(asked.parent, exp.Not) and isinstance(asked.this, exp.Column):
            held = self.reducer.values(part, select_of(inner).named_selects[0])
            found.append((None if held is None else self.reducer.plan.keys(*held), asked.this))
        if isinstance(part, Select):
            for said in conditions(select_of(part.scope)):
                one = said.condition
                sides = (one.this.unnest(), one.expression.unnest()) if said.holds and isinstance(one, exp.EQ) else None
                for here, there in (sides, sides[::-1]) if sides is not None else ():
                    if not isinstance(here, exp.Column) or not isinstance(there, exp.Column):
                        continue
                    if here.table in part.sources and there.table not in sources_of(inner):
                        found.append((self.reducer.keys(here, part.sources), there))
        return found

    def _widened(self, scope: Scope, parts: list[Select]) -> list[Part]:
        """The parts with what shares a window with them; of a SELECT with groups only the keys of the groups are told."""
        select = select_of(scope)
        if select.args.get("limit") or ((distinct := select.args.get("distinct")) is not None and distinct.args.get("on")):
            raise NotReducible("LIMIT or DISTINCT ON")
        groups = grouped(select)
        if groups == []:
            raise NotReducible("one total of everything")
        partitions = {
            tuple(sorted(one.sql() for one in window.args.get("partition_by") or [])): window for window in windows_of(select)
        }
        wide: list[Part] = list(parts)
        for window in partitions.values():
            wide += [self.reducer.partition(scope, window, [part]) for part in parts]
        if groups is None:
            return wide
        return [replace(part, whole=False) if isinstance(part, Select) else part for part in wide]


def touched_subjects(reducer: Reducer, scope: Scope, table: str, subject: str = "subject_id") -> int:
    """The step of the keys that are the subjects reached by incoming rows of a table. Raises NotReducible."""
    parts = Reach(reducer, table).affected(scope)
    columns: set[tuple[int, str]] = set()
    literals: set[str] = set()
    for part in parts:
        held = reducer.values(part, subject)
        if held is None:
            raise NotReducible("a subject that is computed")
        columns |= held[0]
        literals |= held[1]
    return reducer.plan.keys(columns, literals)
