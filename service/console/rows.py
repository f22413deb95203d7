"""Rows of the queue: two lines for each alert, and why it stands where it stands."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel

from service.alert_view.head import open_cases
from service.console.visitor import Visitor
from service.explain import Weighed
from service.lines import Line, lines
from service.reading import Reading
from service.store.alert import Alert
from service.store.triage import Transfer
from service.triage.hold import called
from service.words import either, say


class Row(BaseModel):
    """One alert in the queue."""

    alert: str
    version: int
    status: str
    level: str
    severity: str
    priority: float
    ranked_by: list[Weighed]
    title: str
    sentence: str
    subject: str
    unit: str
    amount: Decimal | None
    signals: int
    stream: str | None
    office: str
    due_on: date | None
    due_provisional: bool
    holder: str | None
    quiet_since: date | None
    waits: bool
    """Whether it was handed over and nobody has taken it yet."""
    case: int | None = None
    """The open case file that works on it, where this person sees that."""


def rows(seen: Reading, me: Visitor, prints: Sequence[str]) -> list[Row]:
    """The alerts in the order given, masked as this person may see them."""
    session = seen.session
    found = {one.fingerprint: one for one in session.query(Alert).filter(Alert.fingerprint.in_(prints))}
    alerts = [found[one] for one in prints if one in found]
    waiting = {
        one for (one,) in session.query(Transfer.fingerprint).filter(Transfer.fingerprint.in_(prints), Transfer.answer.is_(None))
    }
    cases = open_cases(session, me.caller, prints)
    holders = called(session, sorted({one.holder for one in alerts if one.holder}))
    told = [
        _row(alert, line, _called(seen, alert), holders.get(alert.holder or ""), alert.fingerprint in waiting)
        for alert, line in zip(alerts, lines(seen, alerts), strict=True)
    ]
    for row in told:
        row.case = cases.get(row.alert)
    return seen.masked(told) if me.caller.sees_names else told


def _called(seen: Reading, alert: Alert) -> str:
    """The subject by its name; by its kind and number where it has none."""
    name = seen.titles.into(seen.names.short(alert.subject_kind, alert.subject_id))
    return f"{say(f'subject.{alert.subject_kind}')} {name}" if name == alert.subject_id else name


def _row(alert: Alert, line: Line, subject: str, holder: str | None, waits: bool) -> Row:
    lead = next((one for one in line.went_to if one.role == "lead"), None)
    ranked = [Weighed(kind=one["kind"], points=one["points"], says=either(one["says"])) for one in alert.reasons]
    return Row(
        alert=line.alert, version=alert.version, status=line.status, level=line.level, severity=line.severity, priority=line.priority,
        ranked_by=ranked, title=line.title, sentence=line.sentence,
        subject=subject, unit=line.unit if line.unit_id else "",
        amount=line.amount, signals=line.signals, stream=lead.stream if lead else None, office=lead.office if lead else "",
        due_on=lead.due_on if lead else None, due_provisional=bool(lead and lead.due_provisional), holder=holder,
        quiet_since=line.quiet_since, waits=waits,
    )  # fmt: skip
