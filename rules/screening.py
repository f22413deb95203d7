"""Screening (事前筛查): what the book says of rows before they take effect, with the lake and these rows together.

Each rule's SELECT runs as it stands, over the rows that decide about the subjects which the incoming rows reach: what it finds for
them is what a batch run over the lake with these rows would find, with the same baselines, scores, links and signals.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
from rules.screen_columns import Held, Hashes, hashes
from rules.screen_follow import Followed, Laid, Meant, follow
from rules.screen_question import NotAsked, Question, Questions, columns_read, questions
from rules.screen_steps import Rows
from rules.sentence import Called
from rules.signal import Signal
from rules.signal_table import put_signals
from rules.spoken import words_of

PATIENCE = Limits(seconds=60)


@dataclass(frozen=True)
class Blind:
    """A rule could not judge a subject: which of its needs are unknown."""

    rule: str
    subject_kind: str
    subject_id: str
    needs: tuple[str, ...]


@dataclass
class Screened:
    """What was found and what was not: findings of the subjects reached, whom rules could not judge, which rules were not asked."""

    signals: list[Signal] = field(default_factory=list)
    blind: list[Blind] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    not_asked: list[NotAsked] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


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

    def screen(self, table: str, rows: pa.Table, as_of: date) -> Screened:
        """Ask every rule that reads the table about these rows (the contract's columns; keys each once), as of a day."""
        with self._turn:
            asked = self._asked(table, as_of)
            laid = Laid(self._held, table, self._contracts[table].key, rows)
            followed = follow(asked.plan, laid)
            self._put(asked, laid, followed)
            found = Screened(not_asked=[*asked.not_asked, *self._without_baseline(table)])
            for question in asked.asked:
                self._ask(question, laid, followed, as_of, found)
            return found

    def _asked(self, table: str, as_of: date) -> Questions:
        if (table, as_of) not in self._questions:
            self._questions[table, as_of] = questions(table, self._rules, as_of, self._contracts, self._baselines, self._held.fanout)
        return self._questions[table, as_of]

    def _without_baseline(self, table: str) -> list[NotAsked]:
        return [NotAsked(rule.id, "no_baseline") for rule in self._no_baseline if table in rule.reads]

    def _put(self, asked: Questions, laid: Laid, followed: Followed) -> None:
        gathered: dict[str, list[Meant]] = {}
        for number, step in enumerate(asked.plan.steps):
            if isinstance(step, Rows) and not step.incoming:
                gathered.setdefault(step.table, []).append(followed.rows[number])
        for table in self._known:
            self._small.con.execute(f'DELETE FROM "{table}"')  # noqa: S608 - contracts' names
        for table, meant in gathered.items():
            whole = Meant(_union([one.held for one in meant]), _union([one.incoming for one in meant]))
            if len(whole):
                self._small.con.register("incoming_rows", laid.rows(table, whole))
                self._small.con.execute(f'INSERT INTO "{table}" BY NAME SELECT * FROM incoming_rows')  # noqa: S608
                self._small.con.unregister("incoming_rows")

    def _ask(self, question: Question, laid: Laid, followed: Followed, as_of: date, found: Screened) -> None:
        rule = question.rule
        missing = tuple(sorted({name for name in (need(text).table for text in rule.needs) if not self._any(name, laid)}))
        if missing:
            found.not_asked.append(NotAsked(rule.id, "no_records", missing))
            return
        subjects = followed.keys[question.subjects]
        found.asked.append(rule.id)
        try:
            with bounded(rule.id, self._small.con, PATIENCE):
                if question.possible.holds(followed.counts()):
                    found.signals += self._signals(question, subjects, as_of)
                found.blind += self._blind(question, subjects)
        except RuleFailed as failure:
            found.failed[rule.id] = failure.why

    def _any(self, table: str, laid: Laid) -> bool:
        return bool(self._held[table].rows) or (table == laid.table and bool(laid.incoming.rows))

    def _signals(self, question: Question, subjects: Hashes, as_of: date) -> list[Signal]:
        rule = question.rule
        rows = _about(self._small.con.sql(question.select).to_arrow_table(), subjects)
        if not rows.num_rows:
            return []
        params: dict[str, str | int | float | bool] = {**rule.values, **({CLOCK: as_of.isoformat()} if rule.uses_clock else {})}
        return make_signals(rule, rows, params, self._versions.get(rule.id), self.words(rule))

    def _blind(self, question: Question, subjects: Hashes) -> list[Blind]:
        said = question.population
        if said is None or not said.needs:
            return []
        flags = [f"unknown_{index}" for index in range(len(said.needs))]
        grouped = ", ".join(f"bool_or({name}) AS {name}" for name in flags)
        rows = self._small.con.sql(
            f"SELECT subject_id, {grouped} FROM ({said.select}) AS row_of_subject WHERE subject_id IS NOT NULL AND ({' OR '.join(flags)}) "  # noqa: S608
            "GROUP BY subject_id"
        ).to_arrow_table()
        return [
            Blind(question.rule.id, question.rule.subject, row["subject_id"],
                  tuple(str(one) for one, name in zip(said.needs, flags, strict=True) if row[name]))
            for row in _about(rows, subjects).to_pylist()
        ]  # fmt: skip


def _about(rows: pa.Table, subjects: Hashes) -> pa.Table:
    """The rows about these subjects."""
    names = [name.lower() for name in rows.column_names]
    column = rows.columns[names.index("subject_id")].combine_chunks()
    return rows.filter(pa.array(np.isin(hashes(column.fill_null("")), subjects)))


def _union(parts: list[np.ndarray]) -> np.ndarray:
    return np.unique(np.concatenate(parts))


def _described(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
