"""The densest group of firms that meet: found without labels, and judged pair by pair."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.bid_rows import read_bids
from models.co_bidding import dense_group, recovered, ties_of

SHARED = Path(os.environ.get("GUANTONG_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "procurement" / "collusion"


def test_the_clique_is_found_among_loose_ties() -> None:
    ties = np.ones((8, 8)) * 0.1
    ties[np.ix_([1, 4, 6], [1, 4, 6])] = 5
    assert list(dense_group(ties)) == [1, 4, 6]


def test_ties_to_oneself_do_not_count() -> None:
    ties = np.diag([100.0, 0, 0])
    ties[1, 2] = ties[2, 1] = 1
    assert list(dense_group(ties)) == [1, 2]


def market() -> pd.DataFrame:
    """Three firms meet in every tender, each with others that come once."""
    rows = [(f"T{at}", firm, 1.0) for at in range(6) for firm in ("A", "B", "C")]
    rows += [(f"T{at}", f"X{at}{other}", 0.0) for at in range(6) for other in range(3)]
    return pd.DataFrame(rows, columns=["tender", "bidder", "cartel"]).assign(file="f.csv")


def test_a_firm_that_bids_twice_for_a_tender_is_there_once() -> None:
    twice = pd.concat([market(), market()])
    assert np.array_equal(ties_of(twice)[1]["core"], ties_of(market())[1]["core"])


def test_the_cartel_is_recovered_and_every_pair_counted() -> None:
    told = recovered(market())["f.csv"]
    assert isinstance(told, dict)
    assert (told["firms"], told["cartel_firms"]) == (21, 3)
    for kind in ("core", "wide"):
        assert told[kind]["pair"] == told[kind]["ever"] == told[kind]["met"] == {"precision": 1, "recall": 1, "f1": 1}


def test_a_stranger_in_the_group_costs_precision_and_a_missing_member_recall() -> None:
    labels = market()
    labels.loc[labels["bidder"] == "C", "cartel"] = 0.0
    labels.loc[labels["bidder"] == "X00", "cartel"] = 1.0
    told = recovered(labels)["f.csv"]
    assert isinstance(told, dict)
    assert told["core"]["pair"] == {
        "precision": pytest.approx(1 / 3, abs=1e-4),
        "recall": pytest.approx(1 / 3, abs=1e-4),
        "f1": pytest.approx(1 / 3, abs=1e-4),
    }


def test_a_pair_that_never_met_is_missed_among_all_pairs_and_not_counted_among_those_that_met() -> None:
    labels = market()
    labels.loc[labels["bidder"].isin(["X00", "X10"]), "cartel"] = 1.0
    told = recovered(labels)["f.csv"]
    assert isinstance(told, dict)
    assert told["core"]["pair"]["recall"] == pytest.approx(3 / 10, abs=1e-4)
    assert told["core"]["ever"]["recall"] == pytest.approx(3 / 9, abs=1e-4)
    assert told["core"]["met"]["recall"] == pytest.approx(18 / 24, abs=1e-4)


def test_the_busiest_firms_are_those_of_the_most_tenders_whoever_they_meet() -> None:
    alone = pd.DataFrame({"tender": [f"S{at}" for at in range(7)], "bidder": "S", "cartel": 0.0, "file": "f.csv"})
    told = recovered(pd.concat([market(), alone]))["f.csv"]
    assert isinstance(told, dict)
    assert told["wide"]["cartel_firms"] == told["wide"]["firms"] == told["busiest"]["firms"] == 3
    assert told["busiest"]["cartel_firms"] == 2


def test_two_cartels_are_not_one() -> None:
    labels = market()
    labels.loc[labels["bidder"] == "C", "cartel"] = 2.0
    told = recovered(labels)["f.csv"]
    assert isinstance(told, dict) and told["core"]["pair"]["precision"] == pytest.approx(1 / 3, abs=1e-4)


def test_a_file_without_firms_or_cartel_is_left_out() -> None:
    assert recovered(market().assign(bidder=None)) == {} == recovered(market().assign(cartel=np.nan))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published collusion sets are not there")
def test_nine_of_ten_firms_of_the_italian_core_are_of_the_cartel() -> None:
    told = recovered(read_bids([SHARED / "DB_Collusion_Italy_processed.csv"]))["DB_Collusion_Italy_processed.csv"]
    assert isinstance(told, dict)
    assert told["core"]["firms"] >= 20 and told["core"]["cartel_firms"] >= 0.9 * told["core"]["firms"]
    assert told["wide"]["met"]["f1"] > told["busiest"]["met"]["f1"]
