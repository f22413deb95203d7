"""Mutants declared equivalent, tried on records: what changes a finding there means something else after all."""

from collections.abc import Iterable
from datetime import date

from ibis.backends.duckdb import Backend

from rules.baseline import refresh
from rules.bounds import Limits, bounded, fence
from rules.empty_tables import result_types
from rules.failure import RuleFailed
from rules.indicator import CLOCK, Indicator
from rules.mutant import Mutant, texts_of
from rules.mutant_judge import filled
from rules.select import Value


def changed_findings(
    rule: Indicator, mutants: Iterable[Mutant], tables: Backend, as_of: date, limits: Limits | None = None
) -> dict[str, int | str]:
    """How many findings each mutant adds or loses on the tables of a connection, by its id; why, when it cannot be run.

    Findings are compared as the engine reads them: without rows that have no subject, lists of keys sorted, each once and never NULL,
    fractions to six digits after the point. Raises RuleFailed when the rule itself cannot be run.
    """
    limits = limits or Limits()
    fence(tables, limits)
    values: dict[str, Value] = {**rule.values, CLOCK: as_of}
    if rule.baseline is not None:
        refresh(rule, tables, as_of, limits=limits)
    _keep("rule_rows", rule, texts_of(rule)[0], tables, values, limits)
    found: dict[str, int | str] = {}
    for mutant in mutants:
        try:
            found[mutant.id] = _differing(rule, mutant, tables, values, limits)
        except RuleFailed as error:
            found[mutant.id] = error.why
    return found


def _differing(rule: Indicator, mutant: Mutant, tables: Backend, values: dict[str, Value], limits: Limits) -> int:
    mine = mutant.values(values)
    if mutant.baseline is not None:
        with bounded(rule.id, tables.con, limits):
            # the whole baseline is made again: of the rule's own where the mutant does not touch it
            select = filled(mutant.baseline, mine)
            tables.con.execute(f'CREATE OR REPLACE TEMP TABLE "{rule.baseline_table}" AS {select}')
    _keep("mutant_rows", rule, mutant.sql, tables, mine, limits)
    with bounded(rule.id, tables.con, limits):
        rows = tables.con.execute(
            "SELECT count(*) FROM ((FROM rule_rows EXCEPT ALL FROM mutant_rows) UNION ALL (FROM mutant_rows EXCEPT ALL FROM rule_rows))"
        ).fetchall()
    return int(rows[0][0])


def _keep(name: str, rule: Indicator, select: str, tables: Backend, values: dict[str, Value], limits: Limits) -> None:
    """Put the findings of a SELECT into a temporary table."""
    text = filled(select, values)
    with bounded(rule.id, tables.con, limits):
        outputs = ", ".join(_steady(column, kind) for column, kind in result_types(tables.con, text).items())
        tables.con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {outputs} FROM ({text}) AS finding WHERE subject_id IS NOT NULL"  # noqa: S608 - the rule's own SELECT
        )


def _steady(column: str, kind: str) -> str:
    """An output column in the form in which findings are compared."""
    if kind.endswith("[]"):
        return f'coalesce(list_sort(list_distinct("{column}")), []) AS "{column}"'
    return f'round("{column}", 6) AS "{column}"' if kind in ("DOUBLE", "FLOAT") else f'"{column}"'
