"""C19 等标期、文件发售期、澄清期不足: too few days to bid, to buy the documents, or after the last clarification.

Innocent: methods that need fewer days, a day or two more than needed, works documents on sale for five calendar days, a
closing that was moved after the clarification, clarifications where the law asks for no fortnight.
"""

import numpy as np

from datasets.city import workdays
from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, kept
from datasets.city.dossier import CLOSES_AT
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders, decided, tell
from datasets.city.tender import CONSULTATION, INQUIRY, NEGOTIATION, OPEN
from datasets.city.truth import EXPLAINED, PROBLEM, rows


def _of(scene: Scene, found: Ints, *methods: int) -> Ints:
    return kept(found, among(scene.city.market.tenders["method"][found], methods))


def plant_closing(scene: Scene) -> None:
    """Bids due too early; before the papers are written, for awards follow the closing."""
    chosen = cast_tenders(scene, _of(scene, decided(scene), OPEN), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        days = int(scene.rng.integers(18, 20)) if scene.near(place) else int(scene.rng.integers(6, 17))
        _close_after(scene, tender, days)
        tell(scene, PROBLEM, tender, near=scene.near(place), note=f"公告至投标截止仅{days}日")
    wanted = 11 * len(chosen)
    for tender in cast_alike(scene, _of(scene, decided(scene), OPEN), wanted // 2).tolist():
        days = int(scene.rng.integers(21, 23))
        _close_after(scene, tender, days)
        tell(scene, EXPLAINED, tender, near=True, note="公告至投标截止满二十日")
    for tender in cast_alike(
        scene, _of(scene, decided(scene), CONSULTATION, NEGOTIATION, INQUIRY), wanted - wanted // 2
    ).tolist():
        tell(scene, EXPLAINED, tender, note="非招标方式，依法适用较短期限")


def _close_after(scene: Scene, tender: int, days: int) -> None:
    """Move the closing, and the bids with it."""
    market = scene.city.market
    book, notice = market.tenders, int(market.tenders["noticed"][tender]) // DAY_SECONDS
    closes = (notice + days) * DAY_SECONDS + 34_200
    if not bool(workdays.working(np.array([notice + days]))[0]):
        # a closing on a free day is moved to the working day before
        closes = int(workdays.ahead(np.array([notice + days]), 0)[0]) * DAY_SECONDS + 34_200
        if days > 20:
            closes = int(workdays.ahead(np.array([notice + days]), 1)[0]) * DAY_SECONDS + 34_200
    shift = closes - int(book["closes"][tender])
    book["closes"][tender] = closes
    market.bids["submitted"][bids_of(scene, tender)] += shift


def plant_documents(scene: Scene) -> None:
    """Documents on sale too short; after the papers are written."""
    book = scene.city.market.tenders
    found = _of(scene, awarded(scene), OPEN)
    found = kept(found, (book["sold_from"][found] != NONE) & (book["category"][found] < 2))
    works = _of(scene, awarded(scene), OPEN)
    works = kept(works, (book["sold_from"][works] != NONE) & (book["category"][works] == 2))
    wanted = scene.number(4)
    chosen = np.r_[cast_tenders(scene, found, wanted - wanted // 4), cast_tenders(scene, works, wanted // 4)]
    for place, tender in enumerate(chosen.tolist()):
        near, start = scene.near(place), book["sold_from"][[tender]]
        if book["category"][tender] == 2:
            book["sold_until"][tender] = int(start[0]) + int(scene.rng.integers(1, 4))
        else:
            book["sold_until"][tender] = int(workdays.ahead(start, 3 if near else int(scene.rng.integers(0, 3)))[0])
        tell(scene, PROBLEM, tender, near=near, note="采购文件发售期不足")
    for tender in cast_alike(scene, works, 5 * len(chosen)).tolist():
        first = int(book["sold_from"][tender])
        book["sold_until"][tender] = first + int(scene.rng.integers(5, 7))
        tell(scene, EXPLAINED, tender, near=True, note="工程招标文件发售满五个日历天")
    for tender in cast_alike(scene, found, 6 * len(chosen)).tolist():
        book["sold_until"][tender] = int(workdays.ahead(book["sold_from"][[tender]], 5)[0])
        tell(scene, EXPLAINED, tender, near=True, note="采购文件发售满五个工作日")


def plant_clarified(scene: Scene) -> None:
    """Made clearer too late for the closing to stand; after the papers are written."""
    city = scene.city
    wanted = scene.number(3)
    free = _of(scene, awarded(scene), OPEN)
    free = kept(free, ~among(free, city.dossier.changes["tender"]))
    chosen = cast_tenders(scene, free, wanted)
    for place, tender in enumerate(chosen.tolist()):
        near = scene.near(place)
        _clarify(scene, tender, 14 if near else int(scene.rng.integers(3, 13)))
        tell(scene, PROBLEM, tender, near=near, note="距投标截止不足十五日澄清且未顺延")
    for place, tender in enumerate(cast_alike(scene, free, 11 * len(chosen)).tolist()):
        if place % 2:
            _clarify(scene, tender, int(scene.rng.integers(15, 18)))
            tell(scene, EXPLAINED, tender, near=True, note="距投标截止满十五日澄清")
        else:
            _moved(scene, tender)


def _clarify(scene: Scene, tender: int, before: int) -> None:
    """Made clearer so many days before the closing, in the morning before the hour of the closing."""
    book = scene.city.market.tenders
    when = (int(book["closes"][tender]) // DAY_SECONDS - before) * DAY_SECONDS + int(scene.rng.integers(8 * 3600, 9 * 3600))
    book["clarified"][tender] = max(when, int(book["noticed"][tender]) + 20 * 3600)


def _moved(scene: Scene, tender: int) -> None:
    """Late for the closing as it stood first; it was moved."""
    city = scene.city
    book = city.market.tenders
    _clarify(scene, tender, int(scene.rng.integers(15, 19)))
    closes, clarified = int(book["closes"][tender]), int(book["clarified"][tender])
    before = closes - int(scene.rng.integers(4, 8)) * DAY_SECONDS
    made = city.dossier.changes.add(1, tender=tender, field=CLOSES_AT, old=before, new=closes, changed=clarified)
    tell(scene, EXPLAINED, tender, more=(rows("tender_change", made),), note="澄清后已顺延投标截止时间")
