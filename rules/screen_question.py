"""Questions (筛查问题): what one rule asks about incoming rows of one table, derived from its SELECT once and kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlglot import exp, parse_one
from sqlglot.optimizer.scope import Scope, build_scope

from datasets.contract import Contracts
from rules.comparisons import typed
from rules.empty_tables import known_tables
from rules.indicator import CLOCK, Indicator
from rules.needs import need
from rules.population import Population, population_of
from rules.screen_blind import Lacks, lacks
from rules.screen_gate import Gate, gate
from rules.screen_parts import Possible, possible, steps_of
from rules.screen_reach import touched_subjects
from rules.screen_reduce import Reducer
from rules.screen_steps import Fanout, NotReducible, Plan, Rows
from rules.select import Value, bind, parsed, tables_of
from rules.trace import SUBJECT

Known = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, eq=False)
class Question:
    """A rule, where the subjects it is asked about stand in the plan, and which steps it rests on."""

    rule: Indicator
    select: str
    subjects: int
    possible: Possible
    steps: frozenset[int]
    """The steps that give the rows it reads."""
    population: Population | None
    about: frozenset[int]
    """The steps that give the rows of its population."""
    lacks: Lacks
    """How subjects may be blind: looked at before they are counted."""
    gate: Gate | None
    """What may spare the SELECT."""


@dataclass(frozen=True)
class NotAsked:
    """A rule that reads the table and is not asked, and why: `whole` (it compares with a total of everything), `wide` (more records than were to be looked at),
    `no_records`, `no_baseline`."""

    rule: str
    why: str
    tables: tuple[str, ...] = ()


@dataclass
class Questions:
    """Everything that is asked about rows of one table: one plan for all rules, so that what they share is looked up once."""

    table: str
    plan: Plan = field(default_factory=Plan)
    asked: list[Question] = field(default_factory=list)
    not_asked: list[NotAsked] = field(default_factory=list)

    @cached_property
    def met(self) -> str:
        """Whether an incoming row meets each of the conditions, as outputs of a SELECT."""
        return ", ".join(f"coalesce({one}, false) AS met_{index}" for index, one in enumerate(self.filters))

    @cached_property
    def compared(self) -> set[str]:
        """The columns that these conditions are about."""
        return {column.name.lower() for one in self.filters for column in parse_one(one, dialect="duckdb").find_all(exp.Column)}

    @cached_property
    def filters(self) -> list[str]:
        """The conditions on rows of this table alone."""
        said = {one for step in self.plan.steps if isinstance(step, Rows) and step.table == self.table for one in step.filters}
        tables = {number: step.table for number, step in enumerate(self.plan.steps) if isinstance(step, Rows)}
        return sorted(said.union(*(one.lacks.conditions(self.table, tables) for one in self.asked)))


def questions(
    table: str, rules: Iterable[Indicator], as_of: date, contracts: Contracts, baselines: Known, fanout: Fanout
) -> Questions:
    """What these rules ask about rows of a table as of a day. `baselines`: baseline table -> column -> type."""
    known: Known = {**known_tables(contracts), **baselines}
    made = Questions(table)
    for rule in rules:
        if table not in tables_of(rule.sql):
            continue
        mark = made.plan.begin()
        try:
            made.asked.append(_question(rule, table, as_of, contracts, known, Reducer(made.plan, fanout)))
        except NotReducible as why:
            made.plan.forget(mark)
            made.not_asked.append(NotAsked(rule.id, "whole", (str(why),)))
    return made


def _question(rule: Indicator, table: str, as_of: date, contracts: Contracts, known: Known, reducer: Reducer) -> Question:
    values: dict[str, Value] = {**rule.values, CLOCK: as_of}
    scope = _scope(parsed(rule.sql), known, values)
    subjects = touched_subjects(reducer, scope, table)
    part = reducer.restrict(scope, ((SUBJECT, subjects),))
    needs = [one for one in map(need, rule.needs) if one.columns]
    population = population_of(rule, needs, values, contracts, known.get(rule.baseline_table, {}))
    about, blind = frozenset[int](), Lacks(())
    if population is not None and population.needs:
        told = reducer.restrict(_scope(parsed(population.select), known, values), ((SUBJECT, subjects),))
        about, blind = frozenset(steps_of(told)), lacks(population, told)
    return Question(
        rule,
        bind(rule.sql, values),
        subjects,
        possible(part),
        frozenset(steps_of(part)),
        population,
        about,
        blind,
        gate(scope.expression),
    )


def _scope(tree: exp.Expr, known: Known, values: dict[str, Value]) -> Scope:
    resolved = typed(tree, known, values)
    scope = build_scope(resolved) if resolved is not None else None
    if scope is None:
        raise NotReducible("its columns cannot be told")
    return scope


def columns_read(rules: Iterable[Indicator], contracts: Contracts, known: Known) -> dict[str, set[str]]:
    """Table -> the columns that any rule names, its keys and what they need; more than needed where names are shared."""
    wanted: dict[str, set[str]] = {name: set(contract.key) for name, contract in contracts.items()}
    for rule in rules:
        names = {column.name.lower() for column in parsed(rule.sql).find_all(exp.Column)}
        names |= {name for tree in parsed(rule.sql).find_all(exp.Join) for name in _using(tree)}
        for table in tables_of(rule.sql):
            columns = known.get(table, {})
            wanted.setdefault(table, set()).update(name for name in columns if name in names)
        for one in map(need, rule.needs):
            wanted[one.table].update(one.columns)
        for table in rule.reads:
            for name, column in contracts[table].columns.items():
                if column.refers or name in {key for entity in contracts.values() for key in entity.entity.values()}:
                    wanted[table].add(name)
    return wanted


def _using(join: exp.Join) -> Iterable[str]:
    return (one.name.lower() for one in join.args.get("using") or [])
