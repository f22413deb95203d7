"""H01 超期未办: closed or still open after the day due, extension counted; lawfully extended tickets are innocent."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints
from datasets.city.hotline import CLOSE, NO_REPLY, ORDINARY, PETITION
from datasets.city.plant.complaints import area_of, cast_tickets, ordinary
from datasets.city.plant.finder import Finder
from datasets.city.plant.scene import Scene
from datasets.city.truth import rows


def plant(scene: Scene) -> None:
    desk, book = scene.city.desk, scene.city.desk.tickets
    fit = (
        (book["due"] != NONE)
        & (book["closed"] != NONE)
        & (book["regime"] == ORDINARY)
        & (book["due"] < (desk.last - 40) * DAY_SECONDS)
    )
    fit &= book["due"] - book["created"] > 1.5 * DAY_SECONDS
    flows = Finder(desk.flows["ticket"])
    wanted = scene.number(22, 3)
    chosen = cast_tickets(scene, ordinary(scene, fit), wanted)
    for place, ticket in enumerate(chosen.tolist()):
        _delay(scene, ticket, near=place % 4 != 3, flows=flows)
    for ticket in cast_tickets(
        scene, ordinary(scene, fit & (book["due"] > (desk.last - 200) * DAY_SECONDS)), max(1, wanted // 5)
    ).tolist():
        _leave_open(scene, ticket, flows)
    _write(scene)


def _limit(scene: Scene) -> Ints:
    book = scene.city.desk.tickets
    limit: Ints = np.where(book["extended"] != NONE, book["extended"], book["due"])
    return limit


def _delay(scene: Scene, ticket: int, near: bool, flows: Finder) -> None:
    """Closed late: by a few per cent of the time allowed, or by far."""
    desk, book = scene.city.desk, scene.city.desk.tickets
    limit, allowed = int(_limit(scene)[ticket]), int(book["due"][ticket] - book["created"][ticket])
    late = max(7500, int(allowed * (scene.rng.uniform(0.03, 0.095) if near else scene.rng.uniform(0.2, 2.2))))
    book["closed"][ticket] = min(limit + late, desk.midnight - 3600)
    mine = flows.of(ticket)
    closing = mine[(desk.flows["action"][mine] == CLOSE) & (desk.flows["alive"][mine] == 1)]
    desk.flows["acted"][closing[-1:]] = book["closed"][ticket]


def _leave_open(scene: Scene, ticket: int, flows: Finder) -> None:
    desk, book = scene.city.desk, scene.city.desk.tickets
    for name in ("closed", "called", "solved", "satisfied"):
        book[name][ticket] = NONE
    book["reply"][ticket] = NO_REPLY
    mine = flows.of(ticket)
    desk.flows["alive"][mine[desk.flows["action"][mine] == CLOSE]] = 0


def _by_the_law(scene: Scene, end: Ints) -> None:
    """Petitions whose day due nobody noted: 60 days and 30 more are the law's; between them the extension is unknown."""
    book = scene.city.desk.tickets
    unknown = (book["alive"] == 1) & (book["due"] == NONE) & (book["regime"] == PETITION)
    took = (end - book["created"]) // DAY_SECONDS
    for ticket in np.flatnonzero(unknown & (took >= 60)).tolist():
        write = scene.problem if took[ticket] > 91 else scene.undecidable
        write(
            "ticket",
            ticket,
            int(book["unit"][ticket]),
            (rows("ticket", [ticket]),),
            area=area_of(scene, ticket),
            note="未载明期限，已超过条例期限",
        )


def _write(scene: Scene) -> None:
    """Every late ticket of the city is a case, planted or not; the lawfully extended and the barely timely are innocent."""
    desk, book = scene.city.desk, scene.city.desk.tickets
    limit = _limit(scene)
    end = np.where(book["closed"] == NONE, desk.midnight, book["closed"])
    judged = (book["alive"] == 1) & (limit != NONE) & (book["regime"] != 2)
    late = np.flatnonzero(judged & (end > limit))
    allowed = book["due"] - book["created"]
    for ticket in late.tolist():
        near = end[ticket] - limit[ticket] <= 0.1 * allowed[ticket]
        scene.problem(
            "ticket",
            ticket,
            int(book["unit"][ticket]),
            (rows("ticket", [ticket]),),
            area=area_of(scene, ticket),
            near=bool(near),
            note="超过办理期限",
        )
    _by_the_law(scene, end)
    extended = np.flatnonzero(judged & (end > book["due"]) & (end <= limit))
    close = np.flatnonzero(judged & (end <= book["due"]) & (end > book["due"] - 0.1 * allowed) & (book["closed"] != NONE))
    for note, tickets in (("依法延期后按期办结", extended), ("期限届满前办结", close)):
        for ticket in scene.rng.permutation(tickets)[: 11 * len(late)].tolist():
            scene.explained(
                "ticket",
                ticket,
                int(book["unit"][ticket]),
                (rows("ticket", [ticket]),),
                area=area_of(scene, ticket),
                near=True,
                note=note,
            )
