"""C14 化整为零: one item bought in pieces below the open tender limit; adjusted budgets, approval and framework calls are innocent."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, Ints, day
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import further_tenders
from datasets.city.tender import BUDGET_ITEMS, CONSULTATION, FRAMEWORK, INQUIRY, NEGOTIATION, OPEN_LIMIT
from datasets.city.truth import rows
from datasets.city.vocabulary import words

_STORIES = ("adjusted", "approved", "framework", "below", "framework", "approved", "adjusted", "framework", "approved", "below")


def plant(scene: Scene) -> None:
    wanted = scene.number(4, 1)
    places = iter(_free_groups(scene, 11 * wanted))
    for place, key in zip(range(wanted), places, strict=False):
        _case(scene, place, key)
    for place, key in zip(range(10 * wanted), places, strict=False):
        _innocent(scene, key, _STORIES[place % len(_STORIES)])


def _free_groups(scene: Scene, count: int) -> list[tuple[int, int, int, int]]:
    """Buyer, year, budget item and industry (goods or services) that nobody has bought in yet."""
    city, rng = scene.city, scene.rng
    book = city.market.tenders
    taken = {tuple(row) for row in np.stack([book[name] for name in ("buyer", "year", "item", "industry")]).T.tolist()}
    buyers = [
        unit for kind in ("township", "school", "hospital", "agency", "state_firm") for unit in city.bodies.of_kind(kind).tolist()
    ]
    buyers = [unit for unit in buyers if unit not in (0, city.bodies.agency("纪委监委"))]
    trades = [number for number, trade in enumerate(words().industries.values()) if trade.category != "works"]
    out: list[tuple[int, int, int, int]] = []
    while len(out) < count:
        key = (
            int(rng.choice(buyers)),
            int(rng.choice(np.array(city.years))),
            int(rng.integers(len(BUDGET_ITEMS))),
            int(rng.choice(trades)),
        )
        if key not in taken:
            taken.add(key)
            out.append(key)
    return out


def _buy(scene: Scene, key: tuple[int, int, int, int], methods: list[int], ratio: float, **changed: int) -> Ints:
    """Purchases in pieces whose prices add up to `ratio` of the open tender limit."""
    rng = scene.rng
    buyer, year, item, industry = key
    category = 0 if list(words().industries.values())[industry].category == "goods" else 1
    limit = int(OPEN_LIMIT[category])
    count = len(methods)
    share = rng.dirichlet(np.full(count, 30.0))
    price = np.round(share * limit * ratio / 100).astype(np.int64) * 100
    # paid a little less than budgeted, so that both sums lie on the same side of the limit
    budget = np.round(price / 0.975 / 10_000).astype(np.int64) * 10_000
    start = day(year, 2, 5) + int(rng.integers(0, 40))
    noticed = (start + np.sort(rng.integers(0, 210, count))) * DAY_SECONDS + 9 * 3600
    made = further_tenders(
        scene, count, buyer=buyer, year=year, item=item, industry=industry, category=category, method=np.array(methods), budget=budget, noticed=noticed,
        approved=changed.get("approved", 0), adjusted=changed.get("adjusted", 0),
    )  # fmt: skip
    _settle_prices(scene, made, price)
    return made


def _settle_prices(scene: Scene, tenders: Ints, price: Ints) -> None:
    """The cheapest bid of each takes the given price; all keep their distances."""
    book = scene.city.market.bids
    for tender, wanted in zip(tenders.tolist(), price.tolist(), strict=True):
        bids = scene.bids.of(tender)
        order = bids[np.argsort(book["price"][bids])]
        # the second in rank may win: it is kept close behind
        ahead = np.array([1.0, 1.004, 1.021, 1.047, 1.06])[: len(order)]
        book["price"][order] = np.round(wanted * ahead / 100).astype(np.int64) * 100


def _case(scene: Scene, place: int, key: tuple[int, int, int, int]) -> None:
    near = scene.near(place)
    ratio = float(scene.rng.uniform(1.02, 1.09) if near else scene.rng.uniform(1.15, 1.9))
    count = 3 if near else int(scene.rng.integers(3, 6))
    methods = scene.rng.choice([INQUIRY, CONSULTATION, NEGOTIATION], count).tolist()
    _write(scene, key, _buy(scene, key, methods, ratio), near)


def _write(scene: Scene, key: tuple[int, int, int, int], made: Ints, near: bool) -> None:
    city = scene.city
    scene.problem("unit", key[0], key[0], (rows("tender", made),), area=int(city.bodies.area[key[0]]), cents=int(city.market.tenders["budget"][made].sum()), near=near,
                  note="同一预算项目多次采购，合计超公开招标限额")  # fmt: skip


def _innocent(scene: Scene, key: tuple[int, int, int, int], story: str) -> None:
    count = int(scene.rng.integers(2, 4))
    methods = [FRAMEWORK] * count if story == "framework" else scene.rng.choice([INQUIRY, CONSULTATION], count).tolist()
    ratio = float(scene.rng.uniform(0.9, 0.97)) if story == "below" else float(scene.rng.uniform(1.05, 1.6))
    made = _buy(scene, key, methods, ratio, approved=int(story == "approved"), adjusted=int(story == "adjusted"))
    notes = {"adjusted": "预算经调整", "approved": "非公开方式经批准", "framework": "框架协议内采购", "below": "合计未达限额"}
    scene.explained(
        "unit",
        key[0],
        key[0],
        (rows("tender", made),),
        area=int(scene.city.bodies.area[key[0]]),
        near=story == "below",
        note=notes[story],
    )
