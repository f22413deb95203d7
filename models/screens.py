"""Bid screens (报价筛查指标): what the prices of one tender say about whether they were made apart from each other.

Prices b1 <= … <= bn of one tender, in one currency; sd and mean are those of the sample. Agreed prices lie closer together, the
losing ones above all, and keep their distance from the winner's. None proves anything: each is a reason to look.
"""

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

Matrix = np.ndarray[Any, np.dtype[np.float64]]
FEW = 15
"""Bids up to which every subgroup is looked at; of more, only neighbours in price: sixteen bids have 1,820 subgroups of four."""

EQUAL = 1e-9
"""Prices that differ by less than this part of the lowest are equal: what is left over is rounding."""


def cv(prices: Matrix) -> Matrix:
    """Coefficient of variation (离散系数): sd / mean, sd with n - 1. Low in cartels. Abrantes-Metz et al. 2006; Imhof 2017."""
    return _over(prices.std(axis=1, ddof=1), prices.mean(axis=1))


def spd(prices: Matrix) -> Matrix:
    """Spread (极差比): (bn - b1) / b1. García Rodríguez et al. 2022, doi 10.1016/j.autcon.2021.104047."""
    return _over(prices[:, -1] - prices[:, 0], prices[:, 0])


def diffp(prices: Matrix) -> Matrix:
    """Gap of the two lowest (次低价差率): (b2 - b1) / b1. Imhof, Karagök & Rutz 2018."""
    return _over(prices[:, 1] - prices[:, 0], prices[:, 0])


def rd(prices: Matrix) -> Matrix:
    """Relative distance (相对距离): (b2 - b1) / sd(b2 … bn), of three bids or more. High where cover bids huddle. Imhof et al. 2018."""
    return _over(prices[:, 1] - prices[:, 0], prices[:, 1:].std(axis=1, ddof=1))


def rd_alt(prices: Matrix) -> Matrix:
    """Alternative relative distance: (b2 - b1) / mean step between the losing bids b2 … bn. Huber & Imhof 2019."""
    return _over(prices[:, 1] - prices[:, 0], np.diff(prices[:, 1:], axis=1).mean(axis=1))


def rd_norm(prices: Matrix) -> Matrix:
    """Normalised distance: (b2 - b1) / mean step between all bids; 1 where steps are even. Wallimann, Imhof & Huber 2022."""
    return _over(prices[:, 1] - prices[:, 0], np.diff(prices, axis=1).mean(axis=1))


def skew(prices: Matrix) -> Matrix:
    """Skewness (偏度), corrected for the sample (G1), of three bids or more. Negative where only the winner is low. Imhof 2017."""
    n = prices.shape[1]
    found: Matrix = _moment(prices, 3) * np.sqrt(n * (n - 1)) / (n - 2)
    return found


def kurt(prices: Matrix) -> Matrix:
    """Excess kurtosis (峰度), corrected for the sample (G2), of four bids or more. High where bids huddle. Imhof 2017."""
    n = prices.shape[1]
    found: Matrix = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * _moment(prices, 4) - 3 * (n - 1))
    return found


def ks(prices: Matrix) -> Matrix:
    """Kolmogorov-Smirnov distance (KS距离) of the bids from an even spread between b1 and bn. Wallimann, Imhof & Huber 2022."""
    n = prices.shape[1]
    place = _over(prices - prices[:, :1], prices[:, -1:] - prices[:, :1])
    above, below = np.arange(1, n + 1) / n - place, place - np.arange(n) / n
    found: Matrix = np.maximum(above.max(axis=1), below.max(axis=1))
    return found


SCREENS: Mapping[str, tuple[Callable[[Matrix], Matrix], int]] = {
    "cv": (cv, 2), "spd": (spd, 2), "diffp": (diffp, 2), "rd": (rd, 3), "rd_alt": (rd_alt, 3), "rd_norm": (rd_norm, 3),
    "skew": (skew, 3), "kurt": (kurt, 4), "ks": (ks, 2),
}  # fmt: skip
"""Each screen and the bids it needs."""
SUMMARIES: Mapping[str, Callable[[Matrix], Matrix]] = {
    "mean": lambda found: np.nanmean(found, axis=1),
    "median": lambda found: np.nanmedian(found, axis=1),
    "min": lambda found: np.nanmin(found, axis=1),
    "max": lambda found: np.nanmax(found, axis=1),
}
"""How the subgroups of a tender are told in few numbers, after Wallimann, Imhof & Huber 2022."""


