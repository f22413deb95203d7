"""The queue (研判): the first page. My alerts by priority, facets with counts, words, saved views; an alert opens beside the list."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from service.console.asked import Asked, joined, understood
from service.console.facets import Facet, Sieve, facets, labels_of
from service.console.rows import Row, rows
from service.console.saved import Saved, saved
from service.console.visitor import Visitor, visits
from service.paper.workbook import MOST
from service.reading import Reading
from service.rectifying.covering import campaigns_on, covered
from service.roll.alerts import Mask
from service.roll.kept import Rolls
from service.search.look import Texts, find
from service.words import spoken

router = APIRouter()
Triager = Annotated[Visitor, visits("alerts.read")]
PAGE = 40
"""Rows to a page: more are fetched when the list's end comes into sight."""


@dataclass
class Answer:
    """A question answered: masks and what is shown of them."""

    seen: Reading
    me: Visitor
    asked: Asked

    @cached_property
    def sieve(self) -> Sieve:
        rolls: Rolls = self.me.request.app.state.rolls
        roll = rolls.now(self.seen.session)
        return Sieve(roll, roll.visible(self.seen.session, self.me.caller), self.me.caller, self.me.days)

    @cached_property
    def labels(self) -> dict[str, dict[str, str]]:
        rolls: Rolls = self.me.request.app.state.rolls
        return rolls.labels(
            (self.seen.desk.lake.state(), spoken()), self.sieve.roll, lambda: labels_of(self.seen, self.sieve.roll)
        )

    def masks(self, asked: Asked) -> dict[str, Mask]:
        texts: Texts | None = find(self.seen.session, asked.words) if asked.words else None
        masks = self.sieve.by_facet(asked, texts)
        if asked.campaign is not None:
            masks["campaign"] = self.sieve.roll.of(covered(self.seen.session, asked.campaign))
        return masks

    @cached_property
    def own(self) -> dict[str, Mask]:
        """The masks of the question itself."""
        return self.masks(self.asked)

    @cached_property
    def places(self) -> "np.ndarray[Any, np.dtype[np.int64]]":
        """Places in the roll of all alerts that are left, in the order asked for."""
        places = np.flatnonzero(self.sieve.left(self.own))
        if self.asked.sort == "due":
            places = places[np.argsort(self.sieve.roll.due[places], kind="stable")]
        return places

    def prints(self, start: int) -> list[str]:
        """Fingerprints of one page."""
        return [str(one) for one in self.sieve.roll.prints[self.places[start : start + PAGE]]]

    def facets(self) -> list[Facet]:
        return facets(self.sieve, self.asked, self.own, self.labels)

    def saved(self) -> list[Saved]:
        """My views and those shared with my offices, each with how many alerts it holds now."""
        return saved(self.seen.session, self.me.caller, lambda asked: int(self.sieve.left(self.masks(asked)).sum()))


@router.get("/")
def queue(me: Triager, find: Annotated[str, Query(max_length=200)] = "") -> Response:
    """The queue. What is typed into the search box is understood and becomes the address."""
    with me.here.reading() as seen:
        answer = Answer(seen, me, Asked.of(me.request.url.query))
        if find.strip():
            typed, unknown = understood(find, answer.labels)
            if not unknown:
                address = "/?" + joined(answer.asked, typed).query
                return Response(headers={"HX-Location": address}) if me.by_htmx else RedirectResponse(address, 303)
            return _shown(answer, unknown=unknown, typed=find)
        return _shown(answer)


@router.get("/rows")
def more(me: Triager, start: Annotated[int, Query(ge=0, le=10**6)] = 0) -> HTMLResponse:
    """The next rows of the list, for a page that has come to its end."""
    with me.here.reading() as seen:
        answer = Answer(seen, me, Asked.of(me.request.url.query))
        return me.show("queue_rows.html", **_page(answer, start))


def _shown(answer: Answer, unknown: list[str] | None = None, typed: str = "") -> HTMLResponse:
    return answer.me.show(
        "queue.html", facets=answer.facets(), views=answer.saved(), labels=answer.labels, total=len(answer.places),
        campaigns=campaigns_on(answer.seen.session, answer.me.days.today) if answer.me.caller.may("rectification.read") else [],
        unknown=unknown or [], typed=typed, sorts=("priority", "due"), exported=MOST, **_page(answer, 0),
    )  # fmt: skip


def _page(answer: Answer, start: int) -> dict[str, Any]:
    told: list[Row] = rows(answer.seen, answer.me, answer.prints(start))
    after = start + PAGE if len(answer.places) > start + PAGE else None
    return {"rows": told, "asked": answer.asked, "next": after, "judge": answer.me.caller.may("alerts.judge")}
