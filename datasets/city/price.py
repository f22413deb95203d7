"""Honest bid prices: spreads as in real auctions, and the test that no regularity crept in by accident."""

import numpy as np

from datasets.city.arrays import Bools, Floats, Ints

# spread of honest bids in the public auction sets of Graubünden, Ticino, Brazil: quartiles of the coefficient
# of variation 3 %, 6.6 %, 12 %; the tail below 1.6 % is cut, because there chance looks like agreement
_MEDIAN_SPREAD, _SPREAD_SIGMA, _LEAST, _MOST = 0.066, 0.85, 0.022, 0.32


def honest(budget: Ints, counts: Ints, rng: np.random.Generator) -> Ints:
    """Prices (cents) of `counts[i]` bidders for each budget (cents), one after the other, none regular."""
    owner = np.repeat(np.arange(len(counts)), counts)
    step = rng.choice([1, 100, 10_000, 100_000], len(counts), p=[0.25, 0.47, 0.2, 0.08])
    price = _draw(budget, counts, owner, step, rng)
    for attempt in range(40):
        bad = regular(price, budget, counts) | far_below(price, counts) | twice(price, counts)
        if not bad.any():
            break
        if attempt == 15:
            step[bad] = 1
        redo = np.flatnonzero(bad)
        price[bad[owner]] = _draw(budget[redo], counts[redo], np.repeat(np.arange(len(redo)), counts[redo]), step[redo], rng)
    return price


def _draw(budget: Ints, counts: Ints, owner: Ints, step: Ints, rng: np.random.Generator) -> Ints:
    spread = np.clip(np.exp(rng.normal(np.log(_MEDIAN_SPREAD), _SPREAD_SIGMA, len(counts))), _LEAST, _MOST)
    wish = np.exp(rng.normal(0, 1, len(owner)) * spread[owner])
    top = np.zeros(len(counts))
    np.maximum.at(top, owner, wish)
    dearest = rng.uniform(0.90, 0.975, len(counts))
    price = budget[owner] * (dearest / top)[owner] * wish
    rounded = np.maximum(np.round(price / step[owner]), 1).astype(np.int64) * step[owner]
    return np.asarray(rounded, dtype=np.int64)


def regular(price: Ints, budget: Ints, counts: Ints) -> Bools:
    """Which groups of three or more prices would look regular by one of the known formulas, margins included."""
    group = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((price, group))
    b = price[order].astype(float)
    out = np.zeros(len(counts), dtype=bool)
    enough = counts >= 3
    mean = np.bincount(group, b, len(counts)) / np.maximum(counts, 1)
    variance = np.bincount(group, (b - mean[group]) ** 2, len(counts)) / np.maximum(counts - 1, 1)
    out |= np.sqrt(variance) / np.maximum(mean, 1) < 0.014
    out |= _even(b, group, counts)
    out |= _on_grid(price, budget, group, counts) | _same_tail(price, group, len(counts))
    return np.asarray(out & enough)


def far_below(price: Ints, counts: Ints) -> Bools:
    """Which groups of two or more have a price far below the mean of the others."""
    group = np.repeat(np.arange(len(counts)), counts)
    total, least = np.bincount(group, price, len(counts)), np.full(len(counts), np.inf)
    np.minimum.at(least, group, price)
    several = counts >= 2
    others = (total - np.where(several, least, 0)) / np.maximum(counts - 1, 1)
    return np.asarray(several & (least < 0.78 * others))


def twice(price: Ints, counts: Ints) -> Bools:
    """Which groups have the same price more than once."""
    group = np.repeat(np.arange(len(counts)), counts)
    order = np.lexsort((price, group))
    same = (group[order][1:] == group[order][:-1]) & (price[order][1:] == price[order][:-1])
    return np.asarray(np.bincount(group[order][1:][same], minlength=len(counts)) > 0)


def _even(b: Floats, group: Ints, counts: Ints) -> Bools:
    """Nearly equal differences, or nearly equal ratios, between neighbours of the sorted prices."""
    inner = np.flatnonzero(group[2:] == group[:-2])
    owner = group[inner]
    second = np.zeros(len(counts))
    np.maximum.at(second, owner, np.abs(b[inner + 2] - 2 * b[inner + 1] + b[inner]))
    start = np.cumsum(counts) - counts
    some = counts > 0
    width = np.zeros(len(counts))
    width[some] = b[(start + counts - 1)[some]] - b[start[some]]
    pair = np.flatnonzero(group[1:] == group[:-1])
    ratio = np.log(np.maximum(b[pair + 1], 1)) - np.log(np.maximum(b[pair], 1))
    steps = np.maximum(counts - 1, 1)
    mean = np.bincount(group[pair], ratio, len(counts)) / steps
    deviation = np.sqrt(np.bincount(group[pair], (ratio - mean[group[pair]]) ** 2, len(counts)) / np.maximum(steps - 1, 1))
    return np.asarray((second <= 0.15 * width) | (deviation < 0.008))


def _on_grid(price: Ints, budget: Ints, group: Ints, counts: Ints) -> Bools:
    """Three or more prices that are whole thousandths of the budget."""
    thousandth = price * 1000 / np.maximum(budget[group], 1)
    on = np.abs(thousandth - np.round(thousandth)) < 2e-3
    return np.asarray(np.bincount(group[on], minlength=len(counts)) >= 3)


def _same_tail(price: Ints, group: Ints, groups: int) -> Bools:
    """Three or more prices with the same last three digits of yuan, zeros apart."""
    tail = (price // 100) % 1000
    keys, times = np.unique(group[tail != 0] * 1000 + tail[tail != 0], return_counts=True)
    return np.asarray(np.bincount(keys[times >= 3] // 1000, minlength=groups) > 0)
