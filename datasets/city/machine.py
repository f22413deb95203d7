"""Farm machines (农机): who bought what from whom with how much subsidy, and where the larger ones work month by month."""

import numpy as np

from datasets.city.arrays import NONE, Ints, month_number, months_of, nth_of, spread
from datasets.city.folk import HEAD
from datasets.city.ledger import Ledger
from datasets.city.pay import Purse

CATEGORIES = ("轮式拖拉机", "谷物联合收割机", "水稻插秧机", "旋耕机", "植保无人驾驶航空器", "打捆机", "谷物烘干机")
_LOW = np.array([35, 82, 12, 4, 20, 15, 42]) * 1000
_HIGH = np.array([138, 165, 62, 15, 55, 60, 140]) * 1000
_ENGINE = np.array([True, True, True, False, False, False, False])
WATCHED = np.array([True, True, False, False, False, False, False])
"""Kinds that carry a positioning unit and so have an activity record."""
HARVESTER = 1
NO_NUMBER = 0
"""Written 无 in place of an engine number: the implement has no engine."""
_SEASON = np.array([12, 25, 55, 70, 60, 95, 40, 35, 60, 100, 70, 25])
"""Usual hours of a machine in each month of the year."""
SLOTS = (5, 11)
"""Months in which the subsidy is paid."""
TOP_SUBSIDY = 5_000_000
HOURS = 10_000
ACTIVITY = ("machine", "month", "hours", "outside")


def buy_machines(purse: Purse, rng: np.random.Generator) -> None:
    """Every half-year one head of a household in 250 buys a machine; dealers share every town's trade."""
    folk = purse.folk
    people, months = [], []
    for slot in slots(purse.years).tolist():
        fit = np.flatnonzero((folk.role == HEAD) & (rng.random(len(folk)) < 0.004))
        died = folk.died[fit]
        fit = fit[((died == NONE) | (months_of(np.maximum(died, 0)) >= slot)) & (months_of(folk.born[fit]) < slot - 216)]
        people.append(fit)
        months.append(np.full(len(fit), slot))
    buyer, when = np.concatenate(people), np.concatenate(months)
    purchase(purse, buyer, when, dealers_by_turn(purse, buyer, rng), rng)


def dealers_by_turn(purse: Purse, buyer: Ints, rng: np.random.Generator) -> Ints:
    """A dealer for every buyer, by turns within the town, the larger ones oftener."""
    dealers = purse.firms.bidders(9)
    town = purse.places.town_of[purse.folk.village[buyer]]
    order = rng.permutation(len(dealers) + 2)
    place = order[(town * 7 + nth_of(town)) % len(order)]
    return np.asarray(dealers[np.where(place < len(dealers), place, town * 3 + place) % len(dealers)])


def purchase(purse: Purse, buyer: Ints, months: Ints, dealer: Ints, rng: np.random.Generator, **changed: Ints | int) -> Ints:
    """Buy machines whose subsidy is paid in the given months (of SLOTS); returns the purchases' rows."""
    count = len(buyer)
    kind = np.asarray(changed.pop("category", rng.choice(len(CATEGORIES), count, p=[0.28, 0.1, 0.14, 0.2, 0.12, 0.08, 0.08])))
    kind = np.broadcast_to(kind, count)
    price = rng.integers(_LOW[kind], _HIGH[kind]) // 100 * 100 * 100
    subsidy = np.minimum((price * rng.uniform(0.22, 0.34, count)).astype(np.int64) // 10_000 * 10_000, TOP_SUBSIDY)
    row = len(purse.purchases) + np.arange(count)
    # numbers prime to the range visit every serial once, in no visible order
    serial = 10**8 + (row * 982_451_653 + 271_828_183) % (9 * 10**8)
    bare = rng.random(count)
    engine = np.where(_ENGINE[kind], serial * 7 % 10**9, np.where(bare < 0.02, NO_NUMBER, NONE))
    slot = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) - 1
    values: dict[str, Ints | int] = {
        "buyer": buyer, "dealer": dealer, "price": price, "subsidy": subsidy, "bought": slot - rng.integers(50, 150, count),
        "unit": purse.bodies.agency("农业农村局"), "area": purse.folk.village[buyer], "category": kind, "factory": serial, "engine": engine,
        "invoice": (row * 61_803_399 + 14_142_135) % 10**8, "phone": np.where(rng.random(count) < 0.03, NONE, buyer),
    }  # fmt: skip
    rows = purse.purchases.add(count, **(values | changed))
    purse.pay("PG13", buyer, months, purse.purchases["subsidy"][rows], rng)
    return rows


def work(purse: Purse, last: int, rng: np.random.Generator) -> Ledger:
    """Hours of every watched machine by month: some harvesters follow the wheat through other counties in June."""
    book, bought = Ledger(ACTIVITY), purse.purchases
    machines = np.flatnonzero(WATCHED[bought["category"]] & (bought["factory"] != NONE) & (rng.random(len(bought)) < 0.85))
    first = months_of(bought["bought"][machines]) + 1
    owner, month = spread(first, np.maximum(int(months_of(np.array([last]))[0]) - first + 1, 0))
    usual = _SEASON[month % 12]
    hours = (usual * np.exp(rng.normal(0, 0.4, len(month))) * 10).astype(np.int64) * (HOURS // 10)
    keep = rng.random(len(month)) < np.minimum(1.0, usual / 45)
    away = rng.random(len(month)) ** 4 * 0.3
    roams = (bought["category"][machines] == HARVESTER) & (rng.random(len(machines)) < 0.3)
    follows = roams[owner] & (month % 12 == 5)
    away[follows] = rng.uniform(0.4, 0.85, int(follows.sum()))
    outside = (hours * away).astype(np.int64) // 1000 * 1000
    book.add(int(keep.sum()), machine=machines[owner[keep]], month=month[keep], hours=hours[keep], outside=outside[keep])
    return book


def record(book: Ledger, machine: int, months: Ints, hours: Ints, outside: Ints) -> None:
    """Put a machine's months in place of what was recorded of it."""
    book["alive"][book["machine"] == machine] = 0
    book.add(len(months), machine=machine, month=months, hours=hours, outside=outside)


def slots(years: range) -> Ints:
    """All months of the years in which machines are paid for."""
    return np.array([month_number(year, slot) for year in years for slot in SLOTS])
