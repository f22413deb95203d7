"""Touched subjects (受影响对象): whose findings may change when rows of a table change, so that only they are judged again."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Final, Literal

import pyarrow as pa
from ibis.backends.duckdb import Backend
from sqlglot import exp
from sqlglot.optimizer.scope import build_scope

from datasets.contract import Contracts
from rules.bounds import Limits, bounded
from rules.comparisons import typed
from rules.empty_tables import known_tables
from rules.failure import OutOfBounds
from rules.indicator import CLOCK, Indicator
from rules.select import parsed, tables_of
from rules.skeleton import BOTH, CHANGED, NotDerivable, Way, occurrences, skeleton
from rules.trace import SUBJECT

MOST_OCCURRENCES = 12
"""Beyond this many ways from a change to a subject, running the rule whole costs less than deriving."""


PATIENCE = Limits(seconds=30)
"""So long may deriving take before the rule is rather run whole."""


class Whole(Enum):
    """The answer that is no set of subjects."""

    WHOLE = "whole"


WHOLE: Final = Whole.WHOLE
"""Every subject may be touched: the rule runs whole."""


def touched(rule: Indicator, changes: Mapping[str, pa.Table], tables: Backend, as_of: date, *,
            contracts: Contracts, limits: Limits | None = None) -> set[str] | Literal[Whole.WHOLE]:  # fmt: skip
    """Subjects whose findings may differ after a change; WHOLE when that cannot be derived or the rule reads the clock.

    `changes`: table -> its changed rows, as they were and as they are (a new row once, a deleted row once, a changed row twice),
    with the contract's columns. `tables` holds the new state. A change of what a baseline reads touches nobody: only batch
    runs refresh baselines.
    """
    if rule.uses_clock:
        return WHOLE
    changed = frozenset(name for name, rows in changes.items() if rows.num_rows and name in tables_of(rule.sql))
    if not changed:
        return set()
    selects = touching_selects(rule, changed, as_of, contracts, _baseline_columns(rule, tables))
    if selects is None:
        return WHOLE
    connection = tables.con
    try:
        with bounded(rule.id, connection, limits or PATIENCE):
            for name in sorted(changed):
                _put_changes(tables, name, changes[name], list(contracts[name].columns))
            rows = [row for select in selects for row in connection.execute(select).fetchall()]
    except OutOfBounds:
        return WHOLE
    return {subject for (subject,) in rows if subject is not None}


def touching_selects(rule: Indicator, changed: frozenset[str], as_of: date, contracts: Contracts,
                     baseline: Mapping[str, str]) -> list[str] | None:  # fmt: skip
    """One SELECT of touched subjects for each occurrence of a changed table; None when they cannot be derived."""
    known = {**known_tables(contracts), **({rule.baseline_table: baseline} if baseline else {})}
    tree = typed(parsed(rule.sql), known, {**rule.values, CLOCK: as_of})
    scope = build_scope(tree) if tree is not None else None
    if tree is None or scope is None or not _plain_with(tree):
        return None
    try:
        paths: list[Way] = list(occurrences(scope, changed))
        if len(paths) > MOST_OCCURRENCES:
            return None
        return [
            f"{_with(tree)}SELECT DISTINCT {SUBJECT} FROM ({skeleton(scope, [SUBJECT], changed, path)}) AS reached"  # noqa: S608
            for path in paths
        ]
    except NotDerivable:
        return None


def _plain_with(tree: exp.Expr) -> bool:
    """Whether WITH stands at the top only, so that its names mean the same everywhere."""
    return all(node.parent is tree for node in tree.find_all(exp.With))


def _with(tree: exp.Expr) -> str:
    found = tree.find(exp.With)
    return f"{found.sql(dialect='duckdb', comments=False)} " if found is not None else ""


def _baseline_columns(rule: Indicator, tables: Backend) -> dict[str, str]:
    if rule.baseline is None:
        return {}
    return {row[0]: row[1] for row in tables.con.execute(f"DESCRIBE {rule.baseline_table}").fetchall()}


def _put_changes(tables: Backend, name: str, rows: pa.Table, columns: list[str]) -> None:
    connection = tables.con
    listed = ", ".join(f'"{column}"' for column in columns)
    connection.register("incoming_changes", rows.select(columns))
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "{CHANGED}{name}" AS SELECT {listed} FROM "{name}" WHERE false')  # noqa: S608
    connection.execute(f'INSERT INTO "{CHANGED}{name}" SELECT {listed} FROM incoming_changes')  # noqa: S608
    connection.unregister("incoming_changes")
    both = f'SELECT {listed} FROM "{name}" UNION ALL SELECT {listed} FROM "{CHANGED}{name}"'  # noqa: S608
    connection.execute(f'CREATE OR REPLACE TEMP VIEW "{BOTH}{name}" AS {both}')
