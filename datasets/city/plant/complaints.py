"""Casting tickets: ordinary ones that play no part yet and name no village of a money case; what is done to them and told of them."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, among, without
from datasets.city.hotline import CLOSE
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows


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
    free &= ~((book["place"] == 3) & among(book["area"], city.hot_villages))
    free[city.used_tickets] = False
    return np.flatnonzero(free)


def cast_tickets(scene: Scene, rows: Ints, count: int) -> Ints:
    chosen: Ints = scene.rng.permutation(rows)[:count].astype(np.int64)
    scene.city.used_tickets = np.r_[scene.city.used_tickets, chosen]
    return chosen


def area_of(scene: Scene, ticket: int) -> int:
    return int(scene.city.desk.tickets["area"][ticket])


def tell_ticket(scene: Scene, kind: str, ticket: int, note: str, near: bool = False, more: Ints | None = None) -> None:
    """Write the truth about a ticket: its handling unit is accountable, it and `more` tickets prove it."""
    write = scene.problem if kind == PROBLEM else scene.explained if kind == EXPLAINED else scene.undecidable
    proof = [ticket] if more is None else sorted({ticket, *more.tolist()})
    unit = int(scene.city.desk.tickets["unit"][ticket])
    write("ticket", ticket, unit, (rows("ticket", proof),), area=area_of(scene, ticket), near=near, note=note)


def close_on(scene: Scene, ticket: int, second: int) -> None:
    """Let a ticket have been closed at another moment, in its journey too."""
    desk = scene.city.desk
    desk.tickets["closed"][ticket] = second
    flows = desk.flows
    mine = flows.by("ticket").of(ticket)
    mine = mine[(flows["action"][mine] == CLOSE) & (flows["alive"][mine] == 1)]
    flows["acted"][mine[-1:]] = second


def strangers(scene: Scene, count: int) -> Ints:
    """People who have not called yet, none of them twice; repeats only where the city has not enough."""
    desk, book = scene.city.desk, scene.city.desk.tickets
    if len(desk.waiting) < count:
        folk = scene.city.folk
        age = folk.age(scene.city.last)
        quiet = (age >= 20) & (age < 78) & (folk.died == NONE)
        pool = quiet.copy()
        pool[book["caller"][book["caller"] != NONE]] = False
        people = scene.rng.permutation(np.flatnonzero(pool))
        desk.waiting = np.r_[people, scene.rng.permutation(without(np.flatnonzero(quiet), people))].astype(np.int64)
    chosen, desk.waiting = desk.waiting[:count], desk.waiting[count:]
    return chosen
