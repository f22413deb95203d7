"""Leads that other bodies bring (外部线索: 审计 税务 财政 公安): received under their reference, taken by an office, answered once approved."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.casework.course import Acting, not_the_same
from service.errors import Refusal
from service.rectifying.course import CASE_APPROVE, CASEWORK, advance, hold, made
from service.rectifying.giving import for_office, my_case
from service.store.rectifying_letters import OutsideLead

ORIGINS = ("audit", "tax", "finance", "police", "other")
RESULTS = ("substantiated", "partly", "unfounded", "not_ours")
"""属实, 部分属实, 不属实, 不属于本机关管辖."""


@dataclass(frozen=True)
class Brought:
    """What the other body says."""

    origin: str
    sender: str
    reference: str
    matter: str
    content: str
    received_on: date
    unit_id: str | None = None


def bring(session: Session, acting: Acting, said: Brought) -> tuple[OutsideLead, bool]:
    """Take a lead in; the same reference of the same body again is the one that is there (False).

    It lies with the coordinating office until somebody takes it. Raises Refusal for what is missing, or other content under a known reference.
    """
    texts = (said.sender, said.reference, said.matter, said.content)
    if said.origin not in ORIGINS or not all(one.strip() for one in texts):
        raise Refusal("rectifying.wrong.outside_parts")
    if said.received_on > acting.today:
        raise Refusal("casework.wrong.in_future", day=said.received_on)
    mine = select(OutsideLead).where(OutsideLead.sender == said.sender.strip(), OutsideLead.reference == said.reference.strip())
    known = session.scalar(mine)
    if known is not None:
        if known.made_by != acting.name or (known.matter, known.content) != (said.matter.strip(), said.content.strip()):
            raise Refusal("rectifying.wrong.known_reference", reference=said.reference.strip())
        return known, False
    due = acting.periods.due("outside_take", acting.today)
    first = next((one.office_id for one in acting.offices.values() if one.stream == "coordination"), None)
    lead = OutsideLead(
        status="received", origin=said.origin, sender=said.sender.strip(), reference=said.reference.strip(), matter=said.matter.strip(),
        content=said.content.strip(), unit_id=said.unit_id, received_on=said.received_on, due_on=due.due_on,
        due_provisional=due.provisional, office_id=first, case_id=None, taken_by=None, taken_at=None, result=None, answer=None,
        drafted_by=None, answered_by=None, answered_at=None, made_by=acting.name, made_at=acting.now, version=1,
    )  # fmt: skip
    return made(session, acting, lead, origin=said.origin, office=first), True


def take(
    session: Session, acting: Acting, outside_id: int, version: int, office_id: str, case_id: int | None = None
) -> OutsideLead:
    """Sign for it (签收) and say which office works on it, on which case file; the answer is due from now.

    Raises Refusal for an office that is not there; NothingFound for a case file that is not the caller's, Conflict, IllegalMove.
    """
    lead = hold(session, acting, OutsideLead, outside_id, version, "take")
    acting.office(office_id)
    if case_id is not None:
        my_case(session, acting, case_id, CASEWORK)
    due = acting.periods.due("outside_answer", acting.today)
    lead.office_id, lead.case_id, lead.taken_by, lead.taken_at = office_id, case_id, acting.name, acting.now
    lead.due_on, lead.due_provisional = due.due_on, due.provisional
    advance(session, acting, lead, "take", office=office_id, case=case_id)
    return lead


def draft_answer(session: Session, acting: Acting, outside_id: int, version: int, result: str, said: str) -> OutsideLead:
    """Draft the answer: the result, and what may be told. Raises Refusal without them or for another office; NothingFound, Conflict, IllegalMove."""
    lead = hold(session, acting, OutsideLead, outside_id, version, "draft_answer")
    for_office(acting, lead.office_id or "", CASEWORK)
    if result not in RESULTS or not said.strip():
        raise Refusal("rectifying.wrong.answer")
    lead.result, lead.answer, lead.drafted_by = result, said.strip(), acting.name
    advance(session, acting, lead, "draft_answer", result=result)
    return lead


def decide_answer(session: Session, acting: Acting, outside_id: int, version: int, *, agree: bool) -> OutsideLead:
    """Approve the answer: from now on the sender reads it. Or send it back. Raises Refusal for whoever drafted it or another office; else as above."""
    step = "approve_answer" if agree else "refuse_answer"
    lead = hold(session, acting, OutsideLead, outside_id, version, step)
    for_office(acting, lead.office_id or "", CASE_APPROVE)
    not_the_same(acting.name, lead.drafted_by)
    if agree:
        lead.answered_by, lead.answered_at = acting.name, acting.now
    advance(session, acting, lead, step, result=lead.result)
    return lead
