"""Bid screens: worked by hand on small tenders, and against the columns that García Rodríguez et al. publish."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.bid_rows import read_bids
from models.screen_words import because
from models.screens import FEW, SCREENS, screens, subgroup_screens

SHARED = Path(os.environ.get("GUANTONG_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "procurement" / "collusion"
real = pytest.mark.skipif(not SHARED.is_dir(), reason="the published collusion sets are not there")


def bids(**tenders: list[float]) -> pd.DataFrame:
    rows = [(tender, price) for tender, prices in tenders.items() for price in prices]
    return pd.DataFrame(rows, columns=["tender", "price"])


def test_screens_of_a_tender_worked_by_hand() -> None:
    one = screens(bids(A=[130.0, 100.0, 120.0, 150.0])).loc["A"]
    assert one["bids"] == 4
    assert one["cv"] == pytest.approx(np.std([100, 120, 130, 150], ddof=1) / 125)
    assert one["spd"] == pytest.approx(0.5) and one["diffp"] == pytest.approx(0.2)
    assert one["rd"] == pytest.approx(20 / np.std([120, 130, 150], ddof=1))
    assert one["rd_alt"] == pytest.approx(20 / 15) and one["rd_norm"] == pytest.approx(20 / (50 / 3))
    assert one["ks"] == pytest.approx(0.25)
    assert one["skew"] == pytest.approx(pd.Series([100, 120, 130, 150]).skew())
    assert one["kurt"] == pytest.approx(pd.Series([100, 120, 130, 150]).kurt())


def test_screens_are_free_of_scale_and_of_the_order_of_rows() -> None:
    small, large = screens(bids(A=[0.14, 0.1, 0.13, 0.12])), screens(bids(A=[1.2e9, 1e9, 1.4e9, 1.3e9]))
    pd.testing.assert_frame_equal(small, large)


def test_what_too_few_or_equal_prices_cannot_say_is_unknown() -> None:
    found = screens(bids(A=[100.0], B=[100.0, 110.0], C=[100.0, 110.0, 110.0], D=[100.0] * 4))
    assert found.loc["A", list(SCREENS)].isna().all()
    assert set(found.columns[found.loc["B"].isna()]) == {"rd", "rd_alt", "rd_norm", "skew", "kurt"}
    assert np.isnan(found.loc["C", "rd"]) and found.loc["C", "rd_norm"] == pytest.approx(2)
    assert found.loc["D", "cv"] == 0 and found.loc["D", ["rd", "skew", "kurt", "ks"]].isna().all()


def test_no_bids_give_no_screens() -> None:
    assert screens(bids()).empty


def test_subgroups_find_three_close_prices_that_honest_bids_hide() -> None:
    hidden = subgroup_screens(bids(A=[100.0, 150.0, 150.1, 150.2, 220.0], B=[100.0, 130.0, 160.0, 190.0, 220.0]), 3)
    assert hidden.loc["A", "cv3_min"] < 0.001 < hidden.loc["B", "cv3_min"]
    assert hidden.loc["B", "cv3_max"] == pytest.approx(screens(bids(X=[100.0, 160.0, 220.0])).loc["X", "cv"], rel=0.2)


def test_large_tenders_are_looked_at_by_neighbours_in_price() -> None:
    prices = [100.0 + at for at in range(FEW + 1)]
    assert subgroup_screens(bids(A=prices), 2).loc["A", "spd2_max"] == pytest.approx(0.01)
    assert subgroup_screens(bids(A=prices[:-1]), 2).loc["A", "spd2_max"] == pytest.approx((FEW - 1) / 100)


def test_a_sentence_names_the_screens_that_speak_and_their_values() -> None:
    found = screens(bids(A=[100.0, 105.0, 105.1, 105.2, 105.3], B=[100.0, 130.0, 150.0, 180.0]))
    told = because(found)
    assert told[0].startswith("5个报价，离散系数0.0221（不高于0.06）、相对距离38.7（不低于1）")
    assert told[1] == "4个报价，相对距离1.19（不低于1）"


@real
@pytest.mark.parametrize("name", ["Brazil", "Italy", "Switzerland_Ticino", "America", "Switzerland_GR_and_See-Gaster"])
def test_the_published_columns_check_out(name: str) -> None:
    path = SHARED / f"DB_Collusion_{name}_processed.csv"
    published = pd.read_csv(path).astype({"Tender": str}).groupby("Tender").first()
    found = screens(read_bids([path])[["tender", "price"]]).fillna(0)
    for ours, theirs in {"cv": "CV", "spd": "SPD", "skew": "SKEW", "kurt": "KURT", "ks": "KSTEST"}.items():
        assert (found[ours] - published[theirs]).abs().max() < 1.1e-4, ours


@real
def test_their_gap_of_the_two_lowest_is_ours_in_brazil_and_their_relative_distance_nowhere() -> None:
    path = SHARED / "DB_Collusion_Brazil_processed.csv"
    published = pd.read_csv(path).astype({"Tender": str}).groupby("Tender").first()
    found = screens(read_bids([path])[["tender", "price"]])
    assert (found["diffp"] - published["DIFFP"]).abs().max() < 1.1e-4
    assert ((found["rd"].fillna(0) - published["RD"]).abs() > 1.1e-4).all()
