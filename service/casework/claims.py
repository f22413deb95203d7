"""One matter, one lead office (一事一主办): what an open case file has taken nobody else can take; who comes second is told who has it."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.casework.course import Acting, meet
from service.errors import Refusal
from service.store.alert import Alert
from service.store.case import CaseClaim, CaseFile

Key = tuple[str, str]


class Taken(Refusal):
    """Another case file has it; `case` says which."""

    def __init__(self, case: CaseFile, office: str) -> None:
        super().__init__("casework.wrong.taken", case=case.case_id, office=office, since=case.received_on)
        self.case_id, self.office_id = case.case_id, case.office_id


def keys_of(alert: Alert) -> list[Key]:
    """What a case file about an alert takes: the alert, the matter it belongs to, and whom it is about."""
    keys = [("alert", alert.fingerprint), ("subject", subject_key(alert.subject_kind, alert.subject_id))]
    return [*keys, ("matter", alert.matter)] if alert.matter else keys


def subject_key(kind: str, one: str) -> str:
    return f"{kind}|{one}"


def holder(session: Session, keys: Iterable[Key]) -> CaseFile | None:
    """The open case file that has one of these."""
    for kind, key in keys:
        found = session.get(CaseClaim, (kind, key))
        if found is not None:
            return session.get_one(CaseFile, found.case_id)
    return None


def claim(session: Session, acting: Acting, case: CaseFile, keys: Iterable[Key]) -> None:
    """Take these for a case file. Raises Taken when another has one of them, also when it took it at the same moment."""
    wanted = list(keys)
    held = holder(session, wanted)
    if held is not None and held.case_id != case.case_id:
        raise Taken(held, _named(acting, held))
    new = [
        CaseClaim(kind=kind, key=key, case_id=case.case_id) for kind, key in wanted if session.get(CaseClaim, (kind, key)) is None
    ]
    try:
        with session.begin_nested():
            session.add_all(new)
            session.flush()
    except IntegrityError as error:
        other = holder(session, wanted)
        if other is None:
            raise
        raise Taken(other, _named(acting, other)) from error


def end(session: Session, acting: Acting, case: CaseFile, outcome: str) -> None:
    """What closing does beside the status: outcome, who, when; nothing is claimed and nothing due any more."""
    session.execute(delete(CaseClaim).where(CaseClaim.case_id == case.case_id))
    meet(session, case, acting.now)
    case.outcome, case.closed_by, case.closed_at = outcome, acting.name, acting.now


def case_of_alert(session: Session, fingerprint: str) -> CaseFile | None:
    """The open case file that works on an alert."""
    found = session.scalar(select(CaseClaim.case_id).where(CaseClaim.kind == "alert", CaseClaim.key == fingerprint))
    return session.get_one(CaseFile, found) if found is not None else None


def _named(acting: Acting, case: CaseFile) -> str:
    office = acting.offices.get(case.office_id)
    return office.name if office is not None else case.office_id
