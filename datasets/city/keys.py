"""Keys of records as the offices give them out: in order of time, so that nothing shows what was planted."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.city import City
from datasets.city.columns import Column, joined, numbered, whole
from datasets.city.dossier import Dossier
from datasets.city.ledger import Ledger


def in_order(book: Ledger, *by: Ints) -> Ints:
    """Number from 1 of every living row, ordered by the given arrays; NONE for rows taken back."""
    rows = book.living()
    order = rows[np.lexsort([values[rows] for values in reversed(by)])]
    out = np.full(len(book), NONE)
    out[order] = np.arange(1, len(order) + 1)
    return out


PAPERS = {
    "procurement_plan": ("PP", 6), "tender_clause": ("CL", 7), "tender_change": ("CH", 6), "tender_complaint": ("QY", 5), "tender_question": ("TQ", 6),
    "award": ("AW", 6), "contract": ("CT", 6), "amendment": ("AM", 6), "subcontract": ("SC", 6), "contract_event": ("CE", 7),
}  # fmt: skip
"""Tables of the papers of purchases: prefix and width of their keys."""


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
    paper: dict[str, Ints]
    """Numbers of the papers of purchases, by table."""

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

    def papers(self, table: str, rows: Ints) -> Column:
        """Keys of rows of one of PAPERS."""
        prefix, width = PAPERS[table]
        return numbered(prefix, at(self.paper[table], rows), width)

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
    tender_no = in_order(market.tenders, market.tenders["noticed"])
    return Keys(
        payment=in_order(pay, pay["paid"], pay["unit"], mixed), tender=tender_no, bid=within,
        claim=in_order(claims, claims["year"], claims["area"], claims["claimed"], (np.arange(len(claims)) * 2_654_435_761) % 2**32),
        ticket=in_order(tickets, tickets["created"]), bid_tender=tender,
        paper=_papers(city.dossier, tender_no),
    )  # fmt: skip


def _papers(kept: Dossier, tender: Ints) -> dict[str, Ints]:
    """Numbers of papers: as they came, those of one tender together where they are written together."""
    awards, contracts, events = kept.awards, kept.contracts, kept.events
    award = in_order(awards, awards["awarded"], at(tender, awards["tender"]), awards["lot"])
    contract = in_order(contracts, contracts["signed"], award[contracts["award"]])
    return {
        "procurement_plan": in_order(kept.plans, kept.plans["published"], kept.plans["unit"]),
        "tender_clause": in_order(kept.clauses, at(tender, kept.clauses["tender"]), kept.clauses["kind"], kept.clauses["template"]),
        "tender_change": in_order(kept.changes, kept.changes["changed"]),
        "tender_complaint": in_order(kept.complaints, kept.complaints["filed"], at(tender, kept.complaints["tender"])),
        "tender_question": in_order(kept.questions, kept.questions["asked"]), "award": award, "contract": contract,
        "amendment": in_order(kept.amendments, kept.amendments["signed"], contract[kept.amendments["contract"]]),
        "subcontract": in_order(kept.subcontracts, kept.subcontracts["signed"], contract[kept.subcontracts["contract"]]),
        "contract_event": in_order(events, events["done"], contract[events["contract"]], events["kind"]),
    }  # fmt: skip
