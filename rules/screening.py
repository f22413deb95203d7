"""Screening (事前筛查): what the book says of rows before they take effect, with the lake and these rows together.

Each rule's SELECT runs as it stands, over the rows that decide about the subjects which the incoming rows reach: what it finds for
them is what a batch run over the lake with these rows would find, with the same baselines, scores, links and signals.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
from ibis.backends.duckdb import Backend

from datasets.contract import Contracts
from rules.baseline import Baseline, put_baseline
from rules.bounds import Limits, bounded, interrupted, told
from rules.empty_tables import known_tables
from rules.failure import RuleFailed
from rules.findings import make_signals
from rules.indicator import CLOCK, Indicator
from rules.needs import need
from rules.screen_columns import Hashes, Held, among, distinct, hashes
from rules.screen_follow import Following, Laid, Meant, Met
from rules.screen_group import WHOLE_FROM, Group, grouped, laid_over, wide_group
from rules.screen_question import NotAsked, Question, Questions, columns_read, questions
from rules.screen_small import Small
from rules.screen_steps import Keys, Rows
from rules.screened import Blind, Screened
from rules.sentence import Called
from rules.signal import Signal
from rules.signal_table import put_signals
from rules.spoken import words_of

PATIENCE = Limits(seconds=60)
Answers = Callable[[str, str, Hashes], pa.Table]
"""What a SELECT gives, known by a name; rows about others than the subjects may be left out."""


class Screener:
    """The book ready to be asked about rows of any table; holds the connection, and what it looks up in memory. One screening at a time."""

    def __init__(self, tables: Backend, rules: Sequence[Indicator], contracts: Contracts,
                 baselines: Iterable[Baseline] = (), signals: Iterable[Signal] = ()) -> None:  # fmt: skip
        self._contracts, self._tables = contracts, tables
        kept = {f"baseline_{one.rule}": one for one in baselines}
        self._rules = [rule for rule in rules if rule.baseline is None or rule.baseline_table in kept]
        self._no_baseline = [rule for rule in rules if rule not in self._rules]
        self._versions = {one.rule: one.version for one in kept.values()}
        put_signals(tables, signals)
        for one in kept.values():
            put_baseline(one, tables.con)
        self._baselines = {name: _described(tables.con, name) for name in kept}
        self._known: dict[str, Mapping[str, str]] = {**known_tables(contracts), **self._baselines}
        wanted = columns_read(self._rules, contracts, self._known)
        self._held = Held(tables, wanted)
        self._types = {
            name: {column: kind for column, kind in columns.items() if column in wanted.get(name, ())} or {"one": "INTEGER"}
            for name, columns in self._known.items()
        }
        self._small = Small(self._types)
        self._questions: dict[tuple[str, date], Questions] = {}
        self._words: dict[str, Mapping[str, Called]] = {}
        self._turn = threading.Lock()

    def close(self) -> None:
        """Let go of what is held."""
        self._small.close()
        self._tables.disconnect()

    def warm(self, table: str, as_of: date) -> None:
        """Get ready for screenings of a table as of a day."""
        with self._turn:
            self._asked(table, as_of)

    def words(self, rule: Indicator) -> Mapping[str, Called]:
        """What the codes in a rule's output columns are called."""
        if rule.id not in self._words:
            self._words[rule.id] = words_of(rule, self._contracts)
        return self._words[rule.id]

    def screen(self, table: str, rows: pa.Table, as_of: date, most: int | None = None) -> Screened:
        """Ask every rule that reads the table about these rows (the contract's columns; keys each once), as of a day.

        A rule that would have to look at more than `most` records is not asked (`wide`).
        """
        with self._turn:
            asked = self._asked(table, as_of)
            laid = Laid(self._held, table, self._contracts[table].key, rows, self._met(asked, rows))
            following = Following(asked.plan, laid, WHOLE_FROM if most is None else most)
            found = Screened(not_asked=[*asked.not_asked, *self._without_baseline(table)])
            asking = [question for question in asked.asked if self._has_records(question, following, found)]
            self._small.unkeep(table)
            groups, wide = grouped(asking, following)
            for group in groups:
                self._put(asked, group.steps, following)
                self._ask(group, following, as_of, found)
            if wide and most is None:
                with laid_over(self._tables.con, table, self._contracts[table].key, rows):
                    self._ask(wide_group(wide), Following(asked.plan, laid), as_of, found, self._tables.con)
            found.asked += [question.rule.id for question in asking if most is None or question not in wide]
            found.not_asked += [NotAsked(question.rule.id, "wide") for question in wide if most is not None]
            return found

    def touched(self, table: str, rows: pa.Table, as_of: date) -> dict[str, set[str]]:
        """Rule -> the subjects that these rows reach: whose findings a screening tells."""
        with self._turn:
            asked = self._asked(table, as_of)
            following = Following(asked.plan, Laid(self._held, table, self._contracts[table].key, rows, self._met(asked, rows)))
            return {one.rule.id: self._named(following, one.subjects) for one in asked.asked}

    def _named(self, following: Following, number: int) -> set[str]:
        """The values behind keys."""
        step = following.plan.steps[number]
        assert isinstance(step, Keys)
        found = set(step.literals).union(*(self._named(following, other) for other in step.others))
        for rows, column in step.columns:
            of = following.plan.steps[rows]
            assert isinstance(of, Rows)
            values = following.laid.rows(of.table, following.rows(rows))[column]
            found |= {str(value) for value in values.to_pylist() if value is not None}
        return found

    def _ask(
        self, group: Group, following: Following, as_of: date, found: Screened, whole: duckdb.DuckDBPyConnection | None = None
    ) -> None:
        """Ask the questions of a group, of the small tables or of the whole ones."""
        rows = self._rows(group, whole)
        connection = whole or self._small.connection
        quick = whole is None and not group.many
        with interrupted(connection, PATIENCE) if quick else nullcontext():  # a timer of its own costs as much as a small SELECT
            for question in dict.fromkeys((*group.found, *group.blind)):
                rule = question.rule.id
                try:
                    with told(rule, PATIENCE) if quick else bounded(rule, connection, PATIENCE):
                        if question in group.found and not (quick and self._shut(question)):
                            found.signals += self._signals(question, following, as_of, rows)
                        if question in group.blind:
                            found.blind += self._blind(question, following, rows)
                except RuleFailed as failure:
                    found.failed[rule] = failure.why

    def _rows(self, group: Group, whole: duckdb.DuckDBPyConnection | None) -> Answers:
        """How a SELECT of a group is run."""
        if whole is not None:
            return lambda _name, select, _subjects: whole.sql(select).to_arrow_table()
        return (lambda _name, select, _subjects: self._small.rows_afresh(select)) if group.many else self._small.rows

    def _asked(self, table: str, as_of: date) -> Questions:
        if (table, as_of) not in self._questions:
            self._questions[table, as_of] = questions(
                table, self._rules, as_of, self._contracts, self._baselines, self._held.fanout
            )
        return self._questions[table, as_of]

    def _without_baseline(self, table: str) -> list[NotAsked]:
        return [NotAsked(rule.id, "no_baseline") for rule in self._no_baseline if table in rule.reads]

    def _has_records(self, question: Question, following: Following, found: Screened) -> bool:
        missing = tuple(sorted({name for name in map(_table, question.rule.needs) if not self._any(name, following.laid)}))
        if missing:
            found.not_asked.append(NotAsked(question.rule.id, "no_records", missing))
        return not missing

    def _met(self, asked: Questions, rows: pa.Table) -> Met:
        """Which incoming rows meet the conditions that rules set on such rows alone."""
        if not asked.filters:
            return {}
        types = {name: self._types[asked.table][name] for name in sorted(asked.compared)}
        met = list(zip(*self._small.of(rows, types, asked.met), strict=True))
        return {one: np.array(column, bool) for one, column in zip(asked.filters, met, strict=True)}

    def _put(self, asked: Questions, steps: set[int], following: Following) -> None:
        """Have the rows of some steps, and no others, in the small tables."""
        gathered: dict[str, list[Meant]] = {}
        for number in sorted(steps):
            step = asked.plan.steps[number]
            assert isinstance(step, Rows)
            if not step.everything or step.table == asked.table:
                gathered.setdefault(step.table, []).append(following.rows(number))
            elif step.table not in self._small.kept:
                held = self._held[step.table]
                self._small.keep(step.table, held.take(np.arange(held.rows)))
        contents = {}
        for table, meant in gathered.items():
            whole = Meant(_union([one.held for one in meant]), _union([one.incoming for one in meant]))
            if (
                len(whole) and table not in self._small.kept
            ):  # of what is kept there are more rows than needed, which changes nothing
                contents[table] = following.laid.rows(table, whole)
        self._small.fill(contents)

    def _any(self, table: str, laid: Laid) -> bool:
        return bool(self._held[table].rows) or (table == laid.table and bool(laid.incoming.rows))

    def _shut(self, question: Question) -> bool:
        """Whether the gate says that nothing is found among the rows that are there."""
        gate = question.gate
        if gate is None or not gate.pays():
            return False
        shut = not self._small.run(f"gate_{question.rule.id}", gate.select)
        gate.served(spared=shut)
        return shut

    def _signals(self, question: Question, following: Following, as_of: date, rows: Answers) -> list[Signal]:
        rule = question.rule
        subjects = following.keys(question.subjects)
        found = _about(rows(f"found_{rule.id}", question.select, subjects), subjects)
        if not found.num_rows:
            return []
        params: dict[str, str | int | float | bool] = {**rule.values, **({CLOCK: as_of.isoformat()} if rule.uses_clock else {})}
        return make_signals(rule, found, params, self._versions.get(rule.id), self.words(rule))

    def _blind(self, question: Question, following: Following, rows: Answers) -> list[Blind]:
        said = question.population
        assert said is not None
        flags = [f"unknown_{index}" for index in range(len(said.needs))]
        grouped = ", ".join(f"bool_or({name}) AS {name}" for name in flags)
        select = (
            f"SELECT subject_id, {grouped} FROM ({said.select}) AS row_of_subject WHERE subject_id IS NOT NULL AND ({' OR '.join(flags)}) "  # noqa: S608
            "GROUP BY subject_id"
        )
        subjects = following.keys(question.subjects)
        found = _about(rows(f"blind_{question.rule.id}", select, subjects), subjects)
        return [
            Blind(question.rule.id, question.rule.subject, row["subject_id"],
                  tuple(str(one) for one, name in zip(said.needs, flags, strict=True) if row[name]))
            for row in found.to_pylist()
        ]  # fmt: skip


def _about(rows: pa.Table, subjects: Hashes) -> pa.Table:
    """The rows about these subjects."""
    if not rows.num_rows:
        return rows
    names = [name.lower() for name in rows.column_names]
    column = rows.columns[names.index("subject_id")].combine_chunks()
    return rows.filter(pa.array(among(hashes(column.fill_null("")), subjects)))


def _table(text: str) -> str:
    return need(text).table


def _union(parts: list[np.ndarray]) -> np.ndarray:
    return distinct(np.concatenate(parts))


def _described(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
