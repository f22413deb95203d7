"""Transfer of a case file to another office (移送): taken within five working days, or refused with a reason; nobody decides on their own."""

from sqlalchemy.orm import Session

from service.casework.course import EARLY, Acting, advance, hold, meet, not_the_same, start_limit, waiting_transfer
from service.casework.distributing import living_tasks
from service.casework.ties import refuse_tied_office
from service.errors import NothingFound, Refusal
from service.store.case import CaseFile
from service.store.case_people import CaseTransfer


def transfer(session: Session, acting: Acting, case_id: int, version: int, to_office: str, reason: str) -> CaseTransfer:
    """Ask another office to take a case file over; the first one leads until then, and nothing else moves.

    Raises Refusal for the office that leads already, is recused or does not exist, and without a reason; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "transfer")
    office = acting.office(to_office)
    if to_office == case.office_id or not reason.strip():
        raise Refusal("casework.wrong.transfer")
    refuse_tied_office(session, acting, case, to_office)
    asked = CaseTransfer(
        case_id=case_id, from_office=case.office_id, to_office=to_office, to_stream=office.stream, reason=reason.strip(),
        asked_by=acting.name, asked_at=acting.now, due_on=acting.periods.due("transfer", acting.today).due_on, answer=None,
        answer_reason=None, answered_by=None, answered_at=None,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    start_limit(session, acting, case, "transfer", f"transfer:{asked.transfer_id}", acting.today)
    advance(session, acting, case, "transfer", transfer=asked.transfer_id, to_office=to_office)
    return asked


def answer_transfer(session: Session, acting: Acting, case_id: int, version: int, *, take: bool, reason: str = "") -> CaseFile:
    """Take it over (签收): before a draft it is distributed anew, later it goes on where it stood; or refuse (拒收) with a reason.

    Raises NothingFound when nothing waits for the caller's office, Refusal for whoever asked and for a refusal without a reason; Conflict.
    """
    asked = waiting_transfer(session, case_id)
    early = session.get(CaseFile, case_id)
    if asked is None or early is None or not acting.speaks_for(asked.to_office):
        raise NothingFound("casework.wrong.nothing_asked")
    step = "refuse_transfer" if not take else "take_early" if early.status in EARLY else "take_later"
    case = hold(session, acting, case_id, version, step)
    not_the_same(acting.name, asked.asked_by)
    if not take and not reason.strip():
        raise Refusal("casework.wrong.reason")
    asked.answer, asked.answer_reason = "taken" if take else "refused", reason.strip() or None
    asked.answered_by, asked.answered_at = acting.name, acting.now
    meet(session, case, acting.now, about=[f"transfer:{asked.transfer_id}"])
    if take:
        for one in living_tasks(session, case_id):
            one.answer, one.answered_at = "replaced", acting.now
            meet(session, case, acting.now, about=[f"task:{one.task_id}"])
        case.office_id, case.stream, case.handler = asked.to_office, asked.to_stream, None
    advance(session, acting, case, step, transfer=asked.transfer_id, answer=asked.answer)
    return case
