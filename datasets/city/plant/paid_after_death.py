"""S01 死亡人员领补: payments after the month of death and the programme's grace; funeral grants and grace are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, month_end, month_start, months_of
from datasets.city.pay import BACK
from datasets.city.plant.scene import Scene, cents_of, groups, weak
from datasets.city.programme import listed, number
from datasets.city.truth import rows

_MONTHLY = ("PG12", "PG08", "PG01", "PG05", "PG07", "PG20", "PG18")


def plant(scene: Scene) -> None:
    innocent = _natural(scene)
    wanted = min(scene.number(12, 2), len(innocent) // 10)
    dead = _candidates(scene)
    chosen = scene.cast(dead, wanted)
    for place, person in enumerate(chosen.tolist()):
        _case(scene, place, person, recuse=place == 4)
    for person in scene.cast(dead, max(1, wanted // 6)).tolist():
        _back_pay(scene, person)
    for group in innocent:
        first = group[0]
        pay = scene.city.payments
        scene.explained("person", int(pay["person"][first]), int(pay["unit"][first]), (rows("subsidy_payment", group),), area=int(pay["area"][first]),
                        cents=cents_of(scene.city, group), near=int(pay["programme"][first]) != number("PG11"), note="死亡当月或宽限期内、丧葬一次性补助")  # fmt: skip


def limit_day(scene: Scene, person: Ints, programme: Ints) -> Ints:
    """Last day on which the dead may be paid: end of the month of death plus the programme's grace."""
    grace = np.array([item.grace_months for item in listed()])
    return month_end(months_of(scene.city.folk.died[person]) + grace[programme])


def _natural(scene: Scene) -> list[Ints]:
    """Payments to the dead that are lawful, by person, programme and unit."""
    pay, folk = scene.city.payments, scene.city.folk
    person = pay["person"]
    found = np.flatnonzero((person != NONE) & (folk.died[np.maximum(person, 0)] != NONE))
    found = found[pay["paid"][found] > folk.died[person[found]]]
    keys = np.stack([person[found], pay["programme"][found], pay["unit"][found]])
    return [found[group] for group in groups(keys)]


def _candidates(scene: Scene) -> Ints:
    """The dead of weak villages who died early enough to be paid on, and whose death the register knows."""
    city, folk = scene.city, scene.city.folk
    early = (folk.died != NONE) & (folk.died < city.last - 75) & (folk.died > city.first - 500) & folk.death_known
    return np.flatnonzero(early & weak(city)[folk.village] & (folk.age(city.last) > 60))


def _case(scene: Scene, place: int, person: int, recuse: bool) -> None:
    city, rng = scene.city, scene.rng
    usual = [code for code in _MONTHLY if len(scene.payments_of(person, code))]
    code = usual[place % len(usual)] if usual else ("PG12" if place % 2 else "PG20")
    programme = listed()[number(code)]
    died = int(months_of(np.array([city.folk.died[person]]))[0])
    begin = max(died + programme.grace_months + 1, int(months_of(np.array([city.first]))[0]))
    end = int(months_of(np.array([city.last]))[0])
    count = 1 if scene.near(place) else int(rng.integers(2, 15))
    months = np.arange(begin, min(begin + count, end + 1))
    people = np.full(len(months), person)
    made = city.purse.pay(
        code, people, months, np.full(len(months), round(programme.rate * 100)), rng, account=person, holder=person
    )
    unit = int(city.payments["unit"][made[0]])
    if recuse:
        scene.marry_into_the_office(person, unit)
    scene.problem("person", person, unit, (rows("subsidy_payment", made), rows("person", [person])), area=int(city.folk.village[person]),
                  cents=cents_of(city, made), near=len(made) == 1, note=f"{programme.name}死亡后继续发放")  # fmt: skip


def _back_pay(scene: Scene, person: int) -> None:
    """Owed from before the death and paid months later: the list alone cannot say whether the heirs were entitled."""
    city = scene.city
    died = months_of(np.array([city.folk.died[person]]))
    if died[0] <= months_of(np.array([city.first]))[0]:
        return
    code, paid = "PG18", month_start(died + 2) + 19
    period = (died - 1) // 12 * 100 + 197_000 + (died - 1) % 12 + 1
    made = city.purse.pay(code, np.array([person]), died + 2, np.array([82_000]), scene.rng, paid=paid, period=period, kind=BACK)
    unit = int(city.payments["unit"][made[0]])
    scene.undecidable("person", person, unit, (rows("subsidy_payment", made), rows("person", [person])), area=int(city.folk.village[person]),
                      cents=82_000, note="补发生前应发待遇")  # fmt: skip
