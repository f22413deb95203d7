"""S10 多人同一账户: more than three people of different households paid into one account; families and guardians are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct, kept
from datasets.city.plant.scene import Scene, cents_of, groups, weak
from datasets.city.programme import number
from datasets.city.truth import rows

_PROGRAMMES = ("PG20", "PG12", "PG07", "PG08", "PG03", "PG20")


def plant(scene: Scene) -> None:
    wanted = scene.number(6, 1)
    done = 0
    for place, holder in enumerate(scene.cast(_holders(scene, cadres=True), wanted).tolist()):
        # every third account belongs to a private person: a shopkeeper, a labour contractor
        if place % 3 == 2 and len(private := scene.cast(scene.pool("private", lambda: _holders(scene, cadres=False)), 1)):
            holder = int(private[0])
        done += _case(scene, place, holder, _PROGRAMMES[place % len(_PROGRAMMES)], recuse=place == 1)
    _families(scene, 5 * done)
    keepers = scene.cast(_unpaid(scene), 11 * done)
    for place, keeper in enumerate(keepers.tolist()):
        _few(scene, place, keeper)
    for home in scene.city.bodies.of_kind("nursing_home")[: max(1, done // 2)].tolist():
        _nursing_home(scene, home)


def _holders(scene: Scene, cadres: bool) -> Ints:
    """Living people of weak villages who are paid something into their own account; village cadres or not."""
    city, pay = scene.city, scene.city.payments
    own = distinct(pay["person"][(pay["person"] != NONE) & (pay["account"] == pay["person"])])
    fit = own[(city.folk.died[own] == NONE) & weak(city)[city.folk.village[own]] & (city.folk.age(city.last)[own] < 75)]
    book = city.cadres
    leads = book["person"][(book["village_cadre"] == 1) & (book["ends"] == NONE)]
    return kept(fit, among(fit, leads) if cadres else ~city.purse.public[fit])


def _neighbours(scene: Scene, holder: int, code: str, anywhere: bool = False) -> Ints:
    """Living people of other households of the village who are paid by the programme, one of each household."""
    city, folk = scene.city, scene.city.folk
    people = scene.recipients(code)
    if not anywhere:
        people = people[folk.village[people] == folk.village[holder]]
    fit = people[(folk.died[people] == NONE) & (folk.household[people] != folk.household[holder]) & ~city.purse.public[people]]
    fit = fit[(folk.name[fit] != folk.name[holder]) & ~city.spoken[fit]]
    # kin might share an account with reason
    fit = fit[~among(fit, list(folk.kin_of(holder)))]
    _, first = np.unique(folk.household[fit], return_index=True)
    return scene.rng.permutation(fit[first])


def _divert(scene: Scene, holder: int, people: Ints, code: str, months: int) -> Ints:
    """Send some months' payments of the people to the holder's account and name: the first ones or the last, not some in between."""
    pay = scene.city.payments
    found = np.concatenate([scene.payments_of(person, code) for person in people.tolist()] or [people])
    periods = distinct(pay["period"][found])
    found = found[among(pay["period"][found], periods[:months] if scene.rng.random() < 0.4 else periods[-months:])]
    pay["account"][found], pay["holder"][found] = holder, holder
    return found


def _case(scene: Scene, place: int, holder: int, code: str, recuse: bool) -> int:
    city = scene.city
    wanted = 4 if scene.near(place) else int(scene.rng.integers(5, 14))
    people = _neighbours(scene, holder, code)
    if len(people) < 4:
        code = "PG12"
        people = _neighbours(scene, holder, code)
    if len(people) < 4:
        return 0
    people = people[:wanted]
    city.spoken[people] = True
    months = 12 if code == "PG03" else int(scene.rng.integers(8, 20))
    found = _divert(scene, holder, people, code, months)
    # everybody must have been paid in those months at least once
    met = distinct(city.payments["person"][found])
    if len(met) < 4:
        found = np.r_[found, _divert(scene, holder, people, code, 99)]
        met = distinct(city.payments["person"][distinct(found)])
    found = distinct(found)
    officials = [holder] if city.purse.public[holder] else []
    for unit in distinct(city.payments["unit"][found]).tolist():
        part = found[city.payments["unit"][found] == unit]
        if recuse and officials:
            scene.marry_into_the_office(holder, unit, officials)
        scene.problem("account", holder, unit, (rows("subsidy_payment", part),), officials=officials, area=int(city.folk.village[holder]),
                      cents=cents_of(city, part), near=len(met) == 4, note=f"{len(met)}人补贴进同一账户")  # fmt: skip
    return 1


def _families(scene: Scene, wanted: int) -> None:
    """Households of four and more on one account of their own."""
    city, pay = scene.city, scene.city.payments
    living = np.flatnonzero((pay["person"] != NONE) & (pay["account"] != NONE) & (pay["programme"] == number("PG01")))
    pairs = np.unique(np.stack([pay["account"][living], pay["person"][living]]), axis=1)
    accounts, people = np.unique(pairs[0], return_counts=True)
    for account in accounts[people >= 4][:wanted].tolist():
        mine = living[pay["account"][living] == account]
        scene.explained(
            "account",
            account,
            int(pay["unit"][mine[0]]),
            (rows("subsidy_payment", mine),),
            area=int(pay["area"][mine[0]]),
            cents=cents_of(city, mine),
            note="同户共用户主账户",
        )


def _few(scene: Scene, place: int, keeper: int) -> None:
    """Up to three neighbours on one account: a helpful hand, or two and two in different programmes."""
    city = scene.city
    found = []
    for code, count in (("PG20", 2), ("PG07", 2)) if place % 3 == 0 else (("PG12", 3),):
        people = _neighbours(scene, keeper, code, anywhere=True)[:count]
        city.spoken[people] = True
        found.append(_divert(scene, keeper, people, code, 6))
    both = np.concatenate(found)
    if len(both):
        scene.explained("account", keeper, int(city.payments["unit"][both[0]]), (rows("subsidy_payment", both),), area=int(city.folk.village[keeper]),
                        cents=cents_of(city, both), near=place % 3 != 0, note="三人以内代管")  # fmt: skip


def _unpaid(scene: Scene) -> Ints:
    """Younger people whose own account receives nothing by itself."""
    city, pay = scene.city, scene.city.payments
    used = np.zeros(len(city.folk.account), dtype=bool)
    used[pay["account"][pay["account"] != NONE]] = True
    age = city.folk.age(city.last)
    return np.flatnonzero(~used[: len(city.folk)] & (age > 30) & (age < 58) & (city.folk.died == NONE) & ~city.purse.public)


def _nursing_home(scene: Scene, home: int) -> None:
    """Residents of a nursing home are paid through its account: the list alone does not say so."""
    city, pay = scene.city, scene.city.payments
    account = int(city.folk.open_accounts([str(city.bodies.name[home])], scene.rng)[0])
    people = scene.cast(scene.recipients("PG05"), 9)
    found = np.concatenate([scene.payments_of(person, "PG05") for person in people.tolist()] or [people])
    pay["account"][found], pay["holder"][found] = account, account
    for group in groups(pay["unit"][found][None, :]):
        part = found[group]
        scene.undecidable(
            "account",
            account,
            int(pay["unit"][part[0]]),
            (rows("subsidy_payment", part),),
            area=int(pay["area"][part[0]]),
            cents=cents_of(city, part),
            note="敬老院集中供养账户",
        )
