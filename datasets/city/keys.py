"""Keys of records as the offices give them out: in order of time, so that nothing shows what was planted."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.city import City
from datasets.city.columns import Column, joined, numbered, whole
from datasets.city.ledger import Ledger


def in_order(book: Ledger, *by: Ints) -> Ints:
    """Number from 1 of every living row, ordered by the given arrays; NONE for rows taken back."""
    rows = book.living()
    order = rows[np.lexsort([values[rows] for values in reversed(by)])]
    out = np.full(len(book), NONE)
    out[order] = np.arange(1, len(order) + 1)
    return out


@dataclass
class Keys:
    """Numbers of rows in the order of time, by ledger."""

    payment: Ints
    claim: Ints
    tender: Ints
    bid: Ints
    """Number of each bid within its tender."""
    ticket: Ints
    bid_tender: Ints

    def payments(self, rows: Ints) -> Column:
        return numbered("PAY", at(self.payment, rows), 9)

    def claims(self, rows: Ints) -> Column:
        return numbered("LC", at(self.claim, rows), 7)

    def tenders(self, rows: Ints) -> Column:
        return numbered("TD", at(self.tender, rows), 6)

    def bids(self, rows: Ints) -> Column:
        tender = at(self.bid_tender, rows)
        return joined(numbered("BD", at(self.tender, tender), 6), "-", numbered("", at(self.bid, rows), 2))

    def tickets(self, rows: Ints) -> Column:
        return numbered("TK", at(self.ticket, rows), 8)

    def lots(self, tender: Ints, lot: Ints) -> Column:
        return joined(self.tenders(tender), "-", whole(lot + 1).cast("string"))


def at(values: Ints, rows: Ints) -> Ints:
    """Values at row numbers, NONE at NONE."""
    return np.where(rows == NONE, NONE, values[np.maximum(rows, 0)]) if len(values) else np.full(len(rows), NONE)


def give_out(city: City) -> Keys:
    """Give every record its key; the last digits of equal times are settled by a mixed row number."""
    pay, claims, market = city.payments, city.land.claims, city.market
    mixed = (np.arange(len(pay)) * 2_654_435_761) % 2**32
    bids = market.bids
    tender = np.where(bids["alive"] == 1, bids["tender"], NONE)
    bid = in_order(bids, tender, bids["lot"], bids["submitted"])
    first = np.full(len(market.tenders), 2**62)
    living = bids.living()
    np.minimum.at(first, tender[living], bid[living])
    within = np.full(len(bids), NONE)
    within[living] = bid[living] - first[tender[living]] + 1
    tickets = city.desk.tickets
    return Keys(
        payment=in_order(pay, pay["paid"], pay["unit"], mixed), tender=in_order(market.tenders, market.tenders["noticed"]), bid=within,
        claim=in_order(claims, claims["year"], claims["area"], claims["claimed"], (np.arange(len(claims)) * 2_654_435_761) % 2**32),
        ticket=in_order(tickets, tickets["created"]), bid_tender=tender,
    )  # fmt: skip
