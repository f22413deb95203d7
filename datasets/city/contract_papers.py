"""Papers after the award: contracts, amendments, subcontracts, what was delivered and paid, and the items bought."""

import numpy as np

from datasets.city import workdays
from datasets.city.arrays import NONE, Ints, among, kept, nth_of
from datasets.city.award import Awards
from datasets.city.dossier import (
    ACCEPTANCE,
    AWARD_NOTICE,
    AWARDED,
    CONTRACT_TEXT,
    DELIVERY,
    EVALUATION_REPORT,
    OTHER_CHANGE,
    PAYMENT,
    QUANTITY_DOWN,
    QUANTITY_UP,
    TERM,
    Dossier,
)
from datasets.city.goods import reference
from datasets.city.tender import FRAMEWORK, Market

AMENDMENT_REASONS = {
    QUANTITY_UP: ("增加工程量", "采购人增加同类设备", "服务面积增加"),
    QUANTITY_DOWN: ("核减工程量", "部分需求取消"),
    TERM: ("连续降雨影响施工", "疫情管控影响进场", "采购人场地未按时移交"),
    OTHER_CHANGE: ("开户银行变更", "联系人变更"),
}
EVENT_NOTES = ("数量规格与合同一致", "验收合格", "按合同约定支付", "试运行正常")


def settle(market: Market, dossier: Dossier, awards: Awards, last: int, rng: np.random.Generator) -> None:
    """Enter awards, and the contracts of those that are signed, with everything that follows."""
    tenders, count = market.tenders, len(awards.bid)
    category = tenders["category"][awards.tender]
    low, high = np.array([15, 180, 60])[category], np.array([60, 366, 240])[category]
    term = low + rng.integers(0, 10**6, count) % (high - low + 1) // 5 * 5
    rows = dossier.awards.add(
        count, bid=awards.bid, tender=awards.tender, lot=awards.lot, firm=market.bids["firm"][awards.bid], amount=market.bids["price"][awards.bid],
        awarded=awards.awarded, status=AWARDED, term=term,
    )  # fmt: skip
    first = nth_of(awards.tender) == 0
    for kind, later in ((AWARD_NOTICE, 0), (EVALUATION_REPORT, 1)):
        published = np.minimum(workdays.on_or_after(awards.awarded[first]) + later, last)
        dossier.documents.add(int(first.sum()), tender=awards.tender[first], kind=kind, published=published)
    list_items(market, dossier, rows, rng)
    signed = awards.signed != NONE
    contracts = sign(market, dossier, kept(rows, signed), awards.signed[signed], last, rng)
    _amend(dossier, contracts, last, rng)
    _hand_on(market, dossier, contracts, last, rng)
    perform(market, dossier, contracts, last, rng)


def sign(market: Market, dossier: Dossier, awards: Ints, signed: Ints, last: int, rng: np.random.Generator) -> Ints:
    """Contracts of awards as they were awarded, published and put on record in time; returns their rows."""
    won, count = dossier.awards, len(awards)
    tender, amount = won["tender"][awards], won["amount"][awards]
    category = market.tenders["category"][tender]
    open_day = workdays.working(signed)
    published = workdays.ahead(signed, np.where(open_day, rng.integers(0, 3, count), rng.integers(1, 3, count)))
    recorded = workdays.ahead(signed, rng.integers(1, 7, count))
    share = np.where(category == 2, rng.uniform(0.05, 0.098, count), rng.uniform(0.02, 0.08, count))
    bond = (amount * share).astype(np.int64) // 100_00 * 100_00
    framework = market.tenders["method"][tender] == FRAMEWORK
    asked = (rng.random(count) < np.where(category == 2, 0.8, 0.4)) & ~framework & (bond > 0)
    made = dossier.contracts.add(
        count, award=awards, tender=tender, firm=won["firm"][awards], amount=amount, signed=signed, starts=signed + 5, term=won["term"][awards],
        published=np.minimum(published, last), recorded=np.minimum(recorded, last), bond=np.where(asked, bond, NONE), framework=framework,
    )  # fmt: skip
    first = nth_of(tender) == 0
    dossier.documents.add(
        int(first.sum()), tender=tender[first], kind=CONTRACT_TEXT, published=np.minimum(published, last)[first]
    )
    return made


def _amend(dossier: Dossier, contracts: Ints, last: int, rng: np.random.Generator) -> None:
    """One contract in twelve is changed by little: more or less of the same, more time, another bank."""
    book = dossier.contracts
    some = kept(contracts, (rng.random(len(contracts)) < 0.08) & (book["signed"][contracts] < last - 60))
    kind = rng.choice([QUANTITY_UP, QUANTITY_DOWN, TERM, OTHER_CHANGE], len(some), p=[0.5, 0.15, 0.25, 0.1])
    share = np.select(
        [kind == QUANTITY_UP, kind == QUANTITY_DOWN],
        [rng.uniform(0.01, 0.072, len(some)), -rng.uniform(0.01, 0.08, len(some))],
        0.0,
    )
    signed = np.minimum(book["signed"][some] + rng.integers(20, 90, len(some)), last - 1)
    cents = (book["amount"][some] * share).astype(np.int64) // 100_00 * 100_00
    dossier.amendments.add(len(some), contract=some, cents=cents, signed=signed, kind=kind, reason=rng.integers(0, 6, len(some)))


