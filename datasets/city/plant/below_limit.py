"""C15 预算贴近限额: one buyer's budgets crowd just below the open tender limit.

Innocent: four and fewer, as many a little further below (things simply cost that much), buyers of one dear thing a year.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, Ints, among, day, distinct, kept
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import further_tenders
from datasets.city.tender import BUDGET_ITEMS, CONSULTATION, INQUIRY, NEGOTIATION, OPEN, OPEN_LIMIT
from datasets.city.truth import PROBLEM, rows
from datasets.city.vocabulary import words

Group = tuple[int, int, int]
"""Buyer, year, category."""


def plant(scene: Scene) -> None:
    wanted = scene.number(3)
    free = free_groups(scene)
    for place in range(min(wanted, len(free))):
        _case(scene, place, free.pop())
    for place in range(min(2 * wanted, len(free))):
        _spread(scene, place, free.pop())
    _natural(scene, 11 * wanted, set(free))


def free_groups(scene: Scene) -> list[Group]:
    """Buyers, years and categories without any budget near the limit, in drawn order."""
    city = scene.city
    book = city.market.tenders
    ratio = book["budget"] / OPEN_LIMIT[np.maximum(book["category"], 0)]
    high = (ratio > 0.7) & (book["alive"] == 1)
    taken = set(zip(book["buyer"][high].tolist(), book["year"][high].tolist(), book["category"][high].tolist(), strict=True))
    units = {case.unit for case in city.truth.cases if case.rule in ("C15", "C16", "C27") and case.kind == PROBLEM}
    buyers = distinct(book["buyer"]).tolist()
    found = [(unit, year, category) for unit in buyers for year in city.years for category in range(3)]
    found = [group for group in found if group not in taken and group[0] not in units]
    return [found[at] for at in scene.rng.permutation(len(found)).tolist()]


def buy(scene: Scene, group: Group, shares: Ints, methods: Ints, **changed: Ints | int) -> Ints:
    """Purchases of a buyer, year and category at given thousandths of the open tender limit, each of another item and trade."""
    buyer, year, category = group
    trades = [
        number
        for number, trade in enumerate(words().industries.values())
        if ("goods", "services", "works")[category] == trade.category
    ]
    count, rng = len(shares), scene.rng
    budget = int(OPEN_LIMIT[category]) // 1000 * shares // 100_000 * 100_000
    item, industry = _unbought(scene, group, np.array(trades), count)
    notice = np.sort(day(year, 1, 20) + rng.integers(0, 270, count))
    notice = notice - np.maximum((notice + 3) % 7 - 4, 0)
    made: Ints = further_tenders(
        scene, count, buyer=buyer, year=year, category=category, industry=changed.pop("industry", industry), item=item, budget=budget,
        method=methods, approved=changed.pop("approved", 0), adjusted=0, noticed=notice * DAY_SECONDS + rng.integers(9, 16, count) * 3600, **changed,
    )  # fmt: skip
    return made


def _unbought(scene: Scene, group: Group, trades: Ints, count: int) -> tuple[Ints, Ints]:
    """Budget items and trades, no item twice, in which the buyer bought nothing that year: together they are no split purchase."""
    book = scene.city.market.tenders
    mine = (book["buyer"] == group[0]) & (book["year"] == group[1])
    taken = set(zip(book["item"][mine].tolist(), book["industry"][mine].tolist(), strict=True))
    items = scene.rng.permutation(len(BUDGET_ITEMS))[:count]
    chosen = []
    for item in items.tolist():
        free = [trade for trade in scene.rng.permutation(trades).tolist() if (item, trade) not in taken]
        chosen.append(free[0] if free else int(trades[0]))
    return items, np.array(chosen)


def _case(scene: Scene, place: int, group: Group) -> None:
    """Five to eight budgets between nine tenths of the limit and the limit, hardly one a little lower."""
    rng, near = scene.rng, scene.near(place)
    count = 5 if near else int(rng.integers(6, 9))
    shares = rng.integers(903 if near else 925, 999, count)
    methods = rng.choice([CONSULTATION, INQUIRY, NEGOTIATION], count)
    made = buy(scene, group, shares, methods)
    unit = group[0]
    scene.problem(
        "unit", unit, unit, (rows("tender", made),), area=int(scene.city.bodies.area[unit]), cents=int(scene.city.market.tenders["budget"][made].sum()),
        near=near, note="多个项目预算贴近公开招标限额",
    )  # fmt: skip


def _spread(scene: Scene, place: int, group: Group) -> None:
    """As many a little further below the limit as just below it, most of them tendered openly."""
    rng = scene.rng
    shares = np.r_[rng.integers(905, 995, 5), rng.integers(805, 897, 4 + place % 3)]
    made = buy(scene, group, shares, np.full(len(shares), OPEN))
    unit = group[0]
    scene.explained(
        "unit",
        unit,
        unit,
        (rows("tender", made),),
        area=int(scene.city.bodies.area[unit]),
        near=True,
        note="预算分布均匀，且多为公开招标",
    )


def _natural(scene: Scene, wanted: int, _free: set[Group]) -> None:
    """Buyers who have one to four such budgets in a year, as they come; then any others."""
    city = scene.city
    book = city.market.tenders
    ratio = book["budget"] / OPEN_LIMIT[np.maximum(book["category"], 0)]
    close = np.flatnonzero((ratio >= 0.9) & (ratio < 1) & (book["alive"] == 1) & ~among(np.arange(len(book)), city.used_tenders))
    rest = np.flatnonzero((ratio >= 0.6) & (ratio < 0.9) & (book["alive"] == 1) & ~among(np.arange(len(book)), city.used_tenders))
    told = 0
    for found in (close, rest):
        keys = np.stack([book[name][found] for name in ("buyer", "year", "category")])
        for key in scene.rng.permutation(np.unique(keys, axis=1).T).tolist():
            here = kept(found, (keys == np.array(key)[:, None]).all(axis=0))
            if told < wanted and len(here) <= 4:
                told += 1
                scene.explained(
                    "unit",
                    key[0],
                    key[0],
                    (rows("tender", here),),
                    area=int(city.bodies.area[key[0]]),
                    near=found is close,
                    note="个别项目预算接近限额，数量不多",
                )
