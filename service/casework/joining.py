"""Coming second (协办): the office that starts on what another has can ask to join, and the lead office answers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight import narrowed
from service.casework.claims import holder, keys_of
from service.casework.course import WORK, Acting, advance, hold, not_the_same
from service.errors import NothingFound, Refusal
from service.store.alert import Alert
from service.store.case import CaseFile, CaseOffice
from service.store.event import Happening, append


def ask_to_join(session: Session, acting: Acting, office_id: str, fingerprint: str, reason: str) -> CaseOffice:
    """Ask to assist the case file that has an alert of one's own, its matter or its subject.

    Raises NothingFound when the alert is not the caller's or nobody has it, Refusal for a wrong office or one that is with it already.
    """
    alert = session.scalar(narrowed(select(Alert), acting.caller, WORK).where(Alert.fingerprint == fingerprint))
    case = holder(session, keys_of(alert)) if alert is not None else None
    if case is None:
        raise NothingFound("casework.wrong.no_such_alert", alert=fingerprint)
    if not acting.speaks_for(office_id):
        raise Refusal("casework.wrong.not_your_office")
    acting.office(office_id)
    living = select(CaseOffice).where(
        CaseOffice.case_id == case.case_id, CaseOffice.office_id == office_id, CaseOffice.status.in_(("asked", "joined"))
    )
    if office_id == case.office_id or session.scalar(living) is not None:
        raise Refusal("casework.wrong.with_it_already")
    asked = CaseOffice(
        case_id=case.case_id, office_id=office_id, status="asked", reason=reason, asked_by=acting.name, asked_at=acting.now,
        answered_by=None, answered_at=None, answer_reason=None,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    # the version stays: the lead office's work is not disturbed by being asked
    append(session, [Happening("case.asked_to_join", case.name, {"office": office_id})], acting.name, acting.now)
    return asked


def answer_joining(
    session: Session, acting: Acting, case_id: int, version: int, asking: int, *, take: bool, reason: str = ""
) -> CaseFile:
    """The lead office lets another assist, or not (with a reason). Raises NothingFound, Refusal, Conflict, IllegalMove."""
    case = hold(session, acting, case_id, version, "answer_joining")
    asked = session.get(CaseOffice, asking)
    if asked is None or asked.case_id != case_id or asked.status != "asked":
        raise NothingFound("casework.wrong.nothing_asked")
    not_the_same(acting.name, asked.asked_by)
    if not take and not reason.strip():
        raise Refusal("casework.wrong.reason")
    asked.status, asked.answered_by, asked.answered_at = "joined" if take else "refused", acting.name, acting.now
    asked.answer_reason = reason.strip() or None
    advance(session, acting, case, "answer_joining", office=asked.office_id, answer=asked.status)
    return case
