"""C26 新设空壳公司中标: founded weeks before the notice, or without capital and staff, and awarded half a million and more.

Innocent: founded some months before, a small award, a new firm that loses, a firm without staff that has capital.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, crowded, decided, hand_over, tell
from datasets.city.tender import WINNING
from datasets.city.truth import EXPLAINED, PROBLEM, rows

_BIG = 500_000_00
_STORIES = ("some months", "lost", "has capital", "some months")


def plant(scene: Scene) -> None:
    tenders, done, wanted = scene.city.market.tenders, 0, scene.number(4)
    big = crowded(scene, decided(scene), 3)
    big = big[tenders["budget"][big] > 1_100_000_00]
    for tender in cast_alike(scene, big, 8 * wanted).tolist():
        bid = _nobody(scene, tender)
        if done < wanted and bid != NONE:
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            _case(scene, done, tender, bid)
            done += 1
    told = {False: 0, True: 0}
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 60 * done).tolist():
        small = bool(tenders["budget"][tender] < _BIG)
        if told[small] >= (4 * done if small else 7 * done):
            continue
        bid = _nobody(scene, tender)
        if bid != NONE:
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            _innocent(scene, tender, bid, "small award" if small else _STORIES[told[False] % len(_STORIES)])
            told[small] += 1


def _nobody(scene: Scene, tender: int) -> int:
    """A bid by a firm that has little to do with anything: few other bids, no grant, no case; NONE when there is none."""
    city, book = scene.city, scene.city.market.bids
    bids = bids_of(scene, tender)
    firms = city.firms
    linked = scene.pool("linked", lambda: _linked(scene))
    young = [int(book["firm"][bid]) for bid in bids.tolist()]
    for bid, firm in sorted(zip(bids.tolist(), young, strict=True), key=lambda pair: -pair[1]):
        if linked[firm] or firm in city.market.busy or city.spoken[firms.owner[firm]]:
            continue
        mine = book["tender"][city.market.bids_by(firm)]
        if not scene.in_use(mine[mine != tender]).any():
            return int(bid)
    return NONE


def _linked(scene: Scene) -> Bools:
    """Firms with a grant, a ban, a group or a firm that holds them or is held by them."""
    city, shares = scene.city, scene.city.firms.shares
    out = np.zeros(len(city.firms), dtype=bool)
    out[list(city.apart.all)] = True
    held = (shares["firm_holder"] != NONE) | (shares["person"] == NONE)
    of_firms = (
        city.grants.book["firm"], city.firms.debarments["firm"], city.dossier.groups["firm"], shares["firm_holder"], shares["firm"][held]
    )  # fmt: skip
    for firms in of_firms:
        out[firms[firms != NONE]] = True
    return out


def _renew(scene: Scene, firm: int, founded: int) -> None:
    """Let a firm be founded on a day; its papers begin then."""
    city = scene.city
    firms, jobs = city.firms, city.sundry.jobs
    firms.founded[firm] = founded
    for book in (firms.shares, firms.roles):
        mine = book["firm"] == firm
        book["starts"][mine] = founded
        gone = mine & (book["ends"] != NONE)
        book["ends"][gone] = np.maximum(book["ends"][gone], founded + 1)
    theirs = jobs["firm"] == firm
    jobs["starts"][theirs] = np.maximum(jobs["starts"][theirs], founded)
    city.sundry.jobs["ends"][theirs & (jobs["ends"] != NONE)] = NONE


def _only_here(scene: Scene, firm: int, tender: int) -> None:
    """The firm's other bids were others'."""
    scene.city.market.busy.add(firm)
    book = scene.city.market.bids
    mine = scene.city.market.bids_by(firm)
    for bid in mine[book["tender"][mine] != tender].tolist():
        hand_over(scene, bid, {firm})


def _case(scene: Scene, place: int, tender: int, bid: int) -> None:
    city, near, rng = scene.city, scene.near(place), scene.rng
    firm, book = int(city.market.bids["firm"][bid]), city.market.bids
    noticed = int(city.market.tenders["noticed"][tender]) // DAY_SECONDS
    _only_here(scene, firm, tender)
    if near or place % 2 == 0:
        _renew(scene, firm, noticed - int(rng.integers(81, 89) if near else rng.integers(6, 78)))
    else:
        city.firms.capital[firm], city.firms.staff[firm] = 0, 0
    _cheapest(scene, tender, bid)
    tell(
        scene,
        PROBLEM,
        tender,
        np.array([bid]),
        more=(rows("enterprise", [firm]),),
        near=near,
        cents=int(book["price"][bid]),
        note="新设或空壳企业中标",
    )


def _cheapest(scene: Scene, tender: int, bid: int) -> None:
    """The bid changes its price with the cheapest one, and wins."""
    book = scene.city.market.bids
    bids: Ints = bids_of(scene, tender)
    low = int(bids[np.argmin(book["price"][bids])])
    book["price"][bid], book["price"][low] = int(book["price"][low]), int(book["price"][bid])
    book["status"][bid] = WINNING


def _innocent(scene: Scene, tender: int, bid: int, story: str) -> None:
    city, rng = scene.city, scene.rng
    firm = int(city.market.bids["firm"][bid])
    noticed = int(city.market.tenders["noticed"][tender]) // DAY_SECONDS
    note, near = "成立三个月以上", False
    _only_here(scene, firm, tender)
    if story == "some months":
        near = bool(rng.random() < 0.5)
        _renew(scene, firm, noticed - int(rng.integers(91, 99) if near else rng.integers(100, 220)))
        _cheapest(scene, tender, bid)
    elif story == "small award":
        _renew(scene, firm, noticed - int(rng.integers(20, 88)))
        _cheapest(scene, tender, bid)
        note = "新设企业，中标金额较小"
    elif story == "lost":
        _renew(scene, firm, noticed - int(rng.integers(20, 88)))
        _dearest(scene, tender, bid)
        note = "新设企业参加投标但未中标"
    else:
        city.firms.staff[firm] = 0
        _cheapest(scene, tender, bid)
        note = "有注册资本，人员由母公司派遣"
    tell(scene, EXPLAINED, tender, np.array([bid]), more=(rows("enterprise", [firm]),), near=near, note=note)


def _dearest(scene: Scene, tender: int, bid: int) -> None:
    book = scene.city.market.bids
    bids: Ints = bids_of(scene, tender)
    high, low = int(bids[np.argmax(book["price"][bids])]), int(bids[np.argmin(book["price"][bids])])
    book["price"][bid], book["price"][high] = int(book["price"][high]), int(book["price"][bid])
    low = int(bids[np.argmin(book["price"][bids])])
    book["status"][low] = WINNING
