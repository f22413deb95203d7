"""The current view (当前视图): of every table the newest version of each key, made once per state of the lake as native DuckDB tables."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from datasets.batch import Batch
from datasets.contract import LINEAGE, Contract, Contracts

_LINEAGE_TYPE = {"batch_id": "VARCHAR", "sheet": "VARCHAR", "row_no": "BIGINT"}


def quoted(name: str) -> str:
    """A table's or column's name as SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _types(contract: Contract) -> dict[str, str]:
    return {name: column.duckdb_type for name, column in contract.columns.items()} | _LINEAGE_TYPE


def _versions(folder: Path, contract: Contract, batches: Sequence[Batch]) -> tuple[str, list[str]]:
    """SQL for all stored rows of a table with the seq of their batch, and the files to bind."""
    types, parts, files = _types(contract), [], []
    for batch in batches:
        assert batch.data is not None
        path = folder / batch.data
        stored = set(pq.read_schema(path).names)
        # a column that the contract gained after this batch was written is unknown in it
        columns = ", ".join(
            f"{quoted(name) if name in stored else 'NULL'}::{kind} AS {quoted(name)}" for name, kind in types.items()
        )
        parts.append(f"SELECT {columns}, {batch.seq:d}::BIGINT AS seq FROM read_parquet(?)")  # noqa: S608 names of contracts
        files.append(str(path))
    if not parts:
        return "SELECT " + ", ".join(
            f"NULL::{kind} AS {quoted(name)}" for name, kind in types.items()
        ) + ", 0 AS seq WHERE false", []
    return "\nUNION ALL BY NAME\n".join(parts), files


def make_table(con: duckdb.DuckDBPyConnection, folder: Path, contract: Contract, batches: Sequence[Batch], name: str) -> None:
    """Create the table `name` (as SQL) with the current rows of a contract's table, out of these living batches."""
    stored = [batch for batch in batches if batch.data is not None]
    versions, files = _versions(folder, contract, stored)
    columns = ", ".join(quoted(column) for column in (*contract.columns, *LINEAGE))
    key = ", ".join(quoted(column) for column in contract.key)
    several = len(stored) > 1 or any(batch.pushes for batch in stored)
    if several and _overlap(con, versions, files, key):
        # within one batch only pushes bring a key twice, and the later one is the newer
        newest = f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY seq DESC, row_no DESC) = 1"
    else:
        newest = ""
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {columns} FROM ({versions}) {newest}", files)  # noqa: S608


def _overlap(con: duckdb.DuckDBPyConnection, versions: str, files: list[str], key: str) -> bool:
    found = con.execute(f"SELECT count(*) - count(DISTINCT ({key})) FROM ({versions})", files).fetchone()  # noqa: S608
    return found is not None and found[0] > 0


def make_all(
    path: Path, folder: Path, contracts: Contracts, living: Sequence[Batch], temporary: Path, memory: str | None
) -> None:
    """Write the current view of every table to a DuckDB file at `path` (which must not exist)."""
    con = duckdb.connect(str(path))
    try:
        con.execute("SET temp_directory = $1", [str(temporary)])
        con.execute("SET preserve_insertion_order = false")
        if memory:
            con.execute("SET memory_limit = $1", [memory])
        for table, contract in contracts.items():
            make_table(con, folder, contract, [batch for batch in living if batch.table == table], quoted(table))
        con.execute("CHECKPOINT")
    finally:
        con.close()
