"""One rule, three ways, on the same lake: its SELECT and its pandas twin on the Parquet files, and `flag` as a run does it."""

import gc
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from benchmarks import parquet
from benchmarks.twins import (
    bidders_share_machine,
    duplicate_across_towns,
    paid_after_death,
    public_employee_on_need_based_list,
    reassignment_ping_pong,
    several_persons_one_account,
)
from benchmarks.watch import Marks
from datasets.contract import Contracts
from datasets.lake import Lake
from rules.flag import flag
from rules.indicator import CLOCK, Indicator
from rules.select import bind

TWINS: dict[str, Callable[[parquet.Read, dict[str, Any], date], pd.DataFrame]] = {
    "paid_after_death": paid_after_death.find,
    "duplicate_across_towns": duplicate_across_towns.find,
    "public_employee_on_need_based_list": public_employee_on_need_based_list.find,
    "bidders_share_machine": bidders_share_machine.find,
    "reassignment_ping_pong": reassignment_ping_pong.find,
    "several_persons_one_account": several_persons_one_account.find,
}
WAYS = ("select", "pandas", "flag")
TIMES = 3
"""How often each way is taken; the median counts. The first reading of the files from disk is not timed, for any way."""

Rows = list[tuple[Any, ...]]
Found = pa.Table | pd.DataFrame | int
"""The findings of a rule; of `flag` their number: they are signals, with sentence and hash, and not a table."""


def contest(rule: Indicator, way: str, lake: Lake, contracts: Contracts, as_of: date, marks: Marks) -> None:
    """Take one way with one rule and say: median seconds, rows, and a digest of the whole result."""
    files = parquet.files(lake, rule.reads)
    for path in (path for paths in files.values() for path in paths):
        Path(path).read_bytes()  # so that no way pays for the disk
    seconds, digests, rows = [], set(), 0
    marks.begin(f"{rule.id}: {way}")
    with taking(rule, way, files, lake, contracts, as_of) as ready:
        for _ in range(TIMES):
            take = ready()
            gc.collect()
            begun = time.perf_counter()
            result = take()
            seconds.append(time.perf_counter() - begun)
            if not isinstance(result, int):
                digests.add(digest(plain(result)))
            rows = result if isinstance(result, int) else len(result)
    marks.end(median=median(seconds), rows=rows, digests=sorted(digests))


@contextmanager
def taking(
    rule: Indicator, way: str, files: parquet.Files, lake: Lake, contracts: Contracts, as_of: date
) -> Iterator[Callable[[], Callable[[], Found]]]:
    """Make ready what is then timed. `pandas` and `select` begin with the files; `flag` has the lake open, as a run has it."""
    if way == "pandas":
        read = parquet.frames(files, contracts)
        yield lambda: lambda: TWINS[rule.id](read, rule.values, as_of)
    elif way == "select":
        # a connection of its own each time: nothing that one reading left is there for the next
        yield lambda: select(rule, parquet.connection(files, contracts), as_of)
    else:
        tables = lake.open()
        yield lambda: lambda: len(flag(rule, tables, as_of, contracts=contracts).signals)
        tables.disconnect()


def select(rule: Indicator, con: duckdb.DuckDBPyConnection, as_of: date) -> Callable[[], pa.Table]:
    text = bind(rule.sql, {**rule.values, CLOCK: as_of})
    return lambda: con.sql(text).to_arrow_table()


def plain(result: pa.Table | pd.DataFrame) -> tuple[list[str], Rows]:
    """Columns by name, rows in order, values as both sides would write them."""
    frame = result.to_pandas(date_as_object=False) if isinstance(result, pa.Table) else result
    names = sorted(frame.columns)
    columns = [[value(item) for item in frame[name].tolist()] for name in names]
    return names, sorted(zip(*columns, strict=True), key=repr)


def value(item: Any) -> Any:
    if isinstance(item, list | tuple) or type(item).__name__ == "ndarray":
        return tuple(value(one) for one in item)
    if isinstance(item, str | bool):
        return item
    if pd.isna(item):
        return None
    if isinstance(item, pd.Timestamp):
        return item.isoformat()
    if isinstance(item, int | float | Decimal):
        return round(float(item), 6)
    return item.item() if hasattr(item, "item") else item


def digest(rows: tuple[list[str], Rows]) -> str:
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, default=str).encode()).hexdigest()[:16]
