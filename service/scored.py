"""A run's open alerts in the form in which a truth file judges them: one finding for each signal, where its alert went."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from datasets.city.scoring import Finding
from rules.book import Book
from service.store import questions
from service.store.alert import OPEN, Alert
from service.store.assignment import Assignment
from service.store.signal import SignalVersion


def findings(session: Session, book: Book) -> list[Finding]:
    """Every signal that an open alert rests on, once: in the alert about its own subject and unit, else in the first that holds it.

    An alert that has none so (one about a pattern) gets those it rests on once more, marked `again`.
    """
    alerts = {
        alert.fingerprint: alert
        for alert in session.scalars(select(Alert).where(Alert.status == OPEN).order_by(Alert.fingerprint))
    }
    leads = {
        one.fingerprint: one
        for one in session.scalars(select(Assignment).where(Assignment.role == "lead", Assignment.ended_run.is_(None)))
    }
    homes: dict[str, tuple[Alert, SignalVersion]] = {}
    resting = questions.present_signals(session, list(alerts))
    for fingerprint, signals in resting.items():
        for signal in signals:
            if signal.signal_id not in homes or _about(alerts[fingerprint]) == _about(signal):
                homes[signal.signal_id] = (alerts[fingerprint], signal)
    told = [_finding(alert, signal, leads.get(alert.fingerprint), book) for alert, signal in homes.values()]
    bare = set(alerts) - {one.alert for one in told}
    return told + [
        replace(_finding(alerts[one], signal, leads.get(one), book), again=True)
        for one in sorted(bare)
        for signal in resting[one]
    ]


def _about(one: Alert | SignalVersion) -> tuple[str, str, str | None]:
    return one.subject_kind, one.subject_id, one.unit_id


def _finding(alert: Alert, signal: SignalVersion, lead: Assignment | None, book: Book) -> Finding:
    rule = book.indicators.get(signal.rule)
    return Finding(
        alert=alert.fingerprint, rule=signal.rule, tags=rule.tags if rule else (), topic=signal.topic,
        level=alert.level, priority=alert.priority,
        subject_kind=signal.subject_kind, subject=signal.subject_id, unit=signal.unit_id,
        evidence=frozenset(_rows(signal.body["evidence"].items())),
        stream=lead.stream if lead else None, office=lead.office_id if lead else None,
    )  # fmt: skip


def _rows(evidence: Iterable[tuple[str, list[str]]]) -> Iterable[tuple[str, str]]:
    return ((table, key) for table, keys in evidence for key in keys)
