"""C16 单一来源滥用: without a lawful ground or without five working days of notice; and buyers who do it all the time.

Innocent: one supplier only and shown long enough, additions to what was bought before, unforeseen urgency (which needs no notice).
"""

import numpy as np

from datasets.city import workdays
from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, kept, without
from datasets.city.dossier import OTHER_GROUND, UNIQUE, URGENT
from datasets.city.plant.below_limit import Group, buy, free_groups
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, tell
from datasets.city.tender import COMPLETE, OPEN_LIMIT, SINGLE_SOURCE
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_WAYS = ("no ground", "short notice", "no notice", "other ground", "short notice", "no notice")


def plant_often(scene: Scene) -> None:
    """Buyers with three and more single sources in a year that make much of what they buy; before the papers are written."""
    wanted = scene.number(2)
    groups = free_groups(scene)
    used: set[int] = set()
    for place in range(wanted):
        group = next((one for one in groups if one[0] not in used and one[2] < 2), None)
        if group is None:
            return
        used.add(group[0])
        _often(scene, place, group)
    _seldom(scene, 22 * wanted, used)
    _enlarge(scene, 8 * scene.number(4, 2))


def _enlarge(scene: Scene, count: int) -> None:
    """Some single sources are dear enough that they must be shown to everybody."""
    market = scene.city.market
    book = market.tenders
    found = _single(scene)
    found = found[(book["budget"][found] < OPEN_LIMIT[book["category"][found]]) & (book["lots"][found] == 1)]
    for tender in scene.rng.permutation(found)[:count].tolist():
        limit = int(OPEN_LIMIT[book["category"][tender]])
        budget = int(limit * scene.rng.uniform(1.04, 2.2)) // 1_000_00 * 1_000_00
        bids = bids_of(scene, tender)
        market.bids["price"][bids] = (
            (market.bids["price"][bids] * (budget / int(book["budget"][tender]))).astype(np.int64) // 100 * 100
        )
        book["budget"][tender], book["approved"][tender] = budget, 1
        if book["limit"][tender] != NONE:
            book["limit"][tender] = budget


def _dear(scene: Scene, found: Ints) -> Ints:
    book = scene.city.market.tenders
    return kept(found, book["budget"][found] >= OPEN_LIMIT[book["category"][found]])


def _often(scene: Scene, place: int, group: Group) -> None:
    """Lawful one by one, with ground, notice and approval: too many together."""
    city, near = scene.city, scene.near(place)
    count = 3 if near else int(scene.rng.integers(4, 7))
    book = city.market.tenders
    year = (book["buyer"] == group[0]) & (book["year"] == group[1]) & (book["alive"] == 1)
    total = int(book["budget"][year].sum())
    share = float(scene.rng.uniform(0.4, 0.45) if near else scene.rng.uniform(0.5, 0.7))
    worth = np.maximum(total * share / (1 - share) / count, 2_600_000_00)
    thousandths = (worth / 2_000_000_00 * 1000 * scene.rng.uniform(0.85, 1.2, count)).astype(np.int64)
    made = buy(scene, group, np.maximum(thousandths, 1050), np.full(count, SINGLE_SOURCE), approved=1)
    scene.problem(
        "unit", group[0], group[0], (rows("tender", made),), area=int(city.bodies.area[group[0]]), cents=int(book["budget"][made].sum()), near=near,
        note="单一来源采购占比过高",
    )  # fmt: skip


def _seldom(scene: Scene, wanted: int, used: set[int]) -> None:
    """Buyers with one or two in a year."""
    book = scene.city.market.tenders
    single = np.flatnonzero((book["method"] == SINGLE_SOURCE) & (book["alive"] == 1) & ~among(book["buyer"], list(used)))
    keys = np.stack([book["buyer"][single], book["year"][single]])
    for buyer, year in scene.rng.permutation(np.unique(keys, axis=1).T)[:wanted].tolist():
        here = kept(single, (keys[0] == buyer) & (keys[1] == year))
        scene.explained(
            "unit",
            buyer,
            buyer,
            (rows("tender", here),),
            area=int(scene.city.bodies.area[buyer]),
            near=len(here) == 2,
            note="全年单一来源项目很少",
        )


