"""S09 在押、失踪、服役期间领补: whole months paid while somebody is in custody, missing or in service; parts of months are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept, month_end, month_start, shared, without
from datasets.city.plant.lists import MONTHLY, NEEDY, in_weak, living, month_of, runs, span, steady, tell
from datasets.city.plant.scene import Scene
from datasets.city.programme import number
from datasets.city.sundry import STATES

_LISTS = ("PG01", "PG07", "PG10", "PG06", "PG12", "PG02", "PG20")
_CUSTODY, _MISSING, _MILITARY, _GUARDIAN = (STATES.index(state) for state in ("custody", "missing", "military", "guardian"))
_STORIES = ("days", "two halves", "before", "days", "land", "after", "two halves", "guardian", "days", "land", "before", "family")


def plant(scene: Scene) -> None:
    scene.city.spoken[scene.city.sundry.states["person"]] = True
    people = in_weak(scene, living(scene, steady(scene, 7, *_LISTS), 18, 74))
    wanted = scene.number(5, 2)
    for place, person in enumerate(scene.cast(people, wanted).tolist()):
        _case(scene, place, person)
    problems = len(scene.city.truth.of("S09", "problem"))
    for place in range(11 * problems):
        _innocent(scene, _STORIES[place % len(_STORIES)])
    for person in scene.cast(living(scene, scene.recipients("PG15"), 20, 70), max(1, wanted // 4)).tolist():
        _one_off(scene, person)


def _enter(scene: Scene, person: int, state: int, starts: int, ends: int) -> None:
    scene.city.sundry.states.add(1, person=person, state=state, starts=starts, ends=ends)


def _monthly(scene: Scene, person: int) -> Ints:
    """Every payment for a month to somebody, of all programmes."""
    pay, mine = scene.city.payments, scene.payments_of(person, *MONTHLY)
    mine = kept(mine, pay["period"][mine] != NONE)
    return np.asarray(mine[np.argsort(pay["period"][mine], kind="stable")], dtype=np.int64)


def _longest(scene: Scene, person: int) -> Ints:
    """The longest run of regular payments of one programme to somebody."""
    return max((runs(scene, person, code) for code in MONTHLY), key=len)


def _case(scene: Scene, place: int, person: int) -> None:
    """From some day on in custody (or away), paid on for whole months; near the limit: one whole month and days around it."""
    rng, near = scene.rng, scene.near(place)
    months = month_of(scene, _longest(scene, person))
    count = 1 if near else int(rng.integers(2, 14))
    count = min(count, len(months) - 3)
    first = int(months[int(rng.integers(1, len(months) - count))])
    starts = int(month_start(np.array([first]))[0]) - int(rng.integers(0, 13))
    open_end = not near and place % 3 == 2 and first + count > int(months[-1])
    ends = NONE if open_end else int(month_end(np.array([first + count - 1]))[0]) + int(rng.integers(0, 14))
    young = scene.city.folk.age(scene.city.last)[person] < 28 and len(scene.payments_of(person, *NEEDY)) > 0
    state = _MILITARY if young else _MISSING if place % 5 == 3 else _CUSTODY
    _enter(scene, person, state, starts, ends)
    mine = _monthly(scene, person)
    at = month_of(scene, mine)
    whole = kept(mine, (month_start(at) >= starts) & ((ends == NONE) | (month_end(at) <= ends)))
    words = {_CUSTODY: "在押服刑", _MISSING: "失踪", _MILITARY: "服兵役"}[state]
    tell(scene, "problem", person, whole, f"{words}期间继续发放", near=near)


def _innocent(scene: Scene, story: str) -> None:
    rng = scene.rng
    if story == "land":
        _land(scene)
        return
    if story in ("before", "after"):
        _apart(scene, story)
        return
    for person in scene.cast(living(scene, steady(scene, 7, *_LISTS), 18, 74), 1).tolist():
        own = _longest(scene, person)
        at = int(rng.integers(2, len(own) - 2))
        first = month_start(month_of(scene, own[at : at + 1]))[0]
        if story == "guardian":
            _enter(scene, person, _GUARDIAN, int(first) - 200, NONE)
            tell(scene, "explained", person, own[at : at + 2], "受监护不影响享受")
        elif story == "family":
            _away_son(scene, person, int(first))
            tell(scene, "explained", person, own[at : at + 2], "服役的是家属，本人在家")
        elif story == "two halves":
            starts = int(first) + int(rng.integers(2, 6))
            ends = int(month_end(month_of(scene, own[at + 1 : at + 2]))[0]) - int(rng.integers(2, 6))
            _enter(scene, person, _CUSTODY, starts, ends)
            tell(scene, "explained", person, own[at : at + 2], "跨两月但均不满整月", near=True)
        else:
            starts = int(first) + int(rng.integers(1, 12))
            _enter(scene, person, _CUSTODY, starts, starts + int(rng.integers(4, 16)))
            tell(scene, "explained", person, own[at : at + 1], "短期拘留，不满一个发放周期")


def _away_son(scene: Scene, person: int, starts: int) -> None:
    """A child of the payee who is paid nothing himself serves."""
    folk = scene.city.folk
    mates, age = folk.home_of(person), scene.pool("age", lambda: folk.age(scene.city.last))
    mates = kept(mates, (folk.died[mates] == NONE) & (age[mates] >= 18) & (age[mates] < 30))
    for mate in mates.tolist():
        if mate != person and not len(_monthly(scene, mate)):
            scene.city.spoken[mate] = True
            _enter(scene, mate, _MILITARY, starts - 150, NONE)
            return


def _land(scene: Scene) -> None:
    """What is paid for the field goes on while the tiller is away."""
    pay = scene.city.payments
    tillers = scene.pool("only tillers", lambda: without(scene.recipients("PG03"), scene.recipients(*MONTHLY)))
    people = living(scene, tillers, 20, 66)
    for person in scene.cast(people, 1).tolist():
        mine = scene.payments_of(person, "PG03", "PG04")
        paid = int(pay["paid"][mine[0]])
        _enter(scene, person, _CUSTODY, paid - int(scene.rng.integers(20, 90)), paid + int(scene.rng.integers(30, 160)))
        tell(scene, "explained", person, mine[:1], "按地块发放的普惠补贴")


def _apart(scene: Scene, story: str) -> None:
    """Released before the first month paid, or struck off in the month of arrest."""
    moved = scene.pool(f"moved on {story}", lambda: _moved_on(scene, story))
    for person in scene.cast(living(scene, moved, 18, 74), 1).tolist():
        mine = _monthly(scene, person)
        months = month_of(scene, mine)
        if story == "before":
            ends = int(month_start(months[:1])[0]) + int(scene.rng.integers(-20, 12))
            _enter(scene, person, _CUSTODY, ends - int(scene.rng.integers(60, 900)), ends)
            tell(scene, "explained", person, mine[:2], "刑满释放后才纳入", near=True)
        else:
            starts = int(month_start(months[-1:])[0]) + int(scene.rng.integers(2, 22))
            _enter(scene, person, _CUSTODY, starts, NONE)
            tell(scene, "explained", person, mine[-2:], "收押当月后已停发", near=True)


def _moved_on(scene: Scene, story: str) -> Ints:
    """People who came on their only list late, or dropped off it early."""
    first, last = span(scene)
    pay = scene.city.payments
    rows_ = np.flatnonzero(
        among(pay["programme"], [number(code) for code in MONTHLY])
        & (pay["alive"] == 1)
        & (pay["period"] != NONE)
        & (pay["person"] != NONE)
    )
    months = month_of(scene, rows_)
    edge = np.full(len(scene.city.folk), last if story == "before" else first)
    if story == "before":
        np.minimum.at(edge, pay["person"][rows_], months)
        return shared(np.flatnonzero(edge > first + 3), pay["person"][rows_])
    np.maximum.at(edge, pay["person"][rows_], months)
    return shared(np.flatnonzero(edge < last - 2), pay["person"][rows_])


def _one_off(scene: Scene, person: int) -> None:
    """Single help paid while in custody: perhaps it was for the family."""
    mine = scene.payments_of(person, "PG15")[:1]
    if len(scene.payments_of(person, *MONTHLY)):
        return
    paid = int(scene.city.payments["paid"][mine[0]])
    _enter(scene, person, _CUSTODY, paid - 200, paid + 120)
    tell(scene, "undecidable", person, mine, "羁押期间的一次性临时救助，可能用于家属")
