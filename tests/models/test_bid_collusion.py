"""The collusion model: what it reads, what it must not see, how it is judged, and what it says."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.bid_collusion import FEATURES, QUESTIONS, WRITES, BidCollusion
from models.bid_features import PRICES, features
from models.bid_rows import read_bids
from models.collusion_trial import judged, later
from models.learned import Made, libraries, load, save
from models.register import REGISTER

SHARED = Path(os.environ.get("GUANTONG_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "procurement" / "collusion"
real = pytest.mark.skipif(not SHARED.is_dir(), reason="the published collusion sets are not there")
LEARNER = BidCollusion(repeats=2)


def quiet(what: str, done: int, total: int) -> None:
    """Nobody watches."""


def market(tenders: int = 60, seed: int = 1) -> pd.DataFrame:
    """Every other tender is agreed: the losers huddle above the winner."""
    random, rows = np.random.default_rng(seed), []
    for tender in range(tenders):
        agreed, size = tender % 2, int(random.integers(4, 9))
        first = float(random.uniform(1e5, 1e6))
        others = first * (random.uniform(1.04, 1.05, size) if agreed else random.uniform(1.0, 1.6, size))
        for at, price in enumerate([first, *others]):
            rows.append(
                {
                    "Tender": tender,
                    "Bid_value": round(price, 2),
                    "Winner": int(at == 0),
                    "Collusive_competitor": agreed,
                    "Date": tender,
                }
            )
    return pd.DataFrame(rows)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "market.csv"
    market().to_csv(made, index=False)
    return made


def written(tmp_path: Path, **changed: object) -> Path:
    path = tmp_path / "bids.csv"
    market(4).assign(**changed).to_csv(path, index=False)
    return path


def test_columns_are_known_by_the_papers_names_ours_and_chinese_ones(tmp_path: Path, path: Path) -> None:
    other = tmp_path / "other.csv"
    market().rename(columns={"Tender": "项目编号", "Bid_value": "报价", "Collusive_competitor": "是否串通"}).to_csv(
        other, index=False
    )
    rows = read_bids([path, other])
    assert rows.groupby("file")["price"].sum().nunique() == 1 and set(rows["file"]) == {"market.csv", "other.csv"}


def test_a_missing_column_is_named_with_what_it_may_be_called(tmp_path: Path) -> None:
    path = tmp_path / "bids.csv"
    market(4).drop(columns=["Bid_value", "Collusive_competitor"]).to_csv(path, index=False)
    with pytest.raises(
        ValueError, match=r"bids.csv: there is no column price \(Bid_value or price or 报价\), collusive .*it has Tender"
    ):
        read_bids([path])


def test_unlabelled_files_are_read_for_prediction_only(tmp_path: Path) -> None:
    path = tmp_path / "bids.csv"
    market(4).drop(columns="Collusive_competitor").to_csv(path, index=False)
    assert len(read_bids([path], labelled=False)) == len(market(4))
    with pytest.raises(ValueError, match="collusive"):
        read_bids([path])


def test_a_price_of_nothing_or_no_number_is_named_with_its_line(tmp_path: Path) -> None:
    prices = market(4)["Bid_value"].astype(object)
    prices[2], prices[3] = "面议", 0
    with pytest.raises(ValueError, match=r"bids.csv:4: price is '面议'; it must be a number above zero \(2 rows are not\)"):
        read_bids([written(tmp_path, Bid_value=prices)])


def test_a_label_that_changes_inside_a_tender_and_one_that_is_no_label_are_refused(tmp_path: Path) -> None:
    label = market(4)["Collusive_competitor"].copy()
    label[0] = 1
    with pytest.raises(ValueError, match="tender 0 is collusive in one row and not in another"):
        read_bids([written(tmp_path, Collusive_competitor=label)])
    with pytest.raises(ValueError, match="collusive is 2; it is 0 or 1"):
        read_bids([written(tmp_path, Collusive_competitor=2)])


def test_dates_written_as_dates_are_days_and_a_missing_time_is_no_date(tmp_path: Path) -> None:
    assert set(read_bids([written(tmp_path, Date="1970-01-11")])["date"]) == {10.0}
    assert read_bids([written(tmp_path, Date=-9223372036)])["date"].isna().all()


def test_neither_the_id_nor_the_firms_nor_anything_made_of_the_label_changes_what_the_model_sees(path: Path) -> None:
    rows = read_bids([path])
    told = features(rows)
    renamed = rows.assign(bidder=range(len(rows)), cartel=1.0, collusive=1 - rows["collusive"])
    pd.testing.assert_frame_equal(told, features(renamed))
    ids = rows.assign(tender="X" + rows["tender"])
    assert np.array_equal(features(ids).to_numpy(), told.to_numpy(), equal_nan=True)


def test_scale_free_features_know_neither_size_nor_date(path: Path) -> None:
    rows = read_bids([path])
    dearer = rows.assign(price=rows["price"] * 1000, date=rows["date"] + 500)
    pd.testing.assert_frame_equal(features(rows)[list(PRICES)], features(dearer)[list(PRICES)])


def test_bids_weigh_in_balanced_accuracy() -> None:
    label, said, bids = np.array([1, 1, 0, 0]), np.array([1, 0, 0, 0]), np.array([9, 1, 5, 5])
    assert judged(label, said, bids)["balanced_accuracy"] == pytest.approx(100 * (0.9 + 1) / 2)
    assert judged(label, said, bids)["f1"] == pytest.approx(100 * 2 * 9 / (2 * 9 + 1))
    assert judged(np.array([1, 1]), np.array([1, 1]), np.array([1, 1]))["balanced_accuracy"] == 100


def test_in_time_order_the_later_are_judged_by_the_earlier_and_it_is_said_why_not() -> None:
    seen, bids = pd.DataFrame({"cv": [0.0, 1] * 25}), np.ones(50)
    label, date = np.array([0, 1] * 25), np.arange(50.0)
    told = later(seen, label, bids, date)
    assert (told["balanced_accuracy"], told["tenders"], told["collusive_tenders"]) == (100, 10, 5)
    assert later(seen, label, bids, np.full(50, np.nan)) == {"why": "no dates"}
    assert "nothing to learn from" in str(later(seen, (date > 45).astype(int), bids, date)["why"])


def test_agreed_prices_are_told_from_honest_ones_under_every_question(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "second.csv"
    market(seed=2).to_csv(other, index=False)
    told = LEARNER.evaluate(LEARNER.read([path, other]), quiet)
    for question in (*QUESTIONS, "time_ordered", "left_out"):
        figures = told[question]
        assert isinstance(figures, dict) and set(figures) == {"market.csv", "second.csv"}
        assert all(one["balanced_accuracy"] > 90 for one in figures.values()), question


def test_the_same_rows_give_the_same_figures_and_the_same_artifact(path: Path, tmp_path: Path) -> None:
    rows = LEARNER.read([path])
    assert LEARNER.evaluate(rows, quiet) == LEARNER.evaluate(rows, quiet)
    made = Made(LEARNER.name, "", len(rows), FEATURES, 42, libraries())
    one, two = (save(tmp_path / name, LEARNER.fit(rows), made).read_bytes() for name in "ab")
    assert one == two
    found = load(tmp_path / "a", LEARNER.name, FEATURES, REGISTER[LEARNER.name].trusted)
    assert found is not None
    pd.testing.assert_frame_equal(LEARNER.predict(found[0], rows), LEARNER.predict(LEARNER.fit(rows), rows))


def test_each_tender_gets_a_probability_and_a_reason_and_one_of_two_bids_gets_none(path: Path) -> None:
    rows = LEARNER.read([path])
    few = pd.concat([market(2).groupby("Tender").head(2), market(4)[lambda all: all["Tender"] > 1]])
    few.to_csv(path, index=False)
    told = LEARNER.predict(LEARNER.fit(rows), LEARNER.read([path], labelled=False)).set_index("tender")
    assert set(WRITES) <= set(told.columns) and len(told) == 4
    assert told.loc["3", "probability"] > 0.8 > 0.2 > told.loc["2", "probability"]
    assert "离散系数" in told.loc["3", "because"] and not told.loc["3", "abstained"]
    assert told.loc["0", "abstained"] and np.isnan(told.loc["0", "probability"]) and "不足3个" in told.loc["0", "because"]


def test_without_an_artifact_it_abstains_and_still_lists_the_screens(path: Path) -> None:
    told = LEARNER.predict(None, LEARNER.read([path]))
    assert told["abstained"].all() and told["probability"].isna().all()
    assert told["because"].str.startswith("没有训练好的模型").all() and told["because"].str.contains("离散系数").any()


@pytest.mark.slow
@real
def test_the_gate_holds_in_brazil_and_ticino_in_a_short_run() -> None:
    paths = [SHARED / f"DB_Collusion_{name}_processed.csv" for name in ("Brazil", "Switzerland_Ticino")]
    gate = BidCollusion(repeats=5).evaluate(read_bids(paths), quiet)["gate"]
    assert isinstance(gate, dict)
    assert gate[paths[0].name]["balanced_accuracy"] > 82.4 and gate[paths[1].name]["balanced_accuracy"] > 81.2
