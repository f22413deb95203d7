"""Screening (事前筛查): what the book says of rows before they take effect, with the lake and these rows together.

Each rule's SELECT runs as it stands, over the rows that decide about the subjects which the incoming rows reach: what it finds for
them is what a batch run over the lake with these rows would find, with the same baselines, scores, links and signals.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import duckdb
import ibis
import numpy as np
import pyarrow as pa
from ibis.backends.duckdb import Backend

from datasets.contract import Contracts
from rules.baseline import Baseline, put_baseline
from rules.bounds import Limits, bounded
from rules.empty_tables import create, known_tables
from rules.failure import RuleFailed
from rules.findings import make_signals
from rules.indicator import CLOCK, Indicator
from rules.needs import need
from rules.screen_columns import Hashes, Held, hashes
from rules.screen_follow import Following, Laid, Meant, Met
from rules.screen_group import WHOLE_FROM, Group, grouped, laid_over, wide_group
from rules.screen_question import NotAsked, Question, Questions, columns_read, questions
from rules.screen_steps import Keys, Rows
from rules.screened import Blind, Screened
from rules.sentence import Called
from rules.signal import Signal
from rules.signal_table import put_signals
from rules.spoken import words_of

PATIENCE = Limits(seconds=60)
NO_ROWS = pa.table({"subject_id": pa.array([], pa.string())})


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
        self._small = ibis.duckdb.connect()
        self._small.con.execute("SET threads = 1")
        for name, columns in self._known.items():
            create(self._small.con, name, columns)
            create(self._small.con, f"screened_{name}", columns)
        self._filled: set[str] = set()
        self._full: set[str] = set()
        self._plans: dict[str, str] = {}
        """What was prepared under each name."""
        self._questions: dict[tuple[str, date], Questions] = {}
        self._words: dict[str, Mapping[str, Called]] = {}
        self._turn = threading.Lock()

    def close(self) -> None:
        """Let go of what is held."""
        self._small.disconnect()
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
            self._full.discard(table)
            self._filled.add(table)
            few, many, wide = grouped(asking, following)
            for group in (few, many):
                self._put(asked, group.steps, following)
                self._small.con.execute(f"PRAGMA {'disable' if group is few else 'enable'}_optimizer")
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
        for question in dict.fromkeys((*group.found, *group.blind)):
            try:
                with bounded(question.rule.id, whole or self._small.con, PATIENCE):
                    if question in group.found:
                        found.signals += self._signals(question, following, as_of, whole)
                    if question in group.blind:
                        found.blind += self._blind(question, following, whole)
            except RuleFailed as failure:
                found.failed[question.rule.id] = failure.why

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
        connection, name = self._small.con, f"screened_{asked.table}"
        connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 - a contract's name
        self._insert(name, rows)
        met = list(zip(*self._prepared(f"met_{asked.table}", asked.met).fetchall(), strict=True))
        return {one: np.array(column, bool) for one, column in zip(asked.filters, met, strict=True)}

    def _fill(self, table: str) -> None:
        """Have all of a table in the small one, and leave it there: a calendar, the limits of the law."""
        if table not in self._full:
            self._small.con.execute(f'DELETE FROM "{table}"')  # noqa: S608 - a contract's name
            held = self._held[table]
            self._insert(table, held.take(np.arange(held.rows)))
            self._full.add(table)
            self._filled.discard(table)

    def _prepared(self, name: str, select: str) -> duckdb.DuckDBPyConnection:
        """Run a SELECT over the small tables that was planned once, without optimizing: that takes longer than running it."""
        if self._plans.get(name) != select:
            self._small.con.execute(f"PREPARE {name} AS {select}")
            self._plans[name] = select
        done: duckdb.DuckDBPyConnection = self._small.con.execute(f"EXECUTE {name}")
        return done

    def _insert(self, table: str, rows: pa.Table) -> None:
        connection = self._small.con
        connection.register("incoming_rows", rows)
        connection.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM incoming_rows')  # noqa: S608 - a contract's name
        connection.unregister("incoming_rows")

    def _put(self, asked: Questions, steps: set[int], following: Following) -> None:
        """Have the rows of some steps, and no others, in the small tables."""
        gathered: dict[str, list[Meant]] = {}
        for number in sorted(steps):
            step = asked.plan.steps[number]
            assert isinstance(step, Rows)
            if step.everything and step.table != asked.table:
                self._fill(step.table)
            else:
                gathered.setdefault(step.table, []).append(following.rows(number))
        connection = self._small.con
        for table in self._filled:
            connection.execute(f'DELETE FROM "{table}"')  # noqa: S608 - contracts' names
        self._filled.clear()
        for table, meant in gathered.items():
            if table in self._full:
                continue  # more rows than needed change nothing
            whole = Meant(_union([one.held for one in meant]), _union([one.incoming for one in meant]))
            if len(whole):
                self._insert(table, following.laid.rows(table, whole))
                self._filled.add(table)

    def _any(self, table: str, laid: Laid) -> bool:
        return bool(self._held[table].rows) or (table == laid.table and bool(laid.incoming.rows))

    def _signals(
        self, question: Question, following: Following, as_of: date, whole: duckdb.DuckDBPyConnection | None
    ) -> list[Signal]:
        rule = question.rule
        rows = _about(self._rows(f"found_{rule.id}", question.select, whole), following.keys(question.subjects))
        if not rows.num_rows:
            return []
        params: dict[str, str | int | float | bool] = {**rule.values, **({CLOCK: as_of.isoformat()} if rule.uses_clock else {})}
        return make_signals(rule, rows, params, self._versions.get(rule.id), self.words(rule))

    def _rows(self, name: str, select: str, whole: duckdb.DuckDBPyConnection | None) -> pa.Table:
        """What a SELECT gives; of the small tables hardly any gives a row, and a plan that is there already tells so."""
        if whole is None and not self._prepared(name, select).fetchall():
            return NO_ROWS
        return (whole or self._small.con).sql(select).to_arrow_table()

    def _blind(self, question: Question, following: Following, whole: duckdb.DuckDBPyConnection | None) -> list[Blind]:
        said = question.population
        assert said is not None
        flags = [f"unknown_{index}" for index in range(len(said.needs))]
        grouped = ", ".join(f"bool_or({name}) AS {name}" for name in flags)
        select = (
            f"SELECT subject_id, {grouped} FROM ({said.select}) AS row_of_subject WHERE subject_id IS NOT NULL AND ({' OR '.join(flags)}) "  # noqa: S608
            "GROUP BY subject_id"
        )
        rows = self._rows(f"blind_{question.rule.id}", select, whole)
        return [
            Blind(question.rule.id, question.rule.subject, row["subject_id"],
                  tuple(str(one) for one, name in zip(said.needs, flags, strict=True) if row[name]))
            for row in _about(rows, following.keys(question.subjects)).to_pylist()
        ]  # fmt: skip


def _about(rows: pa.Table, subjects: Hashes) -> pa.Table:
    """The rows about these subjects."""
    names = [name.lower() for name in rows.column_names]
    column = rows.columns[names.index("subject_id")].combine_chunks()
    return rows.filter(pa.array(np.isin(hashes(column.fill_null("")), subjects)))


def _table(text: str) -> str:
    return need(text).table


def _union(parts: list[np.ndarray]) -> np.ndarray:
    return np.unique(np.concatenate(parts))


def _described(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
