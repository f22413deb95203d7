"""Awards and contracts: they follow from the bids."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, among
from datasets.city.ledger import Ledger
from datasets.city.tender import ACTIVE, COMPLETE, CONSULTATION, INVITED, OPEN, VALID, WINNING, Market


@dataclass
class Awards:
    """Winning bids of every awarded tender and lot, and when."""

    bid: Ints
    tender: Ints
    lot: Ints
    awarded: Ints
    signed: Ints
    """Day the contract was signed; NONE where that is still to come."""


def by_points(tenders: Ledger, rows: Ints) -> Bools:
    """Tenders decided by points and not by the lowest price alone; negotiations and inquiries never are."""
    method = tenders["method"][rows]
    return np.asarray(among(method, [OPEN, INVITED, CONSULTATION]) & ((tenders["category"][rows] == 1) | (rows % 4 != 0)))


def award(market: Market) -> Awards:
    """Decide every closed tender: the lowest valid bid wins, with points sometimes the next; marks the winning bids."""
    bids, tenders = market.bids, market.tenders
    awarded = np.where(tenders["closes"] == NONE, NONE, tenders["closes"] // DAY_SECONDS + 2 + np.arange(len(tenders)) % 5)
    waiting = (tenders["status"] == COMPLETE) & (awarded > market.last)
    tenders["status"][waiting] = ACTIVE
    rows = bids.living()
    rows = rows[among(bids["status"][rows], [VALID, WINNING]) & (tenders["status"][bids["tender"][rows]] == COMPLETE)]
    preset = bids["status"][rows] != WINNING
    rows = rows[np.lexsort([bids["price"][rows], preset, bids["lot"][rows], bids["tender"][rows]])]
    group = bids["tender"][rows] * 4 + bids["lot"][rows]
    first = np.flatnonzero(np.r_[True, group[1:] != group[:-1]]) if len(rows) else np.zeros(0, dtype=np.int64)
    size = np.diff(np.r_[first, len(rows)])
    fixed = bids["status"][rows[first]] == WINNING
    second = ~fixed & (size > 1) & (bids["tender"][rows[first]] % 4 == 3) & by_points(tenders, bids["tender"][rows[first]])
    winner = rows[first + second]
    bids["status"][winner] = WINNING
    tender = bids["tender"][winner]
    signed = awarded[tender] + 3 + winner % 25
    return Awards(winner, tender, bids["lot"][winner], awarded[tender], np.where(signed > market.last, NONE, signed))
