"""The other registers offices hand in: houses, vehicles, insured jobs, status periods, grain, vouchers, projects, leads."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, day
from datasets.city.firm import Firms
from datasets.city.folk import HEAD, Folk
from datasets.city.ledger import Ledger
from datasets.city.place import Places
from datasets.city.property import register_property

STATES = ("custody", "missing", "military", "guardian")
COMMODITIES = ("小麦", "稻谷", "玉米")
ORIGINS = ("survey", "remote_sensing", "claimed")
LEAD_ORIGINS = ("audit", "tax", "finance", "police")
MATTERS = ("虚报冒领项目资金", "偷逃税款", "违规使用专项资金", "串通投标")
PROJECTS = (
    "冷链仓储建设项目",
    "智能化改造项目",
    "高标准大棚建设项目",
    "节能技术改造项目",
    "农产品加工提升项目",
    "电商服务站建设项目",
    "数字化车间项目",
    "种质资源保护项目",
)


@dataclass
class Sundry:
    houses: Ledger
    vehicles: Ledger
    jobs: Ledger
    states: Ledger
    grain: Ledger
    prices: Ledger
    merchants: Ledger
    vouchers: Ledger
    projects: Ledger
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
        Ledger(("warehouse", "firm", "seller", "direction", "tonnes", "price", "done", "weighed", "truck", "year", "grade")),
        Ledger(("commodity", "priced", "price")), Ledger(("firm", "area", "name")),
        Ledger(("person", "merchant", "device", "amount", "discount", "redeemed")), Ledger(("firm", "project", "unit", "amount", "approved", "road")),
        Ledger(("origin", "firm", "matter", "amount", "sent", "answered")), Ledger(("area", "year", "origin", "mu")),
    )  # fmt: skip
    _jobs(sundry, folk, firms, public, last, rng)
    _states(sundry, folk, helped, last, rng)
    _grain(sundry, folk, firms, years, rng)
    _vouchers(sundry, folk, firms, last, rng)
    _projects(sundry, firms, years, rng)
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
    people = people[~np.isin(people, public)]
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


def _grain(sundry: Sundry, folk: Folk, firms: Firms, years: range, rng: np.random.Generator) -> None:
    count = max(60, len(folk) // 100)
    farmers = rng.permutation(np.flatnonzero((folk.role == HEAD) & (folk.died == NONE)))
    for year in years:
        done = day(year, 6, 5) + rng.integers(0, 150, count)
        sold = rng.random(count) < 0.75
        sundry.grain.add(
            count, warehouse=rng.integers(0, 5, count), firm=np.where(sold, NONE, rng.integers(0, len(firms), count)),
            seller=np.where(sold, farmers[rng.integers(0, len(farmers), count)], NONE), direction=sold.astype(np.int64), tonnes=rng.integers(8, 300, count) * 1000,
            price=(2600 + rng.integers(-40, 40, count)) * 100, done=done, weighed=done * DAY_SECONDS + rng.integers(8, 17, count) * 3600,
            truck=rng.integers(10_000, 99_999, count), year=year, grade=rng.integers(0, 3, count),
        )  # fmt: skip
    weeks = np.arange(day(years[0]), day(years[-1], 12, 31), 7)
    for commodity in range(len(COMMODITIES)):
        drift = np.cumsum(rng.normal(0, 4, len(weeks)))
        sundry.prices.add(
            len(weeks), commodity=commodity, priced=weeks, price=((2600, 2750, 2350)[commodity] + drift.astype(np.int64)) * 100
        )


def _vouchers(sundry: Sundry, folk: Folk, firms: Firms, last: int, rng: np.random.Generator) -> None:
    shops = np.flatnonzero(firms.kind == 2)[: max(5, len(folk) // 1500)]
    sundry.merchants.add(len(shops), firm=shops, area=firms.area[shops])
    count = len(folk) // 15
    people = rng.permutation(np.flatnonzero((folk.age(last) > 17) & (folk.died == NONE)))[:count]
    count = len(people)
    sundry.vouchers.add(
        count, person=people, merchant=rng.integers(0, max(1, len(shops)), count), device=people, amount=rng.integers(100, 900, count) * 100 + rng.integers(0, 99, count),
        discount=rng.choice([20, 50, 80], count) * 100, redeemed=(last - 220) * DAY_SECONDS + rng.integers(0, 60, count) * DAY_SECONDS + rng.integers(9, 21, count) * 3600 + rng.integers(0, 3600, count),
    )  # fmt: skip


def _projects(sundry: Sundry, firms: Firms, years: range, rng: np.random.Generator) -> None:
    pool = np.flatnonzero((firms.kind <= 1) & (firms.staff > 3))
    for year in years:
        count = max(8, len(firms) // 30)
        sundry.projects.add(
            count, firm=rng.choice(pool, count), project=rng.integers(0, len(PROJECTS), count), unit=rng.integers(0, 3, count), amount=rng.integers(5, 80, count) * 1_000_000,
            approved=day(year, 3) + rng.integers(0, 250, count), road=rng.integers(1, 200, count),
        )  # fmt: skip
        leads = max(2, len(firms) // 150)
        sent = day(year, 2) + rng.integers(0, 300, leads)
        sundry.leads.add(
            leads, origin=rng.integers(0, 4, leads), firm=rng.choice(pool, leads), matter=rng.integers(0, len(MATTERS), leads), amount=rng.integers(3, 90, leads) * 1_000_000,
            sent=sent, answered=np.where(rng.random(leads) < 0.6, sent + 25, NONE),
        )  # fmt: skip
