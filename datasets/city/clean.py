"""The clean form: every table as its contract has it, as Arrow tables and Parquet files."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from datasets.city.city import City
from datasets.city.columns import Column, constant
from datasets.city.keys import Keys
from datasets.city.tables_contract import contract_tables
from datasets.city.tables_grain import grain_tables
from datasets.city.tables_hotline import hotline_tables
from datasets.city.tables_market import market_tables
from datasets.city.tables_money import money_tables
from datasets.city.tables_notice import notice_tables
from datasets.city.tables_penalty import penalty_tables
from datasets.city.tables_people import people_tables
from datasets.city.tables_registers import register_tables
from datasets.city.tables_sundry import sundry_tables
from datasets.contract import Contract, Contracts, read_contracts

ARROW: dict[str, pa.DataType] = {
    "text": pa.string(), "integer": pa.int64(), "money": pa.decimal128(18, 2), "quantity": pa.decimal128(18, 4), "number": pa.float64(),
    "date": pa.date32(), "timestamp": pa.timestamp("us"), "boolean": pa.bool_(),
}  # fmt: skip


def tables(city: City, keys: Keys) -> dict[str, pa.Table]:
    """Every table that offices deliver, by contract name, in the contract's columns and types."""
    contracts = read_contracts()
    made: dict[str, dict[str, Column]] = {}
    for part in (
        people_tables,
        money_tables,
        market_tables,
        notice_tables,
        contract_tables,
        hotline_tables,
        sundry_tables,
        register_tables,
        penalty_tables,
        grain_tables,
    ):
        made |= part(city, keys)
    return {name: fit(contracts, name, columns) for name, columns in made.items()}


def fit(contracts: Contracts, name: str, columns: dict[str, Column]) -> pa.Table:
    """Columns in the contract's order; those the offices do not keep are null."""
    contract: Contract = contracts[name]
    if unknown := columns.keys() - contract.columns.keys():
        raise KeyError(f"{name} has no columns {sorted(unknown)}")
    count = len(next(iter(columns.values())))
    arrays = []
    for column, declared in contract.columns.items():
        kind = ARROW[declared.type]
        arrays.append(columns[column].cast(kind) if column in columns else constant(None, count, kind))
    return pa.table(arrays, names=list(contract.columns))


def write(found: dict[str, pa.Table], folder: Path) -> dict[str, int]:
    """Write `<table>.parquet` for every table; returns file name -> rows. The same tables give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)

    def one(name: str) -> None:
        pq.write_table(found[name], folder / f"{name}.parquet", compression="zstd", row_group_size=250_000)

    with ThreadPoolExecutor(2) as pool:  # packing holds no lock
        list(pool.map(one, sorted(found, key=lambda name: -found[name].num_rows)))
    return {f"{name}.parquet": table.num_rows for name, table in found.items()}