def _single(scene: Scene) -> Ints:
    book = scene.city.market.tenders
    fit = (book["method"] == SINGLE_SOURCE) & (book["status"] == COMPLETE) & (book["alive"] == 1)
    fit[scene.city.used_tenders] = False
    return np.flatnonzero(fit)


def plant_unfounded(scene: Scene) -> None:
    """Single sources whose papers do not bear them out; after the papers are written."""
    found = scene.rng.permutation(_single(scene))
    dear = _dear(scene, found)
    wanted = min(scene.number(4, 2), len(dear))
    cases, rest = dear[:wanted], np.r_[dear[wanted:], without(found, dear)]
    scene.city.used_tenders = np.r_[scene.city.used_tenders, cases]
    for place, tender in enumerate(cases.tolist()):
        _unfounded(scene, place, tender)
    for place, tender in enumerate(rest[: 14 * wanted].tolist()):
        _lawful(scene, place, tender)
    _all_urgent(scene)


def _shown(scene: Scene, tender: int, days: int) -> None:
    """Shown for so many working days, the first and the last included, some weeks before the notice."""
    book = scene.city.market.tenders
    start = workdays.on_or_after(np.array([int(book["noticed"][tender]) // DAY_SECONDS - 26 - int(scene.rng.integers(0, 15))]))
    book["shown_from"][tender] = int(start[0])
    book["shown_until"][tender] = int(workdays.ahead(start, days - 1)[0])


def _unfounded(scene: Scene, place: int, tender: int) -> None:
    book, near = scene.city.market.tenders, scene.near(place)
    way = "short notice" if near else _WAYS[place % len(_WAYS)]
    if book["ground"][tender] == URGENT:
        book["ground"][tender] = UNIQUE
        _shown(scene, tender, 6)
    if way == "short notice":
        book["ground"][tender] = UNIQUE  # on other grounds nothing need be shown
        _shown(scene, tender, 4 if near else int(scene.rng.integers(1, 4)))
    elif way == "no notice":
        book["ground"][tender] = UNIQUE
        book["shown_from"][tender], book["shown_until"][tender] = NONE, NONE
    else:
        book["ground"][tender] = OTHER_GROUND if way == "other ground" else NONE
    tell(scene, PROBLEM, tender, near=near, note="单一来源理由不足或公示不满五个工作日")


def _lawful(scene: Scene, place: int, tender: int) -> None:
    book = scene.city.market.tenders
    small = book["budget"][tender] < OPEN_LIMIT[book["category"][tender]]
    if small and place % 3 == 0 and book["ground"][tender] != URGENT:
        book["shown_from"][tender], book["shown_until"][tender] = NONE, NONE
        note = "未达公开招标数额标准，依法无须公示"
    elif place % 5 == 4:
        book["ground"][tender] = URGENT
        book["shown_from"][tender], book["shown_until"][tender] = NONE, NONE
        note = "不可预见的紧急采购，依法无须公示"
    elif place % 5 == 3:
        if book["ground"][tender] == URGENT:
            book["ground"][tender] = UNIQUE
        _shown(scene, tender, 6)
        note = "公示满五个工作日"
    elif book["ground"][tender] == URGENT:
        note = "不可预见的紧急采购，依法无须公示"
    else:
        note = "唯一供应商或保证配套，理由充分并已公示"
    tell(scene, EXPLAINED, tender, near=place % 5 == 3, note=note)


def _all_urgent(scene: Scene) -> None:
    """Urgent purchases that nobody looked at yet: whether it was urgent only a person can tell."""
    book = scene.city.market.tenders
    told = {case.subject for case in scene.city.truth.of("C16") if case.subject_kind == "tender"}
    for tender in np.flatnonzero((book["ground"] == URGENT) & (book["alive"] == 1)).tolist():
        if tender not in told:
            tell(scene, UNDECIDABLE, tender, note="紧急采购未公示，是否确属紧急需人工判断")
