"""S03 互斥补贴: programmes that exclude each other drawn for the same months; a change from one to the other is innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept, without
from datasets.city.pay import BACK, CORRECTION
from datasets.city.plant.lists import NEEDY, in_weak, living, month_of, put_on, runs, tell, told, untied
from datasets.city.plant.scene import Scene
from datasets.city.programme import listed, number

_PAIRS = (("PG05", "PG06"), ("PG01", "PG05"), ("PG06", "PG05"), ("PG01", "PG02"), ("PG05", "PG01"), ("PG02", "PG05"))
_STORIES = ("switch", "switch month", "owed", "switch", "family", "taken back", "switch month", "switch", "owed", "family")


def plant(scene: Scene) -> None:
    wanted = scene.number(5, 1)
    for place in range(wanted):
        held, added = _PAIRS[place % len(_PAIRS)]
        if added == "PG02":
            _two_of_a_home(scene)
        else:
            _both(scene, place, held, added)
    wished = 11 * told(scene)
    for place in range(wished * 2):
        if len(scene.city.truth.of("S03", "explained")) < wished:
            _innocent(scene, _STORIES[place % len(_STORIES)])
    for _ in range(max(1, wanted // 3)):
        _no_period(scene)


def _holders(scene: Scene, held: str, added: str, anywhere: bool = False) -> Ints:
    """Living people with a long run of the one programme who never had the other, or anything that excludes it."""
    people = living(scene, scene.recipients(held), youngest=18)
    people = without(people, scene.recipients(*_rivals(added, held)))
    found = kept(people, scene.times(held)[people] >= 7)
    some = in_weak(scene, found)
    return found if anywhere or not len(some) else some


def _rivals(code: str, but: str) -> tuple[str, ...]:
    against = {
        "PG01": ("PG02", "PG05"),
        "PG02": ("PG01", "PG05"),
        "PG05": ("PG01", "PG02", "PG06", "PG10"),
        "PG06": ("PG05",),
        "PG10": ("PG05",),
    }
    return tuple(one for one in (code, *against[code]) if one != but)


def _both(scene: Scene, place: int, held: str, added: str) -> None:
    """The second list begins after the first and never ends with it."""
    for person in scene.cast(_holders(scene, held, added), 1).tolist():
        own = month_of(scene, runs(scene, person, held))
        count = 1 if scene.near(place) else int(scene.rng.integers(2, 13))
        count = min(count, len(own) - 3)
        start = int(scene.rng.integers(1, len(own) - count - 1))
        made = put_on(scene, person, added, int(own[start]), count)
        met = runs(scene, person, held)[among(own, month_of(scene, made))]
        unit = int(scene.city.payments["unit"][made[0]])
        pay = scene.city.payments
        both = np.r_[kept(met, pay["unit"][met] == unit), made]
        tell(scene, "problem", person, both, f"{_names(held, added)}同期领取", near=count == 1)


def _names(held: str, added: str) -> str:
    return "、".join(listed()[number(code)].name for code in (held, added))


def _two_of_a_home(scene: Scene) -> None:
    """One of a poor rural household is on the poor list of another town's estate: the two exclude each other in a household."""
    city, folk, pay = scene.city, scene.city.folk, scene.city.payments
    people = in_weak(scene, living(scene, scene.recipients("PG01"), youngest=20))
    people = kept(people, folk.role[people] != 0)
    people = kept(people, (scene.times("PG01")[people] >= 8) & (_least_of_home(scene)[folk.household[people]] > 0))
    for person in scene.cast(people, 1).tolist():
        own = runs(scene, person, "PG01")
        later = own[int(scene.rng.integers(2, len(own) // 2)) :]
        town = int(city.places.town_of[folk.village[person]])
        estates = city.places.villages[np.strings.endswith(city.places.name[city.places.villages], "社区")]
        away = int(scene.rng.choice(estates[city.places.town_of[estates] != town]))
        unit = int(city.bodies.township_of[city.places.town_of[away]])
        pay["programme"][later], pay["unit"][later], pay["area"][later] = number("PG02"), unit, away
        pay["amount"][later], pay["approver"][later] = 54_600, city.purse.approver[unit]
        tell(scene, "problem", person, later, "同户分别在两地领取农村低保和城市低保")
        for other in folk.home_of(person).tolist():
            city.spoken[other] = True
            if other != person and len(mine := runs(scene, other, "PG01")):
                tell(scene, "undecidable", other, mine, "同户成员在他镇领取城市低保")


def _least_of_home(scene: Scene) -> Ints:
    """Of households with several on the rural poor list all the time, how often the one paid least often was paid; 0 for others."""
    folk, times = scene.city.folk, scene.times("PG01")
    paid = np.flatnonzero((times > 0) & (folk.died == NONE))
    least = np.full(len(folk.head_of), 10_000)
    np.minimum.at(least, folk.household[paid], times[paid])
    least[np.bincount(folk.household[paid], minlength=len(least)) < 2] = 0
    return np.where(least >= 12 * len(scene.city.years) - 1, least, 0)


def _innocent(scene: Scene, story: str) -> None:
    held, added = ("PG01", "PG05") if scene.rng.random() < 0.6 else ("PG06", "PG05")
    if story == "family" and _family(scene):
        return
    if story == "taken back":
        held, added = ("PG05", "PG06")
    for person in scene.cast(_holders(scene, held, added, anywhere=True), 1).tolist():
        own = runs(scene, person, held)
        at = int(scene.rng.integers(3, len(own) - 2))
        if story == "taken back":
            made = put_on(scene, person, added, int(month_of(scene, own)[at]), 1)
            back = _reverse(scene, made)
            tell(scene, "explained", person, np.r_[own[at : at + 1], made, back], "误发后已冲回")
        else:
            _change(scene, person, own, at, added, story)


def _reverse(scene: Scene, payment: Ints) -> Ints:
    pay = scene.city.payments
    return pay.copy_rows(payment, amount=-pay["amount"][payment], paid=pay["paid"][payment] + 9, kind=CORRECTION)


def _change(scene: Scene, person: int, own: Ints, at: int, added: str, story: str) -> None:
    """From one list to the other: no month twice, the month of the change twice, or a month owed paid afterwards."""
    pay = scene.city.payments
    months, later = month_of(scene, own), own[at:]
    pay["programme"][later], pay["amount"][later] = number(added), round(listed()[number(added)].rate * 100)
    more, note = later[:0], "先后享受，转换后停发"
    if story == "switch month":
        more, note = put_on(scene, person, added, int(months[at - 1]), 1), "转换当月衔接"
    elif story == "owed":
        owed = own[at - 2]
        pay["kind"][owed], pay["paid"][owed] = BACK, pay["paid"][later[0]] + 12
        note = "补发转换前月份"
    tell(scene, "explained", person, np.r_[own, more], note, near=story == "switch month")


def _family(scene: Scene) -> bool:
    """Two people of one household, each on a list of his own: the exclusion is for persons."""
    folk = scene.city.folk
    needy = living(scene, scene.recipients("PG06"))
    elders = living(scene, np.flatnonzero(among(folk.household, folk.household[needy])), youngest=60)
    elders = without(elders, np.r_[needy, scene.recipients(*NEEDY)])
    elders = kept(elders, untied(scene)[elders])
    for person in scene.cast(elders, 1).tolist():
        mate = int(needy[folk.household[needy] == folk.household[person]][0])
        scene.city.spoken[mate] = True
        own = runs(scene, mate, "PG06")
        if not len(own):
            return False
        made = put_on(scene, person, "PG05", int(month_of(scene, own)[0]), 6)
        tell(scene, "explained", person, made, "同户不同人分别享受，互斥范围为个人")
        return True
    return False


def _no_period(scene: Scene) -> None:
    """The second list's sheets do not say for which month they paid."""
    pay = scene.city.payments
    for person in scene.cast(_holders(scene, "PG05", "PG06"), 1).tolist():
        own = runs(scene, person, "PG05")
        made = put_on(scene, person, "PG06", int(month_of(scene, own)[2]), 3)
        pay["period"][made] = NONE
        tell(scene, "undecidable", person, np.r_[own[2:5], made], "所属期未载明，无法判断是否同期")
