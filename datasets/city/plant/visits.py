"""What honest desks note beside a ticket: whether somebody went to the spot, pauses of the time limit, whose papers went along.

No case: it fills what the planters before it left open.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, among
from datasets.city.hotline import ACCUSATION, DISPATCH, KINDS, ORDINARY, REASSIGN, UNKNOWN
from datasets.city.plant.scene import Scene


def plant(scene: Scene) -> None:
    _visit(scene)
    _pause(scene)
    _send_along(scene)


def _visit(scene: Scene) -> None:
    """Whoever was told that nothing is solved had somebody on the spot; who only asked had nobody."""
    book, rng = scene.city.desk.tickets, scene.rng
    count = len(book)
    spot = np.asarray(book["place"] > 0)
    went = np.where(rng.random(count) < np.where(spot, 0.95, 0.6), 1, 0)
    went = np.where(rng.random(count) < 0.03, UNKNOWN, went)
    went = np.where((book["solved"] == 0) | (book["satisfied"] == 0), 1, went)
    went = np.where(book["kind"] == KINDS.index("inquiry"), 0, went)
    went = np.where((book["closed"] == NONE) | (book["merged"] != NONE), UNKNOWN, went)
    book["visited"][:] = np.where(book["visited"] == NONE, went, book["visited"])


def _pause(scene: Scene) -> None:
    """One order in eighty stood still some days while somebody's papers were awaited; closed in time all the same."""
    book, rng = scene.city.desk.tickets, scene.rng
    calm = (book["regime"] == ORDINARY) & (book["closed"] != NONE) & (book["closed"] <= book["due"]) & (book["paused"] == NONE)
    calm &= (book["closed"] - book["created"] > 3 * DAY_SECONDS) & (rng.random(len(book)) < 0.0125)
    book["paused"][calm] = rng.integers(1, 4, int(calm.sum()))


def _send_along(scene: Scene) -> None:
    """The caller's number goes with an order, so that the unit can call back; with an accusation it does not."""
    desk, rng = scene.city.desk, scene.rng
    flows = desk.flows
    sent = among(flows["action"], [DISPATCH, REASSIGN]) & (flows["discloses"] == NONE)
    secret = desk.tickets["regime"][flows["ticket"]] == ACCUSATION
    known = rng.random(len(flows)) < 0.96
    shown = np.where(secret, 0, np.where(rng.random(len(flows)) < 0.93, 1, 0))
    flows["discloses"][:] = np.where(sent & (known | secret), shown, flows["discloses"])
