"""Filing (归档): writes the papers of tenders whose bids are in, and reads back who won what and when it was signed."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among
from datasets.city.award import Awards, award
from datasets.city.bid_papers import fill_bids, score_bids
from datasets.city.city import City
from datasets.city.clauses import write_clauses
from datasets.city.contract_papers import settle
from datasets.city.dossier import AWARDED
from datasets.city.notice_papers import fill_notices


def file_papers(city: City, rows: Ints) -> None:
    """Decide tenders and write everything honest offices keep of them. `rows`: tenders that have no papers yet."""
    market, dossier = city.market, city.dossier
    rng = city.streams.of(f"papers {len(dossier.documents)}")
    awards = award(market)
    here = among(awards.tender, rows)
    awards = Awards(*(values[here] for values in (awards.bid, awards.tender, awards.lot, awards.awarded, awards.signed)))
    phones = len(city.firms) + len(city.folk) + np.arange(len(city.bodies.code))
    fill_notices(market, dossier, rows, city.last, phones, rng)
    write_clauses(market.tenders, dossier, rows, rng)
    bids = market.bids.living()
    bids = bids[among(market.bids["tender"][bids], rows)]
    playing = bids[among(market.bids["tender"][bids], city.used_tenders)]
    fill_bids(market, dossier, bids, playing, rng)
    score_bids(market, dossier, rows, rng)
    settle(market, dossier, awards, city.last, rng)
    city.awards = settled(city)


def settled(city: City) -> Awards:
    """Awards in force with the day their contract was signed, as the papers have them."""
    won, contracts = city.dossier.awards, city.dossier.contracts
    signed = np.full(len(won), NONE)
    living = contracts.living()
    signed[contracts["award"][living]] = contracts["signed"][living]
    rows = np.flatnonzero((won["status"] == AWARDED) & (won["alive"] == 1))
    return Awards(won["bid"][rows], won["tender"][rows], won["lot"][rows], won["awarded"][rows], signed[rows])
