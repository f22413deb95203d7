"""X03 投诉指向问题村、问题企业: a complaint names a village or supplier that has a money case within 180 days; namesakes are innocent."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, day, distinct, kept, without
from datasets.city.hotline import journeys, spread_out, take_calls, time_them
from datasets.city.plant.scene import Scene
from datasets.city.truth import PROBLEM, UNDECIDABLE, Case, rows
from datasets.city.wording import wording

_MONEY = (
    "S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12", "S13", "S14", "S15", "S16", "S17", "S19", "S27", "S28",
)  # fmt: skip
"""Rows of the catalogue about money that somebody of a village gets."""
WINDOW = 180


@dataclass(frozen=True)
class Trouble:
    """A money case as a complaint meets it: where, whose, from when to when."""

    sure: bool
    """Whether it is a problem beyond doubt, in this one village."""
    area: int
    unit: int
    first: int
    last: int
    widest: tuple[int, int]
    """First and last day in the widest reading: a claim for land counts for its whole year, a machine from its purchase on."""
    case: Case


def plant(scene: Scene) -> None:
    troubles = _troubles(scene)
    certain = [trouble for trouble in troubles if trouble.sure]
    scene.city.hot_villages = distinct(np.array([trouble.area for trouble in troubles], dtype=np.int64))
    told = _choose(scene, troubles, certain)
    _hush(scene, troubles, np.array([village for village, near in told.items() if not near], dtype=np.int64))
    for village, near in told.items():
        here = [trouble for trouble in certain if trouble.area == village]
        _complain(scene, village, here[int(scene.rng.integers(len(here)))], near)
    done = sum(_write(scene, village, troubles) for village in told)
    # complaints of other rows will name some of the villages too
    _innocent(scene, troubles, np.array(list(told)), 14 * done + 30)


def _choose(scene: Scene, troubles: list[Trouble], certain: list[Trouble]) -> dict[int, bool]:
    """Villages that complaints tell of, and whether only towards the end of the window: one with a single short case."""
    # where the cadres' families crowd a list, that leads; the complaint would only be added to it
    crowded = [case.area for case in scene.city.truth.of("S06", PROBLEM)]
    areas = without(np.array([trouble.area for trouble in certain], dtype=np.int64), crowded)
    order: list[int] = scene.rng.permutation(areas).tolist()
    times = Counter(trouble.area for trouble in troubles)
    room = scene.city.last - 12 - WINDOW
    single = {item.area for item in certain if times[item.area] == 1 and item.last < room and item.last - item.first < 40}
    told: dict[int, bool] = {}
    for place in range(min(scene.number(6, 1), len(order))):
        late = [village for village in order if village in single and village not in told] if scene.near(place + 1) else []
        free = late or [village for village in order if village not in told and village not in single] or order
        told[free[0]] = bool(late)
    return told


def _troubles(scene: Scene) -> list[Trouble]:
    """Money cases, undecided ones among them, that lie in a village."""
    city = scene.city
    villages = set(city.places.villages.tolist())
    out = []
    for case in city.truth.cases:
        if case.kind in (PROBLEM, UNDECIDABLE) and case.area in villages and case.rule in (*_MONEY, "X01"):
            days = _days(scene, case)
            if not days:
                continue
            areas = _areas(scene, case)
            sure = case.kind == PROBLEM and case.rule in _MONEY and areas == {case.area}
            widest = _widest(scene, case, min(days), max(days))
            out += [Trouble(sure, area, case.unit, min(days), max(days), widest, case) for area in sorted(areas & villages)]
    return out


def _days(scene: Scene, case: Case) -> list[int]:
    """Days of the rows a case rests on."""
    city = scene.city
    books = {
        "subsidy_payment": (city.payments, "paid"),
        "land_claim": (city.land.claims, "claimed"),
        "machine_purchase": (city.purse.purchases, "bought"),
    }
    return [int(books[table][0][books[table][1]][row]) for table, found in case.evidence if table in books for row in found]


def _widest(scene: Scene, case: Case, first: int, last: int) -> tuple[int, int]:
    city = scene.city
    for table, found in case.evidence:
        if table == "land_claim" and found:
            years = city.land.claims["year"][list(found)]
            first, last = min(first, day(int(years.min()))), max(last, day(int(years.max()), 12, 31))
        if table == "machine_purchase":
            last = city.last
    return first, last


def _areas(scene: Scene, case: Case) -> set[int]:
    """Every village that the rows of a case lie in: which of them it is told of is a matter of taste."""
    city = scene.city
    books = {"subsidy_payment": city.payments, "land_claim": city.land.claims}
    return {case.area} | {int(books[table]["area"][row]) for table, found in case.evidence if table in books for row in found}


def _naming(scene: Scene, village: int) -> Ints:
    """Living tickets that name a village."""
    book = scene.city.desk.tickets
    return np.flatnonzero((book["place"] == 3) & (book["area"] == village) & (book["alive"] == 1))


def _hush(scene: Scene, troubles: list[Trouble], told: Ints) -> None:
    """Ordinary complaints near the time of a case speak of another village, unless theirs is one of those told of."""
    city, book = scene.city, scene.city.desk.tickets
    hot = city.hot_villages
    spans: dict[int, list[Trouble]] = {}
    for trouble in troubles:
        spans.setdefault(trouble.area, []).append(trouble)
    for village in without(hot, told).tolist():
        tickets = _naming(scene, village)
        created = book["created"][tickets] // DAY_SECONDS
        close = np.zeros(len(tickets), dtype=bool)
        for trouble in spans[village]:
            first, last = trouble.widest
            close |= (created > first - WINDOW - 12) & (created < last + WINDOW + 12)
        town = int(city.places.town_of[village])
        quiet = without(city.places.villages[city.places.town_of[city.places.villages] == town], hot)
        moved = tickets[close]
        # a quiet village takes as many as it has of its own; of the others nobody says which village they are about
        room = len(quiet) / max(1, int((city.places.town_of[city.places.villages] == town).sum()) - len(quiet))
        fits = scene.rng.random(len(moved)) < (room if len(quiet) else 0)
        book["area"][moved[fits]] = scene.rng.choice(quiet, int(fits.sum())) if len(quiet) else town
        book["area"][moved[~fits]], book["place"][moved[~fits]] = town, 0
    spread_out(city.desk, np.flatnonzero((book["place"] == 3) & (book["alive"] == 1)), scene.rng)


def _complain(scene: Scene, village: int, trouble: Trouble, near: bool) -> None:
    """One to three complaints about subsidies that name the village near the time of a case."""
    city = scene.city
    low, high = max(trouble.last - 165, trouble.first), min(trouble.first + 165, city.last - 12)
    if near:
        low, high = trouble.last + 164, trouble.last + 176
    if low >= high or high > city.last - 12 or low < city.first:
        low, high = trouble.last - 20, min(trouble.last + 120, city.last - 12)
    high = max(high, low + 1)
    count = 1 if near else int(scene.rng.integers(1, 4))
    created = np.sort(scene.rng.integers(low, high, count)) * DAY_SECONDS + scene.rng.integers(8 * 3600, 20 * 3600, count)
    money = np.array([number for number, issue in enumerate(wording().issues) if issue.money])
    call(scene, created, scene.rng.choice(money, count), village)


def call(scene: Scene, created: Ints, issue: Ints, village: int, **changed: Ints | int) -> Ints:
    """Enter calls about a village (or none: NONE) and let them be handled; returns the tickets."""
    desk, book = scene.city.desk, scene.city.desk.tickets
    made = take_calls(desk, created, scene.rng, issue)
    if village != NONE:
        town = scene.city.places.town_of[village]
        book["area"][made], book["town"][made], book["place"][made] = village, town, 3
        book["unit"][made] = desk.handler(issue, np.full(len(made), town))
    for name, value in changed.items():
        book[name][made] = value
    spread_out(desk, made, scene.rng)
    time_them(desk, made, scene.rng)
    journeys(desk, made, scene.rng)
    scene.city.used_tickets = np.r_[scene.city.used_tickets, made]
    return made


def _write(scene: Scene, village: int, troubles: list[Trouble]) -> int:
    """Truth of a village told of: one row for every unit whose case a complaint meets."""
    tickets = _naming(scene, village)
    created = scene.city.desk.tickets["created"][tickets] // DAY_SECONDS
    issues = np.array([issue.money for issue in wording().issues])
    of_money = issues[scene.city.desk.tickets["issue"][tickets]]
    written = 0
    here = [trouble for trouble in troubles if trouble.area == village]
    for unit in sorted({trouble.unit for trouble in here}):
        sure, perhaps, nearest = np.zeros(len(tickets), dtype=bool), np.zeros(len(tickets), dtype=bool), 10_000
        cents = 0
        for trouble in here:
            if trouble.unit != unit:
                continue
            gap = np.maximum(np.maximum(trouble.first - created, created - trouble.last), 0)
            strict = np.maximum(np.abs(created - trouble.first), np.abs(created - trouble.last)) <= WINDOW
            sure |= strict & trouble.sure & of_money
            loose = (created > trouble.widest[0] - WINDOW - 2) & (created < trouble.widest[1] + WINDOW + 2)
            perhaps |= (gap <= WINDOW) | loose
            if trouble.sure:
                nearest, cents = min(nearest, int(gap.min(initial=10_000))), cents + max(0, trouble.case.cents)
        if sure.any():
            scene.problem(
                "village",
                village,
                unit,
                (rows("ticket", kept(tickets, sure | perhaps)),),
                area=village,
                cents=cents,
                near=nearest >= 162,
                note="投诉点名问题村",
            )
            written += 1
        elif perhaps.any():
            scene.undecidable(
                "village",
                village,
                unit,
                (rows("ticket", kept(tickets, perhaps)),),
                area=village,
                note="投诉与资金疑点时间相近，需人工判断",
            )
    return written


def _point_out(scene: Scene, troubles: list[Trouble], told: Ints, wanted: int) -> None:
    """Let ordinary complaints name their village where no case is near, so that enough innocent ones name one."""
    city, book = scene.city, scene.city.desk.tickets
    first, days = city.first, city.last - city.first + 1
    quiet = np.ones((len(city.places.code), days), dtype=bool)
    for trouble in troubles:
        low, high = trouble.widest[0] - WINDOW - 12 - first, trouble.widest[1] + WINDOW + 12 - first
        quiet[trouble.area, max(0, low) : max(0, high + 1)] = False
    unnamed = np.flatnonzero((book["place"] == 0) & (book["alive"] == 1) & (book["town"] != NONE))
    unnamed = scene.rng.permutation(kept(unnamed, ~among(unnamed, scene.city.used_tickets)))
    villages = without(city.places.villages, told)
    missing = wanted - int(((book["place"] == 3) & (book["alive"] == 1) & ~among(book["area"], told)).sum())
    given: Counter[int] = Counter()
    named: list[int] = []
    for ticket in unnamed.tolist():
        if len(named) >= missing:
            break
        here = villages[city.places.town_of[villages] == book["town"][ticket]]
        free = here[quiet[here, min(days - 1, max(0, int(book["created"][ticket]) // DAY_SECONDS - first))]]
        free = free[[given[int(village)] < 12 for village in free]] if len(free) else free  # more would be a hot spot
        if len(free):
            village = int(scene.rng.choice(free))
            book["area"][ticket], book["place"][ticket] = village, 3
            given[village] += 1
            named.append(ticket)
    spread_out(city.desk, np.array(named, dtype=np.int64), scene.rng)


def _innocent(scene: Scene, troubles: list[Trouble], told: Ints, wanted: int) -> None:
    """Complaints that name quiet villages, those with a flagged village's name first, and villages long after their case."""
    city, book = scene.city, scene.city.desk.tickets
    names = city.places.name[city.hot_villages]
    _point_out(scene, troubles, told, wanted)
    tickets = np.flatnonzero((book["place"] == 3) & (book["alive"] == 1) & ~among(book["area"], told))
    same = np.isin(city.places.name[book["area"][tickets]], names)
    alike = scene.rng.permutation(tickets[same])
    order = np.r_[alike[: wanted // 2], scene.rng.permutation(tickets[~same]), alike[wanted // 2 :]]
    for ticket in order[:wanted].tolist():
        village = int(book["area"][ticket])
        quiet = village not in city.hot_villages
        note = (
            ("与问题村同名的他镇村" if city.places.name[village] in names else "所指村无资金疑点")
            if quiet
            else "距资金疑点超过180日"
        )
        unit = int(city.bodies.township_of[city.places.town_of[village]])
        scene.explained("village", village, unit, (rows("ticket", [ticket]),), area=village, near=not quiet, note=note)
