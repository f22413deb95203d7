"""S22 售粮人异常: farmers who sell more than their land grows, and accounts that many sellers are paid into."""

from dataclasses import dataclass, field

import numpy as np

from datasets.city.arrays import NONE, Ints, among, day, distinct, kept, shared, without
from datasets.city.grain import CORN, IN, RICE, TONNE, WHEAT, grown, sell, tilled
from datasets.city.plant.scene import Scene
from datasets.city.plot import MU
from datasets.city.truth import EXPLAINED, PROBLEM, rows

_STORIES = ("good year", "two crops", "leased in", "good year", "for the family", "two crops", "good year", "leased in")
_SEASON = {WHEAT: (6, 6), RICE: (10, 22), CORN: (9, 26)}


@dataclass
class Growers:
    """What is known of land, looked up once: heads who sell nothing in ordinary life, and everybody's land by year."""

    silent: Ints
    land: dict[int, tuple[Ints, Ints]]
    used: set[int] = field(default_factory=set)

    def free(self) -> Ints:
        return kept(self.silent, ~among(self.silent, list(self.used)))


def plant(scene: Scene) -> None:
    wanted = scene.number(5)
    growers = Growers(_silent(scene), {year: land_of(scene, year) for year in scene.city.years})
    for place in range(wanted):
        near = scene.near(place + 1)
        _case(scene, scene.rng.uniform(1.33, 1.42) if near else scene.rng.uniform(1.6, 6), near=near, growers=growers)
    for place in range(12 * wanted):
        _innocent(scene, _STORIES[place % len(_STORIES)], growers)
    _accounts(scene, scene.number(3))


def land_of(scene: Scene, year: int) -> tuple[Ints, Ints]:
    """Everybody's land of a year in the widest reading, and what is registered in the own name."""
    land, people = scene.city.land, len(scene.city.folk)
    rights = land.rights
    own = (rights["holder"] != NONE) & (rights["mu"] != NONE)
    registered = np.bincount(rights["holder"][own], rights["mu"][own], people).astype(np.int64)
    rented = np.bincount(land.transfers["lessee"], land.transfers["mu"], people).astype(np.int64)
    return np.maximum(tilled(land, people, year), registered + rented), registered


def _silent(scene: Scene) -> Ints:
    """Living heads who sell no grain in ordinary life."""
    folk = scene.city.folk
    sellers = scene.city.granary.txns["seller"]
    return without(folk.head_of[folk.died[folk.head_of] == NONE], sellers[sellers != NONE])


def _sold(scene: Scene, seller: int, mu: int, ratio: float, commodity: int, year: int) -> Ints:
    city = scene.city
    tonnes = np.array([int(mu / MU * grown(city.granary, commodity, year) / 1000 * ratio * TONNE)])
    month, dom = _SEASON[commodity]
    first = np.array([day(year, month, dom) + int(scene.rng.integers(0, 18))])
    made = sell(city.granary, city.folk, city.places, np.array([seller]), tonnes, first, commodity, year, scene.rng)
    city.granary.txns["commodity"][made] = commodity
    return made


def _case(scene: Scene, ratio: float, *, near: bool, growers: Growers) -> None:
    year = int(scene.rng.choice(np.array(scene.city.years)))
    mu, _ = growers.land[year]
    free = growers.free()
    chosen = scene.cast(kept(free, mu[free] > 2 * MU), 1)
    for seller in chosen.tolist():
        growers.used.add(seller)
        made = _sold(scene, seller, int(mu[seller]), float(ratio), int(scene.rng.choice([WHEAT, RICE])), year)
        _tell(scene, PROBLEM, seller, made, "售粮量超过承包面积产量", near=near)


