"""R035 其余投标全被否决 and R037 否决理由不充分: all but the winner rejected; bids rejected for no stated reason.

Innocent: one or two fall out and two at least remain, everybody is rejected and the tender fails, bidders who took their
bids back, reasons that say which clause was not met.
"""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, kept
from datasets.city.bid_papers import REASONS, SHORT_REASONS
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, cast_tenders, crowded, decided, tell
from datasets.city.price import far_below, regular
from datasets.city.tender import COMPLETE, DISQUALIFIED, INQUIRY, INVITED, UNSUCCESSFUL, WINNING, WITHDRAWN
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_SOUND = (0, 2, 3, 4, 6)
"""Reasons that fit any bid."""
_WORDS, _PHRASES = ("不合格", "废标", "无"), ("不符合要求", "评审不通过")
"""What is no reason, and what hardly is one."""


def plant_all_others(scene: Scene) -> None:
    """R035."""
    book = scene.city.market.bids
    chosen = cast_tenders(scene, _asked(scene, 3, 5), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        near, order = scene.near(place), _by_price(scene, tender)
        winner = int(order[0] if near or place % 3 != 2 else order[1])
        others = kept(order, order != winner)
        # at the threshold one is rejected, and whoever else had bid took his bid back
        _reject(scene, others[:1] if near else others)
        if near:
            book["status"][others[1:]] = WITHDRAWN
        book["status"][winner] = WINNING
        tell(scene, PROBLEM, tender, order, near=near, note="除中标人外其余投标全部被否决")
        if scene.city.market.tenders["method"][tender] <= INVITED:
            tell(scene.also("C18"), PROBLEM, tender, order, near=near, note="有效投标不足三家仍定标")
        if int(others[0]) == int(order[0]) or near and book["price"][others[0]] < book["price"][winner]:
            tell(scene.also("R036"), UNDECIDABLE, tender, order[:1], note="最低价被否决，其余投标也全部被否决")
    _some_left(scene, 8 * len(chosen))
    for tender in cast_alike(scene, _asked(scene, 3, 4), 4 * len(chosen)).tolist():
        _reject(scene, bids_of(scene, tender))
        scene.city.market.tenders["status"][tender] = UNSUCCESSFUL
        for one in (scene, scene.also("C18")):
            tell(one, EXPLAINED, tender, bids_of(scene, tender), note="全部投标被否决，已依法废标")


def _asked(scene: Scene, least: int, most: int) -> Ints:
    found = crowded(scene, decided(scene), least, most)
    return kept(found, scene.city.market.tenders["method"][found] <= INQUIRY)


def _by_price(scene: Scene, tender: int) -> Ints:
    book, bids = scene.city.market.bids, bids_of(scene, tender)
    return np.asarray(bids[np.argsort(book["price"][bids], kind="stable")])


def _reject(scene: Scene, bids: Ints) -> None:
    """Reject bids, each for a reason of its own."""
    book = scene.city.market.bids
    book["status"][bids] = DISQUALIFIED
    start = int(scene.rng.integers(len(_SOUND)))
    book["because"][bids] = np.array(_SOUND)[(start + np.arange(len(bids))) % len(_SOUND)]


def _may_stay(scene: Scene, tender: int, bids: Ints) -> bool:
    """Whether bids are without any regularity once the others are gone."""
    market, size = scene.city.market, np.array([len(bids)])
    prices = market.bids["price"][bids]
    return not regular(prices, market.tenders["budget"][[tender]], size)[0] and not far_below(prices, size)[0]


def _some_left(scene: Scene, count: int) -> None:
    """The dearest fall out, two or three bids are left."""
    for place, tender in enumerate(cast_alike(scene, _asked(scene, 4, 7), count).tolist()):
        order = _by_price(scene, tender)
        left = 2 + place % 2
        if _may_stay(scene, tender, order[:left]):
            _reject(scene, order[left:])
            tell(scene, EXPLAINED, tender, order, near=left == 2, note="部分投标被否决，仍有两家以上有效")
            if left > 2:
                tell(scene.also("C18"), EXPLAINED, tender, order, near=True, note="部分投标被否决，仍有三家有效")


def plant_unexplained(scene: Scene) -> None:
    """R037; what stands in the papers is taken out by `blank`."""
    book = scene.city.market.bids
    done, wanted = 0, scene.number(5)
    for tender in cast_alike(scene, _asked(scene, 4, 9), 3 * wanted).tolist():
        order, near = _by_price(scene, tender), scene.near(done)
        left = max(3, len(order) - (1 if near else 1 + done % 2))
        if done < wanted and _may_stay(scene, tender, order[:left]):
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            book["status"][order[left:]] = DISQUALIFIED
            _word(scene, order[left:], _WORDS[done % len(_WORDS)])
            tell(scene, PROBLEM, tender, order[left:], near=near, note="否决投标没有写明具体理由")
            done += 1
    for place, tender in enumerate(cast_tenders(scene, _asked(scene, 4, 9), max(2, done // 2)).tolist()):
        order = _by_price(scene, tender)
        if _may_stay(scene, tender, order[:-1]):
            book["status"][order[-1:]] = DISQUALIFIED
            _word(scene, order[-1:], _PHRASES[place % len(_PHRASES)])
            tell(scene, UNDECIDABLE, tender, order[-1:], note="否决理由笼统，是否充分需人工判断")
    _reasoned(scene, 11 * done)


def _word(scene: Scene, bids: Ints, word: str) -> None:
    scene.city.market.bids["because"][bids] = len(REASONS) + SHORT_REASONS.index(word)


def _reasoned(scene: Scene, count: int) -> None:
    """Bids that fell out for a reason, as they come and some more; others took theirs back."""
    market = scene.city.market
    book, found = market.bids, decided_with(scene, DISQUALIFIED)
    some = cast_alike(scene, found, count // 2).tolist()
    for tender in some:
        bids = bids_of(scene, tender)
        tell(scene, EXPLAINED, tender, kept(bids, book["status"][bids] == DISQUALIFIED), note="否决理由具体明确")
    told = len(some)
    for place, tender in enumerate(cast_alike(scene, _asked(scene, 4, 9), 2 * count).tolist()):
        order = _by_price(scene, tender)
        if told >= count or not _may_stay(scene, tender, order[:-1]):
            continue
        told += 1
        if place % 3 == 2:
            book["status"][order[-1]] = WITHDRAWN
            note = "投标人开标前自行撤回，无须理由"
        else:
            _reject(scene, order[-1:])
            note = "否决理由写明所违反的条款"
        tell(scene, EXPLAINED, tender, order[-1:], near=place % 3 == 0, note=note)


def decided_with(scene: Scene, status: int) -> Ints:
    """Awarded tenders without lots that play no part, some bid of which has a status."""
    market = scene.city.market
    tenders, book = market.tenders, market.bids
    some: Bools = np.zeros(len(tenders), dtype=bool)
    some[book["tender"][(book["status"] == status) & (book["alive"] == 1)]] = True
    fit = some & (tenders["status"] == COMPLETE) & (tenders["lots"] == 1) & (tenders["alive"] == 1)
    fit[scene.city.used_tenders] = False
    return np.flatnonzero(fit)


def blank(scene: Scene) -> None:
    """Of every third case the reason is missing altogether. After the papers are written."""
    book = scene.city.market.bids
    for case in scene.city.truth.of("R037", PROBLEM)[::3]:
        bids = np.array(dict(case.evidence)["bid"], dtype=np.int64)
        if not case.near:
            book["because"][bids] = NONE
