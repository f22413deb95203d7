"""R028 报价相同: two bidders ask the same sum to the cent.

Innocent: the same bidder's first bid, taken back; equal prices in different lots; prices a few yuan apart; the fixed price
the state sets, which a person has to recognise.
"""

import numpy as np

from datasets.city.arrays import Ints, kept
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, crowded, decided, tell
from datasets.city.price import far_below, regular
from datasets.city.tender import INQUIRY, WITHDRAWN
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_STORIES = ("again", "few yuan", "few yuan", "again", "few yuan")


def plant(scene: Scene) -> None:
    done, wanted = 0, scene.number(5)
    for tender in cast_alike(scene, _fit(scene), 3 * wanted).tolist():
        pair = _pair(scene, tender, done % 4 == 3, 0) if done < wanted else None
        if pair is not None:
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            tell(scene, PROBLEM, tender, pair, note="两家投标人报价完全相同")
            if done % 4 == 3:
                tell(scene.also("R024"), UNDECIDABLE, tender, pair, note="次低报价与最低报价相同")
            done += 1
    for place, tender in enumerate(cast_alike(scene, _fit(scene), 12 * done).tolist()):
        _innocent(scene, tender, _STORIES[place % len(_STORIES)])
    _in_lots(scene, 2 * done)


def _fit(scene: Scene) -> Ints:
    found = crowded(scene, decided(scene), 3)
    return kept(found, scene.city.market.tenders["method"][found] <= INQUIRY)


def _pair(scene: Scene, tender: int, lowest: bool, apart: int) -> Ints | None:
    """Two bids brought to within `apart` cents without any other regularity; None where that cannot be."""
    market = scene.city.market
    book, bids = market.bids, bids_of(scene, tender)
    order = bids[np.argsort(book["price"][bids], kind="stable")]
    places = [0] if lowest else list(range(1, len(order) - 1))
    for place in scene.rng.permutation(places).tolist():
        prices = book["price"][order].copy()
        prices[place + 1] = prices[place] + apart
        size = np.array([len(order)])
        if not regular(prices, market.tenders["budget"][[tender]], size)[0] and not far_below(prices, size)[0]:
            book["price"][order] = prices
            return np.sort(order[place : place + 2])
    return None


def _innocent(scene: Scene, tender: int, story: str) -> None:
    book = scene.city.market.bids
    if story == "again":
        first = scene.rng.permutation(bids_of(scene, tender))[:1]
        gone = book.copy_rows(first, submitted=book["submitted"][first] - 7200, status=WITHDRAWN)
        tell(scene, EXPLAINED, tender, np.r_[first, gone], note="同一投标人撤回后以原价重新递交")
        return
    pair = _pair(scene, tender, False, int(scene.rng.integers(1, 60)) * 100)
    if pair is not None:
        tell(scene, EXPLAINED, tender, pair, near=True, note="报价仅相差几十元，并不相同")


def _in_lots(scene: Scene, count: int) -> None:
    """One sum for two lots of one size, asked by different firms."""
    market = scene.city.market
    book, tenders = market.bids, market.tenders
    found = np.flatnonzero((tenders["lots"] > 1) & (tenders["alive"] == 1))
    for tender in cast_alike(scene, found, count).tolist():
        bids = bids_of(scene, tender)
        left, right = kept(bids, book["lot"][bids] == 0), kept(bids, book["lot"][bids] == 1)
        pairs = [(one, two) for one in left.tolist() for two in right.tolist() if book["firm"][one] != book["firm"][two]]
        for one, two in pairs[:1]:
            prices = book["price"][right].copy()
            prices[right == two] = book["price"][one]
            size = np.array([len(right)])
            if not regular(prices, tenders["budget"][[tender]] // 2, size)[0] and not far_below(prices, size)[0]:
                book["price"][two] = book["price"][one]
                tell(scene, EXPLAINED, tender, np.array([one, two]), note="不同标段的报价相同，互不竞争")
