"""Firms that bid together, in one file (同投核心): the densest group of who meets whom, without any label or price.

In a group of firms that agree, everybody meets everybody again and again. The densest group is the set of firms whose ties,
summed and divided by their number, are most (Charikar 2000: taking away the least tied firm again and again finds one at least
half as dense as the densest). Ties are common tenders, a tender of many bidders counting less (Newman 2001).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

Ties = np.ndarray[Any, np.dtype[np.float64]]
TIES: Mapping[str, str] = {
    "core": "common tenders, squared: the few who meet most of all",
    "wide": "common tenders, each over the square of its bidders less one",
}
"""The two groups that are looked for."""


def dense_group(ties: Ties) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Places of the firms of the densest group; `ties`: symmetric, not negative, the diagonal is not looked at."""
    left = ties.astype(float)
    np.fill_diagonal(left, 0.0)
    order, tied, inside = [], left.sum(axis=1), np.ones(len(left), dtype=bool)
    total, best, kept = float(tied.sum()) / 2, -1.0, 0
    for firms in range(len(left), 0, -1):
        if total / firms > best:
            best, kept = total / firms, firms
        out = int(np.where(inside, tied, np.inf).argmin())
        order.append(out)
        inside[out] = False
        total -= float(tied[out])
        tied = tied - left[out]
    return np.sort(np.array(order[len(order) - kept :], dtype=np.int64))


def ties_of(bids: pd.DataFrame) -> tuple[pd.Index, dict[str, Ties]]:
    """Firms of a file and their ties of each kind; `bids`: tender, bidder."""
    pairs = bids[["tender", "bidder"]].dropna().drop_duplicates()
    tender, _ = pd.factorize(pairs["tender"], sort=True)
    code, firms = pd.factorize(pairs["bidder"], sort=True)
    there = np.zeros((tender.max() + 1, len(firms)))
    there[tender, code] = 1.0
    less = np.maximum(there.sum(axis=1, keepdims=True) - 1, 1.0)
    return pd.Index(firms), {"core": (there.T @ there) ** 2, "wide": (there / less**2).T @ there}


def recovered(rows: pd.DataFrame) -> dict[str, object]:
    """For each file that names a cartel: how well the groups found without labels hold its firms.

    pair: over all pairs of firms of the file, a pair is right when both firms are of the cartel; "pair F1" without more means this.
    ever: the same over the pairs that met in a tender at least once, for no other can be told from co-bidding. met: each pair
    counted as often as it met. busiest, the measure to beat: as many firms as the wide group, those of the most tenders.
    firms: how many a group holds, and how many of them are of the cartel.
    """
    known = rows[rows["bidder"].notna() & rows["cartel"].notna()]
    return {str(file): _recovered(bids) for file, bids in known.groupby("file", sort=True)}


def _recovered(bids: pd.DataFrame) -> dict[str, object]:
    firms, ties = ties_of(bids)
    cartel = bids.groupby("bidder")["cartel"].max().reindex(firms).to_numpy()
    groups = {kind: dense_group(ties[kind]) for kind in TIES}
    tenders = np.sqrt(ties["core"].diagonal())
    groups["busiest"] = np.argsort(-tenders, kind="stable")[: len(groups["wide"])]
    told: dict[str, object] = {"firms": len(firms), "cartel_firms": int((cartel > 0).sum())}
    return told | {kind: _judged(group, cartel, np.sqrt(ties["core"])) for kind, group in groups.items()}


def _judged(group: "np.ndarray[Any, Any]", cartel: "np.ndarray[Any, Any]", met: Ties) -> dict[str, object]:
    """One group against the cartel; `met`: common tenders of each two firms."""
    upper = np.triu_indices(len(cartel), 1)
    inside = np.zeros(len(cartel), dtype=bool)
    inside[group] = True
    together = (inside[:, None] & inside[None, :])[upper]
    both = ((cartel[:, None] == cartel[None, :]) & (cartel[:, None] > 0))[upper]
    weights = {"pair": np.ones(len(both)), "ever": (met[upper] > 0).astype(float), "met": met[upper]}
    told: dict[str, object] = {"firms": int(inside.sum()), "cartel_firms": int((inside & (cartel > 0)).sum())}
    return told | {name: _agreed(together, both, weight) for name, weight in weights.items()}


def _agreed(said: "np.ndarray[Any, Any]", true: "np.ndarray[Any, Any]", weight: Ties) -> dict[str, float]:
    right, of_said, of_true = (float(weight[which].sum()) for which in (said & true, said, true))
    precision, recall = right / of_said if of_said else 0.0, right / of_true if of_true else 0.0
    f1 = 2 * right / (of_said + of_true) if of_said + of_true else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
