"""Why a rule did or did not flag one subject (为何未预警): which condition fell short, by how much, and what was not known.

The rule's own SELECT is run with one of its conditions left out, then with two, for this subject alone: the smallest set of
conditions without which the subject would be a finding is what it fell short of. For a comparison both sides are read.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations

import duckdb
from ibis.backends.duckdb import Backend
from sqlglot import exp

from datasets.contract import Contracts
from rules.bounds import Limits, bounded, fence
from rules.failure import RuleFailed
from rules.flag import find, put_subjects
from rules.indicator import CLOCK, Indicator
from rules.mutant_judge import filled
from rules.mutant_turn import text
from rules.needs import need
from rules.select import Value, parsed
from rules.signal import Signal

MOST_PAIRS = 60
"""Pairs of conditions tried: each runs the SELECT once more."""
CLAUSES = (exp.Where, exp.Having, exp.Qualify)
COMPARED = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
Cell = str | int | float | bool | Decimal | date | datetime | None
Watch = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Condition:
    """One condition of a rule's SELECT, as the author wrote it."""

    words: str
    part: str
    """Name of the WITH part that holds it; empty in the last SELECT."""
    at: int
    """Its place among the nodes of the tree."""


@dataclass(frozen=True)
class Shortfall:
    """A condition that was not met, with both sides of a comparison for this subject where they could be read."""

    condition: Condition
    left: Cell = None
    right: Cell = None

    @property
    def gap(self) -> Cell:
        """How far the left side is from the right one: a number, or days between two dates; None for anything else."""
        one, other = self.left, self.right
        if isinstance(one, bool) or isinstance(other, bool):
            return None
        if isinstance(one, int | float | Decimal) and isinstance(other, int | float | Decimal):
            return abs(Decimal(str(one)) - Decimal(str(other)))
        return abs((one - other).days) if type(one) is type(other) and isinstance(one, date) and isinstance(other, date) else None


@dataclass(frozen=True)
class Explained:
    """What one rule says of one subject."""

    rule: str
    subject: str
    findings: tuple[Signal, ...]
    shortfalls: tuple[Shortfall, ...]
    """Empty when there are findings, and when no one or two conditions alone keep the subject out."""
    rows: dict[str, int]
    """Rows of the subject in every table that names it."""
    unknown: tuple[str, ...]
    """What the rule needs and is not known for the subject."""
    together: bool = False
    """Whether all the shortfalls keep the subject out only together; else any one of them being otherwise would make it a finding."""


def explain(
    rule: Indicator, subject: str, tables: Backend, as_of: date, contracts: Contracts, *,
    limits: Limits | None = None, watch: Watch = lambda _what, _done, _all: None,
) -> Explained:  # fmt: skip
    """Ask a rule about one subject. The connection holds the tables, and for a cross rule the signals it reads.

    Raises RuleFailed when the rule itself cannot be run.
    """
    limits = limits or Limits()
    fence(tables, limits)
    findings, _ = find(rule, tables, as_of, subjects=[subject], limits=limits, contracts=contracts)
    put_subjects(tables, [subject])
    asking = _Asking(rule, subject, tables, {**rule.values, CLOCK: as_of}, limits)
    shortfalls, together = ((), False) if findings else asking.shortfalls(watch)
    named = _named(rule, contracts)
    rows = {table: asking.count(table, column) for table, column in named.items()}
    return Explained(rule.id, subject, tuple(findings), shortfalls, rows, tuple(_unknown(rule, named, asking)), together)


def conditions(sql: str) -> list[Condition]:
    """Every condition that may keep a row out: the parts of WHERE, HAVING and QUALIFY, and of ON beside its equal keys."""
    tree = parsed(sql)
    places = {id(node): at for at, node in enumerate(tree.walk())}
    found = []
    for node in tree.walk():
        for part in _parts_of(node):
            cte = part.find_ancestor(exp.CTE)
            found.append(Condition(text(part), cte.alias if cte is not None else "", places[id(part)]))
    return found


def _parts_of(node: exp.Expr) -> Iterator[exp.Expr]:
    if node.find_ancestor(exp.Exists, exp.In) is not None:
        return  # conditions inside EXISTS stand or fall with it
    if isinstance(node, CLAUSES) and not isinstance(node.parent, exp.Filter):
        yield from _conjuncts(node.this)
    elif isinstance(node, exp.Join) and isinstance(on := node.args.get("on"), exp.Expr) and not node.side:
        yield from (part for part in _conjuncts(on) if not _ties(part))


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    inner = condition.unnest()
    if isinstance(inner, exp.And):
        for part in inner.flatten(unnest=False):
            yield from _conjuncts(part)
    else:
        yield condition


def _ties(part: exp.Expr) -> bool:
    """Whether a condition of ON says which rows belong together: without it every row meets every other."""
    return isinstance(part, exp.EQ) and isinstance(part.this, exp.Column) and isinstance(part.expression, exp.Column)


def _named(rule: Indicator, contracts: Contracts) -> dict[str, str]:
    """Table -> column that names a subject of this kind, of the tables the rule reads."""
    home = next(((name, one.entity[rule.subject]) for name, one in sorted(contracts.items()) if rule.subject in one.entity), None)
    if home is None:
        return {}
    reference = f"{home[0]}.{home[1]}"
    found = {}
    for table in sorted(rule.reads & contracts.keys()):
        columns = contracts[table].columns
        fits = [name for name, column in columns.items() if column.refers == reference or (table, name) == home]
        if fits:
            found[table] = home[1] if home[1] in fits else fits[0]
    return found


