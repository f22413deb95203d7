"""Drift: the index by numbers worked out by hand, which batch is the newest, and what is not judged."""

import math
from datetime import date
from typing import Any

import ibis
import numpy as np
import pytest

from datasets.contract import read_contracts
from models.drift import READS, WATCHED, find_drift, level_of, stability_index


def drift(batches: dict[str, tuple[date, list[float]]]) -> dict[tuple[str, str], dict[str, Any]]:
    tables = ibis.duckdb.connect()
    for name in READS:
        columns = ", ".join(f'"{column}" {spec.duckdb_type}' for column, spec in read_contracts()[name].columns.items())
        tables.raw_sql(f'CREATE TABLE "{name}" ({columns}, batch_id TEXT)')
    for batch, (day, amounts) in batches.items():
        rows = [(f"{batch}{at}", batch, day, amount) for at, amount in enumerate(amounts)]
        tables.con.executemany("INSERT INTO subsidy_payment (payment_id, batch_id, paid_on, amount) VALUES (?, ?, ?, ?)", rows)
    return {(row["table_name"], row["column_name"]): row for row in find_drift(tables).to_pylist()}


OLD, NEW = date(2024, 1, 1), date(2024, 6, 1)
EVEN = [float(one) for one in range(1, 1001)]


def test_the_same_values_have_no_drift() -> None:
    assert stability_index(np.array(EVEN), np.array(EVEN)) == pytest.approx(0)


def test_the_index_is_that_of_the_shares_of_the_tenths() -> None:
    earlier, newest = np.repeat([1.0, 2.0], 500), np.repeat([1.0, 2.0], [800, 200])
    expected = 0.3 * math.log(0.8 / 0.5) - 0.3 * math.log(0.2 / 0.5)
    assert stability_index(earlier, newest) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("psi", "level"), [(0.0999, "stable"), (0.1, "moved"), (0.2499, "moved"), (0.25, "shifted")])
def test_a_level_begins_at_its_limit(psi: float, level: str) -> None:
    assert level_of(psi) == level


def test_the_newest_batch_is_held_against_all_earlier_ones() -> None:
    told = drift({"B9": (OLD, EVEN), "B5": (OLD, EVEN), "B1": (NEW, [one * 3 for one in EVEN])})
    row = told["subsidy_payment", "amount"]
    assert (row["newest_batch"], row["earlier_rows"], row["newest_rows"], row["level"]) == ("B1", 2000, 1000, "shifted")
    assert "中位数由500.5变为1502" in row["because"]


def test_a_single_batch_or_a_handful_of_rows_is_not_judged() -> None:
    assert not drift({"B1": (NEW, EVEN)})
    assert not drift({"B1": (OLD, EVEN), "B2": (NEW, EVEN[:99])})
    assert drift({"B1": (OLD, EVEN), "B2": (NEW, EVEN[:100])})


def test_without_records_there_is_no_drift() -> None:
    assert not drift({})


def test_every_score_that_models_write_is_watched() -> None:
    written = {name for name in read_contracts() if name.startswith("score_")} - {"score_drift"}
    watched = {one.table for one in WATCHED if one.kind == "score"}
    assert watched >= written | {"entity", "mention", "ticket_matter"}


def test_more_tickets_with_a_score_than_before_are_drift() -> None:
    """Two of a hundred tickets lay a wrong to somebody in the old batch, forty in the new one."""
    tables = ibis.duckdb.connect()
    for name in READS:
        columns = ", ".join(f'"{column}" {spec.duckdb_type}' for column, spec in read_contracts()[name].columns.items())
        tables.raw_sql(f'CREATE TABLE "{name}" ({columns}, batch_id TEXT)')
    for batch, day, often in (("B1", OLD, 2), ("B2", NEW, 40)):
        names = [f"{batch}{at:03}" for at in range(200)]
        tables.con.executemany(
            "INSERT INTO ticket (ticket_id, batch_id, created_at) VALUES (?, ?, ?)", [(one, batch, day) for one in names]
        )
        scored = [one for at, one in enumerate(names) if at % 100 < often]
        tables.con.executemany("INSERT INTO score_integrity (ticket_id, score) VALUES (?, 0.8)", [(one,) for one in scored])
        tables.con.executemany("INSERT INTO mention (ticket_id) VALUES (?)", [(one,) for one in scored])
        tables.con.executemany("INSERT INTO hotspot_ticket (ticket_id) VALUES (?)", [(names[0],)])
    told = {(row["table_name"], row["column_name"]): row for row in find_drift(tables).to_pylist()}
    assert told["score_integrity", "score"]["level"] == "shifted"
    assert told["mention", "ticket_id"]["because"].endswith("占比由2.00%变为40.00%")
    assert told["score_hotspot", "hotspot_id"]["level"] == "stable"
