"""The other registers offices hand in: houses, vehicles, insured jobs, status periods, projects, leads."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, among, day
from datasets.city.firm import Firms
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.place import Places
from datasets.city.property import register_property

STATES = ("custody", "missing", "military", "guardian")
ORIGINS = ("survey", "remote_sensing", "claimed")
LEAD_ORIGINS = ("audit", "tax", "finance", "police")
MATTERS = ("虚报冒领项目资金", "偷逃税款", "违规使用专项资金", "串通投标")


@dataclass
class Sundry:
    houses: Ledger
    vehicles: Ledger
    jobs: Ledger
    states: Ledger
    leads: Ledger
    village_areas: Ledger


def keep_registers(
    folk: Folk,
    places: Places,
    firms: Firms,
    public: Ints,
    helped: Bools,
    land_by_village: Ints,
    years: range,
    last: int,
    rng: np.random.Generator,
) -> Sundry:
    """All the lesser registers, none of them planted.

    `helped`: people whom some programme pays by the month or for a post; `land_by_village`: claimed ten-thousandths of a mu per area and year.
    """
    houses, vehicles = register_property(folk, last, rng)
    sundry = Sundry(
        houses, vehicles, Ledger(("person", "firm", "unit", "starts", "ends", "wage")), Ledger(("person", "state", "starts", "ends")),
        Ledger(("origin", "firm", "matter", "amount", "sent", "answered")), Ledger(("area", "year", "origin", "mu")),
    )  # fmt: skip
    _jobs(sundry, folk, firms, public, last, rng)
    _states(sundry, folk, helped, last, rng)
    _leads(sundry, firms, years, rng)
    for at, year in enumerate(years):
        rows = np.flatnonzero(land_by_village[at] > 0)
        base = land_by_village[at][rows]
        for origin, factor in ((0, 1.04), (1, 1.02), (2, 1.0)):
            wobble = 1 + rng.normal(0, 0.004, len(rows)) * (origin != 2)
            sundry.village_areas.add(
                len(rows), area=rows, year=year, origin=origin, mu=(base * factor * wobble).astype(np.int64) // 100 * 100
            )
    return sundry


def _jobs(sundry: Sundry, folk: Folk, firms: Firms, public: Ints, last: int, rng: np.random.Generator) -> None:
    age = folk.age(last)
    people = np.flatnonzero((age >= 20) & (age < 60) & (rng.random(len(folk)) < 0.3) & folk.living(last))
    people = people[~among(people, public)]
    employer = rng.choice(np.flatnonzero(firms.kind == 0), len(people))
    starts = np.maximum(last - rng.integers(60, 4000, len(people)), firms.founded[employer])
    sundry.jobs.add(
        len(people), person=people, firm=employer, starts=starts, ends=np.where(rng.random(len(people)) < 0.1, np.minimum(starts + 300, last), NONE),
        wage=rng.integers(38, 120, len(people)) * 100_00,
    )  # fmt: skip


def _states(sundry: Sundry, folk: Folk, helped: Bools, last: int, rng: np.random.Generator) -> None:
    """Custody, absence and service of people whom nothing is paid by the month."""
    age = folk.age(last)
    some = rng.permutation(np.flatnonzero((age >= 20) & (age < 60) & ~helped))[: max(6, len(folk) // 400)]
    starts = last - rng.integers(100, 1500, len(some))
    sundry.states.add(
        len(some),
        person=some,
        state=rng.choice(3, len(some), p=[0.4, 0.2, 0.4]),
        starts=starts,
        ends=np.where(rng.random(len(some)) < 0.5, starts + 90, NONE),
    )


def _leads(sundry: Sundry, firms: Firms, years: range, rng: np.random.Generator) -> None:
    pool = np.flatnonzero((firms.kind <= 1) & (firms.staff > 3))
    for year in years:
        leads = max(2, len(firms) // 150)
        sent = day(year, 2) + rng.integers(0, 300, leads)
        sundry.leads.add(
            leads, origin=rng.integers(0, 4, leads), firm=rng.choice(pool, leads), matter=rng.integers(0, len(MATTERS), leads), amount=rng.integers(3, 90, leads) * 1_000_000,
            sent=sent, answered=np.where(rng.random(leads) < 0.6, sent + 25, NONE),
        )  # fmt: skip
