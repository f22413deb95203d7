"""What concerns somebody managed above (上级管理干部): only when and to whom it was handed is kept (检举控告工作规则 15)."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from service.casework.claims import end
from service.casework.course import APPROVE, Acting, advance, hold
from service.errors import Refusal
from service.store.case import CaseAlert, CaseFile
from service.store.case_lead import Disposal, Lead
from service.store.case_people import CaseRecusal, CaseTransfer, SealedStub
from service.store.case_work import CaseExtension, CaseTask, Consultation, Draft, Opinion, Verification

WIPED = "-"


def seal(session: Session, acting: Acting, recipient: str) -> SealedStub:
    """Note that something was handed above. Nothing else is kept: no text, no name, no entry in the log, not who did it.

    Raises Refusal for who may not, or without a recipient.
    """
    if not acting.caller.may(APPROVE):
        raise Refusal("casework.wrong.not_entitled")
    if not recipient.strip():
        raise Refusal("casework.wrong.recipient")
    stub = SealedStub(handed_at=acting.now, recipient=recipient.strip())
    session.add(stub)
    session.flush()
    return stub


def hand_above(session: Session, acting: Acting, case_id: int, version: int, recipient: str) -> CaseFile:
    """A case file under way turns out to concern somebody managed above: its texts are wiped, it closes, a stub stays.

    The log keeps that it was closed, as its chain demands, and not why. Raises Refusal, NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "hand_above")
    seal(session, acting, recipient)
    _wipe(session, case)
    end(session, acting, case, "handed_above")
    advance(session, acting, case, "hand_above")
    return case


def stubs(session: Session) -> list[SealedStub]:
    """Every stub, the newest first."""
    return list(session.scalars(select(SealedStub).order_by(SealedStub.handed_at.desc(), SealedStub.stub_id.desc())))


def _wipe(session: Session, case: CaseFile) -> None:
    mine = case.case_id
    called = select(Consultation.consultation_id).where(Consultation.case_id == mine)
    session.execute(delete(Opinion).where(Opinion.consultation_id.in_(called)))
    for record in (Disposal, Lead, Consultation):
        session.execute(delete(record).where(record.case_id == mine))
    session.execute(delete(Draft).where(Draft.case_id == mine))
    session.execute(delete(Verification).where(Verification.case_id == mine))
    session.execute(delete(CaseAlert).where(CaseAlert.case_id == mine))
    session.execute(update(CaseTask).where(CaseTask.case_id == mine).values(demand=WIPED, answer_reason=None))
    session.execute(update(CaseTransfer).where(CaseTransfer.case_id == mine).values(reason=WIPED, answer_reason=None))
    session.execute(update(CaseExtension).where(CaseExtension.case_id == mine).values(reason=WIPED, decision_reason=None))
    session.execute(update(CaseRecusal).where(CaseRecusal.case_id == mine).values(reason=WIPED))
    case.title, case.source_ref, case.handler = WIPED, None, None
    case.subject_kind = case.subject_id = case.unit_id = case.area_id = None