def screens(bids: pd.DataFrame) -> pd.DataFrame:
    """The screens of each tender: one row by tender (in order), columns bids and SCREENS, NaN where it has too few or equal bids.

    `bids`: tender, price (above zero, one currency in a tender).
    """
    return _by_size(bids, lambda prices: {name: _told(prices, name) for name in SCREENS})


def subgroup_screens(bids: pd.DataFrame, size: int) -> pd.DataFrame:
    """Screens of the subgroups of `size` bids of each tender, told by SUMMARIES: columns <screen><size>_<summary>.

    What a few who agreed do is lost in the screens of all bids when others compete honestly (Wallimann, Imhof & Huber 2022,
    there with 3 and 4; pairs are what Imhof & Wallimann 2021 call coalitions). All subgroups of a tender of up to FEW bids, the
    neighbours in price of larger ones. NaN for tenders of fewer than `size` bids. `bids` as for screens().
    """

    def summed(prices: Matrix) -> dict[str, Matrix]:
        groups = _subgroups(prices.shape[1], size)
        if not len(groups):
            return {}
        rows = prices[:, groups].reshape(-1, size)
        told = {name: _told(rows, name).reshape(len(prices), -1) for name, (_, least) in SCREENS.items() if least <= size}
        return {f"{name}{size}_{word}": _quiet(say, found) for name, found in told.items() for word, say in SUMMARIES.items()}

    return _by_size(bids, summed).drop(columns="bids")


def _subgroups(bids: int, size: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Places in the order of prices: one row for each subgroup."""
    if bids <= FEW:
        return np.array(list(combinations(range(bids), size)), dtype=np.int64)
    return np.arange(bids - size + 1)[:, None] + np.arange(size)


def _by_size(bids: pd.DataFrame, told: Callable[[Matrix], dict[str, Matrix]]) -> pd.DataFrame:
    """What `told` says of the tenders of each number of bids: their prices as a matrix, a row for each tender, in rising order."""
    ordered = bids.sort_values(["tender", "price"], kind="stable")
    tender, starts, sizes = np.unique(ordered["tender"].to_numpy(), return_index=True, return_counts=True)
    price = ordered["price"].to_numpy(float)
    parts = [pd.DataFrame({"bids": sizes}, index=pd.Index(tender, name="tender"))[:0]]
    for size in np.unique(sizes):
        here = np.flatnonzero(sizes == size)
        prices = price[starts[here][:, None] + np.arange(size)]
        prices = prices / prices[:, :1]
        parts.append(pd.DataFrame({"bids": size, **told(prices)}, index=pd.Index(tender[here], name="tender")))
    return pd.concat([part for part in parts if len(part)] or parts).sort_index()


def _told(prices: Matrix, name: str) -> Matrix:
    screen, least = SCREENS[name]
    return screen(prices) if prices.shape[1] >= least else np.full(len(prices), np.nan)


def _moment(prices: Matrix, power: int) -> Matrix:
    """Standardised central moment, by the sd of the bids themselves (n)."""
    distance = prices - prices.mean(axis=1, keepdims=True)
    found: Matrix = (_over(distance, prices.std(axis=1, keepdims=True)) ** power).mean(axis=1)
    return found


def _over(above: Matrix, below: Matrix) -> Matrix:
    """Their quotient, NaN where there is nothing to divide by."""
    wide = np.broadcast_to(below, above.shape)
    found: Matrix = np.divide(above, wide, out=np.full(above.shape, np.nan), where=wide > EQUAL)
    return found


def _quiet(say: Callable[[Matrix], Matrix], found: Matrix) -> Matrix:
    """A summary of what is known; NaN of a tender whose subgroups all say nothing."""
    known = ~np.isnan(found).all(axis=1)
    out = np.full(len(found), np.nan)
    out[known] = say(found[known])
    return out
