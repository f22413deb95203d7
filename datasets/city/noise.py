"""Honest noise: what typing, late papers and lost pages do to the records of any office, planted cases included."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, distinct
from datasets.city.city import City
from datasets.city.property import needy_households
from datasets.city.truth import PROBLEM

_RESTS_ON = {
    "holder": ("S10", "S11", "S12"), "approver": ("S05", "X06"), "quantity": ("S17",),
    "phone": ("C3", "R042", "R043"), "agent": ("C3",), "manager": ("C4", "C13"), "account": ("C7",), "limit": ("C21",),
}  # fmt: skip
"""Columns that cases of these rows rest on."""


def disturb(city: City) -> None:
    """Blank and mistype a few values. What a case rests on (who, when, how much) is left to stand."""
    rng = city.streams.of("noise")
    pay = city.payments
    proof = _evidence(city, "subsidy_payment")
    count = len(pay)
    holder = rng.random(count) < 0.004
    holder[_evidence(city, "subsidy_payment", _RESTS_ON["holder"])] = False
    pay["holder"][holder] = NONE
    approver = rng.random(count) < 0.01
    approver[_evidence(city, "subsidy_payment", _RESTS_ON["approver"])] = False
    pay["approver"][approver] = NONE
    spare = np.ones(count, dtype=bool)
    spare[proof] = False
    pay["quantity"][spare & (rng.random(count) < 0.004)] = NONE
    pay["period"][spare & (rng.random(count) < 0.001)] = NONE
    pay["typo"][spare & _alone_on_account(city) & (rng.random(count) < 0.0003)] = 1
    _mar_cases(city, rng)
    folk = city.folk
    alone = np.ones(len(folk), dtype=bool)
    # whose household shares an account is known to be one household
    shared = pay["account"][(pay["person"] != NONE) & (pay["account"] != pay["person"]) & (pay["account"] != NONE)]
    sharers = pay["person"][(pay["person"] != NONE) & (pay["account"] != pay["person"])]
    alone[np.r_[shared[shared < len(folk)], sharers]] = False
    alone[city.spoken] = False
    # where help depends on what a household owns, it is known how many it is
    alone &= ~needy_households(folk, pay)[folk.household]
    # whoever claims what the head of the household holds is known to be of the household
    alone[distinct(city.land.claims["person"])] = False
    city.blank_homes = np.flatnonzero(alone & (rng.random(len(folk)) < 0.006))
    city.lost_households = np.flatnonzero(rng.random(len(folk.head_of)) < 0.01)
    book = city.desk.tickets
    quiet = np.ones(len(book), dtype=bool)
    quiet[_evidence(city, "ticket")] = False
    book["area"][quiet & (book["place"] != 3) & (rng.random(len(book)) < 0.02)] = NONE
    book["accepted"][quiet & (rng.random(len(book)) < 0.004)] = NONE


def _alone_on_account(city: City) -> Bools:
    """Payments into one's own account that nobody else is paid into: a mistyped id there makes no crowd."""
    pay = city.payments
    shared = np.zeros(len(city.folk.account), dtype=bool)
    others = (pay["account"] != NONE) & (pay["account"] != pay["person"])
    shared[pay["account"][others]] = True
    own = (pay["person"] != NONE) & (pay["account"] == pay["person"])
    return np.asarray(own & ~shared[np.maximum(pay["account"], 0)])


def _mar_cases(city: City, rng: np.random.Generator) -> None:
    """Something is missing in the papers of every case, though nothing that it rests on."""
    books = {
        "subsidy_payment": city.payments,
        "tender": city.market.tenders,
        "bid": city.market.bids,
        "ticket": city.desk.tickets,
    }
    spare = {
        "subsidy_payment": ("approver", "quantity", "holder"), "tender": ("limit", "agency"), "bid": ("phone", "agent", "manager", "account"),
        "ticket": ("accepted", "contact"),
    }  # fmt: skip
    for case in city.truth.cases:
        if case.kind != PROBLEM:
            continue
        for table, found in case.evidence:
            if table in spare:
                columns = tuple(name for name in spare[table] if case.rule not in _RESTS_ON.get(name, ()))
                books[table][str(rng.choice(columns))][int(rng.choice(found))] = NONE
            elif table == "person":
                city.folk.death_source[found[0]] = NONE


def _evidence(city: City, table: str, rules: tuple[str, ...] = ()) -> Ints:
    rows = [
        row
        for case in city.truth.cases
        if not rules or case.rule in rules
        for name, found in case.evidence
        if name == table
        for row in found
    ]
    return np.array(sorted(set(rows)), dtype=np.int64)
