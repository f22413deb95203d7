"""Every in-file test of every live rule on Spark: the same signals as on DuckDB, value by value, and those the test expects.

Runs in `make parity` only: it needs pyspark and Java 17, and takes minutes.
"""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from queue import Queue
from typing import Any

import ibis
import pytest
from ibis.backends.duckdb import Backend

from datasets.contract import read_contracts
from rules.baseline import refresh
from rules.book import SHIPPED, read_book
from rules.differences import differences
from rules.empty_tables import known_tables
from rules.findings import make_signals
from rules.flag import find
from rules.indicator import CLOCK, Indicator, RuleTest
from rules.select import Value, bind
from rules.signal import Signal
from rules.transpile import to_spark
from rules.trial import NO_DAY, fill, rows_of
from tests.rules.parity_values import plain, same
from tests.rules.spark_engine import Spark, stored

CONTRACTS = read_contracts()
KNOWN = known_tables(CONTRACTS)
THREADS = 2
RULES = sorted(path.stem for path in (SHIPPED / "book").rglob("*.yml"))

pytestmark = pytest.mark.skipif("GUANTONG_PARITY" not in os.environ, reason="needs pyspark and Java 17: make parity")


@pytest.fixture(scope="module")
def book() -> dict[str, Indicator]:
    return read_book([SHIPPED], CONTRACTS).indicators


@pytest.fixture(scope="module")
def compared(
    request: pytest.FixtureRequest, book: dict[str, Indicator], spark: Spark
) -> Iterator[Mapping[str, Future[list[str]]]]:
    """Rule -> what differs: two threads, each with views of its own, take the rules of this run one after another."""
    views: Queue[Spark] = Queue()
    for _ in range(THREADS):
        views.put(spark.beside())
    wanted = [item.callspec.params["name"] for item in request.session.items if "compared" in getattr(item, "fixturenames", ())]
    with ThreadPoolExecutor(THREADS) as threads:
        yield {name: threads.submit(differing, book[name], views) for name in wanted if runs_on_spark(book[name])}
        threads.shutdown(cancel_futures=True)


def runs_on_spark(rule: Indicator) -> bool:
    return rule.status == "live" and rule.engines is None


def differing(rule: Indicator, views: Queue[Spark]) -> list[str]:
    spark = views.get()
    tables = ibis.duckdb.connect()
    try:
        return [f"{test.name}: {said}" for test in rule.tests for said in compare(rule, test, spark, tables)]
    finally:
        tables.disconnect()
        views.put(spark)


@pytest.mark.parametrize("name", RULES)
def test_a_live_rule_finds_the_same_on_spark(
    name: str, book: dict[str, Indicator], compared: Mapping[str, Future[list[str]]]
) -> None:
    rule = book[name]
    if rule.status != "live":
        pytest.skip(f"{rule.status}: only live rules must run on every engine")
    if rule.engines is not None:
        pytest.skip(f"DuckDB only: {rule.engines.duckdb_only}")
    assert compared[name].result() == []


def compare(rule: Indicator, test: RuleTest, spark: Spark, tables: Backend) -> list[str]:
    """What differs between the test, DuckDB and Spark; empty when all three agree."""
    params = {key: param.model_copy(update={"value": test.params.get(key, param.value)}) for key, param in rule.params.items()}
    rule = rule.model_copy(update={"params": params})
    day = test.as_of or NO_DAY
    fill(rule, test, tables.con, CONTRACTS, KNOWN)
    expected, _ = find(rule, tables, day)
    for table in sorted(rule.reads):
        spark.take(table, *stored(tables.con, table))
    said = _baseline(rule, test, day, spark, tables)
    values: dict[str, Value] = {**rule.values, CLOCK: day}
    rows = spark.run(to_spark(bind(rule.sql, values)))
    shown: dict[str, Any] = {**rule.values, **({CLOCK: day.isoformat()} if rule.uses_clock else {})}
    found = make_signals(rule, rows, shown, None)
    return [*said, *differences(test.flags, rows_of(found)), *unequal(expected, found)]


def _baseline(rule: Indicator, test: RuleTest, day: date, spark: Spark, tables: Backend) -> list[str]:
    """Put the baseline where the rule reads it: the rows given, or those that Spark computes itself, compared first."""
    if rule.baseline is None:
        return []
    if rule.baseline_table in test.given:
        spark.take(rule.baseline_table, *stored(tables.con, rule.baseline_table))
        return []
    computed = spark.run(to_spark(bind(rule.baseline, {**rule.values, CLOCK: day})))
    spark.keep(rule.baseline_table, computed)
    wanted = sorted((plain(row) for row in refresh(rule, tables, day).content.to_pylist()), key=str)
    seen = sorted((plain(row) for row in computed.to_pylist()), key=str)
    return [] if same(wanted, seen) else [f"baseline {wanted} on DuckDB, {seen} on Spark"]


def unequal(expected: list[Signal], found: list[Signal]) -> list[str]:
    """Signals of DuckDB beside those of Spark, both sorted by signal_id: every value, and the sentence they give."""
    left, right = (
        [{**row, **signal.says} for row, signal in zip(rows_of(side), side, strict=True)] for side in (expected, found)
    )
    if [signal.signal_id for signal in expected] != [signal.signal_id for signal in found]:
        return [f"{len(left)} signals on DuckDB {left}, {len(right)} others on Spark {right}"]
    return [
        f"{one['subject_id']}.{name}: {one[name]!r} on DuckDB, {other[name]!r} on Spark"
        for one, other in zip(left, right, strict=True)
        for name in one
        if not same(one[name], other[name])
    ]
