"""Spark on this machine, as small as it can be: one session, tables as views of literal rows, a SELECT run to Arrow.

ANSI mode is on: what cannot be computed (a cast, a division by zero) is an error here and never a silent NULL.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow as pa
from sqlglot import exp

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # a short life: optimizing it would not pay
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    # tables of a few rows: planning again while running, and compiling each plan, cost more than the plan itself
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.cache.maxEntries": "5000",  # the tests of a rule differ in their rows only: what is compiled is kept
    "spark.sql.autoBroadcastJoinThreshold": "-1",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


class Spark:
    """Views of one session; those that hold already what is asked are left alone."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.held: dict[str, str] = {}

    @classmethod
    def start(cls, folder: Path) -> Self:
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").appName("parity")
        for name, value in SETTINGS.items() | {("spark.sql.warehouse.dir", str(folder)), ("spark.local.dir", str(folder))}:
            builder = builder.config(name, value)
        return cls(builder.getOrCreate())

    def beside(self) -> "Spark":
        """Views of its own on the same engine, for another thread."""
        return Spark(self.session.newSession())

    def stop(self) -> None:
        self.session.stop()

    def take(self, table: str, types: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """A view of these rows, column -> DuckDB type in their order."""
        text = view(types, rows)
        if self.held.get(table) != text:
            self.session.sql(text).createOrReplaceTempView(table)  # keeps the plan, where CREATE VIEW would read the text anew
            self.held[table] = text

    def keep(self, table: str, rows: pa.Table) -> None:
        """A view of a result, in its own types."""
        self.session.createDataFrame(rows).createOrReplaceTempView(table)
        self.held.pop(table, None)

    def run(self, select: str) -> pa.Table:
        return self.session.sql(select).toArrow()


def view(types: dict[str, str], rows: Sequence[Sequence[Any]]) -> str:
    """A SELECT that gives the rows: every value as text, cast to the type of its column."""
    kinds = [exp.DataType.build(kind, dialect="duckdb").sql(dialect="spark") for kind in types.values()]
    if not rows:
        return (
            "SELECT "
            + ", ".join(f"CAST(NULL AS {kind}) AS `{name}`" for name, kind in zip(types, kinds, strict=True))
            + " WHERE FALSE"
        )
    lines = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    names = [f"c{number}" for number in range(len(kinds))]
    cast = ", ".join(f"CAST({column} AS {kind}) AS `{name}`" for column, kind, name in zip(names, kinds, types, strict=True))
    # in one partition nothing is ever shuffled
    return f"SELECT /*+ COALESCE(1) */ {cast} FROM VALUES {lines} AS v({', '.join(names)})"


def literal(value: Any) -> str:
    return "NULL" if value is None else exp.Literal.string(str(value)).sql(dialect="spark")


def stored(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[dict[str, str], list[tuple[Any, ...]]]:
    """Columns with their types, and the rows, of a table that DuckDB holds."""
    types = {row[0]: row[1] for row in connection.execute(f'DESCRIBE "{table}"').fetchall()}
    return types, connection.execute(f'SELECT * FROM "{table}"').fetchall()
