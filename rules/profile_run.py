"""Run a profile's own SELECTs over the tables of what was published (`datasets.ocds_published`)."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

import duckdb

from rules.profile import GROUPS, Code, Given, Profile, Setting, param
from rules.select import parameters

Answers = dict[str, dict[str, dict[str, float]]]
"""Group -> id -> code -> value."""

# Hyndman and Fan's type 8, as statrs computes it: position (n + 1/3) tau + 1/3 in the sorted values, between neighbours linear.
QUANTILE8 = """
CREATE OR REPLACE TEMP MACRO position8(n, tau) AS (n::DOUBLE + 1::DOUBLE / 3) * tau::DOUBLE + 1::DOUBLE / 3;
CREATE OR REPLACE TEMP MACRO quantile8(ordered, tau) AS CASE
  WHEN tau = 0 OR position8(len(ordered), tau) < 1 THEN ordered[1]
  WHEN tau = 1 OR position8(len(ordered), tau) >= len(ordered) THEN ordered[len(ordered)]
  ELSE ordered[floor(position8(len(ordered), tau))::BIGINT]
       + (position8(len(ordered), tau) - floor(position8(len(ordered), tau)))
         * (ordered[floor(position8(len(ordered), tau))::BIGINT + 1] - ordered[floor(position8(len(ordered), tau))::BIGINT])
  END;
"""
FENCE = "CREATE OR REPLACE TEMP TABLE fence (grp VARCHAR, q1 DOUBLE, q3 DOUBLE, lower DOUBLE, upper DOUBLE)"
RESULT = ("grp", "id", "value", "line")


def run_profile(
    connection: duckdb.DuckDBPyConnection, profile: Profile, codes: Sequence[str], values: Mapping[str, Given]
) -> Answers:
    """The answers of the chosen codes, with the settings of `read_settings`.

    The connection holds the tables of `datasets.ocds_published`. A value that is no finite number is left to the caller.
    """
    make_macros(connection)
    shared = {"codes": list(codes), **setting_params(profile.file.settings, values, "")}
    for name, sql in profile.file.tables.items():
        make_table(connection, name, sql, shared)
    answers: Answers = {group: {} for group in GROUPS}
    for code in codes:
        one = profile.codes[code]
        for group, subject, value in _answers(connection, one, shared | setting_params(one.settings, values, f"{code}.")):
            answers[group].setdefault(subject, {})[code] = value
    return {group: found for group, found in answers.items() if found}


def _answers(connection: duckdb.DuckDBPyConnection, code: Code, params: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    for name, sql in code.tables.items():
        make_table(connection, name, sql, params)
    if code.fences is not None:
        make_fences(connection, code.fences, params)
    select = f"SELECT {', '.join(RESULT[:3])} FROM ({code.sql}) ORDER BY line, id, value"  # noqa: S608 - the profile's own SELECT
    for group, subject, value in connection.execute(select, _used(code.sql, params)).fetchall():
        yield group, subject, float(value)


def make_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the function quantile8(ordered list, tau) that SELECTs may call."""
    connection.execute(QUANTILE8).fetchall()


def make_table(connection: duckdb.DuckDBPyConnection, name: str, sql: str, params: Mapping[str, Any]) -> None:
    """Keep what a SELECT returns under a name, for those after it."""
    connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {sql}', _used(sql, params)).fetchall()


def make_fences(connection: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, Any]) -> None:
    """Make the table `fence` of Tukey's inner fences: q1 - 1.5 (q3 - q1) and q3 + 1.5 (q3 - q1), for each grp."""
    quartiles = f"""
        SELECT grp, quantile8(ordered, 0.25), quantile8(ordered, 0.75)
        FROM (SELECT grp, list_sort(list(measure::DOUBLE)) AS ordered FROM ({sql}) GROUP BY grp)"""  # noqa: S608 - as above
    found = connection.execute(quartiles, _used(sql, params)).fetchall()
    connection.execute(FENCE).fetchall()
    for group, q1, q3 in found:
        row = [group, q1, q3, fused(q3 - q1, -1.5, q1), fused(q3 - q1, 1.5, q3)]
        connection.execute("INSERT INTO fence VALUES (?, ?, ?, ?, ?)", row).fetchall()


def fused(x: float, y: float, z: float) -> float:
    """x y + z, rounded once (IEEE 754 fusedMultiplyAdd): the fences' makers compute so, and a value may lie on a fence."""
    if not (isfinite(x) and isfinite(y) and isfinite(z)):
        return x * y + z
    exact = Fraction(x) * Fraction(y) + Fraction(z)
    try:
        return float(exact)
    except OverflowError:
        return float("inf") if exact > 0 else float("-inf")


def _used(sql: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in parameters(sql)}


def setting_params(settings: Mapping[str, Setting], values: Mapping[str, Given], under: str) -> dict[str, Any]:
    """Settings as the params of SELECTs; one that takes `name.key` becomes two lists, <name>_words and <name>_numbers."""
    params: dict[str, Any] = {}
    for name in settings:
        value = values[under + name]
        if isinstance(value, dict):
            params[f"{param(name)}_words"], params[f"{param(name)}_numbers"] = list(value), list(value.values())
        else:
            params[param(name)] = value
    return params
