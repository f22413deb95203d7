"""H03 违规延期: a petition's period extended twice, after it had run out, or by more than thirty days."""

from datasets.city.arrays import DAY_SECONDS, NONE
from datasets.city.hotline import EXTEND, ORDINARY, PETITION
from datasets.city.plant.complaints import cast_tickets, close_on, ordinary, tell_ticket
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_MOST = 30


def plant(scene: Scene) -> None:
    book, last = scene.city.desk.tickets, scene.city.last
    fit = (book["regime"] == PETITION) & (book["closed"] != NONE) & (book["due"] != NONE)
    fit &= book["created"] < (last - 165) * DAY_SECONDS
    chosen = cast_tickets(scene, ordinary(scene, fit), scene.number(5, 2))
    for place, ticket in enumerate(chosen.tolist()):
        _case(scene, place, ticket)
    wanted = 11 * len(chosen)
    for place, ticket in enumerate(cast_tickets(scene, ordinary(scene, fit), wanted // 2).tolist()):
        near = place % 2 == 0
        days = _MOST if near else int(scene.rng.integers(7, 28))
        _extend(scene, ticket, [-int(scene.rng.integers(1, 4)) * (1 if near else 4)], days)
        tell_ticket(scene, EXPLAINED, ticket, "期满前依法延期一次，未超过三十日", near)
    orders = (book["regime"] == ORDINARY) & (book["extended"] != NONE) & (book["closed"] != NONE) & (book["due"] != NONE)
    for ticket in cast_tickets(scene, ordinary(scene, orders), wanted - wanted // 2).tolist():
        tell_ticket(scene, EXPLAINED, ticket, "一般诉求延期，不适用信访办理期限")
    for ticket in cast_tickets(scene, ordinary(scene, fit), max(1, len(chosen) // 4)).tolist():
        _extend(scene, ticket, [], 30)
        tell_ticket(scene, UNDECIDABLE, ticket, "已延期但流转中没有延期记录")


def _case(scene: Scene, place: int, ticket: int) -> None:
    rng, near = scene.rng, scene.near(place)
    story = place % 3
    if story == 0:
        _extend(scene, ticket, [-int(rng.integers(2, 9)), int(rng.integers(12, 28))], 30 + int(rng.integers(5, 30)))
        note = "延期两次"
    elif story == 1:
        _extend(scene, ticket, [1 if near else int(rng.integers(2, 16))], 30)
        note = "期限届满后才办理延期"
    else:
        _extend(scene, ticket, [-int(rng.integers(1, 6))], int(rng.integers(31, 34)) if near else int(rng.integers(38, 80)))
        note = "延期超过三十日"
    tell_ticket(scene, PROBLEM, ticket, note, near and story > 0)


def _extend(scene: Scene, ticket: int, asked: list[int], days: int) -> None:
    """Extended on these days from the day due, by so many days in all; closed within the longer period."""
    desk, book, rng = scene.city.desk, scene.city.desk.tickets, scene.rng
    due = int(book["due"][ticket])
    journey = desk.flows.by("ticket").of(ticket)
    desk.flows["alive"][journey[desk.flows["action"][journey] == EXTEND]] = 0
    book["extended"][ticket] = due + days * DAY_SECONDS
    room = max([0, *asked]) + 1
    close_on(scene, ticket, due + int(rng.uniform(room, max(room + 0.5, days - 0.5)) * DAY_SECONDS))
    unit = int(book["unit"][ticket])
    for day in asked:
        acted = (due // DAY_SECONDS + day) * DAY_SECONDS + int(rng.integers(9 * 3600, 17 * 3600))
        desk.flows.add(1, ticket=ticket, from_unit=unit, to_unit=unit, action=EXTEND, acted=acted)
