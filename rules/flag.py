"""Flag: run one rule's SELECT over the tables and make a signal of every row (the fifth step of the path of data)."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from ibis.backends.duckdb import Backend

from datasets.contract import Contracts
from rules.baseline import refresh, version_in
from rules.blindness import Blindness, empty_tables, measure_blindness
from rules.bounds import Limits, bounded, fence
from rules.findings import make_signals
from rules.indicator import CLOCK, Indicator
from rules.select import Value, bind
from rules.signal import Signal
from rules.spoken import words_of


@dataclass(frozen=True)
class Flagged:
    """What one rule found in one run, what it could not judge, and what it cost."""

    rule: str
    status: str
    """live, or shadow: run and counted, but no alert is opened."""
    signals: list[Signal]
    blindness: Blindness
    seconds: float
    rows: int
    """Rows of the result; more than signals when some had no subject."""


def flag(rule: Indicator, tables: Backend, as_of: date, *, contracts: Contracts,
         subjects: Collection[str] | None = None, limits: Limits | None = None) -> Flagged:  # fmt: skip
    """Run one rule over the tables of a connection, for all subjects or for some of them.

    The same SELECT runs in both cases; for `subjects` it is filtered from outside, so that batch, incremental runs and
    screenings agree. A rule with a baseline uses the one the connection holds; a run over all subjects makes it when there is none.
    A rule that needs a table without any record is not run: see Blindness.no_records.
    Raises RuleFailed (NotUnique, BadResult, OutOfBounds, EngineRefused).
    """
    started = time.perf_counter()
    limits = limits or Limits()
    fence(tables, limits)
    if missing := empty_tables(rule, tables):
        return Flagged(rule.id, rule.status, [], Blindness.of_no_records(rule, missing), time.perf_counter() - started, 0)
    signals, rows = find(rule, tables, as_of, subjects=subjects, limits=limits, contracts=contracts)
    blindness = measure_blindness(rule, tables, as_of, contracts, subjects is not None, limits)
    return Flagged(rule.id, rule.status, signals, blindness, time.perf_counter() - started, rows)


def find(rule: Indicator, tables: Backend, as_of: date, *,
         subjects: Collection[str] | None = None, limits: Limits | None = None,
         contracts: Contracts | None = None) -> tuple[list[Signal], int]:  # fmt: skip
    """The signals of a rule and the number of rows they were made from, whatever was known; see flag.

    Without contracts the codes of their columns stay codes in the sentence.
    """
    limits = limits or Limits()
    version = _baseline(rule, tables, as_of, limits)
    rows = _run(rule, tables, as_of, subjects, limits)
    params: dict[str, str | int | float | bool] = {**rule.values, **({CLOCK: as_of.isoformat()} if rule.uses_clock else {})}
    return make_signals(rule, rows, params, version, words_of(rule, contracts) if contracts else None), rows.num_rows


def _baseline(rule: Indicator, tables: Backend, as_of: date, limits: Limits) -> str | None:
    if rule.baseline is None:
        return None
    return version_in(tables, rule) or refresh(rule, tables, as_of, limits=limits).version


def _run(rule: Indicator, tables: Backend, as_of: date, subjects: Collection[str] | None, limits: Limits) -> pa.Table:
    values: dict[str, Value] = {**rule.values, CLOCK: as_of}
    select = bind(rule.sql, values)
    with bounded(rule.id, tables.con, limits):
        if subjects is not None:
            put_subjects(tables, subjects)
            select = f"SELECT * FROM ({select}) AS finding WHERE subject_id IN (SELECT subject_id FROM screened_subject)"  # noqa: S608 - the rule's own SELECT
        return tables.con.sql(select).to_arrow_table()


def put_subjects(tables: Backend, subjects: Collection[str]) -> None:
    """Put the subjects concerned into the connection, as a temporary table."""
    connection = tables.con
    connection.register("incoming_subjects", pa.table({"subject_id": pa.array(sorted(subjects), pa.string())}))
    connection.execute("CREATE OR REPLACE TEMP TABLE screened_subject AS SELECT subject_id FROM incoming_subjects")
    connection.unregister("incoming_subjects")
