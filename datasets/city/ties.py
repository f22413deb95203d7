"""Ties between firms and public units: owners, officers and hands of a firm who serve in a unit or are kin of those who do."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, among, distinct, kept
from datasets.city.firm import Firms
from datasets.city.folk import RELATIONS, Folk
from datasets.city.ledger import Ledger
from datasets.city.tender import Market

NEAR = tuple(RELATIONS.index(relation) for relation in ("spouse", "parent", "child", "sibling"))
"""Relations for which whoever serves keeps away from a purchase."""


def people_of(firms: Firms, hands: Ints) -> tuple[Ints, Ints]:
    """(person, firm) of legal representatives, holders, officers and, by firm, the people of `hands` (rows: firms)."""
    shares, roles, every = firms.shares, firms.roles, np.arange(len(firms))
    person = np.r_[firms.owner, shares["person"], roles["person"], hands.ravel()]
    firm = np.r_[every, shares["firm"], roles["firm"], np.repeat(every, hands.shape[1])]
    known = (person != NONE) & (firm != NONE)
    return kept(person, known), kept(firm, known)


def staff_and_kin(folk: Folk, cadres: Ledger) -> tuple[Ints, Ints]:
    """(person, unit) of everybody who serves or served in a unit, and of their near kin."""
    person, relative, relation = folk.kin
    near = among(relation, NEAR)
    official, kin = person[near], relative[near]
    order = np.argsort(official, kind="stable")
    official, kin = official[order], kin[order]
    first, last = np.searchsorted(official, cadres["person"]), np.searchsorted(official, cadres["person"], side="right")
    count = last - first
    row = np.repeat(np.arange(len(cadres)), count)
    at = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
    return np.r_[cadres["person"], kin[at]], np.r_[cadres["unit"], cadres["unit"][row]]


def tied(folk: Folk, cadres: Ledger, firms: Firms, hands: Ints, units: int) -> Bools:
    """Firm by unit: whether somebody of the firm serves in the unit or is near kin of somebody who does."""
    person, firm = people_of(firms, hands)
    close, unit = staff_and_kin(folk, cadres)
    order = np.argsort(close, kind="stable")
    close, unit = close[order], unit[order]
    first, last = np.searchsorted(close, person), np.searchsorted(close, person, side="right")
    count = last - first
    row = np.repeat(np.arange(len(person)), count)
    at = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count) + first[row]
    out = np.zeros((len(firms), units), dtype=bool)
    out[firm[row], unit[at]] = True
    return out


def insure_hands(jobs: Ledger, firms: Firms, market: Market, rng: np.random.Generator) -> None:
    """Whoever signs bids or runs projects for a firm is insured with it, if anywhere."""
    every = np.arange(len(firms))
    own = np.full(int(max(market.agent.max(), market.manager.max(), jobs["person"].max())) + 1, NONE)
    own[market.agent], own[market.manager] = every, every
    rows = np.flatnonzero(own[jobs["person"]] != NONE)
    jobs["firm"][rows], jobs["unit"][rows] = own[jobs["person"][rows]], NONE
    jobs["starts"][rows], jobs["ends"][rows] = np.maximum(jobs["starts"][rows], firms.founded[jobs["firm"][rows]]), NONE
    known = np.zeros(len(own), dtype=bool)
    known[jobs["person"]] = True
    hands = distinct(np.r_[market.agent, market.manager])
    hands = hands[~known[hands] & (rng.random(len(hands)) < 0.8)]
    starts = firms.founded[own[hands]] + rng.integers(0, 90, len(hands))
    jobs.add(len(hands), person=hands, firm=own[hands], starts=starts, wage=rng.integers(45, 140, len(hands)) * 100_00)
