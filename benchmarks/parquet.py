"""The accepted rows of a lake as both sides of the contest read them: the same Parquet files, only the columns that are needed."""

from collections.abc import Callable, Iterable

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from datasets.contract import Contracts
from datasets.lake import Lake

Files = dict[str, list[str]]
"""Table -> its Parquet files."""
Read = Callable[[str, list[str]], pd.DataFrame]
"""(table, columns) -> a frame with money in whole cents, dates as datetime64, text as pandas' own strings."""


def files(lake: Lake, tables: Iterable[str]) -> Files:
    """The Parquet files of the tables' living batches. A bench city has one batch for each table: no row has an older version."""
    batches = lake.living(*tables)
    return {
        table: [str(lake.folder / batch.data) for batch in batches if batch.table == table and batch.data] for table in tables
    }


def frames(files: Files, contracts: Contracts) -> Read:
    """How a pandas twin reads the Parquet files."""

    def read(table: str, columns: list[str]) -> pd.DataFrame:
        found = files[table]
        return frame(ds.dataset(found, format="parquet").to_table(columns=columns) if found else empty(contracts, table, columns))

    return read


def frames_of(con: duckdb.DuckDBPyConnection) -> Read:
    """The same from tables of a DuckDB connection: the tests' way in."""
    return lambda table, columns: frame(con.sql(f"SELECT {', '.join(columns)} FROM {table}").to_arrow_table())


def frame(rows: pa.Table) -> pd.DataFrame:
    return pa.table({name: cents(rows[name]) for name in rows.column_names}).to_pandas(date_as_object=False)


def cents(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Money as whole cents: pandas would make Python objects of decimals, and lose the contest unfairly."""
    if not pa.types.is_decimal(column.type) or column.type.scale != 2:
        return column.cast(pa.float64()) if pa.types.is_decimal(column.type) else column
    whole = pc.multiply(column, pa.scalar(100)).cast(pa.int64())
    return whole if whole.null_count == 0 else whole.cast(pa.float64())


def empty(contracts: Contracts, table: str, columns: list[str]) -> pa.Table:
    con = duckdb.connect()
    view(con, table, [], contracts)
    return con.sql(f"SELECT {', '.join(columns)} FROM {table}").to_arrow_table()


def connection(files: Files, contracts: Contracts) -> duckdb.DuckDBPyConnection:
    """DuckDB with a view on the Parquet files of each table: nothing is read before the SELECT runs."""
    con = duckdb.connect()
    for table, found in files.items():
        view(con, table, found, contracts)
    return con


def view(con: duckdb.DuckDBPyConnection, table: str, found: list[str], contracts: Contracts) -> None:
    if found:
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in found)
        con.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet([{listed}])")
    else:
        columns = ", ".join(f"{name} {column.duckdb_type}" for name, column in contracts[table].columns.items())
        con.execute(f"CREATE TABLE {table} ({columns})")
