"""How the collusion model is judged (围标模型检验): the paper's protocol, and the harder questions beside it.

García Rodríguez et al. 2022 (doi 10.1016/j.autcon.2021.104047): 80 % of the tenders at random to learn from, 20 % to be judged
by, 50 times, balanced accuracy averaged. The paper counts bids, so a tender weighs as much as it has bids, here too. All figures
are percentages. The classes weigh alike in learning; in each class a tender weighs as it has bids.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.metrics import f1_score, recall_score
from sklearn.pipeline import Pipeline

from models.learned import SEED

Numbers = np.ndarray[Any, np.dtype[Any]]
LEARNED = 0.8
"""Part of the tenders to learn from."""
TREES = 100
LEAF, OF_TENDERS = 3, 500
"""A leaf holds three tenders, or one of so many: with fewer the trees learn single tenders by heart."""
LOOKED_AT = 0.3
"""Part of the features that each cut chooses from: half of them are noise in any one market."""
UNKNOWN = -99.0
"""Stands for what a tender has too few bids to say: below every screen, so that one cut sets it apart."""


def trees(tenders: int, seed: int = SEED) -> Pipeline:
    """An untrained classifier for so many tenders."""
    forest = ExtraTreesClassifier(
        TREES, min_samples_leaf=max(LEAF, tenders // OF_TENDERS), max_features=LOOKED_AT, random_state=seed, n_jobs=1
    )
    fill = SimpleImputer(strategy="constant", fill_value=UNKNOWN, keep_empty_features=True)
    return Pipeline([("fill", fill), ("forest", forest)])


def learn(seen: pd.DataFrame, label: Numbers, bids: Numbers, seed: int = SEED) -> Pipeline:
    """A classifier of these tenders; `seen` their features, `bids` how many each has."""
    weight = bids.astype(float)
    for kind in (0, 1):
        if (of := label == kind).any():
            weight[of] *= len(label) / 2 / weight[of].sum()
    return trees(len(label), seed).fit(seen.to_numpy(), label, forest__sample_weight=weight)


def judged(label: Numbers, said: Numbers, bids: Numbers) -> dict[str, float]:
    """Balanced accuracy (mean recall of the classes there are) and F1 of the collusive, in percent, a tender weighing as it has bids."""
    there = np.unique(label)
    recall = recall_score(label, said, labels=there, average="macro", sample_weight=bids, zero_division=0)
    f1 = f1_score(label, said, sample_weight=bids, zero_division=1)
    return {"balanced_accuracy": 100 * float(recall), "f1": 100 * float(f1)}


def at_random(seen: pd.DataFrame, label: Numbers, bids: Numbers, repeats: int) -> Iterator[dict[str, float]]:
    """The paper's protocol: one result for each repeat; the same tenders are drawn whatever the features."""
    for repeat in range(repeats):
        order = np.random.default_rng([SEED, repeat]).permutation(len(label))
        first, rest = np.split(order, [round(LEARNED * len(order))])
        fitted = learn(seen.iloc[first], label[first], bids[first], SEED + repeat)
        yield judged(label[rest], fitted.predict(seen.iloc[rest].to_numpy()), bids[rest])


def later(seen: pd.DataFrame, label: Numbers, bids: Numbers, date: Numbers) -> dict[str, object]:
    """Learned from the earliest 80 % of the dated tenders and judged by the rest; `why` where that cannot be.

    Tenders of one date stay together, on the side of those to judge by.
    """
    dated = np.flatnonzero(~np.isnan(date))
    if not len(dated):
        return {"why": "no dates"}
    cut = np.quantile(date[dated], LEARNED)
    past, rest = dated[date[dated] < cut], dated[date[dated] >= cut]
    if len(np.unique(label[past])) < 2:
        return {"why": "of the earliest tenders all are collusive, or none: nothing to learn from"}
    fitted = learn(seen.iloc[past], label[past], bids[past])
    told = judged(label[rest], fitted.predict(seen.iloc[rest].to_numpy()), bids[rest])
    return {**rounded(told), "tenders": len(rest), "collusive_tenders": int(label[rest].sum())}


def rounded(told: Mapping[str, float]) -> dict[str, float]:
    """Figures to two digits: what is finer is noise."""
    return {name: round(value, 2) for name, value in told.items()}


def mean(results: Sequence[dict[str, float]]) -> dict[str, float]:
    """The mean of each figure, and the standard error of the balanced accuracy."""
    told = {name: round(float(np.mean([result[name] for result in results])), 2) for name in ("balanced_accuracy", "f1")}
    spread = float(np.std([result["balanced_accuracy"] for result in results])) / np.sqrt(len(results))
    return {**told, "standard_error": round(float(spread), 2)}
