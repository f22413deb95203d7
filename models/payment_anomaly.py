"""Payments unlike any other (发放异常), where peers are few: a forest of random cuts isolates what lies apart (IsolationForest).

Liu, Ting, Zhou: Isolation Forest, ICDM 2008. A payment is seen as amount, quantity and amount per unit, each as its distance
from the median of its programme on a log scale, so that programmes of different rates can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.ensemble import IsolationForest

from models.learned import SEED, Progress

COLUMNS = ("payment_id", "programme_id", "amount", "quantity")
FEATURES = ("amount", "quantity", "rate")
WORDS = {"amount": "金额", "quantity": "数量", "rate": "单价"}
TREES = 100
"""The paper's own, as is the sample of at most 256 for each tree ("auto"): more of either changes little."""
APART = 0.6
"""Score from which a payment counts as apart: 0.5 is the everyday, 1 is alone (section 2 of the paper)."""
NO_ARTIFACT = "没有训练好的模型，未判断"


@dataclass(frozen=True)
class PaymentAnomaly:
    """The learner; rows have payment_id, programme_id, amount in yuan and, where known, quantity."""

    name: str = "payment_anomaly"

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """Payments of CSV files; nothing is labelled here: the forest learns what is everyday."""
        return pd.concat([_read(path) for path in paths], ignore_index=True)

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """The forest of the rows' distances from their programmes' medians."""
        return forest().fit(distances(rows).to_numpy())

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """How well payments are found again whose amount was changed by a factor (2, 3, 5, 10), one of a hundred, at random."""
        figures: dict[str, object] = {"payments": len(rows), "programmes": int(rows["programme_id"].nunique())}
        factors = (2, 3, 5, 10)
        for done, factor in enumerate(factors):
            progress(f"x{factor}", done, len(factors))
            changed, planted = _planted(rows, factor)
            score = scores(self.fit(changed), changed)
            first = np.argsort(-score, kind="stable")[: int(planted.sum())]
            figures[f"factor_{factor}"] = {"planted": int(planted.sum()), "found_among_the_first": float(planted[first].mean())}
        return figures

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with isolation (0 to 1), abstained and because."""
        if fitted is None:
            return rows.assign(isolation=np.nan, abstained=True, because=NO_ARTIFACT)
        return rows.assign(isolation=scores(fitted, rows), abstained=False, because=reasons(rows))


def forest() -> BaseEstimator:
    """A forest that has seen nothing yet."""
    return IsolationForest(n_estimators=TREES, max_samples="auto", random_state=SEED, n_jobs=1)


def distances(rows: pd.DataFrame) -> pd.DataFrame:
    """FEATURES of each row: log of amount, quantity and amount per unit, less the median of the programme; 0 where not known."""
    seen = pd.DataFrame({"amount": rows["amount"].astype(float), "quantity": rows["quantity"].astype(float)}, index=rows.index)
    seen["rate"] = seen["amount"] / seen["quantity"]
    logs = seen.where(seen > 0).transform(np.log)
    apart: pd.DataFrame = (logs - logs.groupby(rows["programme_id"]).transform("median")).fillna(0.0)
    return apart[list(FEATURES)]


def scores(fitted: BaseEstimator, rows: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """How alone each row stands, 0 to 1: the paper's s(x, n)."""
    alone: np.ndarray[tuple[int], np.dtype[np.float64]] = -fitted.score_samples(distances(rows).to_numpy())
    return alone


def reasons(rows: pd.DataFrame) -> list[str]:
    """What of each row lies furthest from its programme's median."""
    apart = distances(rows)
    furthest = apart.abs().to_numpy().argmax(axis=1)
    far = apart.to_numpy()[np.arange(len(apart)), furthest]
    return [
        f"{WORDS[FEATURES[at]]}是项目{programme}中位数的{np.exp(by):.2f}倍"
        for at, by, programme in zip(furthest, far, rows["programme_id"], strict=True)
    ]


def _read(path: Path) -> pd.DataFrame:
    rows = pd.read_csv(path, dtype={"payment_id": str, "programme_id": str})
    missing = [name for name in COLUMNS[:3] if name not in rows]
    if missing:
        raise ValueError(f"{path}: there is no column {', '.join(missing)}; a payment has {', '.join(COLUMNS)}")
    rows["amount"] = pd.to_numeric(rows["amount"], errors="coerce")
    rows["quantity"] = pd.to_numeric(rows["quantity"], errors="coerce") if "quantity" in rows else np.nan
    if rows["amount"].isna().any():
        at = int(np.flatnonzero(rows["amount"].isna())[0]) + 2
        raise ValueError(f"{path}:{at}: amount is no number; it is yuan, like 650.00")
    return rows


def _planted(rows: pd.DataFrame, factor: int) -> tuple[pd.DataFrame, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
    """The rows with one of a hundred amounts times a factor, and which these are."""
    planted: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.random.default_rng(SEED).random(len(rows)) < 0.01
    return rows.assign(amount=rows["amount"].where(~planted, rows["amount"] * factor)), planted


LEARNER = PaymentAnomaly()
