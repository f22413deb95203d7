"""Every word of rules/dialect.yml by value: DuckDB beside Spark. With Spark in `make parity` only; that none is left out, always."""

import os
from collections.abc import Iterator

import duckdb
import pytest

from rules.dialect import the_dialect
from rules.select import bind
from rules.transpile import to_spark
from tests.rules.parity_values import plain, same
from tests.rules.parity_words import AGGREGATES, CONSTRUCTS, ROWS, SCALARS, TYPES, WINDOWS
from tests.rules.spark_engine import Spark

needs_spark = pytest.mark.skipif("GUANTONG_PARITY" not in os.environ, reason="needs pyspark and Java 17: make parity")


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE sample ({', '.join(f'{name} {kind}' for name, kind in TYPES.items())})")
        connection.executemany(f"INSERT INTO sample VALUES ({', '.join('?' * len(TYPES))})", ROWS)
        yield connection


def unequal(select: str, duck: duckdb.DuckDBPyConnection, spark: Spark) -> list[str]:
    """The columns of a SELECT whose values differ, with both; rows are put in the order of their first column."""
    sql = bind(select, {"limit": 0.1})
    spark.take("sample", TYPES, ROWS)
    left, right = duck.sql(sql).to_arrow_table(), spark.run(to_spark(sql))
    if left.num_rows != right.num_rows:
        return [f"{select}: {left.to_pylist()} on DuckDB, {right.to_pylist()} on Spark"]
    rows = [sorted((plain(row) for row in table.to_pylist()), key=str) for table in (left, right)]
    return [
        f"{name}: {one} on DuckDB, {other} on Spark"
        for position, name in enumerate(left.column_names)
        if not same(one := [row[position] for row in rows[0]], other := [row[position] for row in rows[1]])
    ]


@needs_spark
@pytest.mark.parametrize(
    ("words", "form"),
    [
        (SCALARS, "SELECT k, {} FROM sample"),
        (AGGREGATES, "SELECT grp, {} FROM sample GROUP BY grp"),
        (AGGREGATES, "SELECT {} FROM sample"),
        (AGGREGATES, "SELECT {} FROM sample WHERE n > 1000"),
        (WINDOWS, "SELECT k, {} FROM sample"),
    ],
    ids=["scalars", "aggregates", "aggregates of all", "aggregates of nothing", "windows"],
)
def test_every_function_of_the_list_gives_the_same_value_on_spark(
    words: dict[str, list[str]], form: str, duck: duckdb.DuckDBPyConnection, spark: Spark
) -> None:
    columns = [f'{text} AS "{text.translate(NAME)}"' for texts in words.values() for text in texts]
    assert unequal(form.format(", ".join(columns)), duck, spark) == []


NAME = str.maketrans('"`', "''")
"""An expression as the name of its column."""


@needs_spark
@pytest.mark.parametrize("words", CONSTRUCTS)
def test_every_construct_of_the_list_gives_the_same_rows_on_spark(
    words: str, duck: duckdb.DuckDBPyConnection, spark: Spark
) -> None:
    assert unequal(CONSTRUCTS[words], duck, spark) == []


def test_every_word_of_the_list_is_tried() -> None:
    functions = the_dialect().functions
    tried = {*SCALARS, *AGGREGATES, *WINDOWS}
    assert set(functions.proven) == tried
    assert functions.standard == ()
    named = {word for words in CONSTRUCTS for word in words.split()}
    assert set(the_dialect().constructs.proven) <= named
