"""Houses and vehicles (房产、车辆): most heads own a home, one adult in five drives; who is on a need-based list owns little."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, kept
from datasets.city.folk import HEAD, Folk
from datasets.city.ledger import Ledger
from datasets.city.programme import listed

VEHICLES = ("car", "farm", "disabled", "motorcycle", "truck")
HOUSES = ("dwelling", "shop", "rural_homestead")
DWELLING, SHOP, HOMESTEAD = range(3)
CAR, FARM, DISABLED, MOTORCYCLE, TRUCK = range(5)
HOUSE_COLUMNS = ("house", "owner", "area", "floor", "registered", "kind")
VEHICLE_COLUMNS = ("owner", "kind", "price", "registered")
FLOOR = 10_000
"""Floor areas are kept in ten-thousandths of a square metre."""
LIMITS = {"houses": 1, "floor_area_per_head": 60, "car_price": 100_000, "capital": 200_000}
"""What whoever asks for need-based help may own at most: dwellings, square metres a head, yuan; capital from this amount on counts."""
_CAR_LIMIT = LIMITS["car_price"] * 100


def register_property(folk: Folk, last: int, rng: np.random.Generator) -> tuple[Ledger, Ledger]:
    """The registers of houses and of vehicles; one house in six belongs to husband and wife together."""
    houses, vehicles = Ledger(HOUSE_COLUMNS), Ledger(VEHICLE_COLUMNS)
    heads = np.flatnonzero((folk.role == HEAD) & (rng.random(len(folk)) < 0.8))
    floor = (np.clip(rng.normal(108, 30, len(heads)), 35, 320) * 100).astype(np.int64) * 100
    first = houses.add(
        len(heads), house=np.arange(len(heads)), owner=heads, area=folk.village[heads], floor=np.where(rng.random(len(heads)) < 0.02, NONE, floor),
        registered=np.where(rng.random(len(heads)) < 0.01, NONE, last - rng.integers(400, 9000, len(heads))),
        kind=rng.choice(3, len(heads), p=[0.42, 0.03, 0.55]),
    )  # fmt: skip
    person, relative, relation = folk.kin
    spouse = np.full(len(folk), NONE)
    spouse[person[relation == 0]] = relative[relation == 0]
    shared = first[(rng.random(len(first)) < 0.2) & (spouse[heads] != NONE)]
    houses.copy_rows(shared, owner=spouse[houses["owner"][shared]])
    second = rng.permutation(first)[: len(first) // 12]
    houses.copy_rows(
        second, house=len(heads) + np.arange(len(second)), kind=rng.choice(3, len(second), p=[0.7, 0.2, 0.1]),
        registered=last - rng.integers(200, 4000, len(second)), floor=(np.clip(rng.normal(95, 20, len(second)), 45, 180) * 100).astype(np.int64) * 100,
    )  # fmt: skip
    drivers = np.flatnonzero((folk.age(last) >= 20) & (folk.age(last) < 72) & (rng.random(len(folk)) < 0.2))
    kind = rng.choice(5, len(drivers), p=[0.68, 0.12, 0.02, 0.13, 0.05])
    price = np.round(np.array([110e3, 42e3, 12e3, 6e3, 150e3])[kind] * np.exp(rng.normal(0, 0.35, len(drivers))), -2)
    vehicles.add(
        len(drivers), owner=drivers, kind=kind, price=np.where(rng.random(len(drivers)) < 0.03, NONE, price.astype(np.int64) * 100),
        registered=last - rng.integers(30, 4500, len(drivers)),
    )  # fmt: skip
    return houses, vehicles


def needy_households(folk: Folk, payments: Ledger) -> Bools:
    """Households of anybody whom a need-based programme ever paid."""
    needy = np.array([item.need_based for item in listed()])
    rows = np.flatnonzero((payments["alive"] == 1) & (payments["person"] != NONE) & needy[payments["programme"]])
    out = np.zeros(len(folk.head_of), dtype=bool)
    out[folk.household[payments["person"][rows]]] = True
    return out


def live_modestly(folk: Folk, houses: Ledger, vehicles: Ledger, households: Bools, rng: np.random.Generator) -> None:
    """Let these households own one home within the limits and no car of any price: nobody would have put them on a list."""
    mine = np.flatnonzero(households[folk.household[houses["owner"]]] & (houses["alive"] == 1))
    home = folk.household[houses["owner"][mine]]
    # the first house of a household stays, with whoever owns it together
    order = mine[np.lexsort([houses["house"][mine], home])]
    home = folk.household[houses["owner"][order]]
    first = np.r_[True, home[1:] != home[:-1]] if len(order) else np.zeros(0, dtype=bool)
    kept_house = houses["house"][order][np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
    houses["alive"][kept(order, houses["house"][order] != kept_house)] = 0
    stay = kept(order, houses["house"][order] == kept_house)
    members = np.bincount(folk.household[folk.died == NONE], minlength=len(folk.head_of))[folk.household[houses["owner"][stay]]]
    most = LIMITS["floor_area_per_head"] * FLOOR * np.maximum(members, 1)
    share = rng.uniform(0.35, 0.75, len(folk.head_of))[folk.household[houses["owner"][stay]]]
    floor = houses["floor"][stay]
    houses["floor"][stay] = np.where(floor > share * most, (share * most).astype(np.int64) // 100 * 100, floor)
    cars = np.flatnonzero(households[folk.household[vehicles["owner"]]] & (vehicles["kind"] == CAR))
    vehicles["kind"][cars] = rng.choice([FARM, MOTORCYCLE, CAR], len(cars), p=[0.35, 0.4, 0.25])
    vehicles["price"][cars] = np.where(
        vehicles["kind"][cars] == CAR,
        rng.integers(18, 80, len(cars)) * _CAR_LIMIT // 100,
        rng.integers(3, 60, len(cars)) * 100_000,
    )


def owned(folk: Folk, book: Ledger, person: int) -> Ints:
    """Living rows of a register that belong to somebody's household."""
    mine: Ints = np.sort(np.concatenate([book.by("owner").of(one) for one in folk.home_of(person).tolist()]))
    return kept(mine, book["alive"][mine] == 1)
