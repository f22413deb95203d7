"""Grain (粮食收储): depots, what farmers and dealers bring after the harvest, rotation sales to mills, prices, yields and losses in store."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, Texts, day, spread, texts
from datasets.city.body import Bodies
from datasets.city.firm import Firms
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.place import Places
from datasets.city.plot import MU, Land
from datasets.city.programme import number
from datasets.city.vocabulary import words

COMMODITIES = ("小麦", "稻谷", "玉米")
WHEAT, RICE, CORN = range(3)
GRADES = ("一等", "二等", "三等", "等外")
OUT, IN = 0, 1
COLUMNS = (
    "warehouse", "firm", "seller", "account", "direction", "tonnes", "price", "done", "weighed", "truck", "ticket", "year", "grade", "commodity", "unit",
)  # fmt: skip
TONNE = 10_000
"""Tonnes are kept in ten-thousandths."""
YIELDS = (400, 580, 460)
"""Kilograms a mu of a usual year."""
_PRICES = (2600, 2750, 2350)
_HARVEST = ((6, 3, 42), (10, 18, 55), (9, 22, 40))
"""Month and day on which each grain is first bought, and for how many days."""
_LOAD = 6 * TONNE
"""What a farmer's vehicle carries at most."""


@dataclass
class Granary:
    """Depots (库点) in one numbering, and the books kept of them."""

    names: Texts
    area: Ints
    unit: int
    """The state firm in charge."""
    weeks: Ints
    levels: Ints
    """Reference price in cents of every grain and week."""
    txns: Ledger
    stocks: Ledger
    yields: Ledger

    def price(self, commodity: Ints, on: Ints) -> Ints:
        """The latest reference price in cents a tonne on or before each day."""
        return np.asarray(self.levels[commodity, np.searchsorted(self.weeks, on, "right") - 1])


def keep_granary(
    folk: Folk, places: Places, bodies: Bodies, firms: Firms, land: Land, years: range, last: int, rng: np.random.Generator
) -> Granary:
    """Depots with their honest loads, sales and losses."""
    granary = _found(places, bodies, years, rng)
    for year in years:
        for commodity, share in ((WHEAT, 0.42), (RICE, 0.3), (CORN, 0.05)):
            _harvest(granary, folk, places, land, commodity, share, year, rng)
    # mills that buy old grain and dealers that bring new grain are not the same
    trade = rng.permutation(np.flatnonzero((firms.kind == 0) & (firms.cancelled == NONE)))
    half = len(trade) // 3
    for year in years:
        _rotate(granary, trade[:half], trade[half : 2 * half], year, rng)
    _losses(granary, years, rng)
    book = granary.txns
    book["alive"][book["done"] > last] = 0
    return granary


def _found(places: Places, bodies: Bodies, years: range, rng: np.random.Generator) -> Granary:
    said = words()
    names, area = [said.county + "中心粮库"], [0]
    for town in places.towns.tolist():
        for word in ("中心粮库", said.villages[town * 3 % len(said.villages)] + "粮站"):
            names.append(f"{said.county}{places.name[town]}{word}")
            area.append(town)
    weeks = np.arange(day(years[0]) - 7, day(years[-1], 12, 31) + 1, 7)
    levels = np.array([base + np.cumsum(rng.normal(0, 4, len(weeks))).astype(np.int64) for base in _PRICES]) * 100
    granary = Granary(
        texts(names), np.array(area), bodies.agency("粮食购销有限公司"), weeks, levels, Ledger(COLUMNS),
        Ledger(("warehouse", "commodity", "year", "stored", "lost", "rate")), Ledger(("commodity", "year", "kilograms")),
    )  # fmt: skip
    for year in (years[0] - 1, *years):
        wobble = 1 + rng.normal(0, 0.025, len(YIELDS))
        granary.yields.add(
            len(YIELDS), commodity=np.arange(len(YIELDS)), year=year, kilograms=(np.array(YIELDS) * wobble).astype(np.int64)
        )
    return granary


def grown(granary: Granary, commodity: int, year: int) -> int:
    """Kilograms a mu of a grain in a year."""
    book = granary.yields
    return int(book["kilograms"][(book["commodity"] == commodity) & (book["year"] == year)][0])


def tilled(land: Land, people: int, year: int) -> Ints:
    """Ten-thousandths of a mu that everybody claims for a year as tilled."""
    book = land.claims
    mine = (book["programme"] == number("PG03")) & (book["year"] == year) & (book["alive"] == 1)
    return np.bincount(book["person"][mine], book["mu"][mine], people).astype(np.int64)


def _harvest(
    granary: Granary, folk: Folk, places: Places, land: Land, commodity: int, share: float, year: int, rng: np.random.Generator
) -> None:
    """Farmers sell a part of what their land has grown, load by load, at the depots of their town."""
    mu = tilled(land, len(folk), year)
    seller = np.flatnonzero((mu > 0) & (folk.died == NONE) & (rng.random(len(folk)) < share))
    tonnes = (mu[seller] / MU * grown(granary, commodity, year) / 1000 * rng.uniform(0.35, 0.98, len(seller)) * TONNE).astype(
        np.int64
    )
    month, dom, length = _HARVEST[commodity]
    first = day(year, month, dom) + (rng.beta(1.8, 2.6, len(seller)) * length).astype(np.int64)
    sell(granary, folk, places, seller, tonnes, first, commodity, year, rng)


