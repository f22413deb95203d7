"""What other platforms bring and do in the closed loop: leads from outside with their answers, and callers who are asked again."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight_of_rectification import BRING, calls_seen, outside_seen
from service.api.fields import Body, Code, Number, Words
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import there
from service.api.revising import STALE, Revision, Visit, revises, visits
from service.rectifying import following, outside
from service.rectifying.seat import sit_down
from service.store.rectifying_after import Revisit
from service.store.rectifying_letters import OutsideLead

router = APIRouter(tags=["outside"])
Brings = Annotated[Caller, may("leads.bring")]
Calls = Annotated[Caller, may("revisits.report")]


class NewOutsideLead(Body):
    """A lead that another body transfers, under its own reference."""

    origin: Literal["audit", "tax", "finance", "police", "other"]
    sender: Code
    reference: Code
    """Sent again under the same reference it is one lead; with other content it is refused."""
    matter: Words
    content: Words
    received_on: date
    unit: Code | None = None


class OutsideLine(Body):
    """A lead as its sender sees it: how far it is, and the answer once it is approved."""

    lead: int
    sender: str
    reference: str
    status: str
    """received, taken, answering or answered."""
    due_on: date
    result: str | None
    answer: str | None
    answered_at: datetime | None

    @classmethod
    def of(cls, one: OutsideLead) -> "OutsideLine":
        done = one.status == "answered"
        return cls(
            lead=one.outside_id, sender=one.sender, reference=one.reference, status=one.status, due_on=one.due_on,
            result=one.result if done else None, answer=one.answer if done else None, answered_at=one.answered_at,
        )  # fmt: skip


class CallLine(Body):
    """A caller to be asked again: the order's number only."""

    revisit: int
    version: int
    ticket: str | None
    due_on: date
    status: str
    result: str | None


class Called(Body):
    """What the caller said."""

    result: Literal["satisfied", "unsatisfied", "unreachable"]
    said: Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")] = ""


@router.post("/outside-leads", status_code=201, responses={200: {"model": OutsideLine, "description": "It is there already"}})
def bring_lead(said: NewOutsideLead, caller: Brings, here: Here, response: Response) -> OutsideLine:
    """Transfer a lead to the commission. 201 for a new one, 200 for one that is there under the reference."""
    with here.reading() as seen, here.desk.store.change() as session:
        told = outside.Brought(said.origin, said.sender, said.reference, said.matter, said.content, said.received_on, said.unit)
        lead, new = outside.bring(session, sit_down(here.desk, caller, seen.tables).acting, told)
        response.status_code = 201 if new else 200
        return OutsideLine.of(lead)


@router.get("/outside-leads")
def list_brought(caller: Brings, here: Here) -> list[OutsideLine]:
    """The leads that the caller brought, the newest first."""
    with here.desk.store.look() as session:
        mine = select(OutsideLead).where(outside_seen(caller, BRING)).order_by(OutsideLead.outside_id.desc()).limit(500)
        return [OutsideLine.of(one) for one in session.scalars(mine)]


@router.get("/revisits")
def list_calls(caller: Calls, here: Here) -> list[CallLine]:
    """Orders whose callers are to be asked again, those due first."""
    with here.desk.store.look() as session:
        planned = select(Revisit).where(calls_seen(caller), Revisit.status == "planned").order_by(Revisit.due_on).limit(500)
        return [_call(one) for one in session.scalars(planned)]


@router.get("/revisits/{revisit}")
def read_call(revisit: Number, visit: Annotated[Visit, visits("revisits.report")]) -> CallLine:
    """One order whose caller is to be asked again. Its `ETag` is the `If-Match` of the result."""
    return visit.read(revisit, _seen)


@router.post("/revisits/{revisit}/result", responses=STALE)
def report_call(revisit: Number, said: Called, revision: Annotated[Revision, revises("revisits.report")]) -> CallLine:
    """Report what a caller said."""
    return revision.take(following.called_again, revisit, _called, said.result, said.said)


def _seen(_: Living, session: Session, caller: Caller, revisit: int) -> CallLine:
    return _call(there(session.scalar(select(Revisit).where(calls_seen(caller), Revisit.revisit_id == revisit))))


def _called(_: Living, session: Session, __: Caller, revisit: int) -> CallLine:
    return _call(session.get_one(Revisit, revisit))


def _call(one: Revisit) -> CallLine:
    return CallLine(
        revisit=one.revisit_id,
        version=one.version,
        ticket=one.ticket_id,
        due_on=one.due_on,
        status=one.status,
        result=one.result,
    )
