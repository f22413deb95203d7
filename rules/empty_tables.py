"""Contract tables without rows, in a DuckDB of their own: what a SELECT is bound against before it meets records."""

import re
from collections.abc import Iterable, Mapping

import duckdb

from datasets.contract import LINEAGE, Contracts
from rules.dialect import Fault

LINEAGE_TYPE = {"batch_id": "VARCHAR", "sheet": "VARCHAR", "row_no": "BIGINT"}
MOMENT_AND_DAYS = "'+(TIMESTAMP, INTEGER"
SIGNALS = ("signal", "signal_party")
"""Tables that only cross rules read: what earlier strata found."""


def known_tables(contracts: Contracts) -> dict[str, dict[str, str]]:
    """Table -> column -> DuckDB type, the lineage columns among them."""
    lineage = {name: LINEAGE_TYPE[name] for name in LINEAGE}
    return {
        table: {name: column.duckdb_type for name, column in contract.columns.items()} | lineage
        for table, contract in contracts.items()
    }


def connect(contracts: Contracts) -> duckdb.DuckDBPyConnection:
    """A connection in memory that holds every contract table, empty, and can reach nothing else."""
    connection = duckdb.connect()
    for table, columns in known_tables(contracts).items():
        create(connection, table, columns)
    connection.execute("SET enable_external_access = false")
    return connection


def create(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str]) -> None:
    """Create one table; names come from contracts and rule ids, never from records."""
    body = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f'CREATE OR REPLACE TABLE "{table}" ({body})')


def result_types(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    """Output column -> DuckDB type of a SELECT, without running it. Raises duckdb.Error when it cannot be bound."""
    rows: Iterable[tuple[str, ...]] = connection.execute(f"DESCRIBE {sql}").fetchall()
    return {row[0].lower(): row[1] for row in rows}


def bind_fault(error: duckdb.Error, sql: str) -> Fault:
    """What the database says of a SELECT it cannot bind, at the line it names."""
    text = str(error)
    said = (
        re.sub(r"^[\w ]+ Error: ", "", re.split(r"\n\n|\nLINE |\tCandidate|\. Either |\. You might", text)[0])
        .replace("\n", " ")
        .strip()
    )
    line = re.search(r"^LINE (\d+):", text, re.MULTILINE)
    lines = sql.splitlines(keepends=True)
    start = sum(len(one) for one in lines[: int(line[1]) - 1]) if line else 0
    hint = "a moment and a number of days are added as CAST(… AS DATE) + days" if MOMENT_AND_DAYS in said else ""
    return Fault(start, f"DuckDB cannot run it: {said}", hint)
