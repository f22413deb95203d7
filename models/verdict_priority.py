"""How often alerts like this one are right (查实可能), learned from verdicts: a logistic regression that starts from the rules' own sureness.

Before any verdict the best guess is what the rules say of themselves. So every alert is also learned from as a few verdicts' worth
of that guess, part right and part wrong: with no verdicts the model nearly repeats the guess, with many it follows them. A logistic
regression with an intercept is calibrated on what it learned from; its terms are the reasons a priority is made of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.calibration import calibration_error, first_precision
from models.learned import SEED, Progress

FEATURES = ("sure", "severity", "amount", "records", "officials", "rules", "flood", "blindness", "experience")
"""As rules.priority.Facts has them."""
WORDS = {
    "sure": ("规则把握", "sureness of the rules"), "severity": ("程度", "severity"), "amount": ("金额", "amount"),
    "records": ("记录种类", "kinds of record"), "officials": ("涉公职人员", "officials"), "rules": ("规则条数", "number of rules"),
    "flood": ("成批出现", "flood"), "blindness": ("记录残缺", "blindness"), "experience": ("以往研判", "earlier verdicts"),
}  # fmt: skip
NEAR = 0.01
"""No rule is surer, or less sure, than so much: its odds stay finite."""
PRIOR_VERDICTS = 10.0
FOLDS = 5
NO_ARTIFACT = "没有训练好的模型，按规则自己的把握"
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class VerdictPriority:
    """The learner; rows have FEATURES and `right` (1, 0, or empty where nobody has decided)."""

    name: str = "priority"
    prior_verdicts: float = PRIOR_VERDICTS
    """How many verdicts the rules' own sureness is worth."""

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """Facts of alerts from CSV files."""
        return pd.concat([_read(path, labelled) for path in paths], ignore_index=True)

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """The regression on decided rows, and on all of them as far as their rules are sure of themselves."""
        seen, sure = terms(rows), rows["sure"].to_numpy(float).clip(NEAR, 1 - NEAR)
        decided = rows["right"].notna().to_numpy()
        each = self.prior_verdicts / len(rows)
        matrix = np.vstack([seen, seen, seen[decided]])
        right = np.concatenate([np.ones(len(rows)), np.zeros(len(rows)), rows["right"].to_numpy(float)[decided]])
        weight = np.concatenate([each * sure, each * (1 - sure), np.ones(int(decided.sum()))])
        fitted: BaseEstimator = make_pipeline(StandardScaler(), LogisticRegression(random_state=SEED))
        return fitted.fit(matrix, right, logisticregression__sample_weight=weight)

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """Calibration error and precision of the first 100 decided alerts, each predicted from the other folds; and of the rules alone."""
        decided = rows[rows["right"].notna()].reset_index(drop=True)
        right, chance = decided["right"].to_numpy(float), np.zeros(len(decided))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        for done, (train, test) in enumerate(folds.split(decided, right)):
            progress(self.name, done, FOLDS)
            chance[test] = chances(self.fit(decided.iloc[train]), decided.iloc[test])
        alone = decided["sure"].to_numpy(float)
        return {
            "verdicts": len(decided), "share_right": float(right.mean()),
            "learned": {"calibration_error": calibration_error(chance, right), "first_100": first_precision(chance, right)},
            "rules_alone": {"calibration_error": calibration_error(alone, right), "first_100": first_precision(alone, right)},
        }  # fmt: skip

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with chance (0 to 1), abstained and because; abstaining, the chance is the rules' own sureness."""
        if fitted is None:
            return rows.assign(chance=rows["sure"], abstained=True, because=NO_ARTIFACT)
        return rows.assign(
            chance=chances(fitted, rows),
            abstained=False,
            because=["、".join(zh for zh, _ in by) for by in moved_by(fitted, rows)],
        )


def terms(rows: pd.DataFrame) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """FEATURES as the regression takes them: shares as log odds, counts as logarithms."""
    seen = rows[list(FEATURES)].astype(float)
    for share in ("sure", "experience"):
        near = seen[share].clip(NEAR, 1 - NEAR)
        seen[share] = np.log(near / (1 - near))
    for count in ("records", "officials", "rules"):
        seen[count] = np.log1p(seen[count])
    matrix: np.ndarray[tuple[int, int], np.dtype[np.float64]] = seen.to_numpy(float)
    return matrix


def chances(fitted: BaseEstimator, rows: pd.DataFrame) -> Floats:
    """The chance that each row is right."""
    found: Floats = fitted.predict_proba(terms(rows))[:, 1]
    return found


def moved_by(fitted: BaseEstimator, rows: pd.DataFrame) -> list[list[tuple[str, str]]]:
    """The two terms that moved each row furthest from the average alert, in words (zh, en): ↑ up, ↓ down."""
    scaler, regression = fitted[0], fitted[-1]
    pushes: np.ndarray[Any, Any] = scaler.transform(terms(rows)) * regression.coef_[0]
    furthest = np.argsort(-np.abs(pushes), axis=1, kind="stable")[:, :2]
    return [[_pushed(FEATURES[at], push[at]) for at in two] for two, push in zip(furthest, pushes, strict=True)]


def _pushed(name: str, push: float) -> tuple[str, str]:
    zh, en = WORDS[name]
    mark = "↑" if push > 0 else "↓"
    return zh + mark, f"{en} {mark}"


def _read(path: Path, labelled: bool) -> pd.DataFrame:
    rows = pd.read_csv(path)
    needed = (*FEATURES, "right") if labelled else FEATURES
    if missing := [name for name in needed if name not in rows]:
        raise ValueError(f"{path}: there is no column {', '.join(missing)}; an alert's facts are {', '.join(needed)}")
    if labelled and rows["right"].dropna().nunique() < 2:
        raise ValueError(f"{path}: right must hold both 1 (substantiated) and 0 (not), else there is nothing to learn")
    return rows


LEARNER = VerdictPriority()
