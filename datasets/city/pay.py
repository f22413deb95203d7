"""The payment ledger: every programme pays its people, month after month or once a year, from its own unit."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, distinct, month_end, month_number, month_start, months_of, spread
from datasets.city.body import Bodies
from datasets.city.cadre import post_number
from datasets.city.firm import Firms
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.place import Places
from datasets.city.plot import MU, Land
from datasets.city.programme import Programme, listed, number

COLUMNS = (
    "programme",
    "person",
    "firm",
    "account",
    "holder",
    "amount",
    "paid",
    "period",
    "quantity",
    "unit",
    "area",
    "approver",
    "kind",
    "typo",
)
PURCHASES = ("buyer", "dealer", "price", "subsidy", "bought", "unit", "area", "category", "factory", "engine", "invoice", "phone")
KINDS = ("regular", "back_payment", "correction", "funeral")
REGULAR, BACK, CORRECTION, FUNERAL = range(4)


@dataclass
class Purse:
    """What paying needs to know, and the ledger it writes."""

    folk: Folk
    places: Places
    bodies: Bodies
    land: Land
    firms: Firms
    public: Bools
    """Who is or was a public employee or village cadre."""
    years: range
    last: int
    approver: Ints
    """Person number of the approving official of every unit, NONE where there is none."""
    payments: Ledger
    purchases: Ledger

    def payer(self, programme: Programme, person: Ints) -> Ints:
        """Paying unit of each person's payments."""
        if programme.paid_by == "township":
            return self.bodies.township_of[self.places.town_of[self.folk.village[person]]]
        return np.full(len(person), self.bodies.agency(programme.paid_by))

    def payday(self, programme: Programme, months: Ints, unit: Ints) -> Ints:
        """Day of payment: the programme's day, a little later at some units and before long holidays."""
        late = (unit * 7 + months * 3) % 4
        return np.minimum(month_start(months) + programme.payday - 1 + late, month_end(months))

    def account(self, person: Ints, rng: np.random.Generator) -> Ints:
        """Account paid into: one's own; minors and some of the very old have the head's."""
        age = self.folk.age(self.last)[person]
        leans = (age < 16) | ((age >= 80) & (person % 4 == 0))
        head = self.folk.head_of[self.folk.household[person]]
        return np.where(leans, head, person)

    def pay(self, code: str, person: Ints, months: Ints, cents: Ints, rng: np.random.Generator, **changed: Ints | int) -> Ints:
        """Write payments of a programme; returns their rows. Periods are months (YYYYMM) or years by the rate's unit."""
        programme = listed()[number(code)]
        unit = self.payer(programme, person)
        calendar = months // 12 + 1970
        monthly = programme.months == "monthly"
        account = self.account(person, rng)
        values: dict[str, Ints | int] = {
            "programme": number(code), "person": person, "account": account, "holder": account, "amount": cents,
            "paid": self.payday(programme, months, unit), "period": calendar * 100 + months % 12 + 1 if monthly else calendar,
            "quantity": MU, "unit": unit, "area": self.folk.village[person], "approver": self.approver[unit], "kind": REGULAR,
        }  # fmt: skip
        return self.payments.add(len(person), **(values | changed))


def open_purse(
    folk: Folk, places: Places, bodies: Bodies, land: Land, firms: Firms, cadres: Ledger, years: range, last: int
) -> Purse:
    public = np.zeros(len(folk), dtype=bool)
    public[cadres["person"]] = True
    approver = np.full(len(bodies.code), NONE)
    for unit in distinct(cadres["unit"]).tolist():
        rows = np.flatnonzero((cadres["unit"] == unit) & (cadres["ends"] == NONE) & (cadres["village_cadre"] == 0))
        if len(rows) and bodies.kind[unit] in ("township", "agency", "institution") and unit:
            row = int(rows[min(1, len(rows) - 1)])
            approver[unit] = cadres["person"][row]
            if bodies.kind[unit] == "township":
                cadres["post"][row] = post_number("民政办主任")
    return Purse(folk, places, bodies, land, firms, public, years, last, approver, Ledger(COLUMNS), Ledger(PURCHASES))


def paid_monthly(purse: Purse) -> Bools:
    """Whom some programme pays, or paid, month by month."""
    monthly = np.array([item.months == "monthly" for item in listed()])
    pay = purse.payments
    rows = np.flatnonzero(monthly[pay["programme"]] & (pay["person"] != NONE))
    out = np.zeros(len(purse.folk), dtype=bool)
    out[pay["person"][rows]] = True
    return out


def until(folk: Folk, grace: int, last: int) -> Ints:
    """Last month in which each person may still be paid."""
    dead = folk.died != NONE
    out = np.full(len(folk), int(months_of(np.array([last]))[0]))
    out[dead] = np.minimum(months_of(folk.died[dead]) + grace, out[dead])
    return out


def months_since(purse: Purse, people: Ints, start: Ints, grace: int, end: Ints | None = None) -> tuple[Ints, Ints]:
    """Every (person, month) from each one's first month to the last lawful one."""
    begin = month_number(purse.years[0], 1)
    stop = until(purse.folk, grace, purse.last)[people]
    if end is not None:
        stop = np.minimum(stop, end)
    first = np.maximum(start, begin)
    owner, month = spread(first, np.maximum(stop - first + 1, 0))
    return people[owner], month


def birthday_month(purse: Purse, people: Ints, years: int) -> Ints:
    return months_of(purse.folk.born[people] + round(years * 365.25)) + 1


def some_start_late(purse: Purse, count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """First and last month on a list: most are on it all the time, some come on or drop off."""
    begin, end = month_number(purse.years[0], 1), month_number(purse.years[-1], 12)
    start = np.where(rng.random(count) < 0.12, rng.integers(begin, end, count), begin - 1)
    stop = np.where(rng.random(count) < 0.10, rng.integers(begin, end, count), end)
    return start, stop
