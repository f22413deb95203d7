"""Small tables refilled: a plan made once tells of the rows that are there now, and of the subjects asked about."""

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from rules.screen_columns import Coded, among, distinct, hashes
from rules.screen_small import Small

FOUND = "SELECT person AS subject_id, sum(amount) AS amount FROM paid GROUP BY person HAVING count(*) > 1"


@pytest.fixture
def small() -> Iterator[Small]:
    made = Small({"paid": {"person": "VARCHAR", "amount": "DECIMAL(18,2)"}, "holiday": {"day": "VARCHAR"}})
    yield made
    made.close()


def paid(*rows: tuple[str, int]) -> pa.Table:
    return pa.table(
        {
            "person": pa.array([name for name, _ in rows], pa.string()),
            "amount": pa.array([Decimal(amount) for _, amount in rows], pa.decimal128(18, 2)),
        }
    )


def about(*names: str) -> np.ndarray:
    return hashes(pa.array(names, pa.string()))


def test_a_plan_made_over_empty_tables_finds_what_comes_in_later_and_not_what_was_there_before(small: Small) -> None:
    assert small.run("found", FOUND) == []
    small.fill({"paid": paid(("p1", 3), ("p1", 4), ("p2", 5))})
    assert small.run("found", FOUND) == [("p1", Decimal("7.00"))]
    small.fill({"paid": paid(("p2", 1), ("p2", 2))})
    assert small.run("found", FOUND) == [("p2", Decimal("3.00"))]
    small.fill({})
    assert small.run("found", FOUND) == []


def test_a_finding_about_a_subject_asked_for_is_never_left_out(small: Small) -> None:
    small.fill({"paid": paid(("p1", 3), ("p1", 4), ("p2", 5), ("p2", 6))})
    told = small.rows("found", FOUND, about("p2", "nobody")).to_pylist()
    assert {"subject_id": "p2", "amount": Decimal("11.00")} in told
    assert small.rows("found", FOUND, about("nobody")).num_rows == 0


def test_what_is_plain_text_is_told_the_same_as_by_the_engine(small: Small) -> None:
    select = "SELECT person AS subject_id, amount > 3 AS large, CAST(NULL AS VARCHAR) AS nothing FROM paid ORDER BY 1"
    small.fill({"paid": paid(("p1", 3), ("p2", 5))})
    assert small.rows("plain", select, about("p1")).to_pylist() == small.connection.sql(select).to_arrow_table().to_pylist()


def test_one_name_stands_for_the_select_it_was_last_given(small: Small) -> None:
    small.fill({"paid": paid(("p1", 3))})
    assert small.run("one", "SELECT person AS subject_id FROM paid") == [("p1",)]
    assert small.run("one", "SELECT amount AS subject_id FROM paid") == [(Decimal("3.00"),)]


def test_what_is_kept_stays_until_it_is_kept_no_longer(small: Small) -> None:
    small.keep("holiday", pa.table({"day": ["new year"]}))
    small.fill({"paid": paid(("p1", 3)), "holiday": pa.table({"day": ["none"]})})
    assert small.run("days", "SELECT day FROM holiday") == [("new year",)]
    small.unkeep("holiday")
    small.fill({"paid": paid(("p1", 3))})
    assert small.run("days", "SELECT day FROM holiday") == []


def test_rows_with_other_columns_or_types_are_put_as_well(small: Small) -> None:
    small.fill({"paid": paid(("p1", 3))})
    small.fill({"paid": pa.table({"amount": pa.array([7], pa.int64()), "person": pa.array(["p9"], pa.large_string())})})
    assert small.run("everything", "SELECT person, amount FROM paid") == [("p9", Decimal("7.00"))]


@pytest.mark.parametrize("size", [0, 1, 5, 99, 101, 5000])
def test_each_value_once_and_membership_are_those_of_numpy(size: int) -> None:
    chance = np.random.default_rng(size)
    values, others = chance.integers(0, 900, size).astype(np.uint64), chance.integers(0, 900, size // 2).astype(np.uint64)
    assert distinct(values).tolist() == np.unique(values).tolist()
    assert among(values, others).tolist() == np.isin(values, others).tolist()


def test_a_row_without_a_value_holds_none_of_those_asked_for() -> None:
    coded = Coded(pa.array(["a", None, "b", "a", "c"]))
    places, wanted = np.arange(5), coded.numbers(about("a", "c", "unknown"))
    assert coded.holds(places, wanted).tolist() == [True, False, False, True, True]
    assert sorted(coded.find(wanted).tolist()) == [0, 3, 4] and coded.count(wanted) == 3


def test_a_select_that_fails_leaves_the_rows_to_the_next_one(small: Small) -> None:
    small.keep("holiday", pa.table({"day": ["new year"]}))
    small.fill({"paid": paid(("p1", 3), ("p1", 4))})
    for _ in "12":
        with pytest.raises(duckdb.ConversionException):
            small.run("wrong", "SELECT CAST(person AS INTEGER) AS subject_id FROM paid")
        with pytest.raises(duckdb.ConversionException):
            small.rows_afresh("SELECT CAST(person AS INTEGER) AS subject_id FROM paid")
        assert small.run("found", FOUND) == [("p1", Decimal("7.00"))]
        assert small.run("days", "SELECT day FROM holiday") == [("new year",)]


def test_rows_that_were_there_before_are_not_read_over(small: Small) -> None:
    for _ in range(20):
        small.fill({"paid": paid(("p1", 3), ("p1", 4))})
        assert small.run("found", FOUND) == [("p1", Decimal("7.00"))]
    small.fill({})
    assert small.connection.execute("SELECT coalesce(sum(count), 0) FROM pragma_storage_info('paid')").fetchall() == [(0,)]
