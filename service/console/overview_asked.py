"""The ledger as somebody sees it, narrowed by what the address of a page says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from service.console.asked import Asked
from service.console.queue import Answer
from service.console.visitor import Visitor
from service.reading import Reading
from service.roll.alerts import Mask
from service.whole.figures import since
from service.whole.ledger import Ledger, Ledgers

NARROWS = ("stream", "area", "topic", "office", "unit", "rule")
"""Facets of the queue by which the whole can be narrowed."""
SPANS: Mapping[str, int | None] = {"all": None, "year": 12, "quarter": 3, "month": 1}
"""How far back: everything, the last twelve months, three, this one."""


@dataclass
class Whole:
    """The ledger as somebody sees it, narrowed by what the address says."""

    seen: Reading
    me: Visitor
    span: str = "all"
    rule: str = ""

    @cached_property
    def asked(self) -> Asked:
        facets = Asked.of(self.me.request.url.query).facets
        chosen = {name: facets[name] for name in NARROWS if name in facets}
        return Asked({**chosen, **({"rule": (self.rule,)} if self.rule else {}), "status": ("all",)})

    @cached_property
    def answer(self) -> Answer:
        return Answer(self.seen, self.me, self.asked)

    @cached_property
    def ledger(self) -> Ledger:
        ledgers: Ledgers = self.me.request.app.state.ledgers
        return ledgers.of(self.seen.session, self.answer.sieve.roll)

    @property
    def visible(self) -> Mask:
        return self.answer.sieve.visible

    @cached_property
    def mask(self) -> Mask:
        """What the address leaves of what is visible."""
        left = self.answer.sieve.left(self.answer.masks(self.asked))
        return left & since(self.ledger, SPANS[self.span], self.me.days.today)

    def address(self, **facets: str) -> str:
        """The queue's list of the same alerts; it knows no months, so there is none for a span."""
        return "/?" + replace(self.asked, facets={**self.asked.facets, **{name: (one,) for name, one in facets.items()}}).query

    def turned(self, name: str, value: str) -> str:
        """This page, narrowed by one more value or by it no longer."""
        chosen = {one: values for one, values in self.asked.facets.items() if one != "status"}
        chosen = (
            {**chosen, name: (value,)}
            if value not in chosen.get(name, ())
            else {one: v for one, v in chosen.items() if one != name}
        )
        query = "&".join(part for part in (Asked(chosen).query, f"span={self.span}" if self.span != "all" else "") if part)
        return "/overview" + (f"?{query}" if query else "")
