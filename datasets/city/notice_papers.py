"""Papers before the bids are opened: periods, fees, plans, published documents, changes, challenges, questions."""

import numpy as np

from datasets.city import workdays
from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, among, day, kept
from datasets.city.award import by_points
from datasets.city.dossier import (
    BIDDING_DOCUMENT,
    BUDGET,
    CHALLENGE,
    CHANGED_TECHNICAL,
    CLOSES_AT,
    CONTINUITY,
    INTENTION,
    SPECIFICATION,
    UNIQUE,
    URGENT,
    Dossier,
)
from datasets.city.ledger import Ledger
from datasets.city.tender import COMPLETE, CONSULTATION, INQUIRY, INVITED, OPEN, SINGLE_SOURCE, UNSUCCESSFUL, VALID, Market


def fill_notices(market: Market, dossier: Dossier, rows: Ints, last: int, unit_phones: Ints, rng: np.random.Generator) -> None:
    """Fill the columns of tenders that their papers give. `unit_phones`: number of each unit's phone in the county's book."""
    book, count = market.tenders, len(rows)
    method, noticed = book["method"][rows], book["noticed"][rows] // DAY_SECONDS
    closes, budget = book["closes"][rows] // DAY_SECONDS, book["budget"][rows]
    from_day = workdays.on_or_after(noticed)
    sold = (method <= INQUIRY) & (rng.random(count) > 0.02)
    book["sold_from"][rows] = np.where(sold, from_day, NONE)
    book["sold_until"][rows] = np.where(sold, workdays.ahead(from_day, 5 + rng.integers(0, 2, count)), NONE)
    _clarify(market, dossier, rows, rng)
    _grounds(book, rows, noticed, rng)
    opened = among(book["status"][rows], [COMPLETE, UNSUCCESSFUL])
    book["evaluated"][rows] = np.where(opened, closes * DAY_SECONDS + rng.integers(11, 17, count) * 3600, NONE)
    book["contact"][rows] = np.where(rng.random(count) < 0.08, NONE, unit_phones[book["buyer"][rows]])
    book["fee"][rows] = np.where(method <= INQUIRY, rng.choice([0, 200, 300, 500], count, p=[0.55, 0.15, 0.2, 0.1]) * 100, 0)
    asks = among(method, [OPEN, INVITED, CONSULTATION]) & (rng.random(count) < 0.6)
    bond = (budget * rng.uniform(0.008, 0.0192, count)).astype(np.int64) // 10_000 * 10_000
    book["bond"][rows] = np.where(asks & (bond > 0), bond, NONE)
    book["points"][rows] = np.where(method <= INQUIRY, by_points(book, rows), NONE)
    book["portal"][rows] = np.where(rng.random(count) < 0.01, NONE, 1)
    _plan(book, dossier, rows, rng)
    _publish(book, dossier, rows, noticed, rng)
    _change(book, dossier, rows, rng)
    _ask(market, dossier, rows, last, rng)


def _clarify(market: Market, dossier: Dossier, rows: Ints, rng: np.random.Generator) -> None:
    """Some documents are made clearer while there are sixteen days left; sometimes the closing was moved for it."""
    book = market.tenders
    fit = kept(rows, among(book["method"][rows], [OPEN, INVITED]) & (rng.random(len(rows)) < 0.12))
    noticed, closes = book["noticed"][fit] // DAY_SECONDS, book["closes"][fit] // DAY_SECONDS
    latest = closes - 17
    when = np.minimum(noticed + 2 + rng.integers(0, 8, len(fit)), latest)
    when = workdays.ahead(when, 0)
    good = when > noticed
    fit, when, closes = fit[good], when[good], closes[good]
    book["clarified"][fit] = when * DAY_SECONDS + rng.integers(9, 17, len(fit)) * 3600
    moved = rng.random(len(fit)) < 0.3
    before = np.maximum(closes[moved] - rng.integers(3, 8, int(moved.sum())), when[moved] + 5)
    dossier.changes.add(
        int(moved.sum()), tender=fit[moved], field=CLOSES_AT, old=before * DAY_SECONDS + 34_200, new=book["closes"][fit[moved]],
        changed=book["clarified"][fit[moved]],
    )  # fmt: skip


def _grounds(book: Ledger, rows: Ints, noticed: Ints, rng: np.random.Generator) -> None:
    """Single sources with their reason; shown to everybody for five working days and more unless it was urgent."""
    count = len(rows)
    single = book["method"][rows] == SINGLE_SOURCE
    ground = rng.choice([UNIQUE, CONTINUITY, URGENT], count, p=[0.62, 0.28, 0.10])
    shown = single & (ground != URGENT)
    start = workdays.on_or_after(noticed - 30 - rng.integers(0, 15, count))
    book["ground"][rows] = np.where(single, ground, NONE)
    book["shown_from"][rows] = np.where(shown, start, NONE)
    book["shown_until"][rows] = np.where(shown, workdays.ahead(start, 5 + rng.integers(0, 3, count)), NONE)


