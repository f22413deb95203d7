"""SQLGlot's translation to Spark, corrected where the same word has another meaning there; needs no Spark."""

from pathlib import Path

import pytest

from rules.transpile import to_spark
from tests.rules.rule_text import RULE, indicator
from tests.rules.spark_engine import view


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("SELECT a / b / c AS x", "SELECT CAST(CAST(a AS DOUBLE) / CAST(b AS DOUBLE) AS DOUBLE) / CAST(c AS DOUBLE) AS x"),
        ("SELECT avg(a / b) AS x", "SELECT AVG(CAST(CAST(a AS DOUBLE) / CAST(b AS DOUBLE) AS DOUBLE)) AS x"),
        ("SELECT date_diff('month', a, b) AS x", "SELECT DATEDIFF(MONTH, DATE_TRUNC('MONTH', a), DATE_TRUNC('MONTH', b)) AS x"),
        (
            "SELECT levenshtein(a, b) AS x",
            "SELECT LEVENSHTEIN(DECODE(ENCODE(a, 'UTF-8'), 'ISO-8859-1'), DECODE(ENCODE(b, 'UTF-8'), 'ISO-8859-1')) AS x",
        ),
        ("SELECT regexp_replace(a, '[0-9]', '', 'g') AS x", "SELECT REGEXP_REPLACE(a, '[0-9]', '') AS x"),
        (
            "SELECT list_sort(list(a)) AS x FROM t",
            "SELECT ARRAY_SORT(CASE WHEN COUNT(*) > 0 THEN COLLECT_LIST(a) END) AS x FROM t",
        ),
        (
            "SELECT list(DISTINCT a) FILTER (WHERE b / c > 1) AS x FROM t",
            "SELECT CASE WHEN COUNT(*) FILTER(WHERE CAST(b AS DOUBLE) / CAST(c AS DOUBLE) > 1) > 0 "
            "THEN COLLECT_LIST(DISTINCT a) FILTER(WHERE CAST(b AS DOUBLE) / CAST(c AS DOUBLE) > 1) END AS x FROM t",
        ),
        ("SELECT count_if(a > 1) AS x FROM t", "SELECT CASE WHEN COUNT(a > 1) > 0 THEN COUNT_IF(a > 1) END AS x FROM t"),
        ("SELECT strftime(a, '%Y-%m') AS x, 'a\\b''c' AS y", "SELECT DATE_FORMAT(a, 'yyyy-MM') AS x, 'a\\\\b\\'c' AS y"),
    ],
)
def test_words_that_mean_something_else_on_spark_are_corrected(duckdb: str, spark: str) -> None:
    assert to_spark(duckdb) == spark


def test_the_shared_tree_of_a_select_is_not_changed() -> None:
    assert [to_spark("SELECT a / b AS x") for _ in range(2)] == ["SELECT CAST(a AS DOUBLE) / CAST(b AS DOUBLE) AS x"] * 2


def test_rows_become_a_view_of_typed_literals() -> None:
    assert view({"k": "VARCHAR", "n": "DECIMAL(18,2)"}, [("a'b", None)]) == (
        "SELECT /*+ COALESCE(1) */ CAST(c0 AS STRING) AS `k`, CAST(c1 AS DECIMAL(18, 2)) AS `n` FROM VALUES ('a\\'b', NULL) AS v(c0, c1)"
    )
    assert view({"d": "TIMESTAMP"}, []) == "SELECT CAST(NULL AS TIMESTAMP_NTZ) AS `d` WHERE FALSE"


def test_a_rule_may_say_that_it_runs_on_duckdb_only_and_why(tmp_path: Path) -> None:
    rule = indicator(RULE, tmp_path)
    bound = indicator(RULE.replace("sql: |", "engines: {duckdb_only: no tails of Poisson on Spark}\nsql: |"), tmp_path)
    assert rule.engines is None
    assert bound.engines is not None and bound.engines.duckdb_only == "no tails of Poisson on Spark"
    assert bound.hash == rule.hash, "its findings are the same"
