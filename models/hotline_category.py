"""Category of a hotline text (诉求分类): linear, so that the terms that decide can be named; it abstains where it is not sure.

Counts of one and two characters (TF-IDF) of the text and, once more, of its head, where people say what it is about. Support
vector machines, and beside them the same on log-odds of terms (Wang, Manning: Baselines and Bigrams, ACL 2012), one against
the rest; both are linear, and their sum is kept as one set of weights. Labels are whatever the file says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.metrics import accuracy_score, f1_score, recall_score
from sklearn.model_selection import StratifiedKFold

from models.labelled_text import read_texts
from models.learned import SEED, Progress
from models.linear_text import FOLDS, fit_linear, margins
from models.text_reason import reasons

SUREST = 0.8
"""The share of the surest whose accuracy is told."""
NO_ARTIFACT = "没有训练好的模型，未判断"
BATCH = 2_000
"""Texts judged at a time: bounds memory."""


@dataclass(frozen=True)
class HotlineCategory:
    """The learner; rows have `text`, may have `title`, and have `label` to learn from."""

    name: str = "hotline_category"

    def read(self, paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
        """All columns of CSV files as text. Raises ValueError: file, column, what would be right."""
        return pd.concat([read_texts(path, labelled) for path in paths], ignore_index=True).fillna("")

    def fit(self, rows: pd.DataFrame) -> BaseEstimator:
        """Features and weights in one pipeline, and `abstain_below_`, the margin under which it is not sure."""
        return fit_linear(rows)

    def evaluate(self, rows: pd.DataFrame, progress: Progress) -> dict[str, object]:
        """Stratified folds, shuffled with the seed; the margin under which it abstains is chosen inside each training part.

        Labels of fewer rows than folds are left out and named. Seconds are CPU seconds.
        """
        size = rows.groupby("label")["label"].transform("size")
        kept = rows[size >= FOLDS].reset_index(drop=True)
        truth = kept["label"].to_numpy(dtype=object).astype(str)
        told, spent = _told_by_folds(kept, truth, progress)
        right = told["predicted"].to_numpy(dtype=object).astype(str) == truth
        surest = np.argsort(-told["margin"].to_numpy(), kind="stable")[: int(SUREST * len(kept))]
        sure = ~told["abstained"].to_numpy(dtype=bool)
        labels = sorted(set(truth))
        recalls = recall_score(truth, told["predicted"].astype(str), average=None, labels=labels, zero_division=0)
        return {
            "protocol": f"stratified {FOLDS} folds, shuffled, seed {SEED}",
            "rows": len(kept), "labels": len(labels), "left_out": sorted(set(rows.loc[size < FOLDS, "label"])),
            "macro_f1": float(f1_score(truth, told["predicted"].astype(str), average="macro")),
            "accuracy": float(accuracy_score(truth, told["predicted"].astype(str))),
            "surest_80_accuracy": float(right[surest].mean()),
            "abstaining": {"share": float(1 - sure.mean()), "accuracy_of_the_rest": float(right[sure].mean()) if sure.any() else None},
            "recall": {label: float(recall) for label, recall in zip(labels, recalls, strict=True)},
            "fit_cpu_seconds": float(max(spent["fit"])), "predictions_per_cpu_second": len(kept) / sum(spent["predict"]),
        }  # fmt: skip

    def predict(self, fitted: BaseEstimator | None, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with predicted (the best guess, sure or not), margin, abstained and because (terms that decided)."""
        if fitted is None:
            return rows.assign(predicted="", margin=np.nan, abstained=True, because=NO_ARTIFACT)
        parts = [_judged(fitted, rows.iloc[start : start + BATCH]) for start in range(0, len(rows), BATCH)]
        return pd.concat(parts) if parts else rows.assign(predicted="", margin=np.nan, abstained=True, because="")


def _judged(fitted: BaseEstimator, rows: pd.DataFrame) -> pd.DataFrame:
    found = margins(fitted, rows)
    return rows.assign(
        predicted=found.best, margin=found.margin.round(4), abstained=found.unsure, because=reasons(fitted, found, rows)
    )


def _told_by_folds(
    rows: pd.DataFrame, truth: "np.ndarray[tuple[int], np.dtype[np.str_]]", progress: Progress
) -> tuple[pd.DataFrame, dict[str, list[float]]]:
    """Every row as told by a model that has not seen it, and the CPU seconds of each fold."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    told: list[pd.DataFrame] = []
    spent: dict[str, list[float]] = {"fit": [], "predict": []}
    for done, (seen, unseen) in enumerate(folds.split(truth, truth)):
        progress("hotline_category", done, FOLDS)
        begun = process_time()
        fitted = fit_linear(rows.iloc[seen])
        fit_at = process_time()
        told.append(LEARNER.predict(fitted, rows.iloc[unseen].drop(columns="label")))
        spent["fit"].append(fit_at - begun)
        spent["predict"].append(process_time() - fit_at)
    return pd.concat(told).sort_index(), spent


LEARNER = HotlineCategory()
