"""S08 有房有车领救助: second homes, large homes and dear cars of households on need-based lists; farm vehicles and homesteads are innocent.

Runs after everybody who puts people on lists: it first lets all the other households on lists own little.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, distinct, kept
from datasets.city.plant.lists import NEEDY, in_weak, living, plain, put_on, span, tell
from datasets.city.plant.scene import Scene, cents_of
from datasets.city.programme import codes
from datasets.city.property import (
    CAR,
    DISABLED,
    DWELLING,
    FARM,
    FLOOR,
    HOMESTEAD,
    LIMITS,
    MOTORCYCLE,
    SHOP,
    TRUCK,
    live_modestly,
    needy_households,
    owned,
)
from datasets.city.truth import rows

_CAR_LIMIT = LIMITS["car_price"] * 100
_KINDS = ("car", "homes", "floor", "car", "homes", "car")
_STORIES = (
    "farm",
    "homestead",
    "cheaper",
    "later car",
    "together",
    "shop",
    "truck",
    "smaller",
    "later home",
    "disabled",
    "motorcycle",
    "cheaper",
)


def plant(scene: Scene) -> None:
    city, kept_ = scene.city, scene.city.sundry
    live_modestly(city.folk, kept_.houses, kept_.vehicles, needy_households(city.folk, city.payments), scene.rng)
    people = _listed(scene)
    wanted = scene.number(6, 3)
    for place in range(wanted):
        pool = in_weak(scene, people)
        for person in scene.cast(pool if (~city.spoken[pool]).any() else people, 1).tolist():
            _case(scene, place, person, _KINDS[place % len(_KINDS)])
    problems = len(city.truth.of("S08", "problem"))
    people = _newly_listed(scene, people, 12 * problems + wanted)
    for place in range(11 * problems):
        _innocent(scene, _STORIES[place % len(_STORIES)], people)
    for place in range(max(2, wanted // 4)):
        for person in scene.cast(people, 1).tolist():
            _unknown(scene, place, person)


def _listed(scene: Scene) -> Ints:
    """Grown-ups on need-based lists for a while whose whole household lives and plays no part."""
    city, folk = scene.city, scene.city.folk
    people = living(scene, scene.recipients("PG01", "PG05", "PG06", "PG10", "PG02"), 20)
    dead = np.zeros(len(folk.head_of), dtype=bool)
    dead[folk.household[np.flatnonzero((folk.died != NONE) | city.spoken)]] = True
    times = sum(scene.times(code) for code in ("PG01", "PG05", "PG06", "PG10", "PG02"))
    return kept(people, ~dead[folk.household[people]] & (np.asarray(times)[people] >= 6))


def _needy_rows(scene: Scene, person: int) -> Ints:
    """Need-based payments to anybody of a household in order of time."""
    pay, folk = scene.city.payments, scene.city.folk
    home = folk.home_of(person)
    found = np.concatenate([scene.payments_of(one, *NEEDY) for one in home.tolist()])
    return np.asarray(found[np.argsort(pay["paid"][found], kind="stable")], dtype=np.int64)


def _early(scene: Scene, person: int) -> int:
    """A day after the first payment and well before the last."""
    paid = scene.city.payments["paid"][_needy_rows(scene, person)]
    return int(scene.rng.integers(int(paid[0]) - 900, max(int(paid[0]) - 800, int(paid[-1]) - 60)))


def _adult(scene: Scene, person: int) -> int:
    """Who of the household owns it: mostly another than the one on the list."""
    folk = scene.city.folk
    home = kept(folk.home_of(person), folk.died[folk.home_of(person)] == NONE)
    home = kept(home, scene.city.last - folk.born[home] >= 20.1 * 365.25)
    return int(scene.rng.choice(home))


def _whole_home(scene: Scene, person: int) -> None:
    """Everybody of the household plays this part from now on."""
    scene.city.spoken[scene.city.folk.home_of(person)] = True


def _members(scene: Scene, person: int) -> int:
    folk = scene.city.folk
    return int((folk.died[folk.home_of(person)] == NONE).sum())


def _home(scene: Scene, person: int, owner: int, kind: int, registered: int, floor: int = NONE) -> None:
    book = scene.city.sundry.houses
    size = int(scene.rng.integers(45, 56)) * FLOOR if floor == NONE else floor
    area = int(scene.city.folk.village[person])
    book.add(1, house=int(book["house"].max()) + 1, owner=owner, area=area, floor=size, registered=registered, kind=kind)


def _first_home(scene: Scene, person: int, kind: int = DWELLING) -> int:
    """Let the household have one small old home of a kind; returns its row."""
    city, book = scene.city, scene.city.sundry.houses
    mine = owned(city.folk, book, person)
    if not len(mine):
        _home(scene, person, _adult(scene, person), kind, city.first - int(scene.rng.integers(400, 6000)))
        mine = owned(city.folk, book, person)
    book["kind"][mine], book["registered"][mine] = kind, city.first - int(scene.rng.integers(400, 6000))
    book["floor"][mine] = int(scene.rng.integers(24, 34)) * FLOOR
    return int(mine[0])


def _resize(scene: Scene, row: int, floor: int) -> None:
    """Let a home be so large, in the rows of all its owners."""
    book = scene.city.sundry.houses
    book["floor"][book["house"] == book["house"][row]] = floor


def _drive(scene: Scene, owner: int, kind: int, cents: int, registered: int) -> int:
    return int(scene.city.sundry.vehicles.add(1, owner=owner, kind=kind, price=cents, registered=registered)[0])


def _case(scene: Scene, place: int, person: int, kind: str) -> None:
    """Everybody of the household who is paid while it is there is a case."""
    _whole_home(scene, person)
    city, near, day_ = scene.city, scene.near(place), _early(scene, person)
    vehicle = NONE
    if kind == "car":
        price = (
            _CAR_LIMIT + int(scene.rng.integers(10, 95)) * 10_000
            if near
            else int(_CAR_LIMIT * scene.rng.uniform(1.2, 4.5)) // 10_000 * 10_000
        )
        vehicle, note = _drive(scene, _adult(scene, person), CAR, price, day_), "家庭名下车辆价格超过限额"
    elif kind == "homes":
        _first_home(scene, person)
        for _ in range(1 if near or scene.rng.random() < 0.7 else 2):
            _home(scene, person, _adult(scene, person), DWELLING, day_, floor=int(scene.rng.integers(20, 26)) * FLOOR)
        note = "家庭名下两套以上住房"
    else:
        row = _first_home(scene, person)
        size = (
            LIMITS["floor_area_per_head"]
            * _members(scene, person)
            * (scene.rng.uniform(1.03, 1.09) if near else scene.rng.uniform(1.3, 2.4))
        )
        _resize(scene, row, int(size * 100) * FLOOR // 100)
        note = "人均住房面积超过限额"
        day_ = int(city.sundry.houses["registered"][row])
    _for_each(scene, person, day_, vehicle, near, note)


def _for_each(scene: Scene, person: int, day_: int, vehicle: int, near: bool, note: str) -> None:
    city, pay = scene.city, scene.city.payments
    during = _needy_rows(scene, person)
    during = kept(during, pay["paid"][during] >= day_)
    for one in distinct(pay["person"][during]).tolist():
        mine = kept(during, pay["person"][during] == one)
        if vehicle == NONE:
            tell(scene, "problem", one, mine, note, near=near)
            continue
        for unit in distinct(pay["unit"][mine]).tolist():
            part = kept(mine, pay["unit"][mine] == unit)
            evidence = (rows("subsidy_payment", part), rows("person", [one]), rows("vehicle", [vehicle]))
            scene.problem(
                "person", one, unit, evidence, area=int(city.folk.village[one]), cents=cents_of(city, part), near=near, note=note
            )


def _innocent(scene: Scene, story: str, people: Ints) -> None:
    city, rng = scene.city, scene.rng
    pool = _struck_off(scene, people) if story.startswith("later") else people
    pool = pool if (~city.spoken[pool]).any() else people
    for person in scene.cast(pool, 1).tolist():
        _whole_home(scene, person)
        owner, day_ = _adult(scene, person), _early(scene, person)
        after = min(int(city.payments["paid"][_needy_rows(scene, person)[-1]]) + int(rng.integers(20, 200)), city.last)
        note, near = _give(scene, story, person, owner, day_, after)
        tell(scene, "explained", person, scene.payments_of(person, *NEEDY)[-6:], note, near=near)


def _newly_listed(scene: Scene, people: Ints, wanted: int) -> Ints:
    """The people, and others put on a list for some months, so that there are so many households without a part."""
    city, folk = scene.city, scene.city.folk
    free = distinct(folk.household[kept(people, ~city.spoken[people])])
    spoken = np.zeros(len(folk.head_of), dtype=bool)
    spoken[folk.household[np.flatnonzero((folk.died != NONE) | city.spoken)]] = True
    spoken[free] = True
    fit = plain(scene, 30, 72) & ~spoken[folk.household]
    fit[scene.recipients(*NEEDY)] = False
    found = scene.rng.permutation(np.flatnonzero(fit))
    found = found[np.unique(folk.household[found], return_index=True)[1]][: max(0, wanted - len(free))]
    for person in found.tolist():
        put_on(scene, person, "PG06", span(scene)[0] + int(scene.rng.integers(0, 5)), 6)
    homes = np.zeros(len(folk.head_of), dtype=bool)
    homes[folk.household[found]] = True
    live_modestly(folk, city.sundry.houses, city.sundry.vehicles, homes, scene.rng)
    scene.forget()
    cast: Ints = np.r_[people, found]
    return cast


def _struck_off(scene: Scene, people: Ints) -> Ints:
    """People whose household was paid for the last time months before the end."""
    folk, last = scene.city.folk, scene.pool("last paid", lambda: _last_paid(scene))
    return kept(people, ~scene.city.spoken[people] & (last[folk.household[people]] < scene.city.last - 60))


def _last_paid(scene: Scene) -> Ints:
    """The day on which each household was last paid something need-based."""
    pay, folk = scene.city.payments, scene.city.folk
    needy = np.array([code in NEEDY for code in codes()])
    found = np.flatnonzero(needy[pay["programme"]] & (pay["person"] != NONE) & (pay["alive"] == 1))
    last = np.full(len(folk.head_of), NONE)
    np.maximum.at(last, folk.household[pay["person"][found]], pay["paid"][found])
    return last


def _give(scene: Scene, story: str, person: int, owner: int, day_: int, after: int) -> tuple[str, bool]:
    """What the household owns, and why it is no bar; whether it is near the limit."""
    rng = scene.rng
    tools = {"farm": (FARM, 150, "农用车，不计入限额"), "truck": (TRUCK, 190, "营运货车，非家用轿车"), "disabled": (DISABLED, 115, "残疾人专用车"),
             "motorcycle": (MOTORCYCLE, 12, "摩托车")}  # fmt: skip
    if story in tools:
        kind, thousand, note = tools[story]
        _drive(scene, owner, kind, int(rng.integers(thousand * 8 // 10, thousand * 13 // 10)) * 100_000, day_)
        return note, False
    if story in ("cheaper", "later car"):
        share = rng.uniform(0.91, 0.995) if story == "cheaper" else rng.uniform(1.3, 2.5)
        _drive(scene, owner, CAR, int(_CAR_LIMIT * share) // 10_000 * 10_000, day_ if story == "cheaper" else after)
        return ("车价低于限额", True) if story == "cheaper" else ("停发救助后才购车", False)
    if story == "smaller":
        row = _first_home(scene, person)
        _resize(scene, row, int(LIMITS["floor_area_per_head"] * _members(scene, person) * rng.uniform(0.91, 0.985)) * FLOOR)
        return "人均面积低于限额", True
    if story == "together":
        row = _first_home(scene, person)
        mate = _adult(scene, person)
        houses = scene.city.sundry.houses
        if mate not in houses["owner"][houses["house"] == houses["house"][row]]:
            houses.copy_rows(np.array([row]), owner=mate)
        return "夫妻共有一套，登记两条", False
    kind = {"homestead": HOMESTEAD, "shop": SHOP}.get(story, DWELLING)
    _first_home(scene, person)
    _home(scene, person, owner, kind, after if story == "later home" else day_, floor=int(rng.integers(18, 24)) * FLOOR)
    return {"homestead": "一套住宅另有宅基地", "shop": "另有小商铺，非住宅", "later home": "停发救助后才购第二套"}[story], False


def _unknown(scene: Scene, place: int, person: int) -> None:
    """A car nobody knows the price of, or a second home without a date."""
    _whole_home(scene, person)
    if place % 2:
        _first_home(scene, person)
        _home(scene, person, _adult(scene, person), DWELLING, NONE, floor=22 * FLOOR)
        note = "第二套住房登记日期缺失"
    else:
        _drive(scene, _adult(scene, person), CAR, NONE, _early(scene, person))
        note = "车辆购置价缺失"
    tell(scene, "undecidable", person, scene.payments_of(person, *NEEDY), note)
