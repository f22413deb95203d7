"""Tables of the contracts in a DuckDB of their own, filled with a few rows."""

from collections.abc import Callable
from typing import Any

import ibis
import pytest
from ibis.backends.duckdb import Backend

from datasets.contract import read_contracts

Fill = Callable[..., Backend]


@pytest.fixture
def fill() -> Fill:
    """Make every contract table and put the named rows; columns that a row leaves out are NULL."""

    def _fill(**rows: list[dict[str, Any]]) -> Backend:
        tables = ibis.duckdb.connect()
        for name, contract in read_contracts().items():
            columns = ", ".join(f'"{column}" {spec.duckdb_type}' for column, spec in contract.columns.items())
            tables.raw_sql(f'CREATE TABLE "{name}" ({columns})')
            for row in rows.get(name, []):
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                tables.con.execute(f'INSERT INTO "{name}" ({names}) VALUES ({marks})', list(row.values()))
        return tables

    return _fill
