"""Peers and totals (基准): a rule's second SELECT, over whole tables, kept as table baseline_<rule> with a version."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
from ibis.backends.duckdb import Backend

from rules.bounds import Limits, bounded, fence
from rules.indicator import CLOCK, Indicator
from rules.select import bind


@dataclass(frozen=True)
class Baseline:
    """The content of a baseline as it was on one day; `version` is 16 hex digits of the content, whatever its row order."""

    rule: str
    version: str
    content: pa.Table


def refresh(rule: Indicator, tables: Backend, as_of: date, *, limits: Limits | None = None) -> Baseline:
    """Compute a rule's baseline from the tables of the connection and put it there. Only batch runs do this.

    The caller keeps the content. Raises ValueError for a rule without a baseline, RuleFailed when the SELECT fails.
    """
    if rule.baseline is None:
        raise ValueError(f"rule {rule.id} has no baseline")
    limits = limits or Limits()
    fence(tables, limits)
    with bounded(rule.id, tables.con, limits):
        content = tables.con.sql(bind(rule.baseline, {**rule.values, CLOCK: as_of})).to_arrow_table()
    baseline = Baseline(rule.id, version_of(content), content)
    put_baseline(baseline, tables.con)
    return baseline


def put_baseline(baseline: Baseline, connection: duckdb.DuckDBPyConnection) -> None:
    """Put an earlier (or fresh) baseline into the connection, as a temporary table that the rule's SELECT reads."""
    name = f"baseline_{baseline.rule}"
    connection.register("incoming_baseline", baseline.content)
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM incoming_baseline')  # noqa: S608 - a rule's id
    connection.unregister("incoming_baseline")
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS baseline_version (rule VARCHAR, version VARCHAR)")
    connection.execute("DELETE FROM baseline_version WHERE rule = ?", [baseline.rule])
    connection.execute("INSERT INTO baseline_version VALUES (?, ?)", [baseline.rule, baseline.version])


def version_in(tables: Backend, rule: Indicator) -> str | None:
    """The version of the rule's baseline that the connection holds; None when it holds none."""
    connection = tables.con
    if not connection.execute("SELECT 1 FROM duckdb_tables() WHERE temporary AND table_name = 'baseline_version'").fetchall():
        return None
    found = connection.execute("SELECT version FROM baseline_version WHERE rule = ?", [rule.id]).fetchall()
    return str(found[0][0]) if found else None


def version_of(content: pa.Table) -> str:
    """16 hex digits of the rows, sorted; the last digits of a fraction, which change with the order of adding, left out."""
    rows = zip(*([_steady(value) for value in column.to_pylist()] for column in content.columns), strict=True)
    text = json.dumps([content.column_names, sorted(rows, key=str)], default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _steady(value: object) -> object:
    return f"{value:.10g}" if isinstance(value, float) else value