def _hand_on(market: Market, dossier: Dossier, contracts: Ints, last: int, rng: np.random.Generator) -> None:
    """Some works contracts pass a lesser part on to a firm of another trade that was no bidder."""
    book = dossier.contracts
    works = market.tenders["category"][book["tender"][contracts]] == 2
    some = kept(contracts, works & (rng.random(len(contracts)) < 0.12) & (book["signed"][contracts] < last - 30))
    industry = market.tenders["industry"][book["tender"][some]]
    trades = int(market.firms.industry.max()) + 1
    helper = np.full(len(some), NONE)
    for other in range(trades):
        here = np.flatnonzero((industry + 1 + some % (trades - 1)) % trades == other)
        pool = market.firms.bidders(other)
        if len(pool):
            helper[here] = pool[rng.integers(0, len(pool), len(here))]
    ok = helper != NONE
    cents = (book["amount"][some] * rng.uniform(0.08, 0.3, len(some))).astype(np.int64) // 100_00 * 100_00
    signed = np.minimum(book["signed"][some] + rng.integers(7, 40, len(some)), last)
    dossier.subcontracts.add(int(ok.sum()), contract=some[ok], firm=helper[ok], cents=cents[ok], signed=signed[ok])


def perform(market: Market, dossier: Dossier, contracts: Ints, last: int, rng: np.random.Generator) -> None:
    """Delivered in time, accepted as agreed, paid in two parts: together what was agreed, amendments included."""
    book, count = dossier.contracts, len(contracts)
    changes = dossier.amendments
    # one contract after the other is performed anew: only its own amendments are looked at then
    agreed = changes.by("contract").of(int(contracts[0])) if count == 1 else np.arange(len(changes))
    agreed = kept(agreed, changes["alive"][agreed] == 1)
    more = np.bincount(dossier.amendments["contract"][agreed], dossier.amendments["cents"][agreed], len(book)).astype(np.int64)
    total = book["amount"][contracts] + more[contracts]
    starts, term = book["starts"][contracts], book["term"][contracts]
    due = starts + term
    extended = among(contracts, changes["contract"][agreed[changes["kind"][agreed] == TERM]])
    due = np.where(extended, due + 20, due)
    delivered = due - rng.integers(0, 10**6, count) % np.maximum(term // 4, 3)
    accepted = delivered + rng.integers(2, 15, count)
    early = total * rng.choice([0, 20, 30, 40], count) // 100 // 100 * 100
    events = (
        (DELIVERY, NONE, delivered, due, np.full(count, 1), 0),
        (ACCEPTANCE, NONE, accepted, delivered + 20, np.full(count, 1), 1),
        (PAYMENT, early, starts + rng.integers(5, 20, count), starts + 30, np.full(count, NONE), 2),
        (PAYMENT, total - early, accepted + rng.integers(5, 28, count), accepted + 30, np.full(count, NONE), 2),
    )
    for kind, amount, done, by, conform, note in events:
        known = (done <= last) & (True if isinstance(amount, int) else amount > 0)
        dossier.events.add(
            int(known.sum()), contract=contracts[known], kind=kind, amount=amount if isinstance(amount, int) else amount[known],
            done=done[known], due=by[known], conform=conform[known], note=np.where(rng.random(int(known.sum())) < 0.4, note, NONE),
        )  # fmt: skip


def list_items(market: Market, dossier: Dossier, awards: Ints, rng: np.random.Generator) -> None:
    """What was asked for and bought, at prices about the reference: one line of each award, on both sides."""
    won = dossier.awards
    tender, amount = won["tender"][awards], won["amount"][awards]
    industry, year = market.tenders["industry"][tender], market.tenders["year"][tender]
    price = reference(industry, year) * np.clip(rng.normal(0.98, 0.04, len(awards)), 0.86, 1.09)
    quantity = np.maximum(np.round(amount / price), 1).astype(np.int64)
    text = rng.integers(0, 10**6, len(awards))
    asked = reference(industry, year) * np.clip(rng.normal(1.02, 0.03, len(awards)), 0.93, 1.1)
    for award, cents in ((np.full(len(awards), NONE), asked.astype(np.int64)), (awards, amount // quantity)):
        dossier.items.add(
            len(awards), tender=tender, award=award, position=won["lot"][awards], text=text, quantity=quantity, price=cents
        )
