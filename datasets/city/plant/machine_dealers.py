"""S19 农机经销商异常、机具长期外出: dealers whose buyers share a phone or who hold a town's trade, and machines that work elsewhere."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept, months_of, without
from datasets.city.machine import HARVESTER, HOURS, record, slots
from datasets.city.plant import machine_numbers
from datasets.city.plant.machine_numbers import any_slot, buy, buyers, tell
from datasets.city.plant.scene import Scene, weak

_KINDS = ("twice", "dealer", "elsewhere", "cap", "dear", "twice", "town", "elsewhere", "cap", "dear")
_TRACTOR = 0


def plant(scene: Scene) -> None:
    makers = {
        "twice": machine_numbers.twice, "cap": machine_numbers.over_cap, "dear": machine_numbers.dear_subsidy, "dealer": _one_phone,
        "town": _most_of_a_town, "elsewhere": _elsewhere,
    }  # fmt: skip
    wanted = scene.number(9, 5)
    kinds = [_KINDS[place % len(_KINDS)] for place in range(wanted)]
    for place, kind in enumerate(kinds):
        if kind != "town":
            makers[kind](scene, place)
    problems = len(scene.city.truth.of("S19", "problem")) + kinds.count("town")
    told = machine_numbers.innocents(scene, 6 * problems)
    told += _follow_the_wheat(scene, 3 * problems)
    told += sum(_couple(scene, place) for place in range(problems))
    machine_numbers.innocents(scene, max(0, 11 * problems - told))
    for _ in range(max(1, wanted // 6)):
        machine_numbers.one_invoice(scene)
    # shares of a town's trade are counted when all the buying is done
    for place, kind in enumerate(kinds):
        if kind == "town":
            makers[kind](scene, place)


def _free_dealers(scene: Scene) -> Ints:
    """Dealers no case is about yet, the smaller ones first."""
    dealers = scene.city.firms.bidders(9)
    known = [case.subject for case in scene.city.truth.of("S19") if case.subject_kind == "enterprise"]
    return without(dealers, known)


def _one_phone(scene: Scene, place: int) -> None:
    """Several buyers of one dealer left the same number: he filed the claims himself; near the limit: three."""
    book, dealers = scene.city.purse.purchases, _free_dealers(scene)
    if not len(dealers):
        return
    dealer, near = int(scene.rng.choice(dealers)), scene.near(place)
    people = buyers(scene, 3 if near else int(scene.rng.integers(4, 9)))
    if len(people) < 3:  # a small town has no more who bought nothing yet
        return
    made = np.concatenate([buy(scene, people[at : at + 1], any_slot(scene), dealer=dealer) for at in range(len(people))])
    if scene.rng.random() < 0.5:
        phone = int(people[0])
    else:
        phone = int(scene.city.firms.owner[dealer])
    book["phone"][made] = phone
    tell(scene, "problem", "enterprise", dealer, made, f"{len(made)}名购机者留同一电话", near)


def _most_of_a_town(scene: Scene, place: int) -> None:
    """A third of a town's machines and more from one dealer."""
    city, book = scene.city, scene.city.purse.purchases
    town_of = city.places.town_of[book["area"]]
    dealers = _free_dealers(scene)
    towns = scene.rng.permutation(city.places.towns).tolist()
    used = {
        int(town_of[row])
        for case in city.truth.of("S19", "problem")
        if case.subject_kind == "enterprise"
        for _, found in case.evidence
        for row in found
    }
    for town in [one for one in towns if one not in used] or towns:
        here = np.flatnonzero((town_of == town) & (book["alive"] == 1) & (book["subsidy"] > 0))
        if len(here) < 12 or not len(dealers):
            continue
        dealer, near = int(scene.rng.choice(dealers)), scene.near(place)
        share = scene.rng.uniform(0.315, 0.33) if near else scene.rng.uniform(0.42, 0.7)
        wanted = int(np.ceil(share * len(here))) + 1
        free = kept(here, ~city.spoken[book["buyer"][here]] & (book["dealer"][here] != dealer))
        more = max(0, wanted - int((book["dealer"][here] == dealer).sum()))
        if len(free) < more:
            continue
        moved = scene.rng.permutation(free)[:more]
        book["dealer"][moved] = dealer
        city.spoken[book["buyer"][moved]] = True
        mine = kept(here, book["dealer"][here] == dealer)
        if len(mine) > 0.3 * len(here):
            tell(
                scene, "problem", "enterprise", dealer, mine, f"占{city.places.name[town]}购机的{len(mine) / len(here):.0%}", near
            )
            return


