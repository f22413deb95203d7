"""Casting tickets: ordinary ones that play no part yet and name no village of a money case."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints
from datasets.city.plant.scene import Scene


def ordinary(scene: Scene, fit: Bools) -> Ints:
    """Living tickets of the ordinary wording that fit and are free."""
    city, book = scene.city, scene.city.desk.tickets
    free = (
        fit
        & (book["alive"] == 1)
        & (book["merged"] == NONE)
        & (book["text"] == NONE)
        & (book["related"] == NONE)
        & (book["regime"] != 2)
    )
    free &= ~((book["place"] == 3) & np.isin(book["area"], city.hot_villages))
    free[city.used_tickets] = False
    return np.flatnonzero(free)


def cast_tickets(scene: Scene, rows: Ints, count: int) -> Ints:
    chosen: Ints = scene.rng.permutation(rows)[:count].astype(np.int64)
    scene.city.used_tickets = np.r_[scene.city.used_tickets, chosen]
    return chosen


def area_of(scene: Scene, ticket: int) -> int:
    return int(scene.city.desk.tickets["area"][ticket])
