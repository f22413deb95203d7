"""H08 集中投诉热点: five and more people of one village call about one thing within a week, or ten within a month."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints
from datasets.city.hotline import journeys, spread_out, take_calls, time_them
from datasets.city.plant.complaints import strangers
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, rows
from datasets.city.wording import wording

_WEEK, _MONTH = 7, 30
_STORIES = ("four", "one caller", "slow", "four", "merged", "slow")


def plant(scene: Scene) -> None:
    _loosen(scene)
    issues = [
        at for at, one in enumerate(wording().issues) if one.place == "village" and not one.money and one.kind == "complaint"
    ]
    villages, wanted = scene.rng.permutation(scene.city.places.villages), scene.number(4, 1)
    days = scene.rng.integers(scene.city.first + 200, scene.city.last - 45, 12 * wanted)
    for place in range(wanted):
        village, issue = int(villages[place % len(villages)]), int(scene.rng.choice(issues))
        _case(scene, place, village, issue, int(days[place]))
    rest = villages[wanted:] if len(villages) > wanted else villages
    for place in range(11 * wanted):
        pair = place // len(rest)
        issue = issues[(place + pair) % len(issues)]
        # the stories of one village lie months apart
        day = scene.city.first + 200 + (place * 37 + pair * 181) % (scene.city.last - scene.city.first - 260)
        _innocent(scene, _STORIES[place % len(_STORIES)], int(rest[place % len(rest)]), issue, day)


def _call(scene: Scene, village: int, issue: int, days: Ints, callers: Ints) -> Ints:
    city, rng = scene.city, scene.rng
    desk, book = city.desk, city.desk.tickets
    made = take_calls(
        desk, np.sort(days) * DAY_SECONDS + rng.integers(8 * 3600, 20 * 3600, len(days)), rng, np.full(len(days), issue), callers
    )
    town = int(city.places.town_of[village])
    book["area"][made], book["town"][made], book["place"][made], book["caller"][made] = village, town, 3, callers
    book["channel"][made], book["regime"][made] = 0, 0
    book["unit"][made] = desk.handler(np.full(len(made), issue), np.full(len(made), town))
    spread_out(desk, made, rng)
    time_them(desk, made, rng)
    journeys(desk, made, rng)
    city.used_tickets = np.r_[city.used_tickets, made]
    return made


def _case(scene: Scene, place: int, village: int, issue: int, day: int) -> None:
    near, rng = scene.near(place), scene.rng
    if place % 3 == 2 and not near:
        days = day + rng.integers(0, _MONTH - 1, int(rng.integers(12, 16)))
    else:
        days = day + rng.integers(0, _WEEK - 1, 5 if near else int(rng.integers(6, 12)))
    made = _call(scene, village, issue, days, strangers(scene, len(days)))
    _tell(scene, "problem", village, made, near, f"{len(made)}人集中反映同一地同一类问题")


def _innocent(scene: Scene, story: str, village: int, issue: int, day: int) -> None:
    rng = scene.rng
    if story == "four":
        made = _call(scene, village, issue, day + rng.integers(0, 6, 4), strangers(scene, 4))
        note = "一周内不足五人"
    elif story == "one caller":
        made = _call(scene, village, issue, day + rng.integers(0, 6, 6), np.repeat(strangers(scene, 1), 6))
        note = "同一人多次来电"
    elif story == "slow":
        days = day + np.arange(6) * 9 + rng.integers(0, 3, 6)
        made = _call(
            scene,
            village,
            issue,
            days[days < scene.city.last - 12],
            strangers(scene, 6)[: int((days < scene.city.last - 12).sum())],
        )
        note = "分散在近两个月内"
    else:
        made = _call(scene, village, issue, day + rng.integers(0, 6, 3), strangers(scene, 3))
        note = "三户邻居先后反映"
    _tell(scene, EXPLAINED, village, made, story == "four", note)


def _tell(scene: Scene, kind: str, village: int, made: Ints, near: bool, note: str) -> None:
    """The hot spot itself has no key of the offices: the truth names its first ticket."""
    unit = int(scene.city.desk.tickets["unit"][made[0]])
    write = scene.explained if kind == EXPLAINED else scene.problem
    write("ticket", int(made[0]), unit, (rows("ticket", made),), area=village, near=near, note=note)


def _loosen(scene: Scene) -> None:
    """Where chance put five callers of one town and kind into one week, some of them named no town."""
    book = scene.city.desk.tickets
    categories = {one.category for one in wording().issues}
    number = {name: at for at, name in enumerate(sorted(categories))}
    category = np.array([number[one.category] for one in wording().issues])[book["issue"]]
    free = np.flatnonzero((book["alive"] == 1) & (book["area"] != NONE))
    key = book["area"][free] * 100 + category[free]
    order = free[np.lexsort([book["created"][free], key])]
    key = book["area"][order] * 100 + category[order]
    used = np.zeros(len(book), dtype=bool)
    used[scene.city.used_tickets] = True
    for times, span in ((4, _WEEK), (8, _MONTH)):
        if len(order) <= times:
            return
        close = (key[times:] == key[:-times]) & (
            book["created"][order[times:]] - book["created"][order[:-times]] <= span * DAY_SECONDS
        )
        # of each such week the first two that may: the next one from every place in the order on
        here = np.where((book["place"][order] != 3) & ~used[order], np.arange(len(order)), len(order))
        later = np.r_[np.minimum.accumulate(here[::-1])[::-1], len(order), len(order)]
        start = np.flatnonzero(close)
        first = later[start]
        for chosen in (first, later[np.minimum(first + 1, len(order))]):
            book["area"][order[chosen[chosen <= start + times]]] = NONE
