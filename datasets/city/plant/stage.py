"""Casting tenders: those already decided, none used twice, and bids moved from one firm to another."""

from collections.abc import Iterable

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, among, kept
from datasets.city.plant.scene import Evidence, Scene
from datasets.city.tender import COMPLETE, VALID, WINNING, Market, closing_day, notices, take_bids
from datasets.city.truth import EXPLAINED, PROBLEM, rows


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
    free = kept(rows, ~scene.in_use(rows))
    chosen: Ints = scene.rng.permutation(free)[:count].astype(np.int64)
    scene.city.used_tenders = np.r_[scene.city.used_tenders, chosen]
    return chosen


def bidders(market: Market) -> Ints:
    """Number of bids of every tender that count: neither withdrawn nor taken back."""
    bids = market.bids
    counted: Bools = (bids["alive"] == 1) & ((bids["status"] == VALID) | (bids["status"] == WINNING))
    return np.bincount(bids["tender"][counted], minlength=len(market.tenders))


def bids_of(scene: Scene, tender: int) -> Ints:
    """Living bids of a tender."""
    rows = scene.bids.of(tender)
    return kept(rows, scene.city.market.bids["alive"][rows] == 1)


def hand_over(scene: Scene, bid: int, but: set[int]) -> None:
    """Let another firm of the industry, none of `but`, have made a bid."""
    market = scene.city.market
    tender = int(market.bids["tender"][bid])
    trade, trades = int(market.tenders["industry"][tender]), int(market.firms.industry.max()) + 1
    present = but | set(market.bids["firm"][bids_of(scene, tender)].tolist())
    buyer, closed = int(market.tenders["buyer"][tender]), market.away()
    closed[list(present | scene.city.apart.of_any(present))] = True
    # where the trade has nobody left, a firm of the next one bids
    pools = (_trade(scene, (trade + step) % trades) for step in range(trades))
    firm = next(_one_of(scene, free) for pool in pools if len(free := pool[~(closed[pool] | market.tied[pool, buyer])]))
    give(scene, bid, firm)


def _trade(scene: Scene, trade: int) -> Ints:
    return scene.pool(f"bidders {trade}", lambda: scene.city.market.firms.bidders(trade))


def _one_of(scene: Scene, firms: Ints) -> int:
    return int(firms[scene.rng.integers(len(firms))])


def give(scene: Scene, bid: int, firm: int) -> None:
    """Let a firm have made a bid, with its own machine, phone, people and account."""
    market = scene.city.market
    book = market.bids
    for name in ("ip", "mac", "machine"):
        if book[name][bid] != NONE:
            book[name][bid] = firm
    book.by("firm").moved(bid, firm)
    for name in ("phone", "email", "certificate"):
        book[name][bid] = firm
    for name, people in (("agent", market.agent), ("manager", market.manager), ("account", market.account)):
        book[name][bid] = people[firm]


def crowded(scene: Scene, rows: Ints, least: int = 2, most: int = 9) -> Ints:
    """Tenders with so many living bids."""
    bids = scene.city.market.bids
    count = np.bincount(bids["tender"][bids["alive"] == 1], minlength=len(scene.city.market.tenders))
    return kept(rows, (count[rows] >= least) & (count[rows] <= most))


def awarded(scene: Scene) -> Ints:
    """Tenders without lots that are awarded and signed, and play no part yet."""
    tenders, contracts = scene.city.market.tenders, scene.city.dossier.contracts
    signed = np.zeros(len(tenders), dtype=bool)
    signed[contracts["tender"][contracts["alive"] == 1]] = True
    plain = signed & (tenders["lots"] == 1) & (tenders["closes"] < (scene.city.last - 45) * DAY_SECONDS)
    plain[scene.city.used_tenders] = False
    return np.flatnonzero(plain)


def cast_alike(scene: Scene, rows: Ints, count: int) -> Ints:
    """Draw tenders for look-alikes: none that is a case, those that are no look-alike yet first."""
    city = scene.city
    free = scene.rng.permutation(kept(rows, ~scene.in_use(rows)))
    fresh = ~among(free, city.alike_tenders)
    chosen: Ints = np.r_[free[fresh], free[~fresh]][:count].astype(np.int64)
    city.alike_tenders = np.r_[city.alike_tenders, chosen]
    return chosen


def tell(
    scene: Scene,
    kind: str,
    tender: int,
    bids: Ints | None = None,
    *,
    more: Evidence = (),
    near: bool = False,
    note: str = "",
    cents: int = NONE,
    officials: Iterable[int] = (),
) -> None:
    """Write the truth about a tender: its buyer is the accountable unit, it and the given bids and rows prove it."""
    book = scene.city.market.tenders
    buyer = int(book["buyer"][tender])
    proof = (rows("tender", [tender]), *((rows("bid", bids),) if bids is not None else ()), *more)
    details = {
        "area": int(scene.city.bodies.area[buyer]), "cents": int(book["budget"][tender]) if cents == NONE else cents, "near": near, "note": note,
    }  # fmt: skip
    if kind == PROBLEM:
        scene.problem("tender", tender, buyer, proof, officials, **details)
    else:
        (scene.explained if kind == EXPLAINED else scene.undecidable)("tender", tender, buyer, proof, **details)


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
    _keep_apart(scene, made)
    return made


def _keep_apart(scene: Scene, tenders: Ints) -> None:
    """Firms that are one in truth do not meet again in new tenders."""
    book = scene.city.market.bids
    for tender in tenders.tolist():
        present: set[int] = set()
        for bid in bids_of(scene, tender).tolist():
            firm = int(book["firm"][bid])
            if any((firm, other) in scene.city.apart for other in present):
                hand_over(scene, bid, present)
            present.add(int(book["firm"][bid]))
