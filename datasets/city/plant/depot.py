"""Casting depots, firms and days for the cases of grain."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, as_date, distinct, without
from datasets.city.grain import TONNE, deal
from datasets.city.plant.scene import Scene
from datasets.city.plant.telling import writer
from datasets.city.truth import rows


def a_firm(scene: Scene, *depots: int) -> int:
    """A firm that deals in no grain yet; where all do, one that never came to these depots."""
    firms, book = scene.city.firms, scene.city.granary.txns
    pool = np.flatnonzero((firms.kind <= 1) & (firms.cancelled == NONE))
    dealing = distinct(book["firm"])
    free = without(pool, dealing)
    if not len(free):
        free = without(pool, book["firm"][among(book["warehouse"], depots)])
    return int(scene.rng.choice(free if len(free) else pool))


_SEASON = 75
"""Days before and after within which an honest firm has one deal: loads of two would look like one."""


def a_partner(scene: Scene, direction: int, depot: int, day: int) -> int:
    """A firm that only buys, or only sells, in ordinary life, and is at no depot at that time, nor ever at this one by another case.

    Its further loads close no circle, its trucks stand on one scale, and its small lots stay small.
    """
    book = scene.city.granary.txns
    living = (book["alive"] == 1) & (book["firm"] != NONE)
    firm = book["firm"][living & (book["direction"] == direction)]
    others = book["firm"][living & (book["direction"] != direction)]
    busy = book["firm"][living & (np.abs(book["done"] - day) < _SEASON)]
    seen = book["firm"][living & (book["warehouse"] == depot)]
    free = without(firm, np.r_[others, busy])
    fresh = without(free, seen)
    pool = fresh if len(fresh) else free
    return int(scene.rng.choice(pool)) if len(pool) else a_firm(scene, depot)


def a_depot(scene: Scene, *but: int) -> int:
    return int(scene.rng.choice(np.setdiff1d(np.arange(len(scene.city.granary.names)), but)))


def two_depots(scene: Scene) -> tuple[int, int]:
    """Two depots for honest trade from the first to the second: all goes one way, so that no two trades close a circle."""
    low, high = np.sort(scene.rng.choice(len(scene.city.granary.names), 2, replace=False)).tolist()
    return int(low), int(high)


def weak_depots(scene: Scene) -> Ints:
    """Depots where things go wrong: a third of them, so that the others stay clean."""
    return np.arange(1, len(scene.city.granary.names), 3)


def bad_depot(scene: Scene, *but: int) -> int:
    return int(scene.rng.choice(without(weak_depots(scene), but)))


def a_day(scene: Scene, room: int) -> int:
    """A day after which so many days are left."""
    return int(scene.rng.integers(scene.city.first + 10, scene.city.last - room))


def some_loads(scene: Scene, count: int, low: float = 18, high: float = 31) -> Ints:
    """Tonnes of so many truck loads."""
    return (scene.rng.uniform(low, high, count) * TONNE).astype(np.int64)


def trade(
    scene: Scene,
    depot: int,
    firm: int,
    direction: int,
    first: int,
    tonnes: Ints,
    age: int = 0,
    commodity: int = 0,
    **changed: Ints | int,
) -> Ints:
    """Loads of a firm, of grain harvested so many years before, with some columns set; returns the rows."""
    book = scene.city.granary.txns
    made = deal(scene.city.granary, depot, firm, direction, first, tonnes, commodity, as_date(first).year - age, scene.rng)
    for name, value in changed.items():
        book[name][made] = value
    return made


def worth(scene: Scene, loads: Ints) -> int:
    book = scene.city.granary.txns
    return int((book["tonnes"][loads] / TONNE * book["price"][loads]).sum())


def tell(scene: Scene, kind: str, depot: int, loads: Ints, note: str, *, near: bool = False) -> None:
    """Write the truth about a depot, proved by loads."""
    held = scene.city.granary
    write = writer(scene, kind)
    proof = (rows("grain_txn", loads),)
    write("warehouse", depot, held.unit, proof, area=int(held.area[depot]), cents=worth(scene, loads), near=near, note=note)
