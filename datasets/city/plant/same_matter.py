"""H04 同一事项重复且不满意: three tickets on one matter within 90 days, none satisfied; merged repeats are innocent."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints
from datasets.city.hotline import NO_REPLY, journeys, take_calls, time_them
from datasets.city.plant.complaints import area_of, cast_tickets, ordinary
from datasets.city.plant.scene import Scene
from datasets.city.truth import rows
from datasets.city.wording import wording

_STORIES = ("merged", "two only", "satisfied", "merged", "apart", "two only", "satisfied", "other matters", "merged", "apart")


def plant(scene: Scene) -> None:
    wanted = scene.number(12, 2)
    # drawn in one go: a long time is left after each for the repeats
    bases = cast_tickets(scene, _bases(scene, 110), wanted)
    for place, ticket in enumerate(bases.tolist()):
        _case(scene, place, ticket)
    # every tenth more, should a story find no time for itself
    innocents = cast_tickets(scene, _bases(scene, 250 if len(scene.city.years) > 1 else 215), 11 * len(bases))
    for place, ticket in enumerate(innocents.tolist()):
        _innocent(scene, ticket, _STORIES[place % len(_STORIES)])
    for ticket in cast_tickets(scene, _bases(scene, 110), max(1, wanted // 6)).tolist():
        _vague(scene, ticket)


def _bases(scene: Scene, room: int) -> Ints:
    """Complaints that can be the first of a matter: a spot and a caller are known, `room` days are left."""
    desk, book = scene.city.desk, scene.city.desk.tickets
    fit = (book["place"] > 0) & (book["caller"] != NONE) & (book["closed"] != NONE) & (book["kind"] == 0)
    return ordinary(scene, fit & (book["created"] < (desk.last - room) * DAY_SECONDS))


def _callers(scene: Scene, count: int) -> Ints:
    """People who have not called otherwise."""
    quiet = scene.pool("quiet", lambda: _quiet(scene))
    pool = np.flatnonzero(quiet)
    if len(pool) < count:
        return np.full(count, NONE)
    chosen: Ints = scene.rng.choice(pool, count, replace=False)
    quiet[chosen] = False
    return chosen


def _quiet(scene: Scene) -> Bools:
    folk, book = scene.city.folk, scene.city.desk.tickets
    age = folk.age(scene.city.last)
    quiet = (age >= 20) & (age < 75) & (folk.died == NONE)
    quiet[book["caller"][book["caller"] != NONE]] = False
    return np.asarray(quiet)


def _repeat(scene: Scene, ticket: int, days: Ints, callers: Ints, linked: bool) -> Ints:
    """Further tickets on the same spot and issue, so many days after the first, by these callers."""
    desk, book, rng = scene.city.desk, scene.city.desk.tickets, scene.rng
    count = len(days)
    made = book.copy_rows(
        np.full(count, ticket), created=book["created"][ticket] + days * DAY_SECONDS + rng.integers(-9000, 9000, count), caller=callers,
        title=rng.integers(0, 12, count), body=rng.integers(0, 12, count), greeting=rng.integers(0, 10**6, count), time=rng.integers(0, 10**6, count),
        closing=rng.integers(0, 10**6, count), r1=rng.integers(0, 10**6, count), r2=rng.integers(0, 10**6, count), r3=rng.integers(0, 10**6, count), r4=rng.integers(0, 10**6, count), r5=rng.integers(0, 10**6, count),
        related=np.where(rng.random(count) < 0.5, ticket, NONE) if linked else NONE, channel=0, regime=0, contact=NONE,
        extended=NONE, closed=NONE, notified=NONE, called=NONE, solved=NONE, satisfied=NONE,
    )  # fmt: skip
    time_them(desk, made, rng)
    scene.city.used_tickets = np.r_[scene.city.used_tickets, made]
    return made


def _judge(scene: Scene, tickets: Ints, satisfied: int) -> None:
    """Called back: satisfied or not, all of them; an unknown or two among the dissatisfied."""
    book = scene.city.desk.tickets
    closed = tickets[book["closed"][tickets] != NONE]
    book["called"][closed], book["satisfied"][closed], book["solved"][closed] = 1, satisfied, satisfied
    if not satisfied and len(closed) > 3:
        book["called"][closed[1]], book["satisfied"][closed[1]], book["solved"][closed[1]] = 0, NONE, NONE


def _case(scene: Scene, place: int, ticket: int) -> None:
    desk, book = scene.city.desk, scene.city.desk.tickets
    near = scene.near(place)
    more = 2 if near else int(scene.rng.integers(2, 6))
    span = int(scene.rng.integers(82, 89)) if near and place % 2 else int(scene.rng.integers(18, 75))
    days = np.sort(np.r_[scene.rng.integers(3, span, more - 1), span])
    own = int(book["caller"][ticket])
    # one angry caller, or the neighbours together
    callers = np.full(more, own) if place % 3 == 0 else _callers(scene, more)
    made = _repeat(scene, ticket, days, callers, linked=True)
    journeys(desk, made, scene.rng)
    group = np.r_[ticket, made]
    _judge(scene, group, 0)
    last = int(group[np.argmax(book["created"][group])])
    scene.problem(
        "matter",
        ticket,
        int(book["unit"][last]),
        (rows("ticket", group),),
        area=area_of(scene, ticket),
        near=near,
        note=f"{len(group)}次反映同一事项",
    )


def _innocent(scene: Scene, ticket: int, story: str) -> None:
    desk, book, rng = scene.city.desk, scene.city.desk.tickets, scene.rng
    makers = {
        "two only": np.array([int(rng.integers(5, 80))]),
        "apart": np.array([100, 200]) + rng.integers(-4, 5, 2),
        "satisfied": np.sort(rng.integers(4, 80, 2)),
    }
    if story == "other matters":
        group, note = _other_matters(scene, ticket), "同一来电人反映不同事项"
    elif story == "merged":
        days = np.sort(rng.integers(2, 60, int(rng.integers(2, 4))))
        made = _repeat(scene, ticket, days, _callers(scene, len(days)), linked=True)
        _merge(scene, ticket, made)
        group, note = np.r_[ticket, made], "重复件已并入首件办理"
    else:
        made = _repeat(scene, ticket, makers[story], _callers(scene, len(makers[story])), linked=story != "apart")
        group = np.r_[ticket, made]
        _judge(scene, group, int(story == "satisfied"))
        note = {"two only": "仅两次", "apart": "间隔超过90日", "satisfied": "回访均满意"}[story]
    if story != "other matters":
        journeys(desk, group[1:], rng)
    scene.explained(
        "matter",
        ticket,
        int(book["unit"][ticket]),
        (rows("ticket", group),),
        area=area_of(scene, ticket),
        near=story in ("two only", "apart"),
        note=note,
    )


def _merge(scene: Scene, first: int, made: Ints) -> None:
    """Closed within the hour as part of the first ticket."""
    book = scene.city.desk.tickets
    book["merged"][made], book["related"][made] = first, first
    book["closed"][made] = book["accepted"][made] + 2400
    book["extended"][made], book["reply"][made] = NONE, -1
    book["called"][made], book["solved"][made], book["satisfied"][made] = 0, NONE, NONE
    open_still = made[book["closed"][made] >= scene.city.desk.midnight]
    book["closed"][open_still], book["reply"][open_still] = NONE, NO_REPLY


def _other_matters(scene: Scene, ticket: int) -> Ints:
    """The same person calls twice more, about other things in other places."""
    desk, book, rng = scene.city.desk, scene.city.desk.tickets, scene.rng
    issues = wording().issues
    mine = issues[int(book["issue"][ticket])].category
    others = np.array(
        [
            number
            for number, issue in enumerate(issues)
            if issue.category != mine and issue.place in ("road", "estate") and issue.kind == "complaint"
        ]
    )
    issue = rng.permutation(others)
    second = next(at for at in issue.tolist() if issues[at].category != issues[int(issue[0])].category)
    created = book["created"][ticket] + np.sort(rng.integers(4, 80, 2)) * DAY_SECONDS
    made = take_calls(desk, created, rng, np.array([issue[0], second]))
    book["caller"][made] = book["caller"][ticket]
    time_them(desk, made, rng)
    journeys(desk, made, rng)
    scene.city.used_tickets = np.r_[scene.city.used_tickets, made]
    return np.asarray(np.r_[ticket, made], dtype=np.int64)


def _vague(scene: Scene, ticket: int) -> None:
    """One caller, the same kind of trouble, no spot named: one matter or three, only a call can tell."""
    desk, book, rng = scene.city.desk, scene.city.desk.tickets, scene.rng
    made = _repeat(scene, ticket, np.sort(rng.integers(6, 80, 2)), np.full(2, book["caller"][ticket]), linked=False)
    book["place"][made] = 0
    book["area"][made] = book["town"][made]
    _judge(scene, np.r_[ticket, made], 0)
    journeys(desk, made, rng)
    scene.undecidable(
        "matter",
        ticket,
        int(book["unit"][ticket]),
        (rows("ticket", np.r_[ticket, made]),),
        area=area_of(scene, ticket),
        note="同一来电人同类诉求，未写明地点",
    )
