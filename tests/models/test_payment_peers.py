"""Payments apart from their peers: who the peers are, how far apart is apart, and what happens where there are few."""

from datetime import date
from typing import Any

import pytest

from models.payment_peers import FEW, score_payments
from tests.models.conftest import Fill

AREAS = [
    {"area_id": "T1", "name": "镇", "level": "town", "parent_id": "C1"},
    {"area_id": "V1", "name": "村", "level": "village", "parent_id": "T1"},
    {"area_id": "V2", "name": "村", "level": "village", "parent_id": "T1"},
]


def payment(number: str, amount: float, **other: Any) -> dict[str, Any]:
    said = {"programme_id": "G1", "area_id": "V1", "period": "2024-03", "quantity": 1, "paid_on": date(2024, 3, 15)}
    return {"payment_id": number, "amount": amount, **said, **other}


def batch(letter: str, amounts: list[float], **other: Any) -> list[dict[str, Any]]:
    return [payment(f"{letter}{at:02d}", amount, **other) for at, amount in enumerate(amounts)]


def scored(fill: Fill, payments: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    tables = fill(area=AREAS, subsidy_payment=payments)
    return {row["payment_id"]: row for row in score_payments(tables).to_pylist()}


def test_a_payment_far_above_its_village_is_written_with_the_peers_it_was_compared_with(fill: Fill) -> None:
    found = scored(fill, [*batch("A", [100.0] * 9), payment("X", 400)])
    assert list(found) == ["X"]
    one = found["X"]
    assert (one["method"], one["place"], one["peers"]) == ("peers", "village", 10)
    assert one["middle"] == pytest.approx(100) and one["times"] == pytest.approx(4)
    assert one["peer_payments"] == "A00、A01、A02" and "A00、A01、A02" in one["because"]
    assert "4.00倍" in one["because"] and "中位数100.00元" in one["because"]


def test_a_small_payment_is_as_far_from_its_peers_as_a_large_one(fill: Fill) -> None:
    found = scored(fill, [*batch("A", [100.0] * 10), payment("X", 50), payment("Y", 200)])
    assert found["X"]["deviation"] == pytest.approx(-found["Y"]["deviation"])


def test_an_everyday_spread_is_not_written(fill: Fill) -> None:
    assert not scored(fill, batch("A", [50, 70, 80, 90, 100, 110, 120, 150, 200, 300]))


def test_villages_programmes_and_periods_are_not_each_others_peers(fill: Fill) -> None:
    others = [
        *batch("B", [900.0] * 10, area_id="V2"), *batch("C", [900.0] * 10, programme_id="G2"),
        *batch("D", [900.0] * 10, period="2024-04"),
    ]  # fmt: skip
    assert not scored(fill, [*batch("A", [100.0] * 10), *others])


def test_where_the_village_has_few_the_town_is_asked_and_then_the_county(fill: Fill) -> None:
    town = [*batch("A", [100.0] * 5), *batch("B", [100.0] * (FEW - 6), area_id="V2"), payment("X", 400)]
    assert scored(fill, town)["X"]["place"] == "town"
    county = [*batch("A", [100.0] * 5), *batch("B", [100.0] * (FEW - 6), area_id="V9"), payment("X", 400)]
    assert scored(fill, county)["X"]["place"] == "county"


def test_a_payment_without_a_period_is_one_of_the_month_it_was_paid_in(fill: Fill) -> None:
    assert scored(fill, [*batch("A", [100.0] * 9, period=None), payment("X", 400)])["X"]["peers"] == 10


def test_corrections_and_arrears_are_no_peers_and_are_not_judged(fill: Fill) -> None:
    found = scored(
        fill, [*batch("A", [100.0] * 10), payment("X", 900, kind="back_payment"), payment("Y", -900, kind="correction")]
    )
    assert not found


def test_where_even_the_county_has_few_the_forest_says_what_stands_alone(fill: Fill) -> None:
    often = [one for month in range(1, 10) for one in batch(f"M{month}", [100, 105, 110, 95, 98], period=f"2024-{month:02d}")]
    found = scored(fill, [*often, payment("X", 5000, quantity=50, period="2024-10")])
    assert list(found) == ["X"]
    assert found["X"]["method"] == "forest" and found["X"]["place"] is None and found["X"]["deviation"] is None
    assert found["X"]["isolation"] >= 0.6 and f"同批不足{FEW}笔" in found["X"]["because"]


def test_the_order_of_rows_does_not_matter(fill: Fill) -> None:
    rows = [*batch("A", [100.0] * 9), payment("X", 400), *batch("F", [50, 5000, 70], programme_id="G9")]
    assert scored(fill, rows) == scored(fill, rows[::-1])


def test_without_payments_nothing_is_written(fill: Fill) -> None:
    assert not scored(fill, [])
