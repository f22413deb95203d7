"""What waits for me (待我办理): requests for material sent to my office, and what I may approve; with its count for other pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight_of_rectification import letters_seen
from service.alert_view import demands
from service.casework.answering import to_answer
from service.casework.protecting import APPROVE, clearings_seen
from service.console.alert import by
from service.console.casework import Sitting, sitting
from service.console.casework_filled import Form as Filling
from service.console.clearings import lines_of
from service.console.rectifying import on
from service.console.visitor import Visitor, visits
from service.rectifying.course import APPROVE as APPROVE_LETTERS
from service.rectifying.seat import sit_down
from service.rectifying.seen import ledger
from service.sealed import unsealing
from service.store.alert_work import Demand
from service.store.case import CaseFile
from service.store.clearing import ASKED, Clearing
from service.store.rectifying import Rectification
from service.store.rectifying_letters import Recommendation
from service.store.sealed import Unsealing
from service.triage.hold import called

router = APIRouter()
Judge = Annotated[Visitor, visits("alerts.judge")]


@dataclass(frozen=True)
class Waits:
    """Everything that waits for one person."""

    demands: Sequence[Demand]
    clearings: Sequence[Clearing]
    unsealings: Sequence[Unsealing]
    letters: Sequence[Recommendation]
    cases: Sequence[CaseFile]
    items: Sequence[Rectification]

    @property
    def count(self) -> int:
        """How many there are of all kinds."""
        return sum(len(one) for one in vars(self).values())

    @property
    def actors(self) -> list[str]:
        """Who asked, or drafted."""
        asked = {one.asked_by for those in (self.demands, self.clearings, self.unsealings) for one in those}
        return sorted(asked | {one.drafted_by for one in self.letters})


@router.get("/waiting")
def listed(me: Judge) -> HTMLResponse:
    """Everything that waits for this person, what is due first."""
    with me.here.desk.store.look() as session, sitting(me) as here:
        found = _gathered(session, me, here)
        return me.show(
            "waiting.html",
            **vars(found),
            lines=lines_of(here.seen, me, list(found.clearings)),
            names=called(session, found.actors),
        )


@router.get("/waiting/count")
def count(me: Judge) -> HTMLResponse:
    """How many there are, for the side of the queue; nothing when there are none."""
    with me.here.desk.store.look() as session, sitting(me) as here:
        return me.show("waiting_count.html", count=_gathered(session, me, here).count)


def _gathered(session: Session, me: Visitor, here: Sitting) -> Waits:
    acting = here.seat.acting
    return Waits(
        demands=demands.demands_waiting(session, by(me)),
        clearings=_clearings(session, me),
        unsealings=_unsealings(session, me),
        letters=_letters(session, me),
        cases=to_answer(session, acting, here.seat.ways) if me.caller.may("casework.read") else [],
        items=ledger(session, sit_down(me.here.desk, me.caller, here.seen.tables).acting, shown="mine")
        if me.caller.may("rectification.read")
        else [],
    )


@router.post("/waiting/{number}/reply")
def reply(me: Judge, number: int, form: Filling) -> Response:
    """Answer a request."""
    with me.here.desk.store.change() as session:
        demands.reply(session, by(me), number, form.text("text"))
    return on(me, "/waiting")


def _unsealings(session: Session, me: Visitor) -> list[Unsealing]:
    """Requests of others to see a sealed value, that wait for this person's word; and one's own that were agreed to."""
    now = me.here.desk.clock()
    found = unsealing.requests_of(session, me.caller, None, now)
    return [one for one in found if one.now(now) == ("agreed" if one.asked_by == me.caller.name else "pending")]


def _letters(session: Session, me: Visitor) -> list[Recommendation]:
    """Letters that others drafted and this person may approve."""
    mine = select(Recommendation).where(
        letters_seen(me.caller, APPROVE_LETTERS), Recommendation.status == "drafted", Recommendation.drafted_by != me.caller.name
    )
    return list(session.scalars(mine.order_by(Recommendation.letter_id).limit(200)))


def _clearings(session: Session, me: Visitor) -> list[Clearing]:
    if not me.caller.may(APPROVE):
        return []
    mine = select(Clearing).where(
        Clearing.status == ASKED, Clearing.asked_by != me.caller.name, clearings_seen(me.caller, APPROVE)
    )
    return list(session.scalars(mine.order_by(Clearing.clearing_id).limit(200)))
