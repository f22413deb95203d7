"""The head of an alert's page: about whom, where, how much, in whose hands, in which version."""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from service.reading import Reading
from service.store import questions
from service.store.alert import Alert
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


def head_of(seen: Reading, alert: Alert) -> Head:
    """The head; its subject is a pseudonym that the caller masks."""
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
    )  # fmt: skip
