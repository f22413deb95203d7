"""The papers of public purchases: plans, documents, clauses, questions, bid parts, scores, awards, contracts and what became of them.

`file_papers` writes what honest offices keep of tenders whose bids are in; planters change or add to it afterwards.
"""

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, distinct
from datasets.city.firm import Firms
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.pairs import Pairs
from datasets.city.sundry import Sundry
from datasets.city.tender import Market

GROUND_WORDS = ("unique", "urgent", "continuity", "other")
UNIQUE, URGENT, CONTINUITY, OTHER_GROUND = range(4)
DOCUMENT_KINDS = ("intention", "bidding_document", "specification", "award_notice", "evaluation_report", "contract")
INTENTION, BIDDING_DOCUMENT, SPECIFICATION, AWARD_NOTICE, EVALUATION_REPORT, CONTRACT_TEXT = range(6)
CLAUSE_KINDS = ("qualification", "technical", "scoring", "commercial")
QUALIFICATION, TECHNICAL, SCORING, COMMERCIAL = range(4)
CHANGED_FIELDS = ("closes_at", "document_fee", "budget", "qualification", "method", "technical")
CLOSES_AT, DOCUMENT_FEE, BUDGET, CHANGED_QUALIFICATION, CHANGED_METHOD, CHANGED_TECHNICAL = range(6)
CHALLENGE, COMPLAINT = range(2)
PART_KINDS = ("text", "image", "error", "attachment")
TEXT, IMAGE, ERROR, ATTACHMENT = range(4)
AWARD_STATUSES = ("pending", "active", "cancelled", "unsuccessful", "other")
PENDING, AWARDED, AWARD_CANCELLED, NOT_AWARDED = range(4)
AMENDED = ("price", "quantity_up", "quantity_down", "term", "other")
PRICE, QUANTITY_UP, QUANTITY_DOWN, TERM, OTHER_CHANGE = range(5)
EVENT_KINDS = ("delivery", "acceptance", "payment", "default")
DELIVERY, ACCEPTANCE, PAYMENT, DEFAULT = range(4)
GROUP, ASSOCIATION = range(2)


@dataclass
class Dossier:
    """Ledgers of the papers; texts that are nobody's template stand in `said` and are named by their place there."""

    experts: Ints
    """People who may sit on an evaluation panel: none of them has to do with a firm."""
    plans: Ledger = field(default_factory=lambda: Ledger(("unit", "year", "industry", "method", "amount", "published")))
    documents: Ledger = field(default_factory=lambda: Ledger(("tender", "kind", "published")))
    clauses: Ledger = field(
        default_factory=lambda: Ledger(("tender", "kind", "template", "number", "weight", "objective", "said"))
    )
    changes: Ledger = field(default_factory=lambda: Ledger(("tender", "field", "old", "new", "changed")))
    complaints: Ledger = field(default_factory=lambda: Ledger(("tender", "firm", "kind", "filed", "answered", "upheld")))
    questions: Ledger = field(default_factory=lambda: Ledger(("tender", "asked", "answered")))
    items: Ledger = field(default_factory=lambda: Ledger(("tender", "award", "position", "text", "quantity", "price")))
    parts: Ledger = field(default_factory=lambda: Ledger(("bid", "part", "kind", "print", "standard", "named")))
    scores: Ledger = field(default_factory=lambda: Ledger(("bid", "expert", "score")))
    awards: Ledger = field(
        default_factory=lambda: Ledger(("bid", "tender", "lot", "firm", "amount", "awarded", "status", "term"))
    )
    contracts: Ledger = field(
        default_factory=lambda: Ledger(
            ("award", "tender", "firm", "amount", "signed", "starts", "term", "published", "recorded", "bond", "framework")
        )
    )
    amendments: Ledger = field(default_factory=lambda: Ledger(("contract", "cents", "signed", "kind", "reason", "said")))
    subcontracts: Ledger = field(default_factory=lambda: Ledger(("contract", "firm", "cents", "signed")))
    events: Ledger = field(
        default_factory=lambda: Ledger(("contract", "kind", "amount", "done", "due", "conform", "note", "said"))
    )
    groups: Ledger = field(default_factory=lambda: Ledger(("group", "firm", "kind", "starts", "ends")))
    said: list[str] = field(default_factory=list)
    """Texts of clauses, amendments and events in their own words."""

    def pairs(self) -> Pairs:
        """Members of one group of firms, two by two."""
        kind, group, firm = (self.groups[name] for name in ("kind", "group", "firm"))
        members: dict[int, list[int]] = {}
        for number, one in zip(group[kind == GROUP].tolist(), firm[kind == GROUP].tolist(), strict=True):
            members.setdefault(number, []).append(one)
        return Pairs((one, other) for together in members.values() for one, other in combinations(sorted(set(together)), 2))

    def say(self, text: str) -> int:
        """Keep a text; returns its number."""
        self.said.append(text)
        return len(self.said) - 1


def open_dossier(
    folk: Folk, firms: Firms, market: Market, sundry: Sundry, public: Bools, last: int, rng: np.random.Generator
) -> Dossier:
    """A dossier without papers: who may evaluate, and which firms belong together."""
    dossier = Dossier(_experts(folk, firms, market, sundry, public, last, rng))
    _join_groups(dossier, firms, last, rng)
    return dossier


def _experts(
    folk: Folk, firms: Firms, market: Market, sundry: Sundry, public: Bools, last: int, rng: np.random.Generator
) -> Ints:
    """Adults without a job at a firm, a share in one, or kin who have."""
    age = folk.age(last)
    fit = (age >= 30) & (age < 66) & (folk.died == NONE) & ~public
    busy = np.zeros(len(folk), dtype=bool)
    for people in (firms.owner, firms.shares["person"], firms.roles["person"], market.agent, market.manager):
        busy[people[people != NONE]] = True
    person, relative, _ = folk.kin
    near = busy.copy()
    near[relative[busy[person]]] = True
    near[sundry.jobs["person"]] = True
    # where everybody knows everybody, those will do who have no share in a firm themselves
    pool = np.flatnonzero(fit & ~near) if (fit & ~near).sum() >= 15 else np.flatnonzero(fit & ~busy)
    chosen: Ints = rng.permutation(pool)[: max(40, len(market.tenders) // 60)].astype(np.int64)
    return chosen


def _join_groups(dossier: Dossier, firms: Firms, last: int, rng: np.random.Generator) -> None:
    """Groups of firms of different trades; associations of more, now and then with two of one trade."""
    trade = rng.permutation(int(firms.industry.max()) + 1)
    number = 0
    for at in range(max(4, len(firms) // 60)):
        size = 2 + at % 2
        chosen = [firms.bidders(int(trade[(at * 3 + place) % len(trade)])) for place in range(size)]
        members = distinct([int(pool[rng.integers(len(pool))]) for pool in chosen if len(pool)])
        dossier.groups.add(len(members), group=number, firm=members, kind=GROUP, starts=last - int(rng.integers(1200, 4000)))
        number += 1
    for at in range(max(2, len(firms) // 200)):
        chosen = [firms.bidders(int(trade[(at * 5 + place) % len(trade)])) for place in range(5)]
        members = distinct([*(int(pool[rng.integers(len(pool))]) for pool in chosen if len(pool)), *chosen[0][-1:].tolist()])
        dossier.groups.add(
            len(members), group=number, firm=members, kind=ASSOCIATION, starts=last - int(rng.integers(1200, 4000))
        )
        number += 1
