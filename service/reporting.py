"""Taking in what another platform reports of an alert (处理结果反馈). It is a report, not a verdict: people of the office decide."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from datasets.free_text import TextSealer
from datasets.key import Key
from datasets.sealing import Sealer
from service.store.alert import Alert
from service.store.event import Happening, append
from service.store.report import Report

Outcome = Literal["in_progress", "substantiated", "unfounded", "wrong_data", "corrected", "recovered"]


class Reported(NamedTuple):
    """What a platform says of an alert, under its own number of the matter."""

    reference: str
    outcome: Outcome
    decided_on: date | None
    recovered: Decimal | None
    """Yuan."""
    note: str | None


def take_report(session: Session, alert: Alert, said: Reported, *, by: str, key: Key, now: datetime) -> tuple[Report, bool]:
    """Keep a report; says whether it is new. The same again changes nothing; another content is the next version.

    Names, numbers and accounts in the note are replaced by pseudonyms before it is kept: the original stays where it was written.
    """
    note = TextSealer(Sealer(key)).text(said.note) if said.note else None
    last = session.scalar(
        select(Report)
        .where(Report.reported_by == by, Report.reference == said.reference, Report.fingerprint == alert.fingerprint)
        .order_by(Report.version.desc())
        .limit(1)
    )
    told = (said.outcome, said.decided_on, said.recovered, note)
    if last is not None and (last.outcome, last.decided_on, last.recovered, last.note) == told:
        return last, False
    version = last.version + 1 if last is not None else 1
    report = Report(
        report_id=_id(by, alert.fingerprint, said.reference, version), fingerprint=alert.fingerprint, reported_by=by, reference=said.reference,
        version=version, outcome=said.outcome, decided_on=said.decided_on, recovered=said.recovered, note=note, reported_at=now,
    )  # fmt: skip
    session.add(report)
    body = {
        "report": report.report_id, "reference": said.reference, "version": version, "outcome": said.outcome,
        "recovered": str(said.recovered) if said.recovered is not None else None,
    }  # fmt: skip
    append(session, [Happening("verdict.reported", alert.fingerprint, body)], by, now)
    return report, True


def reports_of(session: Session, fingerprint: str) -> list[Report]:
    """Every report of an alert, oldest first."""
    mine = select(Report).where(Report.fingerprint == fingerprint)
    return list(session.scalars(mine.order_by(Report.reported_at, Report.reported_by, Report.version)))


def _id(*parts: object) -> str:
    return "RP" + hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]
