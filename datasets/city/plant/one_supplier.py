"""C27 一家独大: one supplier gets most of what a buyer spends in a year, mostly without competition, though others sell the same.

Innocent: a share a little lower, call-offs under a framework, a buyer who bought three times only, another supplier each year.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept
from datasets.city.plant.below_limit import Group, buy, free_groups
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, give, hand_over
from datasets.city.tender import CONSULTATION, DIRECT, FRAMEWORK, SINGLE_SOURCE, WINNING
from datasets.city.truth import rows
from datasets.city.vocabulary import words


def plant(scene: Scene) -> None:
    wanted, used = scene.number(2), set[int]()
    groups = [group for group in free_groups(scene) if group[2] < 2]
    book = scene.city.market.tenders
    total = np.bincount(np.maximum(book["buyer"], 0), book["budget"], int(book["buyer"].max()) + 1)
    groups.sort(key=lambda group: float(total[group[0]]))
    done = 0
    for group in groups:
        if group[0] not in used and done < wanted:
            used.add(group[0])
            done += _case(scene, done, group)
    told = 0
    for group in reversed(groups):
        if group[0] not in used and told < max(2, wanted):
            used.add(group[0])
            told += _framework(scene, group)
    _natural(scene, 11 * done - told, used)


def supplier(scene: Scene, trade: int, buyer: int) -> int:
    """A firm of a trade without ties to the buyer that plays no part; NONE when there is none."""
    market = scene.city.market
    away = market.away()
    taken = scene.city.apart.all | set(scene.city.grants.book["firm"].tolist())
    pool = [
        firm
        for firm in market.firms.bidders(trade).tolist()
        if not away[firm] and not market.tied[firm, buyer] and firm not in taken
    ]
    return int(scene.rng.choice(np.array(pool))) if pool else NONE


def _year(scene: Scene, group: Group) -> Ints:
    book = scene.city.market.tenders
    return np.flatnonzero((book["buyer"] == group[0]) & (book["year"] == group[1]) & (book["alive"] == 1))


def _buy(scene: Scene, group: Group, share: float, count: int, methods: Ints, approved: int) -> tuple[Ints, int]:
    """Further purchases of one trade, all won by one firm, that make `share` of the buyer's year."""
    market = scene.city.market
    before = int(market.tenders["budget"][_year(scene, group)].sum())
    worth = max(before * share / (1 - share) / count, 2_300_000_00)
    thousandths = (worth / 2_000_000_00 * 1000 * scene.rng.uniform(0.92, 1.1, count)).astype(np.int64)
    kind = ("goods", "services", "works")[group[2]]
    trade = int(scene.rng.choice([at for at, one in enumerate(words().industries.values()) if one.category == kind]))
    firm = supplier(scene, trade, group[0])
    if firm == NONE:
        return np.zeros(0, dtype=np.int64), NONE
    made = buy(scene, group, thousandths, methods, approved=approved, industry=trade)
    for tender in made.tolist():
        win(scene, tender, firm)
    return made, firm


def win(scene: Scene, tender: int, firm: int) -> None:
    """The firm makes the cheapest bid; nobody bids beside it that must not."""
    book = scene.city.market.bids
    bids = bids_of(scene, tender)
    low = int(bids[np.argmin(book["price"][bids])])
    own = [bid for bid in bids.tolist() if book["firm"][bid] == firm]
    if own:
        book["price"][own[0]], book["price"][low] = int(book["price"][low]), int(book["price"][own[0]])
        low = own[0]
    else:
        give(scene, low, firm)
    book["status"][low] = WINNING
    for bid in bids[bids != low].tolist():
        if (firm, int(book["firm"][bid])) in scene.city.apart:
            hand_over(scene, bid, {firm})


def _case(scene: Scene, place: int, group: Group) -> int:
    near = scene.near(place)
    share = float(scene.rng.uniform(0.65, 0.68) if near else scene.rng.uniform(0.72, 0.85))
    count = 5 if near else int(scene.rng.integers(5, 9))
    methods = np.where(np.arange(count) % 4 == 3, CONSULTATION, SINGLE_SOURCE)
    made, firm = _buy(scene, group, share, count, methods, 1)
    if firm == NONE:
        return 0
    city, unit = scene.city, group[0]
    cents = int(city.market.tenders["budget"][made].sum())
    evidence = (rows("tender", made), rows("enterprise", [firm]))
    scene.problem(
        "unit",
        unit,
        unit,
        evidence,
        area=int(city.bodies.area[unit]),
        cents=cents,
        near=near,
        note="一家供应商占全年采购额大半且多为非竞争方式",
    )
    scene.also("C16").problem(
        "unit", unit, unit, (rows("tender", made),), area=int(city.bodies.area[unit]), cents=cents, note="单一来源采购占比过高"
    )
    scene.also("R051").undecidable(
        "unit", unit, unit, (rows("tender", made),), area=int(city.bodies.area[unit]), note="采购高度集中于一家"
    )
    return 1


def _framework(scene: Scene, group: Group) -> int:
    """Call-offs under one framework agreement go to its one supplier."""
    count = int(scene.rng.integers(5, 8))
    made, firm = _buy(scene, group, 0.3, count, np.full(count, FRAMEWORK), 1)
    if firm == NONE:
        return 0
    unit = group[0]
    scene.explained(
        "unit", unit, unit, (rows("tender", made), rows("enterprise", [firm])), area=int(scene.city.bodies.area[unit]), near=True,
        note="框架协议项下多次采购，占比未过大半",
    )  # fmt: skip
    return 1


def _natural(scene: Scene, wanted: int, used: set[int]) -> None:
    """Buyers with few purchases, one supplier of which won two or three."""
    city = scene.city
    book = city.market.tenders
    rows_ = np.flatnonzero((book["alive"] == 1) & (book["method"] != DIRECT) & ~among(book["buyer"], list(used)))
    rows_ = kept(rows_, ~among(rows_, city.used_tenders))
    keys = np.stack([book["buyer"][rows_], book["year"][rows_]])
    every = np.unique(keys, axis=1).T
    for buyer, year in scene.rng.permutation(every)[: max(0, wanted)].tolist():
        here = kept(rows_, (keys[0] == buyer) & (keys[1] == year))
        scene.explained(
            "unit",
            buyer,
            buyer,
            (rows("tender", here[:12]),),
            area=int(city.bodies.area[buyer]),
            note="供应商分散，没有一家占大半",
        )
