"""The table score_screen: which prices of the lake are screened together, and what is said of them."""

from typing import Any

import pytest

from datasets.contract import read_contracts
from models.bid_screen import LEAST_PEERS, screen_bids
from tests.models.conftest import Fill


def bids(tender: str, prices: list[float], **other: Any) -> list[dict[str, Any]]:
    return [
        {"bid_id": f"{tender}{other.get('lot_id', '')}{at}", "tender_id": tender, "bidder_id": f"E{at}", "price": price,
         "currency": "CNY", "status": "winning" if at == 0 else "valid", **other}
        for at, price in enumerate(prices)
    ]  # fmt: skip


def screened(fill: Fill, *rows: list[dict[str, Any]], tender: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = screen_bids(fill(bid=[row for part in rows for row in part], tender=tender or [])).to_pylist()
    return found


def test_the_columns_are_those_of_the_contract(fill: Fill) -> None:
    assert tuple(screen_bids(fill()).column_names) == tuple(read_contracts()["score_screen"].columns)
    assert screen_bids(fill(bid=bids("T1", [100, 110, 120]))).schema == screen_bids(fill()).schema


def test_losing_prices_that_huddle_are_told_with_the_values(fill: Fill) -> None:
    (one,) = screened(fill, bids("T1", [100, 104, 104.1, 104.2]))
    assert (one["tender_id"], one["lot_id"], one["bids"], one["lowest_won"], one["marks"]) == ("T1", "-", 4, True, 5)
    assert one["diffp"] == pytest.approx(0.04) and one["rd"] == pytest.approx(40)
    assert "离散系数0.0199（不高于0.06）" in one["because"] and "相对距离40（不低于1）" in one["because"]


def test_lots_are_screened_apart_and_two_prices_not_at_all(fill: Fill) -> None:
    found = screened(fill, bids("T1", [100, 110, 120], lot_id="L1"), bids("T1", [100, 150, 190], lot_id="L2"), bids("T2", [1, 2]))
    assert [(row["tender_id"], row["lot_id"]) for row in found] == [("T1", "L1"), ("T1", "L2")]
    assert found[0]["cv"] < found[1]["cv"]


def test_a_firm_counts_once_and_withdrawn_rejected_and_unpriced_bids_do_not(fill: Fill) -> None:
    rows = bids("T1", [100, 110, 120])
    others = [
        {"bid_id": "X1", "tender_id": "T1", "bidder_id": "E1", "price": 115, "currency": "CNY", "status": "valid"},
        {"bid_id": "X2", "tender_id": "T1", "bidder_id": "E7", "price": 90, "currency": "CNY", "status": "withdrawn"},
        {"bid_id": "X3", "tender_id": "T1", "bidder_id": "E8", "price": 80, "currency": "CNY", "status": "disqualified"},
        {"bid_id": "X4", "tender_id": "T1", "bidder_id": "E9", "price": 0, "currency": "CNY", "status": "valid"},
    ]
    assert screened(fill, rows, others) == screened(fill, rows)


def test_two_currencies_in_a_lot_are_not_compared(fill: Fill) -> None:
    other = bids("T1", [100, 110, 120])
    other[1]["currency"] = "USD"
    assert screened(fill, other) == []
    assert len(screened(fill, [{**row, "currency": None} for row in bids("T1", [100, 110, 120])])) == 1


def test_whether_the_lowest_won_is_unknown_where_nobody_did(fill: Fill) -> None:
    dear = bids("T1", [120, 110, 100])
    nobody = [{**row, "status": None} for row in bids("T2", [100, 110, 120])]
    assert [row["lowest_won"] for row in screened(fill, dear, nobody)] == [False, None]


def test_the_median_of_its_kind_is_given_from_enough_tenders_on(fill: Fill) -> None:
    def kind(number: int) -> list[dict[str, Any]]:
        return screened(
            fill, *(bids(f"T{at:02d}", [100, 110, 120]) for at in range(number)),
            tender=[{"tender_id": f"T{at:02d}", "item_class": "A0201"} for at in range(number)],
        )  # fmt: skip

    (few, enough) = kind(LEAST_PEERS)[0], kind(LEAST_PEERS + 1)[0]
    assert (few["peers"], few["peer_cv"]) == (LEAST_PEERS - 1, None) and "同类" not in few["because"]
    assert (
        enough["peers"] == LEAST_PEERS
        and enough["peer_cv"] == pytest.approx(enough["cv"])
        and "；同类离散系数中位数0.0909" in enough["because"]
    )


def test_the_order_of_rows_does_not_matter(fill: Fill) -> None:
    rows = [*bids("T1", [100, 110, 120]), *bids("T2", [100, 150, 190], lot_id="L1")]
    assert screened(fill, rows) == screened(fill, rows[::-1])
