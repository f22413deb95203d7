"""The forest of payments: what stands alone scores high, and files that are no payments are refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.payment_anomaly import LEARNER, NO_ARTIFACT


def payments(count: int = 600) -> pd.DataFrame:
    dice = np.random.default_rng(1)
    quantity = np.exp(dice.normal(1, 0.3, count)).round(1)
    return pd.DataFrame({
        "payment_id": [f"S{at}" for at in range(count)], "programme_id": np.where(np.arange(count) % 2, "G1", "G2"),
        "amount": quantity * 100 * np.exp(dice.normal(0, 0.02, count)), "quantity": quantity,
    })  # fmt: skip


def test_a_payment_ten_times_the_others_is_the_most_alone() -> None:
    rows = payments()
    rows.loc[7, "amount"] *= 10
    told = LEARNER.predict(LEARNER.fit(rows), rows)
    assert told["isolation"].idxmax() == 7 and not told["abstained"].any()
    assert told.loc[7, "because"].startswith(("金额是项目G1中位数的", "单价是项目G1中位数的"))


def test_without_a_trained_model_it_abstains_and_says_so() -> None:
    told = LEARNER.predict(None, payments(3))
    assert told["abstained"].all() and told["isolation"].isna().all() and set(told["because"]) == {NO_ARTIFACT}


def test_larger_changes_are_found_no_less_often() -> None:
    figures = LEARNER.evaluate(payments(2000), lambda what, done, total: None)
    shares = [figures[f"factor_{factor}"]["found_among_the_first"] for factor in (2, 10)]  # type: ignore[index]
    assert shares[1] >= shares[0] and shares[1] > 0.8


def test_a_file_without_amounts_is_refused_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "pay.csv"
    payments(3).drop(columns="amount").to_csv(path, index=False)
    with pytest.raises(ValueError, match=r"pay\.csv: there is no column amount"):
        LEARNER.read([path])
    payments(3).assign(amount=["1", "x", "2"]).to_csv(path, index=False)
    with pytest.raises(ValueError, match=r"pay\.csv:3: amount is no number"):
        LEARNER.read([path])
