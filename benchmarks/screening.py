"""The screening part of `make bench`; by itself `python -m benchmarks.screening --folder out/bench` after `make bench` made its city.

Single rows, and a list, of payments and of bids are made of rows of the lake (other persons, other days, new keys) and screened by the
full book: p50 and p99, requests a second in one process, and against them the same rules' SELECTs run whole over the same tables. What
an HTTP request adds (parsing, checking, sealing, telling) is measured through the service's own application, without a network.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from fastapi.testclient import TestClient

from benchmarks.machine import machine
from benchmarks.stages import settings
from benchmarks.watch import Marks
from rules.flag import find
from service.access.caller import Bounds
from service.access.key import make_key
from service.api.app import create_app
from service.api.screenings import LOOKED_AT
from service.desk import Desk
from service.screening_office import make

TABLES = ("subsidy_payment", "bid", "tender")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("out/bench"))
    parser.add_argument("--singles", type=int, default=300)
    parser.add_argument("--list", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, help="a file for the figures; of `make bench` they are among its own")
    parser.add_argument("--marks", type=int, help="where `make bench` listens")
    asked = parser.parse_args()
    marks = Marks(asked.marks) if asked.marks is not None else None
    if marks is not None:
        marks.begin("screening")
    told: dict[str, Any] = {"machine": machine(), "looked_at": LOOKED_AT}
    with Desk(settings(asked.folder), clock=lambda: datetime.now(UTC)) as desk:
        begun = time.perf_counter()
        ready = make(desk, None)
        told["ready_seconds"] = time.perf_counter() - begun
        for table in TABLES:
            rows = mixed(desk, table, np.random.default_rng(asked.seed), asked.singles + asked.list)
            begun = time.perf_counter()
            ready.screener.warm(table, ready.horizon)
            first = ready.screener.screen(table, rows.slice(0, 1), ready.horizon, LOOKED_AT)
            told[table] = {"first_seconds": time.perf_counter() - begun, "asked": len(first.asked), "not_asked": {one.rule: one.why for one in first.not_asked}}  # fmt: skip
            one = timed(
                lambda at, rows=rows, table=table: ready.screener.screen(table, rows.slice(at, 1), ready.horizon, LOOKED_AT),
                asked.singles,
            )  # type: ignore[misc]
            told[table]["single"] = one
            some = rows.slice(asked.singles)
            many = timed(lambda _, rows=some, table=table: ready.screener.screen(table, rows, ready.horizon), 1)  # type: ignore[misc]
            told[table]["list"] = {"rows": len(some), "seconds": many["p50_ms"] / 1000, "cpu_seconds": many["cpu_p50_ms"] / 1000}
            print(json.dumps({table: told[table]}), flush=True)
        told["whole_seconds"] = {table: whole(desk, table, ready.horizon) for table in TABLES}
        told["http"] = through_the_door(desk, asked.singles, np.random.default_rng(asked.seed))
    if asked.results is not None:
        asked.results.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if marks is not None:
        marks.end(screening=told)


def mixed(desk: Desk, table: str, chance: np.random.Generator, number: int) -> pa.Table:
    """Rows that are not there yet: each mixed from two, with a new key."""
    contract = desk.contracts[table]
    tables = desk.lake.open()
    names = ", ".join(f'"{name}"' for name in contract.columns)
    stored = tables.con.sql(f'SELECT {names} FROM "{table}"').to_arrow_table()
    tables.disconnect()
    one, other = (stored.take(chance.integers(0, stored.num_rows, number)) for _ in "12")
    kept = {name: (other if chance.random() < 0.1 else one)[name] for name in contract.columns}
    kept[contract.key[0]] = pa.array([f"NEW{at:06d}" for at in range(number)])
    return pa.table(kept, schema=stored.schema)


def timed(ask: Callable[[int], object], times: int) -> dict[str, float]:
    """p50 and p99 in milliseconds, by the clock on the wall and of CPU, and how many in a second, one after the other."""
    wall, cpu = [], []
    for at in range(times):
        begun, used = time.perf_counter(), time.process_time()
        ask(at)
        wall.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - used)
    figures = {
        f"{name}p{share}_ms": round(float(np.percentile(taken, share)) * 1000, 1)
        for name, taken in (("", wall), ("cpu_", cpu))
        for share in (50, 99)
    }
    return {**figures, "a_second": round(len(wall) / sum(wall), 1)}


def whole(desk: Desk, table: str, as_of: date) -> float:
    """Seconds that the SELECTs of the rules which read the table take over everything."""
    tables = desk.lake.open()
    rules = [rule for rule in desk.book.running() if table in rule.reads and rule.baseline is None and "signal" not in rule.reads]
    begun = time.perf_counter()
    for rule in rules:
        find(rule, tables, as_of)
    tables.disconnect()
    return round(time.perf_counter() - begun, 1)


def through_the_door(desk: Desk, times: int, chance: np.random.Generator) -> dict[str, float]:
    """One payment at a time through the whole application."""
    with desk.store.change() as session:
        key = make_key(session, "bench", "platform", Bounds(), made_by="bench", now=desk.clock()).text
    rows = plain(mixed(desk, "subsidy_payment", chance, times))
    with TestClient(create_app(desk)) as calling:

        def ask(at: int) -> None:
            answer = calling.post(
                "/api/v1/screenings",
                params={"table": "subsidy_payment"},
                json=[rows[at]],
                headers={"Authorization": f"Bearer {key}"},
            )
            if answer.status_code != 200:
                raise RuntimeError(answer.text)

        ask(0)
        return timed(ask, times)


def plain(rows: pa.Table) -> Sequence[dict[str, Any]]:
    return [{name: None if value is None else str(value) for name, value in row.items()} for row in rows.to_pylist()]


if __name__ == "__main__":
    main()
