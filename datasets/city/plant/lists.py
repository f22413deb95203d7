"""Being on a programme's list: putting somebody on it, who may be, which months, and the truth of payments by paying unit."""

from typing import Literal

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, distinct, kept, month_number
from datasets.city.back_pay import months_before
from datasets.city.folk import RELATIONS
from datasets.city.pay import REGULAR
from datasets.city.plant.scene import Scene, cents_of, weak
from datasets.city.programme import codes, listed, number
from datasets.city.truth import rows

NEEDY = tuple(code for code, item in zip(codes(), listed(), strict=True) if item.need_based)
MONTHLY = tuple(code for code, item in zip(codes(), listed(), strict=True) if item.months == "monthly")
Kind = Literal["problem", "explained", "undecidable"]


def span(scene: Scene) -> tuple[int, int]:
    """First and last month of the city's time."""
    return month_number(scene.city.years[0], 1), month_number(scene.city.years[-1], 12)


def untied(scene: Scene) -> Bools:
    """Who neither serves the public nor is kin of anybody who does."""
    city, folk = scene.city, scene.city.folk
    touched = city.purse.public.copy()
    touched[folk.kin[1][city.purse.public[folk.kin[0]]]] = True
    return np.asarray(~touched)


def _unbound(scene: Scene) -> Bools:
    """Living people whom nothing ties to an office or a firm."""
    city, folk = scene.city, scene.city.folk
    homes = np.zeros(len(folk.head_of), dtype=bool)
    for people in (np.flatnonzero(city.purse.public), city.firms.owner, city.firms.shares["person"]):
        homes[folk.household[kept(people, people != NONE)]] = True
    return np.asarray((folk.died == NONE) & folk.death_known & ~homes[folk.household] & untied(scene))


def plain(scene: Scene, youngest: int = 25, oldest: int = 75) -> Bools:
    """Grown-ups without a part whom nothing ties to an office or a firm: nobody would find fault with help for them."""
    age = scene.pool("age", lambda: scene.city.folk.age(scene.city.last))
    fit = scene.pool("unbound", lambda: _unbound(scene))
    return np.asarray(fit & (age >= youngest) & (age <= oldest) & ~scene.city.spoken)


def in_weak(scene: Scene, people: Ints) -> Ints:
    """Those of the people who live in weak villages."""
    return kept(people, weak(scene.city)[scene.city.folk.village[people]])


def living(scene: Scene, people: Ints, youngest: int = 0, oldest: int = 120) -> Ints:
    """Those of the people who live, play no part yet and are of the age."""
    folk, age = scene.city.folk, scene.pool("age", lambda: scene.city.folk.age(scene.city.last))[people]
    return kept(
        people,
        (folk.died[people] == NONE) & folk.death_known[people] & ~scene.city.spoken[people] & (age >= youngest) & (age <= oldest),
    )


def month_of(scene: Scene, payments: Ints) -> Ints:
    """Months since 1970 that monthly payments are for."""
    return months_before(scene.city.payments["period"][payments], 0)


def runs(scene: Scene, person: int, code: str) -> Ints:
    """Regular monthly payments of a programme to somebody, in the order of their months."""
    pay, mine = scene.city.payments, scene.payments_of(person, code)
    mine = kept(mine, (pay["kind"][mine] == REGULAR) & (pay["period"][mine] != NONE))
    return np.asarray(mine[np.argsort(pay["period"][mine], kind="stable")], dtype=np.int64)


def steady(scene: Scene, least: int, *wanted: str) -> Ints:
    """People with at least so many regular payments of one of the programmes."""

    def made() -> Ints:
        return distinct(np.concatenate([np.flatnonzero(scene.times(code) >= least) for code in wanted]))

    return scene.pool(f"steady {least} {wanted}", made)


def on_own_account(scene: Scene, people: Ints) -> Ints:
    """Those of the people who are never paid into somebody else's account."""

    def made() -> Bools:
        pay = scene.city.payments
        elsewhere = np.zeros(len(scene.city.folk), dtype=bool)
        elsewhere[pay["person"][(pay["person"] != NONE) & (pay["account"] != pay["person"]) & (pay["alive"] == 1)]] = True
        return elsewhere

    return kept(people, ~scene.pool("elsewhere", made)[people])


def put_on(scene: Scene, person: int, code: str, begin: int, count: int, **changed: Ints | int) -> Ints:
    """Pay somebody a programme's rate for so many months from `begin` on, into his own account; returns the rows."""
    first, last = span(scene)
    months = np.arange(max(begin, first), min(begin + count, last + 1))
    values: dict[str, Ints | int] = {"account": person, "holder": person}
    return scene.city.purse.pay(
        code, np.full(len(months), person), months, usual(scene, code, len(months)), scene.rng, **(values | changed)
    )


def usual(scene: Scene, code: str, count: int) -> Ints:
    """Cents that a programme pays: its rate, and hardship help by the case."""
    if code == "PG15":
        return scene.rng.integers(80, 470, count) * 1000
    return np.full(count, round(listed()[number(code)].rate * 100))


def any_month(scene: Scene, count: int) -> int:
    """A month from which so many lie within the city's time."""
    first, last = span(scene)
    return int(scene.rng.integers(first, max(first + 1, last - count + 2)))


def tell(
    scene: Scene, kind: Kind, person: int, payments: Ints, note: str, *, near: bool = False, officials: tuple[int, ...] = ()
) -> int:
    """Truth about a person's payments: a row for every paying unit. Returns how many."""
    city, pay = scene.city, scene.city.payments
    units = distinct(pay["unit"][payments]).tolist()
    for unit in units:
        part = kept(payments, pay["unit"][payments] == unit)
        evidence = (rows("subsidy_payment", part), rows("person", [person]))
        area = int(city.folk.village[person])
        if kind == "problem":
            scene.problem(
                "person", person, unit, evidence, officials, area=area, cents=cents_of(city, part), near=near, note=note
            )
        elif kind == "explained":
            scene.explained("person", person, unit, evidence, area=area, cents=cents_of(city, part), near=near, note=note)
        else:
            scene.undecidable("person", person, unit, evidence, area=area, cents=cents_of(city, part), near=near, note=note)
    return len(units)


def told(scene: Scene) -> int:
    """Problems of the scene's row written so far."""
    return len(scene.city.truth.of(scene.rule, "problem"))


def near_kin(scene: Scene, people: Ints) -> tuple[Ints, Ints]:
    """(person, relative) of the spouses, parents and children of people."""
    person, relative, relation = scene.city.folk.kin
    chosen = np.zeros(len(scene.city.folk), dtype=bool)
    chosen[people] = True
    near = chosen[person] & (relation <= RELATIONS.index("child"))
    return kept(person, near), kept(relative, near)
