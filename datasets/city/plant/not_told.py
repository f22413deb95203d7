"""H02 未按期告知: a petitioner hears nothing for more than fifteen days; the orders of the hotline know no such period."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE
from datasets.city.hotline import ORDINARY, PETITION
from datasets.city.plant.complaints import cast_tickets, ordinary, tell_ticket
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_PERIOD = 15


def plant(scene: Scene) -> None:
    book, last = scene.city.desk.tickets, scene.city.last
    petitions = (book["regime"] == PETITION) & (book["notified"] != NONE)
    old = petitions & (book["created"] < (last - 75) * DAY_SECONDS)
    chosen = cast_tickets(scene, ordinary(scene, old), scene.number(6, 2))
    for place, ticket in enumerate(chosen.tolist()):
        _case(scene, place, ticket)
    wanted = 11 * len(chosen)
    stories = (
        (_close_by, ordinary(scene, old), wanted // 2, "期限届满前告知"),
        (_none, ordinary(scene, petitions & (book["created"] > (last - 9) * DAY_SECONDS)), max(1, wanted // 20), "尚在十五日内"),
        (_none, ordinary(scene, (book["regime"] == ORDINARY) & (book["closed"] != NONE)), wanted, "一般诉求，不适用信访告知期限"),
    )
    left = wanted
    for change, fit, most, note in stories:
        for ticket in cast_tickets(scene, fit, min(most, left)).tolist():
            change(scene, ticket)
            tell_ticket(scene, EXPLAINED, ticket, note, near=change is _close_by)
            left -= 1
    quick = old & (book["closed"] != NONE) & (book["closed"] - book["created"] < 12 * DAY_SECONDS)
    for ticket in cast_tickets(scene, ordinary(scene, quick), max(1, len(chosen) // 4)).tolist():
        _none(scene, ticket)
        tell_ticket(scene, UNDECIDABLE, ticket, "十五日内已直接答复，未见单独告知")


def _case(scene: Scene, place: int, ticket: int) -> None:
    """Told late, by little or by weeks, or not at all; the day is what counts, not the hour."""
    book, rng, near = scene.city.desk.tickets, scene.rng, scene.near(place)
    created = int(book["created"][ticket])
    late = created + (_PERIOD + 1) * DAY_SECONDS + int(rng.integers(600, 9 * 3600))
    if not near:
        late += int(np.exp(rng.uniform(np.log(2), np.log(45)))) * DAY_SECONDS
    never = not near and place % 3 == 2
    book["notified"][ticket] = NONE if never else late
    if never and book["closed"][ticket] != NONE and book["closed"][ticket] - created < 20 * DAY_SECONDS:
        book["notified"][ticket] = late + 9 * DAY_SECONDS
    tell_ticket(scene, PROBLEM, ticket, "超过十五日告知" if book["notified"][ticket] != NONE else "一直未告知", near)


def _close_by(scene: Scene, ticket: int) -> None:
    book, rng = scene.city.desk.tickets, scene.rng
    midnight = int(book["created"][ticket]) // DAY_SECONDS * DAY_SECONDS
    day = _PERIOD - int(rng.integers(0, 3))
    told = midnight + day * DAY_SECONDS + int(rng.integers(8 * 3600, 17 * 3600))
    book["notified"][ticket] = min(told, int(book["created"][ticket]) + _PERIOD * DAY_SECONDS - 600)


def _none(scene: Scene, ticket: int) -> None:
    scene.city.desk.tickets["notified"][ticket] = NONE
