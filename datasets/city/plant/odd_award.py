"""C21 and C22 中标价贴近预算、超限价、异常低价: awards at the very limit, over it, or far below what the others ask.

Innocent: at the limit with real competition near by, exactly the limit, a budget lawfully raised, a low bid that was rejected,
two bids only, a price just above the line.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, cast_tenders, crowded, decided, tell
from datasets.city.price import regular
from datasets.city.tender import DISQUALIFIED, INQUIRY, WINNING
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE


def plant_limit(scene: Scene) -> None:
    """C21."""
    few = crowded(scene, _methods(scene, decided(scene)), 3, 4)
    chosen = cast_tenders(scene, few, scene.number(5, 2))
    for place, tender in enumerate(chosen.tolist()):
        _at_the_limit(scene, place, tender) if place % 2 == 0 else _over(scene, place, tender)
    for place, tender in enumerate(cast_alike(scene, crowded(scene, decided(scene), 3, 5), 11 * len(chosen)).tolist()):
        _not_quite(scene, place, tender)
    for tender in cast_tenders(scene, crowded(scene, decided(scene), 3, 6), max(1, len(chosen) // 3)).tolist():
        _crowd_at_the_limit(scene, tender)


def plant_low(scene: Scene) -> None:
    """C22."""
    chosen = cast_tenders(scene, crowded(scene, decided(scene), 4, 7), scene.number(5))
    for place, tender in enumerate(chosen.tolist()):
        ratio = scene.rng.uniform(0.655, 0.694) if scene.near(place) else scene.rng.uniform(0.42, 0.63)
        bids = _win_by(scene, tender, float(ratio))
        tell(scene, PROBLEM, tender, bids, near=scene.near(place), note="中标价明显低于其他报价")
        tell(scene.also("R022"), UNDECIDABLE, tender, bids, note="报价差距大，因异常低价而起")
    for place, tender in enumerate(cast_alike(scene, crowded(scene, decided(scene), 4, 6), 11 * len(chosen)).tolist()):
        _low_enough(scene, place, tender)


def _methods(scene: Scene, found: Ints) -> Ints:
    """Purchases in which some may fall out: negotiations, consultations, inquiries."""
    method = scene.city.market.tenders["method"][found]
    return found[(method > 1) & (method <= INQUIRY)]


def _odd(scene: Scene, prices: Ints) -> Ints:
    """Prices in whole yuan that end on no common figure."""
    out: Ints = prices // 100 * 100 + scene.rng.integers(1, 89, len(prices)) * 100
    return out


def _irregular(scene: Scene, prices: Ints, budget: int) -> Ints:
    """The same prices, all but the first a little dearer where they would look regular by chance."""
    out = prices.copy()
    for _ in range(40):
        if not regular(out, np.array([budget]), np.array([len(out)]))[0]:
            break
        out[1:] = _odd(scene, (prices[1:] * scene.rng.uniform(1.0, 1.03, len(out) - 1)).astype(np.int64))
    return out


def _win(scene: Scene, bid: int) -> None:
    scene.city.market.bids["status"][bid] = WINNING


def _at_the_limit(scene: Scene, place: int, tender: int) -> None:
    """Of three bidders one falls out; of the two left one is far away or close behind, the winner at the budget."""
    market, near = scene.city.market, scene.near(place)
    book, budget = market.bids, int(market.tenders["budget"][tender])
    bids = bids_of(scene, tender)
    book["alive"][bids[3:]] = 0
    bids = bids[:3]
    share = scene.rng.uniform(0.981, 0.984) if near else scene.rng.uniform(0.986, 0.999)
    book["price"][bids] = _odd(scene, (budget * np.array([share, min(share + 0.0004, 0.9997), share - 0.083])).astype(np.int64))
    book["status"][bids[2]] = DISQUALIFIED
    market.tenders["limit"][tender] = NONE
    market.tenders["stated"][tender] = 3
    _win(scene, int(bids[0]))
    tell(scene, PROBLEM, tender, bids[:1], near=near, note="有效投标不足三家且中标价贴近预算")
    tell(scene.also("R024"), UNDECIDABLE, tender, bids, note="报价相近，因贴近预算而起")


def _over(scene: Scene, place: int, tender: int) -> None:
    """Awarded above the price limit, or above the budget that nobody raised."""
    market, near = scene.city.market, scene.near(place)
    book, budget = market.bids, int(market.tenders["budget"][tender])
    bids = bids_of(scene, tender)
    order = bids[np.argsort(book["price"][bids])]
    over = float(scene.rng.uniform(1.004, 1.03) if near else scene.rng.uniform(1.04, 1.14))
    if place % 4 == 1:
        market.tenders["limit"][tender] = int(book["price"][order[0]] / over) // 10_000 * 10_000
    else:
        market.tenders["limit"][tender] = NONE
        raised = int(budget * over) - int(book["price"][order[0]])
        book["price"][order] = _irregular(
            scene, _odd(scene, book["price"][order] + raised + budget * np.arange(len(order)) // 90), budget
        )
        market.tenders["adjusted"][tender] = 0
    _win(scene, int(order[0]))
    tell(scene, PROBLEM, tender, order[:1], near=near, note="中标价高于最高限价或预算")


def _not_quite(scene: Scene, place: int, tender: int) -> None:
    market = scene.city.market
    book, budget = market.bids, int(market.tenders["budget"][tender])
    bids = bids_of(scene, tender)
    order = bids[np.argsort(book["price"][bids])]
    lowest = int(book["price"][order[0]])
    if place % 3 == 0 and market.tenders["status"][tender] != NONE:
        # exactly the limit is not above it: one cheap bid out of several wins at a limit that was set low
        limit = max(int(book["price"][order[-1]]), lowest * 103 // 100) // 100 * 100
        market.tenders["limit"][tender] = limit
        book["price"][order[-1]] = limit
        note, near = "报价等于最高限价，未超出", True
    elif place % 3 == 1:
        low = budget * scene.rng.uniform(0.951, 0.974)
        rest = np.sort(scene.rng.uniform(low * 1.004, budget * 0.9995, len(order) - 1))
        prices = _odd(scene, np.r_[low, rest].astype(np.int64))
        for _ in range(60):
            if not regular(prices, np.array([budget]), np.array([len(order)]))[0]:
                break
            rest = np.sort(scene.rng.uniform(low * 1.002, budget * 0.9995, len(order) - 1))
            prices = _odd(scene, np.r_[low * scene.rng.uniform(0.98, 1.0), rest].astype(np.int64))
        book["price"][order] = prices
        market.tenders["limit"][tender] = NONE
        note, near = "中标价略低于预算，仍有充分竞争", True
    else:
        market.tenders["adjusted"][tender] = 1
        note, near = "预算经批准调整，中标价在调整后预算之内", False
    tell(scene, EXPLAINED, tender, order[:1], near=near, note=note)


def _crowd_at_the_limit(scene: Scene, tender: int) -> None:
    """Real competition, yet all of it just below the budget: by itself it says little."""
    market = scene.city.market
    book, budget = market.bids, int(market.tenders["budget"][tender])
    bids = bids_of(scene, tender)
    parts = np.array([0.9812, 0.9871, 0.9968, 0.9990, 0.9829, 0.9935])[: len(bids)]
    book["price"][bids] = _odd(scene, (budget * parts).astype(np.int64))
    market.tenders["limit"][tender] = NONE
    tell(scene, UNDECIDABLE, tender, bids, note="多家报价均贴近预算")
    for code in ("C6", "R024"):
        tell(scene.also(code), UNDECIDABLE, tender, bids, note="多家报价均贴近预算")


def _win_by(scene: Scene, tender: int, ratio: float) -> Ints:
    """The cheapest asks `ratio` of the others' mean, and wins; returns the bids, the winner first."""
    market = scene.city.market
    book, budget = market.bids, int(market.tenders["budget"][tender])
    bids = bids_of(scene, tender)
    order = bids[np.argsort(book["price"][bids])]
    parts = np.array([0.968, 0.889, 0.931, 0.914, 0.953, 0.874])[: len(order) - 1]
    others = _odd(scene, (budget * parts * scene.rng.uniform(0.93, 1.0)).astype(np.int64))
    book["price"][order] = _irregular(scene, np.r_[int(others.mean() * ratio) // 100 * 100, others], budget)
    book["price"][order[0]] = int(book["price"][order[1:]].mean() * ratio) // 100 * 100
    _win(scene, int(order[0]))
    return order


def _low_enough(scene: Scene, place: int, tender: int) -> None:
    book = scene.city.market.bids
    bids = bids_of(scene, tender)
    order = bids[np.argsort(book["price"][bids])]
    budget, size = scene.city.market.tenders["budget"][[tender]], np.array([len(order) - 1])
    # who is left when the cheapest falls out must not look regular by chance
    if place % 4 == 3 and not regular(book["price"][order[1:]], budget, size)[0]:
        book["price"][order[0]] = int(book["price"][order[1:]].mean() * scene.rng.uniform(0.45, 0.66)) // 100 * 100
        book["status"][order[0]] = DISQUALIFIED
        _win(scene, int(order[1]))
        tell(scene, EXPLAINED, tender, order[:2], note="异常低价已被否决，未中标")
        tell(scene.also("R036"), UNDECIDABLE, tender, order[:2], note="最低价因异常低价被否决")
        return
    order = _win_by(scene, tender, float(scene.rng.uniform(0.703, 0.768)))
    tell(scene, EXPLAINED, tender, order, near=True, note="报价较低但在合理幅度内")
