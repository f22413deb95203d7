"""Casting tenders: those already decided, none used twice, and bids moved from one firm to another."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, kept
from datasets.city.plant.scene import Scene
from datasets.city.tender import COMPLETE, VALID, WINNING, Market, closing_day, notices, take_bids


def decided(scene: Scene) -> Ints:
    """Tenders without lots whose award is past, that play no part yet, with every bid valid."""
    market = scene.city.market
    tenders, bids = market.tenders, market.bids
    plain = (tenders["status"] == COMPLETE) & (tenders["lots"] == 1) & (tenders["alive"] == 1)
    plain &= tenders["closes"] < (market.last - 45) * DAY_SECONDS
    plain[scene.city.used_tenders] = False
    odd = bids["tender"][(bids["status"] != VALID) & (bids["alive"] == 1)]
    plain[odd] = False
    return np.flatnonzero(plain)


def cast_tenders(scene: Scene, rows: Ints, count: int) -> Ints:
    """Draw tenders for a case or look-alike; nobody else may use them."""
    free = kept(rows, ~np.isin(rows, scene.city.used_tenders))
    chosen: Ints = scene.rng.permutation(free)[:count].astype(np.int64)
    scene.city.used_tenders = np.r_[scene.city.used_tenders, chosen]
    return chosen


def bidders(market: Market) -> Ints:
    """Number of bids of every tender that count: neither withdrawn nor taken back."""
    bids = market.bids
    counted: Bools = (bids["alive"] == 1) & np.isin(bids["status"], [VALID, WINNING])
    return np.bincount(bids["tender"][counted], minlength=len(market.tenders))


def bids_of(scene: Scene, tender: int) -> Ints:
    """Living bids of a tender."""
    rows = scene.bids.of(tender)
    return kept(rows, scene.city.market.bids["alive"][rows] == 1)


def hand_over(scene: Scene, bid: int, but: set[int]) -> None:
    """Let another firm of the industry, none of `but`, have made a bid."""
    market = scene.city.market
    industry = int(market.tenders["industry"][market.bids["tender"][bid]])
    pool = market.firms.bidders(industry)
    present = but | set(market.bids["firm"][bids_of(scene, int(market.bids["tender"][bid]))].tolist())
    away = market.tied[pool, int(market.tenders["buyer"][market.bids["tender"][bid]])]
    free = kept(pool, ~np.isin(pool, list(present)) & ~away)
    firm = int(scene.rng.choice(free if len(free) else pool))
    book = market.bids
    for name in ("ip", "mac", "machine"):
        if book[name][bid] != NONE:
            book[name][bid] = firm
    for name in ("firm", "phone", "email", "certificate"):
        book[name][bid] = firm
    book["agent"][bid], book["manager"][bid], book["account"][bid] = (
        market.agent[firm],
        market.manager[firm],
        market.account[firm],
    )


def further_tenders(scene: Scene, count: int, **changed: Ints | int) -> Ints:
    """New notices with some columns set and honest bids taken, all of them awarded; returns their rows."""
    city, market = scene.city, scene.city.market
    made = notices(market, city.bodies, city.years, count, scene.rng)
    tenders = market.tenders
    for name, value in changed.items():
        tenders[name][made] = value
    tenders["lots"][made] = 1
    tenders["limit"][made] = NONE
    noticed = tenders["noticed"][made] // DAY_SECONDS
    tenders["closes"][made] = (
        closing_day(tenders["method"][made], noticed, np.zeros(count, dtype=np.int64)) * DAY_SECONDS + 34_200
    )
    take_bids(market, made, scene.rng, sure=True)
    city.used_tenders = np.r_[city.used_tenders, made]
    return made
