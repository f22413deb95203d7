"""H06 虚假办结: one text pasted under five tickets and more, or nothing but `received`; short answers with substance are innocent."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, kept, without
from datasets.city.hotline import EMPTY, KINDS, POLICY, SHORT, STOCK
from datasets.city.plant.complaints import area_of, cast_tickets, ordinary
from datasets.city.plant.scene import Scene
from datasets.city.truth import rows
from datasets.city.wording import wording


def plant(scene: Scene) -> None:
    said, book = wording(), scene.city.desk.tickets
    pairs = _pairs(scene)
    written = 0
    for place in range(scene.number(3, 1)):
        # five times is the least that counts
        size = 5 if place % 2 == 0 else int(scene.rng.integers(6, 10))
        written += _paste(scene, pairs, size)
    for ticket in cast_tickets(scene, _closed(scene), scene.number(8, 1)).tolist():
        book["reply"][ticket] = EMPTY + int(scene.rng.integers(len(said.empty_replies)))
        _problem(scene, ticket, False, "答复仅为已收悉、已转办")
        written += 1
    few = _same_question(scene)
    for _ in range(max(1, written // 8)):
        few += _paste(scene, pairs, 4, innocent=True)
    few += _received(scene)
    short = np.flatnonzero(
        (book["reply"] >= SHORT)
        & (book["reply"] < EMPTY)
        & (book["closed"] != NONE)
        & (book["alive"] == 1)
        & (book["merged"] == NONE)
    )
    for ticket in cast_tickets(scene, without(short, scene.city.used_tickets), 10 * written - few).tolist():
        _innocent(scene, ticket, "答复简短但有办理结果", False)


def _closed(scene: Scene) -> Ints:
    """Tickets closed with an ordinary answer; who only asked may rightly be told what others were told."""
    book = scene.city.desk.tickets
    closed = (book["closed"] != NONE) & (book["closed"] < (scene.city.last - 3) * DAY_SECONDS)
    return ordinary(scene, closed & (book["reply"] == -1) & (book["kind"] != KINDS.index("inquiry")))


def _pairs(scene: Scene) -> list[tuple[int, int]]:
    """Units with enough tickets, and stock texts; each pair is used once."""
    book = scene.city.desk.tickets
    units, count = np.unique(book["unit"][_closed(scene)], return_counts=True)
    busy = kept(units, count >= 14)
    pairs = [(unit, text) for unit in busy.tolist() for text in range(len(wording().stock_replies))]
    order = scene.rng.permutation(len(pairs)).tolist()
    return [pairs[at] for at in order]


def _paste(scene: Scene, pairs: list[tuple[int, int]], size: int, innocent: bool = False) -> int:
    book = scene.city.desk.tickets
    if not pairs:
        return 0
    unit, text = pairs.pop()
    mine = _closed(scene)
    tickets = cast_tickets(scene, mine[book["unit"][mine] == unit], size)
    if len(tickets) < size:
        return 0
    book["reply"][tickets] = STOCK + text
    for ticket in tickets.tolist():
        if innocent:
            _innocent(scene, ticket, "相同答复不足五次", True)
        else:
            _problem(scene, ticket, size == 5, "同一答复反复使用")
    return size


def _same_question(scene: Scene) -> int:
    """Many ask about the same rule and are told the same, rightly."""
    book, issues = scene.city.desk.tickets, wording().issues
    written = 0
    for text, title in enumerate(("咨询医保报销", "咨询灵活就业社保")):
        issue = next(number for number, item in enumerate(issues) if title in item.titles)
        asked = ordinary(scene, (book["closed"] != NONE) & (book["issue"] == issue) & (book["reply"] == -1))
        tickets = cast_tickets(scene, asked, 6)
        book["reply"][tickets] = POLICY + text
        for ticket in tickets.tolist():
            _innocent(scene, ticket, "同类咨询统一答复政策", False)
        written += len(tickets)
    return written


def _received(scene: Scene) -> int:
    """Tickets still in work whose only answer so far is that they were received."""
    book = scene.city.desk.tickets
    waiting = ordinary(scene, book["closed"] == NONE)
    tickets = cast_tickets(scene, waiting, max(2, len(waiting) // 8))
    for ticket in tickets.tolist():
        book["reply"][ticket] = EMPTY
        _innocent(scene, ticket, "尚在办理，仅告知受理", False)
    return len(tickets)


def _problem(scene: Scene, ticket: int, near: bool, note: str) -> None:
    unit = int(scene.city.desk.tickets["unit"][ticket])
    scene.problem("ticket", ticket, unit, (rows("ticket", [ticket]),), area=area_of(scene, ticket), near=near, note=note)


def _innocent(scene: Scene, ticket: int, note: str, near: bool) -> None:
    unit = int(scene.city.desk.tickets["unit"][ticket])
    scene.explained("ticket", ticket, unit, (rows("ticket", [ticket]),), area=area_of(scene, ticket), near=near, note=note)