def _unknown(rule: Indicator, named: dict[str, str], asking: "_Asking") -> Iterator[str]:
    for said in rule.needs:
        one = need(said)
        if one.table in named and one.columns:
            nothing = " AND ".join(f'"{column}" IS NULL' for column in one.columns)
            if asking.count(one.table, named[one.table], nothing):
                yield said


@dataclass(frozen=True)
class _Asking:
    rule: Indicator
    subject: str
    tables: Backend
    values: dict[str, Value]
    limits: Limits

    def shortfalls(self, watch: Watch) -> tuple[tuple[Shortfall, ...], bool]:
        """The conditions without any one of which the subject is a finding, or else the two without both; True for the latter."""
        asked = conditions(self.rule.sql)
        pairs = list(combinations(asked, 2))[:MOST_PAIRS]
        total = len(asked) + len(pairs)
        alone = []
        for done, one in enumerate(asked):
            watch(self.rule.id, done, total)
            if self._flags([one]):
                alone.append(self._measured(one, [one]))
        if alone:
            return tuple(alone), False
        for done, pair in enumerate(pairs, len(asked)):
            watch(self.rule.id, done, total)
            if self._flags(pair):
                return tuple(self._measured(one, pair) for one in pair), True
        return (), False

    def count(self, table: str, column: str, also: str = "true") -> int:
        """Rows of a table that name the subject."""
        with bounded(self.rule.id, self.tables.con, self.limits):
            rows = self.tables.con.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}" = ? AND {also}',  # noqa: S608 - names of contracts
                [self.subject],
            ).fetchall()
        return int(rows[0][0])

    def _flags(self, left_out: Sequence[Condition]) -> bool:
        tree, _ = _without(self.rule.sql, left_out)
        select = filled(tree.sql(dialect="duckdb", comments=False), self.values)
        told = f"SELECT count(*) FROM ({select}) AS finding WHERE subject_id IN (SELECT subject_id FROM screened_subject)"  # noqa: S608
        rows = self._rows(told)
        return bool(rows and rows[0][0])

    def _measured(self, condition: Condition, left_out: Sequence[Condition]) -> Shortfall:
        """The condition with both its sides, read where the SELECT that holds it names the subject."""
        tree, nodes = _without(self.rule.sql, left_out)
        node = nodes[condition.at]
        part = list(parsed(self.rule.sql).walk())[condition.at].unnest()
        select = node.find_ancestor(exp.Select)
        key = _key(tree, select)
        if not isinstance(part, COMPARED) or select is None or key is None:
            return Shortfall(condition)
        probe = select.copy()
        aside = (
            ("distinct", "order")
            if node.find_ancestor(exp.Having) is not None
            else ("distinct", "order", "group", "having", "qualify")
        )
        for clause in aside:
            probe.set(clause, None)
        shown = ((part.this, "why_left"), (part.expression, "why_right"), (part, "why_met"))
        probe.set("expressions", [exp.alias_(side.copy(), name) for side, name in shown])
        probe = probe.where(exp.EQ(this=key.copy(), expression=exp.convert(self.subject)))
        if select is not tree and tree.args.get("with_") is not None:
            probe.set("with_", tree.args["with_"].copy())
        found = self._rows(filled(probe.sql(dialect="duckdb", comments=False), self.values))
        rows = [(left, right) for left, right, met in found if met is not True]  # what met the condition did not fall short
        return min((Shortfall(condition, *row) for row in rows), key=_nearness, default=Shortfall(condition))

    def _rows(self, select: str) -> list[tuple[Cell, ...]]:
        """The rows of a SELECT that was changed; none when the engine cannot run it."""
        try:
            with bounded(self.rule.id, self.tables.con, self.limits):
                return list(self.tables.con.execute(select).fetchall())
        except (RuleFailed, duckdb.Error):
            return []


def _nearness(one: Shortfall) -> tuple[bool, Decimal]:
    """The row that came nearest is the one to be told."""
    return one.gap is None, Decimal(str(one.gap or 0))


def _without(sql: str, left_out: Sequence[Condition]) -> tuple[exp.Expr, dict[int, exp.Expr]]:
    """A copy of the SELECT with some conditions turned to TRUE, and what stands in their place."""
    tree = parsed(sql).copy()
    nodes = list(tree.walk())
    put = {one.at: exp.Boolean(this=True) for one in left_out}
    for at, true in put.items():
        nodes[at].replace(true)
    return tree, dict(put)


def _key(tree: exp.Expr, select: exp.Expr | None) -> exp.Expr | None:
    """The expression by which a SELECT of the tree names the subject; None when it has no column of that name."""
    if not isinstance(tree, exp.Select) or not isinstance(select, exp.Select):
        return None
    outer = next((one.unalias() for one in tree.selects if one.alias_or_name == "subject_id"), None)
    if select is tree or outer is None:
        return outer
    return next((one.unalias() for one in select.selects if one.alias_or_name == outer.name), None)
