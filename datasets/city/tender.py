"""Public purchases: notices, honest competition, awards; splitting and other evils are planted later."""

from dataclasses import dataclass, field

import numpy as np

from datasets.city import price, workdays
from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, day, distinct, kept, nth_of
from datasets.city.body import Bodies
from datasets.city.firm import Firms
from datasets.city.ledger import Ledger
from datasets.city.vocabulary import words

METHODS = ("open", "invited", "negotiation", "consultation", "inquiry", "single_source", "framework", "direct", "other")
METHOD_WORDS = ("公开招标", "邀请招标", "竞争性谈判", "竞争性磋商", "询价", "单一来源", "框架协议", "直接采购", "其他")
CATEGORIES = ("goods", "services", "works")
STATUSES = ("planning", "active", "complete", "cancelled", "unsuccessful", "withdrawn")
BID_STATUSES = ("submitted", "valid", "disqualified", "withdrawn", "invited", "winning", "other")
BUDGET_ITEMS = (
    "2010301",
    "2010350",
    "2050202",
    "2050203",
    "2060901",
    "2080501",
    "2100201",
    "2110302",
    "2120303",
    "2120501",
    "2130104",
    "2130305",
    "2140106",
    "2240101",
)
OPEN_LIMIT = np.array([2_000_000_00, 2_000_000_00, 4_000_000_00])
"""The county's open tender limit in cents, by category."""
OPEN, INVITED, NEGOTIATION, CONSULTATION, INQUIRY, SINGLE_SOURCE, FRAMEWORK, DIRECT = range(8)
ACTIVE, COMPLETE, CANCELLED, UNSUCCESSFUL = 1, 2, 3, 4
VALID, DISQUALIFIED, WITHDRAWN, WINNING = 1, 2, 3, 5
_WAIT = np.array([24, 22, 7, 11, 6, 6, 3, 2, 3])
"""Usual days from notice to closing, by method."""
COLUMNS = (
    "buyer", "agency", "method", "category", "industry", "title", "budget", "limit", "item", "year", "status", "adjusted", "approved",
    "noticed", "closes", "awarded", "lots", "stated", "bidders", "place",
    # what the papers of a purchase say, filled in by datasets.city.dossier
    "sold_from", "sold_until", "clarified", "ground", "shown_from", "shown_until", "evaluated", "contact", "fee", "bond", "points", "plan", "portal",
)  # fmt: skip
BID_COLUMNS = (
    "tender",
    "lot",
    "firm",
    "price",
    "submitted",
    "ip",
    "mac",
    "machine",
    "phone",
    "agent",
    "manager",
    "account",
    "print",
    "status",
    "email",
    "certificate",
    "because",
)


@dataclass
class Market:
    """Tenders and bids; a bid's `ip`, `mac`, `machine` are numbers of machines, each firm its own by default."""

    tenders: Ledger
    bids: Ledger
    firms: Firms
    agent: Ints
    manager: Ints
    account: Ints
    last: int
    tied: Bools
    """Firm by unit: whether somebody of the firm is of the unit's staff or near kin of them."""
    busy: set[int] = field(default_factory=set)
    """Firms that take no further bids: whatever they do is part of a case."""

    related: set[int] = field(default_factory=set)
    """Firms that have people in common with another."""

    _away: tuple[int, int, Bools] | None = None
    """How many were busy and how many banned when `away` was last asked for, and who (both only grow)."""

    def away(self) -> Bools:
        """Firms that take no further bids: the busy and those with a ban."""
        size = len(self.busy), len(self.firms.debarments)
        if self._away is None or self._away[:2] != size:
            out = np.zeros(len(self.firms), dtype=bool)
            out[list(self.busy)] = True
            out[self.firms.debarments["firm"]] = True
            self._away = (*size, out)
        return self._away[2].copy()

    def bids_by(self, firm: int) -> Ints:
        """Living bids of a firm in row order. Who lets a bid be another firm's has to say so: `bids.by("firm").moved`."""
        rows = self.bids.by("firm").of(firm)
        return kept(rows, self.bids["alive"][rows] == 1)

    def bid(self, tender: Ints, lot: Ints, firm: Ints, cents: Ints, rng: np.random.Generator, **changed: Ints | int) -> Ints:
        """Enter bids with each firm's own machine, phone, people and account; returns their rows."""
        closes = self.tenders["closes"][tender]
        early = np.minimum(
            rng.exponential(26_000, len(tender)) + 600 + rng.integers(0, 3000, len(tender)), 5 * DAY_SECONDS
        ).astype(np.int64)
        unknown = rng.random(len(tender)) < 0.06  # bids taken in on paper
        values: dict[str, Ints | int] = {
            "tender": tender, "lot": lot, "firm": firm, "price": cents, "submitted": closes - early, "ip": np.where(unknown, NONE, firm),
            "mac": np.where(unknown, NONE, firm), "machine": np.where(unknown, NONE, firm), "phone": firm, "agent": self.agent[firm],
            "manager": self.manager[firm], "account": self.account[firm], "status": VALID, "email": firm, "certificate": firm,
        }  # fmt: skip
        return self.bids.add(len(tender), **(values | changed))