def _plan(book: Ledger, dossier: Dossier, rows: Ints, rng: np.random.Generator) -> None:
    """One plan for what a buyer buys of a class by a method in a year; a few purchases are in no plan."""
    named = ("buyer", "year", "industry", "method")
    keys, group = np.unique(np.stack([book[name][rows] for name in named]), axis=1, return_inverse=True)
    group, count = group.ravel(), keys.shape[1]
    amount = np.bincount(group, book["budget"][rows], count)
    first = np.full(count, 2**40)
    np.minimum.at(first, group, book["noticed"][rows] // DAY_SECONDS)
    opening = np.array([day(int(year)) for year in range(2000, 2040)])[keys[1] - 2000]
    published = np.minimum(opening + 14 + rng.integers(0, 40, count), first - 32)
    made = dossier.plans.add(
        count, unit=keys[0], year=keys[1], industry=keys[2], method=keys[3], published=published,
        amount=(amount * rng.uniform(1.0, 1.06, count)).astype(np.int64) // 100_000 * 100_000 + 100_000,
    )  # fmt: skip
    book["plan"][rows] = np.where(rng.random(len(rows)) < 0.03, NONE, made[group])


def _publish(book: Ledger, dossier: Dossier, rows: Ints, noticed: Ints, rng: np.random.Generator) -> None:
    """The intention a month and more ahead, the documents with the notice. Urgent purchases have no intention."""
    urgent: Bools = book["ground"][rows] == URGENT
    early = workdays.ahead(noticed - 33 - rng.integers(0, 50, len(rows)), 0)
    dossier.documents.add(int((~urgent).sum()), tender=rows[~urgent], kind=INTENTION, published=early[~urgent])
    for kind in (BIDDING_DOCUMENT, SPECIFICATION):
        dossier.documents.add(len(rows), tender=rows, kind=kind, published=noticed)


def _change(book: Ledger, dossier: Dossier, rows: Ints, rng: np.random.Generator) -> None:
    """Small corrections in the first days."""
    some = kept(rows, (book["method"][rows] <= CONSULTATION) & (rng.random(len(rows)) < 0.025))
    what = rng.choice([CHANGED_TECHNICAL, BUDGET], len(some), p=[0.85, 0.15])
    old = np.where(what == BUDGET, book["budget"][some] * 101 // 100 // 10_000 * 10_000, rng.integers(0, 6, len(some)))
    new = np.where(what == BUDGET, book["budget"][some], old + 1)
    when = workdays.ahead(book["noticed"][some] // DAY_SECONDS, 1 + rng.integers(0, 2, len(some)))
    dossier.changes.add(
        len(some), tender=some, field=what, old=old, new=new, changed=when * DAY_SECONDS + rng.integers(9, 17, len(some)) * 3600
    )


def _ask(market: Market, dossier: Dossier, rows: Ints, last: int, rng: np.random.Generator) -> None:
    """Questions answered within days; challenges after the award notice, unfounded and answered in time."""
    book = market.tenders
    asked = kept(rows, (book["method"][rows] <= CONSULTATION) & (rng.random(len(rows)) < 0.1))
    asked = np.repeat(asked, rng.integers(1, 4, len(asked)))
    start = book["noticed"][asked] // DAY_SECONDS + 1 + rng.integers(0, 3, len(asked))
    answer = workdays.ahead(start, 1 + rng.integers(0, 2, len(asked)))
    known = answer <= last
    dossier.questions.add(
        int(known.sum()), tender=asked[known], asked=start[known] * DAY_SECONDS + rng.integers(9, 17, int(known.sum())) * 3600,
        answered=answer[known] * DAY_SECONDS + rng.integers(9, 17, int(known.sum())) * 3600,
    )  # fmt: skip
    bids = market.bids
    loser = np.full(len(book), NONE)
    living = np.flatnonzero((bids["alive"] == 1) & (bids["status"] == VALID))
    loser[bids["tender"][living]] = bids["firm"][living]
    fit = kept(rows, (loser[rows] != NONE) & (rng.random(len(rows)) < 0.03) & (book["closes"][rows] < (last - 25) * DAY_SECONDS))
    filed = workdays.on_or_after(book["closes"][fit] // DAY_SECONDS + 8 + rng.integers(0, 3, len(fit)))
    dossier.complaints.add(
        len(fit), tender=fit, firm=loser[fit], kind=CHALLENGE, filed=filed, answered=workdays.ahead(filed, 2 + rng.integers(0, 5, len(fit))), upheld=0
    )  # fmt: skip
