"""S02 跨区重复: one person paid by two townships for the same programme and period; moving house is innocent."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, among, kept
from datasets.city.pay import CORRECTION, REGULAR
from datasets.city.plant.scene import Scene, cents_of, weak
from datasets.city.plot import MU
from datasets.city.programme import listed, number
from datasets.city.truth import rows

_PROGRAMMES = ("PG08", "PG20", "PG07", "PG01", "PG05")
_MOVES = (
    "moved",
    "moved",
    "moved",
    "other programme",
    "other programme",
    "reversed",
    "namesake",
    "moved",
    "moved",
    "other programme",
)


def plant(scene: Scene) -> None:
    wanted = scene.number(5, 1)
    people = scene.cast(_listed(scene, weak(scene.city)), wanted)
    for place, person in enumerate(people.tolist()):
        _case(scene, place, person)
    # every case has two paying units and so two rows of truth
    innocents = scene.cast(_listed(scene, np.ones(len(scene.city.places.code), dtype=bool)), 22 * len(people))
    for place, person in enumerate(innocents.tolist()):
        _innocent(scene, person, _MOVES[place % len(_MOVES)])
    for person in scene.cast(_growers(scene), max(1, wanted // 3)).tolist():
        _two_farms(scene, person)


def _listed(scene: Scene, areas: Bools) -> Ints:
    """Living people whom their township pays month by month."""
    city = scene.city
    pay = city.payments
    monthly = among(pay["programme"], [number(code) for code in _PROGRAMMES]) & (pay["person"] != NONE)
    seen = np.bincount(pay["person"][monthly], minlength=len(city.folk))
    return np.flatnonzero((seen >= 6) & (city.folk.died == NONE) & areas[city.folk.village] & city.folk.death_known)


def _own(scene: Scene, person: int) -> Ints:
    """Payments of the person's first monthly programme, in order of time."""
    pay = scene.city.payments
    mine = scene.payments_of(person, *_PROGRAMMES)
    mine = kept(mine, (pay["programme"][mine] == pay["programme"][mine].min()) & (pay["kind"][mine] == REGULAR))
    return np.asarray(mine[np.argsort(pay["paid"][mine])], dtype=np.int64)


def _elsewhere(scene: Scene, person: int) -> tuple[int, int]:
    """A village of another town and that town's government."""
    places = scene.city.places
    home = int(places.town_of[scene.city.folk.village[person]])
    away = places.villages[places.town_of[places.villages] != home]
    village = int(scene.rng.choice(away))
    return village, int(scene.city.bodies.township_of[places.town_of[village]])


def _case(scene: Scene, place: int, person: int) -> None:
    city, pay = scene.city, scene.city.payments
    own = _own(scene, person)
    count = 1 if scene.near(place) else int(scene.rng.integers(2, 9))
    start = int(scene.rng.integers(0, max(1, len(own) - count)))
    first = own[start : start + count]
    village, unit = _elsewhere(scene, person)
    # what another town pays by its own standard differs only where there is no single rate
    graded = listed()[int(pay["programme"][first[0]])].graded
    amount = pay["amount"][first] * 9 // 10 // 100 * 100 if graded and place % 3 == 0 else pay["amount"][first]
    second = pay.copy_rows(
        first, unit=unit, area=village, amount=amount, paid=pay["paid"][first] + 1, approver=int(city.purse.approver[unit])
    )
    both = np.r_[first, second]
    evidence = (rows("subsidy_payment", both), rows("person", [person]))
    for payer, part in ((int(pay["unit"][first[0]]), first), (unit, second)):
        scene.problem(
            "person",
            person,
            payer,
            evidence,
            area=int(pay["area"][part[0]]),
            cents=cents_of(city, part),
            near=count == 1,
            note="两镇同一项目同期重复发放",
        )


def _innocent(scene: Scene, person: int, story: str) -> None:
    city, pay = scene.city, scene.city.payments
    own = _own(scene, person)
    village, unit = _elsewhere(scene, person)
    if story == "moved":
        later = own[len(own) // 2 :]
        pay["unit"][later], pay["area"][later], pay["approver"][later] = unit, village, city.purse.approver[unit]
        evidence, note = own, "户籍迁移，前后两镇分段发放"
    elif story == "other programme":
        has = set(pay["programme"][scene.paid.of(person)].tolist())
        code = next(code for code in ("PG07", "PG20", "PG08", "PG18", "PG12", "PG16") if number(code) not in has)
        months = (pay["period"][own[:3]] // 100 - 1970) * 12 + pay["period"][own[:3]] % 100 - 1
        cents = np.full(len(months), round(listed()[number(code)].rate * 100))
        made = city.purse.pay(code, np.full(len(months), person), months, cents, scene.rng, unit=unit, area=village)
        evidence, note = np.r_[own[:3], made], "两镇发放的是不同项目"
    elif story == "reversed":
        slip = pay.copy_rows(own[:1], unit=unit, area=village, approver=int(city.purse.approver[unit]))
        back = pay.copy_rows(slip, amount=-pay["amount"][slip], paid=pay["paid"][slip] + 2, kind=CORRECTION)
        evidence, note = np.r_[own[:1], slip, back], "误发后已冲回"
    else:
        evidence, note = own[:2], "同名不同人"
    scene.explained(
        "person", person, int(pay["unit"][own[0]]), (rows("subsidy_payment", evidence),), area=int(pay["area"][own[0]]), note=note
    )


def _growers(scene: Scene) -> Ints:
    paid = scene.recipients("PG03")
    return kept(paid, scene.city.folk.died[paid] == NONE)


def _two_farms(scene: Scene, person: int) -> None:
    """Fields in two towns, each paid by its own: whether they are different fields only a look can tell."""
    city, pay = scene.city, scene.city.payments
    own = scene.payments_of(person, "PG03")[:1]
    village, unit = _elsewhere(scene, person)
    other = pay.copy_rows(
        own,
        unit=unit,
        area=village,
        amount=np.round(pay["quantity"][own] // 300 * 100 / MU * listed()[number("PG03")].rate * 100).astype(np.int64),
        quantity=pay["quantity"][own] // 300 * 100,
        approver=int(city.purse.approver[unit]),
    )
    both = np.r_[own, other]
    for payer in (int(pay["unit"][own[0]]), unit):
        scene.undecidable(
            "person",
            person,
            payer,
            (rows("subsidy_payment", both),),
            area=village,
            cents=cents_of(city, other),
            note="两镇均有承包地",
        )
