"""Clearing an alert (销号): on record with its reason and the facts it was decided on, which do not flag again."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from rules.signal import Signal
from service.store import event, questions
from service.store.alert import Alert
from service.store.event import Happening
from service.store.verdict import Verdict, facts_of, rests


def clear(
    session: Session, alert: Alert, *, reason: str, decided_by: str, now: datetime, expires_on: date | None = None
) -> Verdict:
    """Close an alert as no problem. Raises IllegalMove unless it is open or accepted.

    Only the alert's own signals are protected: one that corroborates it speaks of other alerts too. An alert about a
    pattern has none of its own: it stays closed until it rests on more signals.
    """
    alert.clear()
    verdict = Verdict(
        fingerprint=alert.fingerprint, outcome="cleared", reason=reason, decided_by=decided_by, decided_at=now,
        expires_on=expires_on, facts=facts_decided_on(session, alert),
    )  # fmt: skip
    session.add(verdict)
    expiry = expires_on.isoformat() if expires_on else None
    event.append(
        session, [Happening("alert.cleared", alert.fingerprint, {"reason": reason, "expires_on": expiry})], decided_by, now
    )
    return verdict


def facts_decided_on(session: Session, alert: Alert) -> dict[str, Any]:
    """What a verdict on the alert keeps of its signals as they are now."""
    own = signals_of(session, alert)
    if own:
        return facts_of(own)
    return rests(alert.fingerprint, len(questions.present_signals(session, [alert.fingerprint])[alert.fingerprint]))


def signals_of(session: Session, alert: Alert) -> list[Signal]:
    """The present signals of an alert that are about its own subject and unit."""
    bodies = questions.present_signals(session, [alert.fingerprint])[alert.fingerprint]
    signals = [Signal.model_validate(one.body) for one in bodies]
    about = (alert.subject_kind, alert.subject_id, alert.unit_id)
    return [one for one in signals if (one.subject_kind, one.subject_id, one.unit_id) == about]
