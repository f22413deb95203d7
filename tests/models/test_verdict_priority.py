"""The chance learned from verdicts: it begins with the rules' own sureness, follows verdicts, and can be taken at its word."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.calibration import calibration_error, first_precision
from models.verdict_priority import FEATURES, LEARNER, NO_ARTIFACT, chances


def rows(count: int, seed: int = 0, right: bool = True) -> pd.DataFrame:
    """Alerts whose chance to be right is a third of what their rules say, more with officials."""
    dice = np.random.default_rng(seed)
    seen = pd.DataFrame({name: np.zeros(count) for name in FEATURES})
    seen["sure"], seen["experience"] = dice.uniform(0.05, 0.95, count), 0.3
    seen["officials"], seen["severity"] = dice.integers(0, 2, count), dice.integers(0, 4, count)
    chance = seen["sure"] / 3 * (1 + seen["officials"])
    return seen.assign(right=(dice.random(count) < chance).astype(float) if right else np.nan, chance=chance)


def test_without_verdicts_the_chance_is_nearly_what_the_rules_say() -> None:
    alerts = rows(500, right=False)
    said = chances(LEARNER.fit(alerts), alerts)
    assert np.abs(said - alerts["sure"]).max() < 0.15
    assert np.corrcoef(said, alerts["sure"])[0, 1] > 0.99


def test_with_many_verdicts_the_chance_is_what_people_found() -> None:
    learned, unseen = LEARNER.fit(rows(3000)), rows(3000, seed=1)
    right = unseen["right"].to_numpy()
    assert calibration_error(chances(learned, unseen), right) < 0.05 < calibration_error(unseen["sure"].to_numpy(), right)


def test_what_verdicts_teach_puts_the_right_ones_first() -> None:
    unseen = rows(3000, seed=1)
    right = unseen["right"].to_numpy()
    assert first_precision(chances(LEARNER.fit(rows(3000)), unseen), right) > first_precision(unseen["sure"].to_numpy(), right)


def test_verdicts_that_all_agree_can_be_learned_from() -> None:
    alerts = rows(100).assign(right=0.0)
    assert chances(LEARNER.fit(alerts), alerts).max() < 0.3


def test_without_a_trained_model_it_abstains_and_says_so() -> None:
    told = LEARNER.predict(None, rows(3))
    assert told["abstained"].all() and set(told["because"]) == {NO_ARTIFACT} and (told["chance"] == told["sure"]).all()


def test_a_prediction_names_what_moved_it() -> None:
    alerts = rows(2000)
    told = LEARNER.predict(LEARNER.fit(alerts), alerts)
    surest = told.sort_values("chance").iloc[-1]
    assert "涉公职人员↑" in surest["because"] and "规则把握↑" in surest["because"]


def test_a_file_that_lacks_something_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    rows(5).drop(columns=["sure", "flood"]).to_csv(path, index=False)
    with pytest.raises(ValueError, match=r"facts\.csv: there is no column sure, flood"):
        LEARNER.read([path])
    rows(5).assign(right=1).to_csv(path, index=False)
    with pytest.raises(ValueError, match="right must hold both"):
        LEARNER.read([path])


def test_the_calibration_error_is_the_distance_weighted_by_size() -> None:
    chance, right = np.array([0.25, 0.25, 0.85, 0.85]), np.array([0.0, 1.0, 1.0, 1.0])
    assert calibration_error(chance, right) == pytest.approx((2 * 0.25 + 2 * 0.15) / 4)
    assert calibration_error(np.array([1.0]), np.array([1.0])) == 0 == calibration_error(np.array([]), np.array([]))


def test_the_first_are_those_of_the_highest_chance() -> None:
    assert first_precision(np.array([0.1, 0.9, 0.8]), np.array([1.0, 1.0, 0.0]), first=2) == 0.5
