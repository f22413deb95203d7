"""C3, C4 and C7 同一联系人、同一项目负责人、保证金同一账户: what two bidders of one tender share, and what only looks so.

Innocent: the same firm bids again after taking its first bid back, namesakes, one who changed his employer between two
tenders, bonds given as a bank's guarantee. Whether one man may sign for two firms in different lots only a person can tell.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, distinct, kept
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, cast_tenders, crowded, decided, tell
from datasets.city.tender import COMPLETE, WITHDRAWN
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_SHARED = {"C3": ("phone", "email", "agent"), "C4": ("manager",), "C7": ("account",)}
_NOTES = {
    "C3": "不同投标人的联系电话、邮箱或委托人相同",
    "C4": "不同投标人的项目负责人为同一人",
    "C7": "不同投标人的保证金从同一账户转出",
}
_STORIES = {
    "C3": ("again", "namesake", "moved on", "namesake", "again", "moved on"),
    "C4": ("again", "namesake", "moved on", "moved on", "namesake", "again"),
    "C7": ("again", "guarantee", "moved on", "guarantee", "again", "guarantee"),
}


def plant(scene: Scene) -> None:
    """Cases of the scene's code."""
    chosen = cast_tenders(scene, crowded(scene, decided(scene), 3), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, tender)
    stories = _STORIES[scene.rule]
    for place, tender in enumerate(cast_alike(scene, crowded(scene, decided(scene), 3), 11 * len(chosen)).tolist()):
        _innocent(scene, tender, stories[place % len(stories)])
    for tender in cast_tenders(scene, _in_lots(scene), max(1, len(chosen) // 4)).tolist():
        _two_lots(scene, tender)


def _case(scene: Scene, place: int, tender: int) -> None:
    """Two or three bidders share one thing or several: one bidder's own, or that of somebody behind them."""
    book, near = scene.city.market.bids, scene.near(place)
    bids = np.sort(scene.rng.permutation(bids_of(scene, tender))[: 2 if near or place % 3 else 3])
    names = _SHARED[scene.rule]
    several = names if not near and place % 4 == 0 else (names[place % len(names)],)
    for name in several:
        shared = int(book[name][bids[0]])
        if place % 3 == 2 or shared == NONE:
            shared = _behind(scene, name)
        book[name][bids] = shared
        if name == "manager":
            leave_jobs(scene, shared)
    tell(scene, PROBLEM, tender, bids, near=near, note=_NOTES[scene.rule])


def _behind(scene: Scene, name: str) -> int:
    """Somebody who is none of the bidders: his phone, his account, his mail, himself."""
    city = scene.city
    age = city.folk.age(city.last)
    fit = (age > 28) & (age < 60) & (city.folk.died == NONE) & ~city.purse.public & ~city.spoken
    fit[np.r_[city.firms.owner, city.sundry.jobs["person"]]] = False
    person = int(scene.rng.choice(np.flatnonzero(fit)))
    if name == "email":
        return len(city.firms) + person
    return len(city.firms) + person if name == "phone" else person


def leave_jobs(scene: Scene, person: int) -> None:
    """No office knows where somebody is insured in the city's time."""
    jobs, first = scene.city.sundry.jobs, scene.city.first
    mine = np.flatnonzero(jobs["person"] == person)
    jobs["starts"][mine] = np.minimum(jobs["starts"][mine], first - 900)
    jobs["ends"][mine] = first - 200


def _innocent(scene: Scene, tender: int, story: str) -> None:
    book = scene.city.market.bids
    bids = np.sort(scene.rng.permutation(bids_of(scene, tender))[:2])
    note = "姓名相同，证件号不同"
    if story == "again":
        first = bids[:1]
        gone = book.copy_rows(
            first, price=book["price"][first] * 1013 // 1000, submitted=book["submitted"][first] - 9000, status=WITHDRAWN
        )
        bids, note = np.r_[first, gone], "同一投标人撤回后重新递交"
    elif story == "guarantee":
        book["account"][bids] = NONE
        note = "以银行保函缴纳保证金，无转出账户"
    elif story == "moved on":
        _changed_sides(scene, tender, bids)
        note = "不同项目中先后代表两家企业，同一项目内不重合"
    else:
        _namesakes(scene, bids)
    tell(scene, EXPLAINED, tender, bids, near=story == "moved on", note=note)


def _changed_sides(scene: Scene, tender: int, bids: Ints) -> None:
    """Who stands for a bidder here stood for another firm in an earlier or later tender in which this one takes no part."""
    market = scene.city.market
    book, firm = market.bids, int(market.bids["firm"][bids[0]])
    name = _SHARED[scene.rule][int(scene.rng.integers(len(_SHARED[scene.rule])))]
    alive = (book["alive"] == 1) & ~among(book["tender"], scene.city.used_tenders)
    gap = np.abs(market.tenders["closes"][book["tender"]] - market.tenders["closes"][tender]) > 400 * DAY_SECONDS
    present = distinct(book["tender"][(book["alive"] == 1) & (book["firm"] == firm)])
    other = np.flatnonzero(alive & gap & (book["firm"] != firm) & ~among(book["tender"], present))
    if len(other) and book[name][bids[0]] != NONE:
        book[name][int(scene.rng.choice(other))] = book[name][bids[0]]
        if name == "manager":
            leave_jobs(scene, int(book[name][bids[0]]))


def _namesakes(scene: Scene, bids: Ints) -> None:
    """The people of two bidders have one name and two ids."""
    city, name = scene.city, "manager" if scene.rule == "C4" else "agent"
    book = city.market.bids
    person = int(book[name][bids[0]])
    if person == NONE:
        return
    age = city.folk.age(city.last)
    same = np.flatnonzero(
        (city.folk.name == city.folk.name[person]) & (age > 24) & (age < 64) & (city.folk.died == NONE) & ~city.purse.public
    )
    same = kept(
        same, ~among(same, np.r_[person, city.market.agent, city.market.manager, city.firms.owner, city.sundry.jobs["person"]])
    )
    if len(same):
        book[name][bids[1]] = int(scene.rng.choice(same))


def _in_lots(scene: Scene) -> Ints:
    tenders = scene.city.market.tenders
    fit = (tenders["status"] == COMPLETE) & (tenders["lots"] > 1) & (tenders["alive"] == 1)
    return kept(np.flatnonzero(fit), tenders["closes"][fit] < (scene.city.last - 45) * DAY_SECONDS)


def _two_lots(scene: Scene, tender: int) -> None:
    """The same hands behind bids of different firms in different lots."""
    book = scene.city.market.bids
    bids = bids_of(scene, tender)
    left, right = kept(bids, book["lot"][bids] == 0), kept(bids, book["lot"][bids] == 1)
    right = kept(right, ~among(book["firm"][right], book["firm"][left]))
    left = kept(left, ~among(book["firm"][left], book["firm"][bids[book["lot"][bids] == 1]]))
    if not len(left) or not len(right):
        return
    pair = np.array([left[0], right[0]])
    for name in _SHARED[scene.rule][:1]:
        book[name][pair] = book[name][pair[0]]
        if name == "manager":
            leave_jobs(scene, int(book[name][pair[0]]))
    tell(scene, UNDECIDABLE, tender, pair, note="不同标段的投标人共用联系人或账户，是否串通需人工判断")
