"""Turns (轮换): how often a group meets by chance, and how likely its winners would follow each other so evenly by chance."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chi2, poisson

TIMES = 3
"""Company counts as evidence when a group meets more than so many times as often as expected (C11's lift)."""
LEAST_COMPANY = 0.01
"""Nor does it weigh more than one in a hundred: a group that never takes turns stays above that by company alone."""


def expected_meetings(bid: pd.DataFrame, firms: "pd.Series[Any]", least: int) -> float:
    """Tenders in which at least `least` of the firms would meet if each bid by itself, as often as it does in each market.

    `bid`: tender_id, firm, market. Summed over markets: tenders x the Poisson-binomial tail of the firms' shares.
    """
    own = bid[bid["firm"].isin(set(firms))]
    tenders = bid[bid["market"].isin(set(own["market"]))].groupby("market")["tender_id"].nunique()
    held = own.groupby(["market", "firm"]).size().unstack(fill_value=0)
    shares = held.div(tenders, axis=0)
    # chance of exactly 0, 1, 2 … of the firms in a tender of each market, one firm more at a time
    exactly = np.zeros((len(shares), shares.shape[1] + 1))
    exactly[:, 0] = 1.0
    for firm in shares.columns:
        share = shares[firm].to_numpy()[:, None]
        exactly[:, 1:] = exactly[:, 1:] * (1 - share) + exactly[:, :-1] * share
        exactly[:, :1] *= 1 - share
    return float((tenders.reindex(shares.index).to_numpy() * exactly[:, least:].sum(axis=1)).sum())


def full_turns(winners: Sequence[str], firms: int) -> int:
    """How often the last `firms` wins, in order of time, went to all the firms, once to each."""
    return sum(len(set(winners[end - firms : end])) == firms for end in range(firms, len(winners) + 1))


def turn_chance(winners: Sequence[str], firms: int) -> float:
    """Chance of so many full turns or more, were each win to fall to any of the firms alike; 1 when there is none.

    Exact, by the length of the run of different winners that the latest win ends: the next win falls to the winner m places
    back with chance 1/firms each, which leaves a run of m, or to a firm outside the run, which makes it one longer.
    """
    seen = full_turns(winners, firms)
    if seen == 0:
        return 1.0
    # chance of each (length of the run, full turns so far, capped at those seen)
    chance = np.zeros((firms + 1, seen + 1))
    chance[1, 0] = 1.0
    for _ in winners[1:]:
        after = np.zeros_like(chance)
        for run in range(1, firms + 1):
            for back in range(1, run + 1):
                after[back] += chance[run] / firms
            if run < firms:
                after[run + 1] += chance[run] * (firms - run) / firms
        complete = after[firms].copy()
        after[firms] = np.concatenate([[0.0], complete[:-1]])
        after[firms, -1] += complete[-1]
        chance = after
    return float(chance[:, seen].sum())


def ring_chance(turns: float, tenders: int, expected: float) -> float:
    """Chance of so even a rotation, with the group's company as a second witness where it is beyond the usual.

    `turns`: that of the turns alone. The two are put together by Fisher's method (chi-square of 4 degrees); company is the Poisson
    tail of `tenders` at TIMES what is expected. The turns alone count where they say more.
    """
    company = max(float(poisson.sf(tenders - 1, TIMES * expected)), LEAST_COMPANY)
    return min(turns, float(chi2.sf(-2 * (np.log(turns) + np.log(company)), 4)))
