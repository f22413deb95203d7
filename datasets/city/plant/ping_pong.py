"""H05 踢皮球: sent back three times, through three units, or to one that had it before; one correction of a wrong address is innocent."""

import numpy as np

from datasets.city.arrays import NONE, Bools, distinct, shared, without
from datasets.city.hotline import CLOSE, DISPATCH, REASSIGN, REOPEN, RETURNED
from datasets.city.plant.complaints import area_of, cast_tickets, ordinary
from datasets.city.plant.finder import Finder
from datasets.city.plant.scene import Scene
from datasets.city.truth import rows

_WAYS = (
    "three units",
    "returned",
    "back again",
    "three units",
    "returned",
    "back again",
    "returned",
    "three units",
    "returned",
    "back again",
)


def plant(scene: Scene) -> None:
    book = scene.city.desk.tickets
    long_enough = (book["closed"] != NONE) & (book["closed"] - book["accepted"] > 26 * 3600)
    flows = Finder(scene.city.desk.flows["ticket"])
    chosen = cast_tickets(scene, ordinary(scene, long_enough), scene.number(20, 3))
    for place, ticket in enumerate(chosen.tolist()):
        _case(scene, place, ticket, flows)
    _innocent(scene, long_enough, 10 * len(chosen), flows)


def _others(scene: Scene, ticket: int, count: int) -> list[int]:
    """Other units that might be thought responsible."""
    bodies = scene.city.bodies
    pool = np.r_[bodies.of_kind("agency")[3:], bodies.of_kind("township")]
    pool = pool[(pool != scene.city.desk.tickets["unit"][ticket]) & (pool != scene.city.desk.centre)]
    return [int(unit) for unit in scene.rng.permutation(pool)[:count]]


def _walk(scene: Scene, ticket: int, steps: list[tuple[int, int, int]], flows: Finder) -> None:
    """Replace the ticket's journey by these steps (from, to, action), spread over its time, and its closing."""
    desk, book = scene.city.desk, scene.city.desk.tickets
    desk.flows["alive"][flows.of(ticket)] = 0
    begin, end = int(book["accepted"][ticket]), int(book["closed"][ticket])
    times = begin + np.sort(scene.rng.integers(300, max(end - begin - 600, 400), len(steps)))
    sources, targets, actions = (np.array(column) for column in zip(*steps, strict=True))
    reason = np.where(actions == RETURNED, scene.rng.integers(0, 6, len(steps)), NONE)
    desk.flows.add(len(steps), ticket=ticket, from_unit=sources, to_unit=targets, action=actions, acted=times, reason=reason)
    desk.flows.add(1, ticket=ticket, from_unit=int(book["unit"][ticket]), to_unit=desk.centre, action=CLOSE, acted=end)


def _case(scene: Scene, place: int, ticket: int, flows: Finder) -> None:
    centre, own = scene.city.desk.centre, int(scene.city.desk.tickets["unit"][ticket])
    way = _WAYS[place % len(_WAYS)]
    near = scene.near(place)
    first, second, third = _others(scene, ticket, 3)
    if way == "three units":
        steps = [(centre, first, DISPATCH), (first, second, REASSIGN), (second, own, REASSIGN)]
        near = True
    elif way == "returned":
        tries = [first, second, third] if near else [first, second, third, first]
        steps = [(centre, first, DISPATCH)]
        for here, there in zip(tries, [*tries[1:], own], strict=True):
            steps += [(here, centre, RETURNED), (centre, there, REASSIGN)]
    else:
        near = False
        steps = [
            (centre, own, DISPATCH),
            (own, centre, RETURNED),
            (centre, first, REASSIGN),
            (first, centre, RETURNED),
            (centre, own, REASSIGN),
        ]
    _walk(scene, ticket, steps, flows)
    scene.problem(
        "ticket", ticket, own, (rows("ticket", [ticket]),), area=area_of(scene, ticket), near=near, note=f"多次退单改派：{way}"
    )


def _innocent(scene: Scene, long_enough: Bools, wanted: int, flows: Finder) -> None:
    desk, book = scene.city.desk, scene.city.desk.tickets
    astray = distinct(desk.flows["ticket"][(desk.flows["action"] == RETURNED) & (desk.flows["alive"] == 1)])
    once = shared(astray, ordinary(scene, long_enough))
    shares = (("together", wanted // 10), ("reopened", wanted // 8), ("down", wanted // 8))
    for story, count in shares:
        straight = without(ordinary(scene, long_enough), astray)
        for ticket in cast_tickets(scene, straight, count).tolist():
            _story(scene, ticket, story, flows)
    for ticket in cast_tickets(scene, once, wanted - sum(count for _, count in shares)).tolist():
        scene.explained(
            "ticket",
            ticket,
            int(book["unit"][ticket]),
            (rows("ticket", [ticket]),),
            area=area_of(scene, ticket),
            note="派错一次后改派",
        )


def _story(scene: Scene, ticket: int, story: str, flows: Finder) -> None:
    """Several units asked to act together; done again after the call-back; handed down to the village."""
    desk, book = scene.city.desk, scene.city.desk.tickets
    own = int(book["unit"][ticket])
    if story == "together":
        at = int(book["accepted"][ticket]) + 300
        for other in _others(scene, ticket, 1):
            desk.flows.add(1, ticket=ticket, from_unit=desk.centre, to_unit=other, action=DISPATCH, acted=at)
        note = "两单位联合办理"
    elif story == "reopened":
        end = int(book["closed"][ticket])
        early = end - min(20 * 3600, (end - int(book["accepted"][ticket])) // 2)
        desk.flows.add(1, ticket=ticket, from_unit=own, to_unit=desk.centre, action=CLOSE, acted=early)
        desk.flows.add(1, ticket=ticket, from_unit=desk.centre, to_unit=own, action=REOPEN, acted=early + 3600)
        note = "回访后重办，未推诿"
    else:
        village = scene.rng.choice(scene.city.places.villages)
        committee = int(scene.city.bodies.committee_of[village])
        desk.flows.add(
            1, ticket=ticket, from_unit=own, to_unit=committee, action=DISPATCH, acted=int(book["accepted"][ticket]) + 4000
        )
        note = "乡镇交村居落实"
    scene.explained("ticket", ticket, own, (rows("ticket", [ticket]),), area=area_of(scene, ticket), note=note)
