"""Collusion in a tender (围标可能性): learned from tenders of known cartels, told from the prices of a tender alone.

What a file is judged by is the paper's protocol (models/collusion_trial.py); what is kept as an artifact uses scale-free prices
only (PRICES of models/bid_features.py), because nothing else means the same in another market. Neither sees who bid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from models.bid_features import DATE, LEVEL, OTHER, PRICES, features, labels
from models.bid_rows import read_bids
from models.co_bidding import recovered
from models.collusion_trial import Numbers, at_random, judged, later, learn, mean, rounded
from models.learned import Progress
from models.screen_words import because
from models.screens import SCREENS

LEAST_BIDS = 3
"""Bids from which a tender is judged: of two, hardly any screen can be told."""
NO_ARTIFACT = "没有训练好的模型，只列指标"
TOO_FEW = f"有效报价不足{LEAST_BIDS}个，未判断"
COLUMNS = ("tender", "price", "collusive", "winner", "estimate", "date", "bidder", "cartel")
FEATURES = PRICES
WRITES = ("bids", *SCREENS, "probability", "abstained", "because")
QUESTIONS = {"gate": (*PRICES, *LEVEL, *DATE, *OTHER), "without_date": (*PRICES, *LEVEL, *OTHER), "prices_only": PRICES}
"""What the model may see, in the order in which it is asked: the gate sees dates, and neither id nor firm."""


@dataclass(frozen=True)
class BidCollusion:
    """The learner; rows are bids as models/bid_rows.py reads them, its answers are tenders."""

    name: str = "bid_collusion"
    repeats: int = 50
    """The paper's."""

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """Bids of CSV files. Raises ValueError."""
        return read_bids(paths, labelled)

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """Trees that saw PRICES of every tender; the files weigh alike, and in each the two classes."""
        return _of_files(features(rows)[list(PRICES)], labels(rows).to_numpy())

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """Percentages by file: gate, without_date and prices_only (random), time_ordered, left_out (learned from the other files)."""
        seen, label = features(rows), labels(rows)
        files = sorted(set(seen.index.get_level_values("file")))
        figures: dict[str, dict[str, object]] = {name: {} for name in (*QUESTIONS, "time_ordered", "left_out", "co_bidding")}
        for done, file in enumerate(files):
            here, truth = seen.loc[file], label.loc[file].to_numpy()
            bids = here["bids"].to_numpy()
            for asked, (name, columns) in enumerate(QUESTIONS.items()):
                progress(f"{file}: {name}", len(QUESTIONS) * done + asked, len(QUESTIONS) * len(files))
                figures[name][file] = mean(list(at_random(here[list(columns)], truth, bids, self.repeats)))
            figures["time_ordered"][file] = later(here[list(QUESTIONS["without_date"])], truth, bids, here["date"].to_numpy())
            if len(files) > 1:
                figures["left_out"][file] = _left_out(seen, label, file)
        figures["co_bidding"] = recovered(rows)
        return {"unit": "percent", "repeats": self.repeats, **figures}

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """One row for each tender: tender, bids, the screens, probability (0 to 1), abstained, because."""
        seen = features(rows)
        told = seen[["bids", *SCREENS]].reset_index().drop(columns="file").astype({"bids": int})
        enough = (told["bids"] >= LEAST_BIDS).to_numpy()
        reasons = pd.Series(because(told), index=told.index)
        if fitted is None:
            said = NO_ARTIFACT + "：" + reasons
            return told.assign(probability=np.nan, abstained=True, because=said.where(enough, TOO_FEW))
        chance = fitted.predict_proba(seen[list(PRICES)].to_numpy())[:, 1]
        return told.assign(
            probability=np.where(enough, chance, np.nan), abstained=~enough, because=reasons.where(enough, TOO_FEW)
        )


def _of_files(seen: pd.DataFrame, label: Numbers) -> BaseEstimator:
    """Trees of several files: each file and class weighs alike, so that the largest set does not decide for all."""
    bids = seen["bids"]
    group = [bids.index.get_level_values("file"), label]
    return learn(seen, label, (bids / bids.groupby(group).transform("sum")).to_numpy())


def _left_out(seen: pd.DataFrame, label: "pd.Series[int]", file: str) -> dict[str, float]:
    """Learned from the other files, judged by this one."""
    here = seen.index.get_level_values("file") == file
    fitted = _of_files(seen.loc[~here, list(PRICES)], label[~here].to_numpy())
    said = fitted.predict(seen.loc[here, list(PRICES)].to_numpy())
    return rounded(judged(label[here].to_numpy(), said, seen.loc[here, "bids"].to_numpy()))


LEARNER = BidCollusion()
