"""Firms that bid together: pairs against chance worked out by hand, groups that win by turns, and honest company left alone."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from datasets.contract import read_contracts
from models.company import chance_of_company
from models.group import groups
from models.ring import cluster_id, find_rings
from models.rotation import expected_meetings, full_turns, ring_chance, turn_chance
from tests.models.conftest import Fill

Market = list[tuple[str, str]]
"""Each tender's bidders, and its winner: ("AB", "A")."""


@pytest.fixture
def rings(fill: Fill) -> Any:
    def _rings(*markets: Market, shuffled: bool = False, **rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        tenders = [
            {"tender_id": f"M{market}T{number:02}", "item_class": f"A{market}", "area_id": "C", "buyer_id": f"U{number % 5}",
             "opened_at": pd.Timestamp("2023-01-01") + pd.Timedelta(days=7 * number)}
            for market, held in enumerate(markets) for number in range(len(held))
        ]  # fmt: skip
        results = [result for held in markets for result in held]
        bids = [
            {"bid_id": f"{tender['tender_id']}{firm}", "tender_id": tender["tender_id"], "bidder_id": firm, "status": "valid"}
            for tender, (firms, _) in zip(tenders, results, strict=True) for firm in firms
        ]  # fmt: skip
        awards = [
            {"award_id": tender["tender_id"], "tender_id": tender["tender_id"], "supplier_id": winner, "status": "active"}
            for tender, (_, winner) in zip(tenders, results, strict=True)
        ]  # fmt: skip
        if shuffled:
            tenders, bids, awards = tenders[::-1], bids[::-1], awards[::-1]
        found = find_rings(fill(**({"tender": tenders, "bid": bids, "award": awards} | rows)))
        return {name: table.to_pylist() for name, table in found.items()}

    return _rings


def one(found: dict[str, list[dict[str, Any]]], kind: str) -> dict[str, Any]:
    rows = [row for row in found["score_ring"] if row["kind"] == kind]
    assert len(rows) == 1
    return rows[0]


PAIR: Market = (
    [("ABX", "A")] * 5 + [("AY", "A")] + [(f"{x}{y}", x) for x, y in zip("YZXYZXYZXYZXYZ", "ZXYZXYZXYZXYZX", strict=True)]
)
"""20 tenders: A bids for 6, B for 5, always where A bids; A wins."""


def test_a_pair_is_weighed_against_chance_worked_out_by_hand(rings: Any) -> None:
    found = rings(PAIR)
    pair = next(row for row in found["score_ring"] if row["cluster_id"] == cluster_id("pair", ["A", "B"]))
    # expected 6 x 5 / 20; all five of B's among A's six: C(6,5) / C(20,5) = 6 / 15504
    assert (pair["firms"], pair["tenders"], pair["expected"], pair["lift"]) == (2, 5, 1.5, pytest.approx(10 / 3))
    assert pair["p_value"] == pytest.approx(6 / 15504)
    assert (pair["wins"], pair["top_wins"], pair["alternations"]) == (5, 5, 0)
    assert (str(pair["first_on"]), str(pair["last_on"])) == ("2023-01-01", "2023-01-29")
    assert (
        pair["because"]
        == "2家企业共同投标5次（偶然预期1.5次），其中5次由其中一家中标，最多的一家5次；偶然同投这么多次的概率0.00039"
    )
    members = {row["member_id"] for row in found["cluster"] if row["cluster_id"] == pair["cluster_id"]}
    assert members == {"A", "B"}
    tenders = [(row["tender_id"], row["winner_id"]) for row in found["ring_tender"] if row["cluster_id"] == pair["cluster_id"]]
    assert tenders == [(f"M0T0{number}", "A") for number in range(5)]


def test_firms_that_bid_everywhere_meet_as_often_as_chance_has_it(rings: Any) -> None:
    found = rings([("AB", "A")] * 9 + [("AB", "B")])
    assert found == {"cluster": [], "score_ring": [], "ring_tender": []}


def test_a_withdrawn_bid_and_an_invitation_are_no_company(rings: Any) -> None:
    bids = [
        {"bid_id": f"{number}{firm}", "tender_id": f"M0T{number:02}", "bidder_id": firm, "status": status}
        for number in range(5) for firm, status in (("A", "valid"), ("B", "withdrawn"), ("C", "invited"))
    ]  # fmt: skip
    assert rings(PAIR, bid=bids)["cluster"] == []


def test_the_law_of_several_markets_is_the_sum_of_theirs() -> None:
    pair = pd.DataFrame({"tenders": [3]})
    meet = pd.DataFrame({"pair": [0, 0], "n": [2, 2], "n_other": [2, 1], "size": [4, 4]})
    found = chance_of_company(pair, meet).iloc[0]
    # first market: 0, 1, 2 meetings with chance 1/6, 4/6, 1/6; second: 0, 1 with 1/2, 1/2; three only when 2 + 1
    assert (found["expected"], found["lift"]) == (1.5, 2.0)
    assert found["p_value"] == pytest.approx(1 / 12)


def test_the_main_buyer_is_one_of_more_than_half(rings: Any) -> None:
    assert {row["unit_id"] for row in rings(PAIR)["score_ring"]} == {None}
    tenders = [
        {"tender_id": f"M0T{number:02}", "item_class": "A0", "buyer_id": "U1" if number < 3 else "U2"} for number in range(20)
    ]  # fmt: skip
    found = rings(PAIR, tender=tenders)["score_ring"]
    assert next(row["unit_id"] for row in found if row["cluster_id"] == cluster_id("pair", ["A", "B"])) == "U1"


def test_a_ring_that_is_the_whole_market_is_found_by_its_turns(rings: Any) -> None:
    found = rings([("ABC", "ABC"[number % 3]) for number in range(9)])
    ring = one(found, "rotation")
    # nine tenders, each with all three: as expected, and seven full turns of seven: 3!/3^3 x (1/3)^6
    assert (ring["firms"], ring["tenders"], ring["expected"], ring["lift"]) == (3, 9, 9.0, 1.0)
    assert ring["p_value"] == pytest.approx(6 / 3**9)
    assert (ring["wins"], ring["top_wins"], ring["alternations"]) == (9, 3, 8)
    assert ring["because"].endswith("中标人轮换8次；偶然结伴而又轮得这样整齐的概率0.0003")
    assert [row["winner_id"] for row in found["ring_tender"]] == list("ABCABCABC")


def test_honest_company_of_a_ring_is_left_out_of_it(rings: Any) -> None:
    found = rings([("ABCH", "ABC"[number % 3]) for number in range(12)] + [("ABCH", "H")])
    ring = one(found, "rotation")
    assert {row["member_id"] for row in found["cluster"] if row["cluster_id"] == ring["cluster_id"]} == {"A", "B", "C"}
    assert (ring["tenders"], ring["wins"]) == (13, 12)


def test_one_that_always_wins_takes_no_turns(rings: Any) -> None:
    assert [row for row in rings([("ABC", "A")] * 9)["score_ring"] if row["kind"] == "rotation"] == []


def test_the_order_of_the_rows_does_not_matter(rings: Any) -> None:
    turns: Market = [("ABC", "ABC"[number % 3]) for number in range(9)]
    assert rings(PAIR, turns) == rings(PAIR, turns, shuffled=True)


@pytest.mark.parametrize(("winners", "firms"), [("ABCABCA", 3), ("ABCACBA", 3), ("ABCDABC", 4), ("AABBCC", 3), ("ABABAB", 3)])
def test_the_chance_of_turns_is_that_of_counting_every_order(winners: str, firms: int) -> None:
    seen = full_turns(winners, firms)
    orders = list(product("ABCD"[:firms], repeat=len(winners)))
    assert turn_chance(winners, firms) == pytest.approx(sum(full_turns(order, firms) >= seen for order in orders) / len(orders))


def test_fewer_wins_than_firms_make_no_turn() -> None:
    assert (full_turns("AB", 3), turn_chance("AB", 3), turn_chance("", 3)) == (0, 1.0, 1.0)


def test_company_is_a_second_witness_only_where_it_is_beyond_the_usual() -> None:
    # Fisher: -2 (ln 0.08 + ln 0.01) = 14.26 at 4 degrees is (1 + 7.13) e^-7.13
    assert ring_chance(0.08, 10, 0.02) == pytest.approx((1 + 7.1309) * np.exp(-7.1309), rel=1e-3)
    assert ring_chance(0.08, 70, 53.0) == 0.08
    assert ring_chance(0.0003, 9, 9.0) == 0.0003


def test_company_alone_makes_no_rotation() -> None:
    assert ring_chance(1.0, 20, 0.01) > 0.05


def test_meetings_of_a_group_are_expected_by_each_firms_share() -> None:
    bid = pd.DataFrame({"tender_id": ["1", "2", "1", "2", "1", "3"], "firm": list("ABBCCD"), "market": "M"})
    # three tenders; A bids for 1/3, B for 2/3, C for 2/3: all three by 4/27, at least two by 4/27 + (2 + 2 + 8)/27 … of three tenders
    by_hand = 3 * (1 / 3 * 2 / 3 * 2 / 3)
    assert expected_meetings(bid, pd.Series(["A", "B", "C"]), 3) == pytest.approx(by_hand)


def test_a_set_that_is_too_large_is_split_where_its_ties_are_weaker() -> None:
    firms = [f"F{number:02}" for number in range(14)]
    chain = [(one, other, 0.55, 0.0) for one, other in zip(firms, firms[1:], strict=False)]
    close = [(one, other, 0.95, 0.0) for part in (firms[:3], firms[10:13]) for one, other in zip(part, part[1:], strict=False)]
    pair = pd.DataFrame(chain + close, columns=["one", "other", "overlap", "strength"])
    assert groups(pair) == [tuple(firms[:3]), tuple(firms[10:13])]


def test_twenty_thousand_tenders_of_five_bids_take_seconds(fill: Fill) -> None:
    chosen = np.random.default_rng(7)
    classes = chosen.integers(0, 60, 20_000)
    tables = fill()
    rows = pd.DataFrame(
        {
            "tender_id": np.repeat(np.arange(20_000), 5).astype(str),
            "firm": np.repeat(classes, 5) * 50 + chosen.integers(0, 50, 100_000),
        }
    )
    tables.con.register("made", rows)
    tables.con.execute(
        "INSERT INTO bid (bid_id, tender_id, bidder_id) SELECT tender_id || firm, tender_id, firm::VARCHAR FROM made GROUP BY ALL"
    )
    tables.con.execute(
        "INSERT INTO tender (tender_id, item_class) SELECT tender_id, min(firm // 50)::VARCHAR FROM made GROUP BY ALL"
    )
    score = find_rings(tables)["score_ring"].to_pandas()
    # honest company: of some 70,000 pairs that meet, next to none so often that chance is one in a million
    assert (score["p_value"] < 1e-6).sum() <= 1


def test_the_tables_have_the_contracts_columns_and_are_empty_without_bids(fill: Fill) -> None:
    contracts = read_contracts()
    for name, table in find_rings(fill()).items():
        assert (table.num_rows, tuple(table.column_names)) == (0, tuple(contracts[name].columns))