def sell(
    granary: Granary,
    folk: Folk,
    places: Places,
    seller: Ints,
    tonnes: Ints,
    first: Ints,
    commodity: int,
    year: int,
    rng: np.random.Generator,
) -> Ints:
    """Let farmers bring their grain from a day on, at most four loads a day; returns the rows."""
    loads = np.maximum(1, -(-tonnes // _LOAD))
    owner, turn = spread(np.zeros(len(seller), dtype=np.int64), loads)
    count, who = len(owner), seller[owner]
    done = first[owner] + turn // 4
    near = 1 + 2 * (places.town_of[folk.village[who]] - 1) + who % 2
    odd = rng.random(count)
    hour = commodity * 2_400  # one tractor brings one crop after the other
    return granary.txns.add(
        count, warehouse=near, seller=who, account=np.where(odd < 0.02, NONE, who), direction=IN, tonnes=tonnes[owner] // loads[owner] // 100 * 100,
        price=fair(granary, np.full(count, commodity), done, rng), done=done,
        weighed=done * DAY_SECONDS + 7 * 3600 + turn % 4 * 9_000 + hour + rng.integers(0, 1_200, count), truck=np.where((odd > 0.02) & (odd < 0.03), NONE, who),
        ticket=np.where((odd > 0.03) & (odd < 0.033), NONE, 1), year=year, grade=rng.choice(3, count, p=[0.3, 0.45, 0.25]),
        commodity=np.where((odd > 0.04) & (odd < 0.043), NONE, commodity), unit=granary.unit,
    )  # fmt: skip


def fair(granary: Granary, commodity: Ints, on: Ints, rng: np.random.Generator) -> Ints:
    """A price a little off the reference price of the day, in cents a tonne."""
    wobble = np.clip(rng.normal(0, 0.006, len(on)), -0.018, 0.018)
    return np.asarray(np.round(granary.price(commodity, on) * (1 + wobble) / 100).astype(np.int64) * 100)


def deal(
    granary: Granary,
    warehouse: int,
    firm: int,
    direction: int,
    first: int,
    tonnes: Ints,
    commodity: int,
    year: int,
    rng: np.random.Generator,
) -> Ints:
    """A firm's trucks come one load after another, at most four trips a day for each of two trucks; returns the rows."""
    count = len(tonnes)
    turn = np.arange(count)
    done = first + turn // 6
    weighed = done * DAY_SECONDS + 7 * 3600 + turn % 6 // 2 * 3 * 3600 + rng.integers(0, 5_400, count)
    kind = np.full(count, commodity)
    return granary.txns.add(
        count, warehouse=warehouse, firm=firm, direction=direction, tonnes=tonnes // 100 * 100, price=fair(granary, kind, done, rng), done=done,
        weighed=weighed, truck=300_000 + firm * 4 + turn % 2, ticket=1, year=year, grade=rng.choice(3, count), commodity=kind, unit=granary.unit,
    )  # fmt: skip


def _rotate(granary: Granary, mills: Ints, dealers: Ints, year: int, rng: np.random.Generator) -> None:
    """Every depot sells old grain to mills before the harvest and fills up from dealers after it."""
    for warehouse in range(len(granary.names)):
        for commodity, spring, autumn in ((WHEAT, 3, 7), (RICE, 8, 11)):
            for _ in range(int(rng.integers(1, 3))):
                loads = (rng.uniform(19, 31.5, int(rng.integers(3, 11))) * TONNE).astype(np.int64)
                begin = day(year, spring) + int(rng.integers(0, 55))
                deal(
                    granary, warehouse, int(rng.choice(mills)), OUT, begin, loads, commodity, year - int(rng.integers(2, 5)), rng
                )
            loads = (rng.uniform(19, 31.5, int(rng.integers(3, 10))) * TONNE).astype(np.int64)
            begin, crop = day(year, autumn) + int(rng.integers(0, 25)), year
            if rng.random() < 0.25:
                begin, crop = day(year, 1, 6) + int(rng.integers(0, 60)), year - 1
            deal(granary, warehouse, int(rng.choice(dealers)), IN, begin, loads, commodity, crop, rng)


def _losses(granary: Granary, years: range, rng: np.random.Generator) -> None:
    """What is lost in store stays within the norm: more where grain has lain longer."""
    for year in years:
        for commodity in (WHEAT, RICE):
            count = len(granary.names)
            stored = rng.integers(400, 6000, count) * TONNE
            rate = rng.choice([1000, 1500, 2000], count)  # millionths
            lost = (stored * rate / 1_000_000 * rng.uniform(0.2, 0.88, count)).astype(np.int64)
            granary.stocks.add(
                count, warehouse=np.arange(count), commodity=commodity, year=year, stored=stored, lost=lost,
                rate=np.where(rng.random(count) < 0.03, NONE, rate),
            )  # fmt: skip


def dealing(granary: Granary) -> Bools:
    """Living loads of firms."""
    book = granary.txns
    return np.asarray((book["firm"] != NONE) & (book["alive"] == 1))
