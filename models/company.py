"""Company (同投): how often two firms would bid for the same tenders by chance, and how likely so often or more is.

In one market two firms that bid for n1 and n2 of T tenders, each by itself, meet in a hypergeometric number of them, n1 x n2 / T
on average; over several markets the numbers add up, and their law is the convolution of theirs. Exact, but for what lies below FLOOR.
"""

from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

FLOOR = 1e-15
"""The least chance that is told apart: it is found as one minus a sum of its like."""
WORTHWHILE = 1.0
"""Pairs that meet no more often than expected are not worked out: their chance is given as 1."""


def chance_of_company(pair: pd.DataFrame, meet: pd.DataFrame) -> pd.DataFrame:
    """The columns expected, lift and p_value for each pair, in the order of its index.

    `pair`: tenders, the common ones. `meet`: one row for each pair and market that both bid in: pair (its index), n, n_other
    and size, the tenders of the market.
    """
    mean = meet["n"] * meet["n_other"] / meet["size"]
    expected = mean.groupby(meet["pair"]).sum().reindex(pair.index, fill_value=0.0)
    lift = pair["tenders"] / expected
    p_value = pd.Series(1.0, index=pair.index)
    close = pair.index[lift > WORTHWHILE]
    if len(close):
        p_value[close] = _tail(pair.loc[close, "tenders"], meet[meet["pair"].isin(close)])
    return pd.DataFrame({"expected": expected, "lift": lift, "p_value": p_value})


def _tail(tenders: "pd.Series[Any]", meet: pd.DataFrame) -> "np.ndarray[Any, Any]":
    """Chance of at least `tenders` meetings: market by market, the law so far convolved with the market's, below `tenders` only."""
    most = int(tenders.max())
    law = np.zeros((len(tenders), most))
    law[:, 0] = 1.0
    rows = pd.Series(np.arange(len(tenders)), index=tenders.index)
    for _, market in meet.groupby(meet.groupby("pair").cumcount()):
        here = rows[market["pair"]].to_numpy()
        parameters = (market[column].to_numpy()[:, None] for column in ("size", "n", "n_other"))
        chance = hypergeom.pmf(np.arange(most), *parameters)
        before, after = law[here], np.zeros((len(here), most))
        for met in range(most):
            after[:, met:] += before[:, met : met + 1] * chance[:, : most - met]
        law[here] = after
    below = np.where(np.arange(most) < tenders.to_numpy()[:, None], law, 0.0).sum(axis=1)
    tail: np.ndarray[Any, Any] = np.clip(1 - below, FLOOR, 1.0)
    return tail
