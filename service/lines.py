"""One line of a list of alerts: what, about whom, the strongest reason in one sentence, who has it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from service.explain import Went
from service.explaining import own_first, told_sentence, went
from service.names import Names
from service.reading import Reading
from service.store import questions
from service.store.alert import Alert
from service.store.signal import SignalVersion
from service.titles import Titles
from service.words import either


class Line(BaseModel):
    """An alert in a list."""

    alert: str
    priority: float
    level: str
    severity: str
    status: str
    title: str
    kind: str
    matter: str | None
    """What it is one matter with."""
    sentence: str
    rules: list[str]
    subject_kind: str
    subject_id: str
    subject: str
    unit_id: str | None
    unit: str
    area_id: str | None
    amount: Decimal | None
    signals: int
    fired: int
    first_seen: date
    last_seen: date
    quiet_since: date | None
    went_to: list[Went]


def lines(seen: Reading, alerts: Sequence[Alert], platform: str | None = None) -> list[Line]:
    """The alerts as lines; texts hold pseudonyms, which the caller masks. What somebody wrote by hand is told to no other `platform`."""
    session, names, titles = seen.session, seen.names, seen.titles
    prints = [alert.fingerprint for alert in alerts]
    signals = questions.present_signals(session, prints)
    assigned = questions.present_assignments(session, prints)
    for kind in {alert.subject_kind for alert in alerts}:
        names.learn(kind, [alert.subject_id for alert in alerts if alert.subject_kind == kind])
    names.learn("unit", [alert.unit_id for alert in alerts])
    names.learn("office", [one.office_id for those in assigned.values() for one in those])
    names.learn("unit", [one.unit_id for those in assigned.values() for one in those])
    return [
        Line(
            alert=alert.fingerprint, priority=alert.priority, level=alert.level, severity=alert.severity, status=alert.status, title=_title(seen, alert, platform), kind=seen.kind(alert.kind), matter=alert.matter,
            sentence=_strongest(alert, signals[alert.fingerprint], titles, names), rules=sorted({signal.rule for signal in signals[alert.fingerprint]}),
            subject_kind=alert.subject_kind, subject_id=alert.subject_id, subject=titles.into(names.of(alert.subject_kind, alert.subject_id)),
            unit_id=alert.unit_id, unit=names.short("unit", alert.unit_id), area_id=alert.area_id, amount=alert.amount,
            signals=len(signals[alert.fingerprint]), fired=alert.fired, first_seen=alert.first_seen, last_seen=alert.last_seen,
            quiet_since=alert.quiet_since, went_to=went(assigned[alert.fingerprint], names),
        )
        for alert in alerts
    ]  # fmt: skip


def _strongest(alert: Alert, signals: Sequence[SignalVersion], titles: Titles, names: Names) -> str:
    ranked = own_first(alert, signals)
    return told_sentence(ranked[0].body, titles, names) if ranked else ""


def _title(seen: Reading, alert: Alert, platform: str | None) -> str:
    return seen.kind(alert.kind) if alert.by_hand and platform else either(alert.title)
