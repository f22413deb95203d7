"""Who is on each programme's list, and the paying of all of them through the city's years."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, day, month_number, months_of
from datasets.city.back_pay import pay_arrears
from datasets.city.folk import HEAD, RELATIONS
from datasets.city.machine import buy_machines
from datasets.city.pay import FUNERAL, Purse, birthday_month, months_since, some_start_late
from datasets.city.plot import MU
from datasets.city.programme import listed, number


def pay_everybody(purse: Purse, rng: np.random.Generator) -> None:
    """Run every programme for the whole time of the city."""
    lists = _Lists(purse, rng)
    _pay_lists(purse, lists, rng)
    _pay_by_age(purse, lists, rng)
    pay_arrears(purse, rng)
    _pay_once(purse, lists, rng)
    _pay_plots(purse, rng)
    _pay_funerals(purse, rng)
    buy_machines(purse, rng)
    _pay_firms(purse, rng)


class _Lists:
    """Memberships drawn once, so that lists that exclude each other do."""

    def __init__(self, purse: Purse, rng: np.random.Generator) -> None:
        folk, houses = purse.folk, len(purse.folk.head_of)
        draw = rng.random(houses)
        kin_public = np.zeros(houses, dtype=bool)
        kin_public[folk.household[purse.public]] = True
        barred = _near_the_public(purse)
        kin_public[folk.household[barred]] = True
        owner = np.zeros(len(folk), dtype=bool)
        owner[purse.firms.owner] = True
        owner[purse.firms.shares["person"][purse.firms.shares["person"] != NONE]] = True
        busy = kin_public.copy()
        busy[folk.household[owner]] = True
        urban = np.strings.endswith(purse.places.name[folk.home], "社区")
        poor = (draw < 0.03) & ~busy
        self.poor: Bools = (poor & ~urban)[folk.household]
        self.poor_urban: Bools = (poor & urban)[folk.household]
        single = np.bincount(folk.household, minlength=houses) == 1
        age = folk.age(purse.last)
        self.destitute: Bools = (single & ~poor & ~busy & (draw < 0.09))[folk.household] & (age >= 62)
        self.free: Bools = ~purse.public & ~owner & ~barred
        """Neither public employee nor owner of a firm, nor kept off the lists for near kin in the same village."""
        self.disabled: Bools = (rng.random(len(folk)) < 0.028) & ~self.destitute
        self.needy: Bools = self.disabled & self.free & ~busy[folk.household] & (rng.random(len(folk)) < 0.35)
        self.orphan: Bools = (age < 16) & (rng.random(len(folk)) < 0.004) & ~busy[folk.household]
        self.poster: Bools = (age >= 42) & (age < 59) & self.free & ~self.destitute & (rng.random(len(folk)) < 0.012)
        self.age = age


def _near_the_public(purse: Purse) -> Bools:
    """Spouses, parents and children of public employees and cadres of the same village, where villages are careful with them."""
    folk = purse.folk
    person, relative, relation = folk.kin
    near = (relation <= RELATIONS.index("child")) & purse.public[person] & (folk.village[person] == folk.village[relative])
    out = np.zeros(len(folk), dtype=bool)
    out[relative[near]] = True
    return np.asarray(out & ~purse.places.lax()[folk.village])


def _pay_lists(purse: Purse, lists: _Lists, rng: np.random.Generator) -> None:
    folk = purse.folk
    wanted = (
        ("PG01", lists.poor), ("PG02", lists.poor_urban), ("PG05", lists.destitute), ("PG06", lists.needy), ("PG07", lists.disabled),
        ("PG10", lists.poster), ("PG17", lists.orphan),
    )  # fmt: skip
    for code, mask in wanted:
        people = np.flatnonzero(mask)
        start, stop = some_start_late(purse, len(people), rng)
        # whoever was born during the city's time comes on the list after birth
        start = np.maximum(start, months_of(folk.born[people]) + 1)
        share = rng.choice([0.4, 0.55, 0.7, 0.85, 1.0], len(people)) if code in ("PG01", "PG02") else np.ones(len(people))
        amount = np.zeros(len(folk), dtype=np.int64)
        amount[people] = np.round(listed()[number(code)].rate * share).astype(np.int64) * 100
        person, months = months_since(purse, people, start, listed()[number(code)].grace_months, stop)
        head = folk.head_of[folk.household[person]]
        # a household on the poor list is paid into one account
        account = head if code in ("PG01", "PG02") else purse.account(person, rng)
        purse.pay(code, person, months, amount[person], rng, account=account, holder=account)


def _pay_by_age(purse: Purse, lists: _Lists, rng: np.random.Generator) -> None:
    folk = purse.folk
    everybody = np.arange(len(folk))
    veterans = (folk.male == 1) & (lists.age >= 58) & (rng.random(len(folk)) < 0.03)
    pension = (lists.age >= 60) & (rng.random(len(folk)) < 0.86) & ~purse.public
    elders = (lists.age >= 68) & (rng.random(len(folk)) < 0.45)
    for code, mask, years, extra in (
        ("PG12", pension, 60, 14),
        ("PG08", lists.age >= 80, 80, 0),
        ("PG18", veterans, 57, 45),
        ("PG20", elders, 68, 0),
    ):
        programme = listed()[number(code)]
        people = everybody[mask]
        # the old by years of contribution, veterans by one of three classes
        grades = rng.integers(0, 3 if code == "PG18" else 9, len(folk))
        amount = np.round((programme.rate + extra * grades) * 100).astype(np.int64)
        person, months = months_since(purse, people, birthday_month(purse, people, years), programme.grace_months)
        purse.pay(code, person, months, amount[person], rng)


def _alive_at(purse: Purse, people: Ints, month: int) -> Ints:
    died = purse.folk.died[people]
    return np.asarray(
        people[((died == NONE) | (months_of(np.maximum(died, 0)) >= month)) & (months_of(purse.folk.born[people]) < month)]
    )


def _pay_once(purse: Purse, lists: _Lists, rng: np.random.Generator) -> None:
    folk = purse.folk
    award = (lists.age >= 61) & (rng.random(len(folk)) < 0.12) & ~purse.public
    house = (lists.poor & (folk.role == HEAD)) & (rng.random(len(folk)) < 0.12)
    repaired = np.zeros(len(folk), dtype=bool)
    for year in purse.years:
        hardship = lists.free & ~lists.destitute & (rng.random(len(folk)) < 0.0045)
        drawn = rng.integers(0, 3, len(folk))
        for code, mask in (("PG16", award), ("PG15", hardship), ("PG09", house & ~repaired)):
            programme = listed()[number(code)]
            for place, month in enumerate(programme.months):
                assert isinstance(month, int)
                when = month_number(year, month)
                people = _alive_at(purse, np.flatnonzero(mask & (drawn == place) if code == "PG15" else mask), when)
                fixed = np.full(len(people), round(programme.rate * 100), dtype=np.int64)
                cents = rng.integers(80, 600, len(people)) * 1_000 if code == "PG15" else fixed
                purse.pay(code, people, np.full(len(people), when), cents, rng)
                if code == "PG09":
                    repaired[people] = True


def _pay_plots(purse: Purse, rng: np.random.Generator) -> None:
    """One payment for each claimant, programme, year and town: the area claimed times the rate."""
    claims = purse.land.claims
    keys = np.stack([claims["programme"], claims["year"], claims["unit"], claims["person"]])
    unique, group = np.unique(keys, axis=1, return_inverse=True)
    mu = np.bincount(group.ravel(), weights=claims["mu"]).astype(np.int64)
    area = np.zeros(unique.shape[1], dtype=np.int64)
    area[group.ravel()] = claims["area"]
    for code in ("PG03", "PG04", "PG14"):
        programme = listed()[number(code)]
        rows = np.flatnonzero(unique[0] == number(code))
        assert not isinstance(programme.months, str)
        months = (unique[1][rows] - 1970) * 12 + programme.months[0] - 1
        person, unit = unique[3][rows], unique[2][rows]
        died = purse.folk.died[person]
        ok = (died == NONE) | (months_of(np.maximum(died, 0)) >= months)
        rows, months, person, unit = rows[ok], months[ok], person[ok], unit[ok]
        cents = np.round(mu[rows] / MU * programme.rate * 100).astype(np.int64)
        purse.pay(
            code, person, months, cents, rng, quantity=mu[rows], unit=unit, area=area[rows], approver=purse.approver[unit],
            paid=purse.payday(programme, months, unit),
        )  # fmt: skip


def _pay_funerals(purse: Purse, rng: np.random.Generator) -> None:
    """Funeral grants go to an heir's account some weeks after the death: lawful payments in a dead person's name."""
    folk = purse.folk
    dead = np.flatnonzero(
        (folk.died != NONE) & (folk.died >= day(purse.years[0])) & (folk.died < purse.last - 70) & (rng.random(len(folk)) < 0.4)
    )
    rest = np.flatnonzero((folk.died == NONE) & (folk.age(purse.last) >= 20))
    heir = np.full(len(folk.head_of), NONE)
    heir[folk.household[rest]] = rest
    account = heir[folk.household[dead]]
    dead, account = dead[account != NONE], account[account != NONE]
    paid = folk.died[dead] + rng.integers(15, 65, len(dead))
    months = months_of(paid)
    cents = np.full(len(dead), round(listed()[number("PG11")].rate * 100))
    purse.pay("PG11", dead, months, cents, rng, account=account, holder=account, paid=paid, kind=FUNERAL)


def _pay_firms(purse: Purse, rng: np.random.Generator) -> None:
    firms, programme = purse.firms, listed()[number("PG19")]
    unit = purse.bodies.agency(programme.paid_by)
    for year in purse.years:
        rows = np.flatnonzero((firms.kind == 0) & (firms.staff > 2) & (firms.cancelled == NONE) & (rng.random(len(firms)) < 0.4))
        purse.payments.add(
            len(rows), programme=number("PG19"), firm=rows, amount=firms.staff[rows] * round(programme.rate) * 100, paid=day(year, 9, 26), period=year,
            quantity=firms.staff[rows] * MU, unit=unit, area=firms.area[rows], approver=int(purse.approver[unit]), kind=0,
        )  # fmt: skip