def _watched(scene: Scene, weakly: bool) -> Ints:
    """Machines with a record of eight months or more whose buyers play no part; weak villages' tractors for a case."""
    city, book, work = scene.city, scene.city.purse.purchases, scene.city.machine_work
    months = np.bincount(work["machine"][work["alive"] == 1], minlength=len(book))
    fit = (months >= 8) & (book["alive"] == 1) & ~city.spoken[book["buyer"]]
    if weakly:
        fit &= weak(city)[book["area"]] & (book["category"] == _TRACTOR)
    return np.flatnonzero(fit)


def _cast_machine(scene: Scene, weakly: bool) -> int:
    """A watched machine for a part, a new one where there is none; NONE when nobody can buy."""
    found = _watched(scene, weakly)
    if len(found):
        row = int(scene.rng.choice(found))
        scene.city.spoken[scene.city.purse.purchases["buyer"][row]] = True
        return row
    people = buyers(scene, 1, weakly)
    return int(buy(scene, people, int(slots(scene.city.years)[0]), category=_TRACTOR)[0]) if len(people) else NONE


def _months(scene: Scene, machine: int, count: int) -> Ints:
    """The last months of the city's time, so many of them, in which the machine is already bought."""
    last = int(months_of(np.array([scene.city.last]))[0])
    first = int(months_of(scene.city.purse.purchases["bought"][machine : machine + 1])[0]) + 1
    return np.arange(max(first, last - count + 1), last + 1)


def _elsewhere(scene: Scene, place: int) -> None:
    """For three months and more most of the hours were worked outside the county: lent out, or sold."""
    rng, near = scene.rng, scene.near(place)
    machine = _cast_machine(scene, weakly=True)
    if machine == NONE:
        return
    months = _months(scene, machine, int(rng.integers(10, 20)))
    away = 3 if near else int(rng.integers(5, max(6, len(months))))
    hours = rng.integers(20, 120, len(months)) * HOURS
    share = rng.uniform(0, 0.15, len(months))
    gone = np.sort(rng.permutation(len(months))[:away]) if near else np.arange(len(months))[-away:]
    share[gone] = rng.uniform(0.53, 0.6, len(gone)) if near else rng.uniform(0.7, 1.0, len(gone))
    record(scene.city.machine_work, machine, months, hours, (hours * share).astype(np.int64) // 1000 * 1000)
    buyer = int(scene.city.purse.purchases["buyer"][machine])
    tell(scene, "problem", "person", buyer, np.array([machine]), f"{len(gone)}个月作业多半在县外", near)


def _follow_the_wheat(scene: Scene, count: int) -> int:
    """One or two months through other counties at harvest, or a little less than half for longer."""
    rng, told = scene.rng, 0
    for place in range(count):
        machine = _cast_machine(scene, weakly=False)
        if machine == NONE:
            break
        months = _months(scene, machine, 14)
        hours = rng.integers(20, 120, len(months)) * HOURS
        share = rng.uniform(0, 0.2, len(months))
        border = place % 3 == 2
        season = np.flatnonzero(among(months % 12, [4, 5]))[:2]
        if border:
            share[: min(6, len(months))] = rng.uniform(0.38, 0.47, min(6, len(months)))
        else:
            share[season] = rng.uniform(0.6, 0.95, len(season))
        record(scene.city.machine_work, machine, months, hours, (hours * share).astype(np.int64) // 1000 * 1000)
        note = "邻县有少量作业，未过半" if border else "三夏跨区机收，仅一两个月"
        tell(
            scene,
            "explained",
            "person",
            int(scene.city.purse.purchases["buyer"][machine]),
            np.array([machine]),
            note,
            near=border,
        )
        told += 1
    return told


def _couple(scene: Scene, place: int) -> int:
    """Two buyers of one house, or a father for his son, with one telephone."""
    book, dealers = scene.city.purse.purchases, scene.city.firms.bidders(9)
    known = [case.subject for case in scene.city.truth.of("S19") if case.subject_kind == "enterprise"]
    free = without(dealers, known)
    people = buyers(scene, 2, weakly=False)
    if not len(free) or len(people) < 2:
        return machine_numbers.innocents(scene, 1)
    dealer = int(scene.rng.choice(free))
    made = buy(scene, people, any_slot(scene), dealer=dealer, category=HARVESTER if place % 4 == 0 else _TRACTOR)
    book["phone"][made] = book["buyer"][made[0]]
    tell(scene, "explained", "enterprise", dealer, made, "仅两名购机者留同一电话")
    return 1