def _innocent(scene: Scene, story: str, growers: Growers) -> None:
    year, folk = int(scene.rng.choice(np.array(scene.city.years))), scene.city.folk
    mu, registered = growers.land[year]
    free = growers.free()
    fit = (mu[free] > 2 * registered[free]) & (registered[free] > 0) if story == "leased in" else mu[free] > MU
    seller = int(scene.rng.choice(kept(free, fit))) if fit.any() else NONE
    if seller == NONE:
        return
    growers.used.add(seller)
    crop = int(scene.rng.choice([WHEAT, RICE]))
    if story == "for the family":
        home = np.flatnonzero(
            (folk.household == folk.household[seller]) & (folk.age(scene.city.last) > 20) & (folk.died == NONE) & (mu == 0)
        )
        if not len(home):
            return
        made = _sold(scene, int(home[0]), int(mu[seller]), scene.rng.uniform(0.5, 0.95), crop, year)
        _tell(scene, EXPLAINED, int(home[0]), made, "家庭成员代户主售粮")
        return
    ratio = {"good year": scene.rng.uniform(1.18, 1.27), "two crops": scene.rng.uniform(0.8, 0.98)}.get(
        story, scene.rng.uniform(0.7, 1.1)
    )
    made = _sold(scene, seller, int(mu[seller]), float(ratio), crop, year)
    if story == "two crops":
        made = np.r_[made, _sold(scene, seller, int(mu[seller]), scene.rng.uniform(0.8, 0.98), WHEAT + RICE - crop, year)]
    note = {"good year": "丰年单产偏高，未超三成", "two crops": "稻麦两季轮作", "leased in": "含流转入的土地"}[story]
    _tell(scene, EXPLAINED, seller, made, note, near=story == "good year")


def _tell(scene: Scene, kind: str, seller: int, loads: Ints, note: str, *, near: bool = False) -> None:
    city, book = scene.city, scene.city.granary.txns
    write = scene.problem if kind == PROBLEM else scene.explained
    cents = int((book["tonnes"][loads] / TONNE * book["price"][loads]).sum())
    proof = (rows("grain_txn", loads),)
    write("person", seller, city.granary.unit, proof, area=int(city.folk.village[seller]), cents=cents, near=near, note=note)


def _accounts(scene: Scene, wanted: int) -> None:
    """Sellers of one depot and year who are strangers to each other are paid into the account of one of them."""
    book, folk, rng = scene.city.granary.txns, scene.city.folk, scene.rng
    told = {case.subject for case in scene.city.truth.of("S22") if case.subject_kind == "person"}
    loads = np.flatnonzero(
        (book["seller"] != NONE) & (book["direction"] == IN) & (book["alive"] == 1) & ~among(book["seller"], list(told))
    )
    for place in range(12 * wanted):
        case, near = place < wanted, scene.near(place + 1) or place >= wanted
        count = (4 if near else int(rng.integers(5, 10))) if case else int(rng.integers(2, 4))
        first = int(rng.choice(loads))
        here = (book["warehouse"][loads] == book["warehouse"][first]) & (np.abs(book["done"][loads] - book["done"][first]) < 30)
        crowd = rng.permutation(distinct(book["seller"][loads[here]]))
        crowd = crowd[np.unique(folk.household[crowd], return_index=True)[1]][:count]
        mine = loads[here & among(book["seller"][loads], crowd)]
        loads = kept(loads, ~among(book["seller"][loads], crowd))
        if len(crowd) < count or not len(loads):
            continue
        book["account"][mine] = crowd[0]
        write = scene.problem if case else scene.explained
        note = "多名售粮人共用一个收款账户" if case else "不超过三人共用账户，邻里代收"
        write("account", int(crowd[0]), scene.city.granary.unit, (rows("grain_txn", mine),), near=near, note=note)
    _families(scene, loads, max(2, wanted))


def _families(scene: Scene, loads: Ints, wanted: int) -> None:
    """A household of four sells in four names and has one account."""
    folk, city, book = scene.city.folk, scene.city, scene.city.granary.txns
    grown_up = (folk.age(city.last) > 20) & (folk.died == NONE)
    homes = np.flatnonzero(np.bincount(folk.household[grown_up], minlength=len(folk.head_of)) >= 4)
    selling = distinct(folk.household[book["seller"][loads]])
    for home in scene.rng.permutation(shared(homes, selling))[:wanted].tolist():
        family = np.flatnonzero(grown_up & (folk.household == home))
        mine = loads[among(book["seller"][loads], family)]
        more = np.concatenate([book.copy_rows(mine[:1], seller=int(one), truck=int(one), tonnes=int(book["tonnes"][mine[0]]) // 5,
                                              weighed=int(book["weighed"][mine[0]]) + 1_200 * place + 1_200)
                               for place, one in enumerate(family.tolist())])  # fmt: skip
        both = np.r_[mine, more]
        book["account"][both] = folk.head_of[home]
        for one, row in zip(family.tolist(), more.tolist(), strict=True):
            _tell(scene, EXPLAINED, int(one), np.array([row]), "家庭成员分户头售粮")
        scene.undecidable(
            "account", int(folk.head_of[home]), city.granary.unit, (rows("grain_txn", both),), note="同一家庭多人售粮一个账户"
        )