def invite(
    bodies: Bodies,
    firms: Firms,
    people: Ints,
    accounts: Ints,
    tied: Bools,
    years: range,
    count: int,
    last: int,
    rng: np.random.Generator,
) -> Market:
    """`count` tenders in all the years. `people`: adults who may act for firms; `accounts`: each firm's account; `tied`: see Market."""
    firms_n = len(firms)
    hands = people[np.arange(2 * firms_n) % len(people)]
    market = Market(Ledger(COLUMNS), Ledger(BID_COLUMNS), firms, hands[:firms_n], hands[firms_n:], accounts, last, tied)
    notices(market, bodies, years, count, rng)
    _unsplit(market)
    _compete(market)
    take_bids(market, np.arange(len(market.tenders)), rng)
    return market


def notices(market: Market, bodies: Bodies, years: range, count: int, rng: np.random.Generator) -> Ints:
    """Publish notices of lawful purchases; returns their rows."""
    said = list(words().industries.values())
    weight = np.select(
        [bodies.kind == kind for kind in ("agency", "township", "school", "hospital", "state_firm", "institution", "nursing_home")], [3.0, 4.0, 2.0, 3.0, 3.0, 2.0, 0.7], 0.0,
    )  # fmt: skip
    weight[[0, bodies.agency("纪委监委")]] = 0
    industry = rng.integers(0, len(said), count)
    category = np.array([CATEGORIES.index(trade.category) for trade in said])[industry]
    scale = np.array([13.2, 12.9, 14.0])[category]
    budget = np.round(np.exp(rng.normal(scale, 0.85, count)), -3).astype(np.int64) * 100 + rng.choice(
        [0, 50000, 130000, 870000], count
    )
    above = budget > OPEN_LIMIT[category] * 0.85
    method = rng.choice(8, count, p=[0.43, 0.03, 0.06, 0.23, 0.08, 0.04, 0.09, 0.04])
    method[above & (rng.random(count) < 0.93)] = OPEN
    approved = np.where((method != OPEN) & (above | (method == SINGLE_SOURCE)), 1, 0)
    begin = day(years[0]) - 40
    noticed = rng.integers(begin, market.last + 1, count)
    noticed = noticed - np.maximum((noticed + 3) % 7 - 4, 0)  # nothing is published on a weekend
    noticed = np.sort(np.maximum(noticed, day(years[0])))
    closes = closing_day(method, noticed, rng.integers(0, 6, count))
    return market.tenders.add(
        count, buyer=rng.choice(len(weight), count, p=weight / weight.sum()), agency=_agencies(market, count, rng), method=method, category=category,
        industry=industry, title=rng.integers(0, 60, count), budget=budget, item=rng.integers(0, len(BUDGET_ITEMS), count), approved=approved, adjusted=0,
        limit=np.where(rng.random(count) < 0.6, budget // 10000 * 10000, NONE), year=noticed.astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970,
        noticed=noticed * DAY_SECONDS + rng.integers(8 * 3600, 17 * 3600, count), closes=closes * DAY_SECONDS + 9 * 3600 + 1800,
        lots=np.where((method == OPEN) & (rng.random(count) < 0.05), 2, 1), place=rng.integers(0, 1000, count), status=COMPLETE,
    )  # fmt: skip


def closing_day(method: Ints, noticed: Ints, more: Ints) -> Ints:
    """Days bids are due: the method's usual time and some days more, never on a free day, and long enough to sell documents."""
    due = workdays.on_or_after(noticed + _WAIT[method] + more)
    return np.asarray(np.where(method <= INQUIRY, np.maximum(due, workdays.ahead(noticed, 8)), due))


def _agencies(market: Market, count: int, rng: np.random.Generator) -> Ints:
    consultants = market.firms.bidders(15)[:6]
    return np.where(rng.random(count) < 0.7, consultants[rng.integers(0, len(consultants), count)], NONE)


def split_groups(tenders: Ledger) -> tuple[Ints, Ints, Ints]:
    """Non-open purchases of one buyer, year, budget item and class: (rows, group of each row, sum of each group)."""
    rows = np.flatnonzero(
        (tenders["method"] != OPEN) & (tenders["method"] != FRAMEWORK) & (tenders["approved"] == 0) & (tenders["adjusted"] == 0)
    )
    keys = np.stack([tenders[name][rows] for name in ("buyer", "year", "item", "industry")])
    group = np.unique(keys, axis=1, return_inverse=True)[1].ravel()
    return rows, group, np.bincount(group, tenders["budget"][rows]).astype(np.int64)


def _unsplit(market: Market) -> None:
    """Honest buyers tender openly what adds up to more than the limit."""
    rows, group, total = split_groups(market.tenders)
    limit = OPEN_LIMIT[market.tenders["category"][rows]]
    changed = rows[total[group] > 0.85 * limit]
    market.tenders["method"][changed] = OPEN
    noticed = market.tenders["noticed"][changed] // DAY_SECONDS
    market.tenders["closes"][changed] = (
        closing_day(market.tenders["method"][changed], noticed, changed % 6) * DAY_SECONDS + 34_200
    )


def _compete(market: Market) -> None:
    """Honest buyers go to a single source twice a year at most; what they buy beyond that they tender openly."""
    tenders = market.tenders
    rows = np.flatnonzero(tenders["method"] == SINGLE_SOURCE)
    often = nth_of(tenders["buyer"][rows] * 10_000 + tenders["year"][rows]) >= 2
    changed = rows[often]
    tenders["method"][changed], tenders["approved"][changed] = OPEN, 0
    noticed = tenders["noticed"][changed] // DAY_SECONDS
    tenders["closes"][changed] = closing_day(tenders["method"][changed], noticed, changed % 6) * DAY_SECONDS + 34_200


def take_bids(market: Market, rows: Ints, rng: np.random.Generator, sure: bool = False) -> None:
    """Honest bids for notices, lot by lot; purchases too thinly attended fail (none when `sure`); late ones are still open."""
    tenders = market.tenders
    method = tenders["method"][rows]
    few = rng.choice([3, 4], len(rows), p=[0.7, 0.3])
    many = 3 + np.minimum(rng.negative_binomial(1.6, 0.4, len(rows)), 8)
    count = np.select([method == OPEN, method <= INQUIRY], [many, few], 1)
    fail = (method == OPEN) & (rng.random(len(rows)) < 0.05) & (not sure)
    count[fail] = rng.integers(0, 3, int(fail.sum()))
    tenders["status"][rows[fail]] = UNSUCCESSFUL
    tenders["status"][rows[~fail & (rng.random(len(rows)) < 0.012) & (not sure)]] = CANCELLED
    running = tenders["closes"][rows] >= market.last * DAY_SECONDS
    tenders["status"][rows[running]] = ACTIVE
    count[running] = 0
    count = np.where(tenders["status"][rows] == CANCELLED, 0, count)
    for lot in (0, 1):
        here = np.flatnonzero((tenders["lots"][rows] > lot) & (count > 0))
        _bids_of(market, rows[here], np.full(len(here), lot), count[here], rng)
    tenders["stated"][rows] = np.where(
        running | (tenders["status"][rows] == CANCELLED), NONE, np.where(rng.random(len(rows)) < 0.85, count, NONE)
    )


def _bids_of(market: Market, rows: Ints, lot: Ints, counts: Ints, rng: np.random.Generator) -> None:
    share = market.tenders["lots"][rows]
    prices = price.honest(market.tenders["budget"][rows] // share, counts, rng)
    owner = np.repeat(np.arange(len(rows)), counts)
    firm = choose_firms(
        market,
        market.tenders["industry"][rows],
        counts,
        rng,
        market.tenders["buyer"][rows],
    )
    # with six or more in the race, one in ten falls out and still three remain
    crowded = counts[owner] >= 6
    nth = np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]
    out = crowded & (nth < 2) & (rng.random(len(owner)) < 0.15)
    status = np.where(out, np.where(rng.random(len(owner)) < 0.8, DISQUALIFIED, WITHDRAWN), VALID)
    budget = market.tenders["budget"][rows] // share
    for left in (status == VALID, status != WITHDRAWN):
        # who is left must not look regular by chance: then nobody falls out
        bad = price.regular(prices[left], budget, np.bincount(owner[left], minlength=len(rows)))
        status[bad[owner]] = VALID
    market.bid(rows[owner], lot[owner], firm, prices, rng, status=status)


def choose_firms(market: Market, industries: Ints, counts: Ints, rng: np.random.Generator, buyers: Ints) -> Ints:
    """Different firms of the right industry for each tender, larger ones oftener, one after the other.

    Firms that are busy or banned, and those tied to the tender's buyer, keep away.
    """
    away = market.away()
    start = np.cumsum(counts) - counts
    out = np.full(int(counts.sum()), NONE)
    for industry in distinct(industries).tolist():
        pool = market.firms.bidders(industry)
        rows = np.flatnonzero(industries == industry)
        weight = 1.0 / (np.arange(len(pool)) + 4.0)
        # the smallest of exponentials over weights is a weighted draw without replacement
        draw = rng.exponential(1.0, (len(rows), len(pool))) / weight
        draw[market.tied[np.ix_(pool, buyers[rows])].T | away[pool]] = np.inf
        keys = np.argsort(draw, axis=1)
        width = np.arange(keys.shape[1])
        chosen = width[None, :] < counts[rows][:, None]
        at = start[rows][:, None] + width[None, :]
        out[at[chosen]] = pool[keys[chosen]]
    return out
