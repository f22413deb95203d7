"""The head of an alert's page: about whom, where, how much, in whose hands, in which version."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import cases_seen
from service.reading import Reading
from service.store import questions
from service.store.alert import Alert
from service.store.case import CaseAlert, CaseFile
from service.triage.hold import called
from service.triage.transferring import waiting
from service.words import say


class Head(BaseModel):
    """What the head and the decision bar are made of."""

    alert: str
    version: int
    status: str
    subject: str
    unit: str
    amount: Decimal | None
    holder: str | None
    waits: bool
    due_on: date | None
    due_provisional: bool
    case: int | None
    """The open case file that works on it, where the reader sees that."""


def open_cases(session: Session, caller: Caller, fingerprints: Sequence[str]) -> dict[str, int]:
    """Open case files that the caller sees, by the alerts that they work on."""
    mine = select(CaseAlert.fingerprint, CaseFile.case_id).join(CaseFile, CaseFile.case_id == CaseAlert.case_id)
    living = mine.where(CaseAlert.fingerprint.in_(fingerprints), CaseFile.status != "closed", cases_seen(caller))
    return {str(alert): int(case) for alert, case in session.execute(living)}


def head_of(seen: Reading, alert: Alert, caller: Caller | None = None) -> Head:
    """The head, with its case file where the caller may see that; its subject is a pseudonym that the page masks."""
    name = seen.titles.into(seen.names.short(alert.subject_kind, alert.subject_id))
    living = questions.present_assignments(seen.session, [alert.fingerprint])[alert.fingerprint]
    lead = next((one for one in living if one.role == "lead"), None)
    return Head(
        alert=alert.fingerprint, version=alert.version, status=alert.status,
        subject=f"{say(f'subject.{alert.subject_kind}')} {name}" if name == alert.subject_id else name,
        unit=seen.names.short("unit", alert.unit_id) if alert.unit_id and alert.subject_id != alert.unit_id else "", amount=alert.amount,
        holder=called(seen.session, [alert.holder])[alert.holder] if alert.holder else None,
        waits=waiting(seen.session, alert.fingerprint) is not None,
        due_on=lead.due_on if lead else None, due_provisional=bool(lead and lead.due_provisional),
        case=open_cases(seen.session, caller, [alert.fingerprint]).get(alert.fingerprint) if caller else None,
    )  # fmt: skip
