"""Linear weights over the characters of texts (线性文本分类): features, fitting, margins.

The fitted object is a pipeline of features and a scikit-learn LinearSVC whose weights are the sum of two machines'.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from models.char_grams import CharGrams
from models.learned import SEED

HEAD, BODY = 24, 1_000
"""Characters of the head (a title is 20 characters in the middle) and of the whole that are read: more of it blurs."""
HEAD_WEIGHT = 0.5
ODDS_WEIGHT = 0.5
"""What the machine on log-odds adds to the plain one."""
COST, ODDS_COST = 1.0, 0.3
FOLDS, INNER_FOLDS = 5, 3
WANTED = 0.96
"""Accuracy wanted of what is not abstained from: sets the margin under which the model abstains."""
Floats = np.ndarray[Any, np.dtype[np.float64]]
Names = np.ndarray[Any, np.dtype[np.object_]]


@dataclass(frozen=True)
class Margins:
    """What the weights say of texts: features, best label and its position, the runner-up's, their distance."""

    features: csr_matrix
    best: Names
    first: "np.ndarray[Any, np.dtype[np.int64]]"
    second: "np.ndarray[Any, np.dtype[np.int64]]"
    margin: Floats
    unsure: "np.ndarray[Any, np.dtype[np.bool_]]"


def columns(rows: pd.DataFrame) -> pd.DataFrame:
    """`body` and `head` of each row: half-width, small letters, digits alike, names of anonymised places alike; no blanks.

    rows: `text` and, where there is one, `title`.
    """
    title = rows["title"].astype(str) if "title" in rows else pd.Series("", index=rows.index)
    text = (title + rows["text"].astype(str)).str.normalize("NFKC").str.lower()
    text = text.str.replace(r"\s+", "", regex=True).str.replace(r"\d+", "0", regex=True)
    # A6区, K8县: letters that stand for places say nothing of the kind of thing
    text = text.str.replace(r"[a-z]0?(?=[市县区镇街路小中、])", "◇", regex=True)
    return pd.DataFrame({"body": text.str.slice(0, BODY), "head": text.str.slice(0, HEAD)})


def fit_linear(rows: pd.DataFrame) -> BaseEstimator:
    """Features and weights learned from rows with text and label."""
    features = _features()
    table = csr_matrix(features.fit_transform(columns(rows)))
    truth = rows["label"].to_numpy(dtype=object).astype(str)
    labels = np.unique(truth)
    machine = _machine(table, truth, labels)
    fitted = Pipeline([("features", features), ("weights", machine)])
    fitted.abstain_below_ = _abstain_below(table, truth, labels)
    return fitted


def margins(fitted: BaseEstimator, rows: pd.DataFrame) -> Margins:
    """What a fitted pipeline says of rows."""
    pipeline: Any = fitted
    table = csr_matrix(pipeline.named_steps["features"].transform(columns(rows)))
    machine = pipeline.named_steps["weights"]
    first, second, margin = _ranked(table @ machine.coef_.T + machine.intercept_)
    best = machine.classes_.astype(object)[first]
    return Margins(table, best, first, second, margin, margin < pipeline.abstain_below_)


def _features() -> ColumnTransformer:
    parts = [("body", CharGrams(), "body"), ("head", CharGrams(), "head")]
    return ColumnTransformer(parts, transformer_weights={"body": 1.0, "head": HEAD_WEIGHT})


def _machine(table: csr_matrix, truth: "np.ndarray[Any, Any]", labels: "np.ndarray[Any, Any]") -> LinearSVC:
    """One LinearSVC that holds, for each label, the plain weights plus those on log-odds, brought back to the plain features."""
    weights, offsets = [], []
    for label in labels:
        is_it = truth == label
        plain = _svc(COST).fit(table, is_it)
        odds = _log_odds(table, is_it)
        other = _svc(ODDS_COST).fit(csr_matrix(table.multiply(odds)), is_it)
        weights.append(plain.coef_[0] + ODDS_WEIGHT * other.coef_[0] * odds)
        offsets.append(plain.intercept_[0] + ODDS_WEIGHT * other.intercept_[0])
    machine = _svc(COST)
    machine.classes_, machine.coef_, machine.intercept_ = labels, np.array(weights), np.array(offsets)
    machine.n_features_in_ = table.shape[1]
    return machine


def _svc(cost: float) -> LinearSVC:
    return LinearSVC(C=cost, class_weight="balanced", random_state=SEED)


def _log_odds(table: csr_matrix, is_it: "np.ndarray[Any, Any]") -> Floats:
    """How much more often each term stands in texts of the label than in others (Wang, Manning 2012, one added to each count)."""
    present = csr_matrix((np.ones(len(table.data)), table.indices, table.indptr), shape=table.shape)
    here = np.asarray(present[is_it].sum(axis=0)).ravel() + 1.0
    there = np.asarray(present[~is_it].sum(axis=0)).ravel() + 1.0
    odds: Floats = np.log(here / here.sum()) - np.log(there / there.sum())
    return odds


def _abstain_below(table: csr_matrix, truth: "np.ndarray[Any, Any]", labels: "np.ndarray[Any, Any]") -> float:
    """The least margin from which texts of folds held out of these rows are told with the accuracy wanted; 0 when all are."""
    if len(truth) < 2 * FOLDS:
        return float("inf")  # too few to know when it is sure
    margin, right = np.zeros(len(truth)), np.zeros(len(truth), dtype=bool)
    for seen, unseen in KFold(INNER_FOLDS, shuffle=True, random_state=SEED).split(truth):
        known = np.intersect1d(labels, truth[seen])
        machine = _machine(table[seen], truth[seen], known)
        first, _, margin[unseen] = _ranked(table[unseen] @ machine.coef_.T + machine.intercept_)
        right[unseen] = known[first] == truth[unseen]
    order = np.argsort(-margin, kind="stable")
    enough = np.flatnonzero(np.cumsum(right[order]) >= WANTED * np.arange(1, len(order) + 1))
    if not len(enough):
        return float("inf")
    return 0.0 if enough[-1] == len(order) - 1 else float(margin[order[enough[-1]]])


def _ranked(scores: Floats) -> "tuple[Any, Any, Floats]":
    """Position of the best and of the second label of each row, and the distance of their scores."""
    order = np.argsort(-scores, axis=1, kind="stable")
    rows = np.arange(len(scores))
    first, second = order[:, 0], order[:, 1]
    return first, second, scores[rows, first] - scores[rows, second]
