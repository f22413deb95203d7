"""What is asked of the store, one function for each question."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from service.store.alert import OPEN, Alert, AlertLink, AlertSignal
from service.store.assignment import Assignment, Recusal
from service.store.signal import SignalVersion

R = TypeVar("R")


@dataclass(frozen=True)
class Wanted:
    """Which alerts are asked for; None asks for all."""

    stream: str | None = None
    office: str | None = None
    rule: str | None = None
    severity: str | None = None
    status: str | None = None
    level: str | None = None
    matter: str | None = None
    unit: str | None = None
    area: str | None = None
    """A code; a county's and a town's stand for everything within."""
    since: date | None = None
    """as_of of a run from which on the alert was opened, seen again or fell quiet."""


def alerts_wanted(session: Session, wanted: Wanted, limit: int | None = None) -> Sequence[Alert]:
    """Alerts, the highest priority first, of equals by fingerprint."""
    ranked = _narrowed(select(Alert), wanted).order_by(Alert.priority.desc(), Alert.fingerprint)
    return session.scalars(ranked.limit(limit)).all()


def alerts_after(
    session: Session, query: Select[Alert], wanted: Wanted, sort: str, after: Sequence[Any] | None, limit: int
) -> Sequence[Alert]:
    """A page of the alerts of a query: by `priority` or the `newest` first, behind the place (value, fingerprint) where the last page ended."""
    by = Alert.opened_at if sort == "newest" else Alert.priority
    query = _narrowed(query, wanted)
    if after is not None:
        value = datetime.fromisoformat(after[0]) if sort == "newest" else after[0]
        query = query.where(or_(by < value, and_(by == value, Alert.fingerprint > after[1])))
    return session.scalars(query.order_by(by.desc(), Alert.fingerprint).limit(limit)).all()


def count_wanted(session: Session, wanted: Wanted) -> int:
    """How many alerts there are of those asked for."""
    return session.scalar(select(func.count()).select_from(_narrowed(select(Alert.fingerprint), wanted).subquery())) or 0


def _narrowed(query: Select[R], wanted: Wanted) -> Select[R]:
    for column, value in (
        (Alert.severity, wanted.severity),
        (Alert.status, wanted.status),
        (Alert.level, wanted.level),
        (Alert.matter, wanted.matter),
        (Alert.unit_id, wanted.unit),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.area is not None:
        query = query.where(Alert.area_id.startswith(stem(wanted.area), autoescape=True))
    if wanted.since is not None:
        query = query.where(or_(Alert.last_seen >= wanted.since, Alert.quiet_since >= wanted.since))
    if wanted.stream or wanted.office:
        lead = select(Assignment.fingerprint).where(Assignment.ended_run.is_(None))
        if wanted.stream:
            lead = lead.where(Assignment.stream == wanted.stream, Assignment.role == "lead")
        if wanted.office:
            lead = lead.where(Assignment.office_id == wanted.office)
        query = query.where(Alert.fingerprint.in_(lead))
    if wanted.rule:
        resting = select(AlertSignal.fingerprint).join(SignalVersion).where(SignalVersion.rule == wanted.rule)
        query = query.where(Alert.fingerprint.in_(resting))
    return query


def stem(area: str) -> str:
    """The digits that all codes within an area begin with: 6 of a county's, 9 of a town's (GB/T 2260 and the statistical code)."""
    return area[:6] if area.endswith("000000") else area[:9] if area.endswith("000") else area


def alerts_named(session: Session, beginning: str) -> Sequence[Alert]:
    """Alerts whose fingerprint begins so (at most ten): people type the first characters."""
    return session.scalars(select(Alert).where(Alert.fingerprint.startswith(beginning, autoescape=True)).limit(10)).all()


def present_signals(session: Session, fingerprints: Sequence[str]) -> dict[str, list[SignalVersion]]:
    """The signals each alert rested on when it last fired, by fingerprint."""
    found: dict[str, list[SignalVersion]] = {one: [] for one in fingerprints}
    for start in range(0, len(fingerprints), 500):
        rows = session.execute(
            select(AlertSignal.fingerprint, SignalVersion)
            .join(SignalVersion)
            .join(Alert, Alert.fingerprint == AlertSignal.fingerprint)
            .where(AlertSignal.fingerprint.in_(fingerprints[start : start + 500]), AlertSignal.last_run == Alert.last_run)
            .order_by(SignalVersion.signal_id)
        )
        for fingerprint, signal in rows:
            found[fingerprint].append(signal)
    return found


def present_assignments(session: Session, fingerprints: Sequence[str]) -> dict[str, list[Assignment]]:
    """Who has each alert now: the lead, then the department that checks first, then those that assist."""
    found: dict[str, list[Assignment]] = {one: [] for one in fingerprints}
    for start in range(0, len(fingerprints), 500):
        living = select(Assignment).where(
            Assignment.fingerprint.in_(fingerprints[start : start + 500]), Assignment.ended_run.is_(None)
        )
        for assignment in session.scalars(living.order_by(Assignment.role.desc(), Assignment.office_id, Assignment.unit_id)):
            found[assignment.fingerprint].append(assignment)
    return found


def present_recusals(session: Session, fingerprint: str) -> Sequence[Recusal]:
    """Offices passed over for an alert."""
    return session.scalars(
        select(Recusal).where(Recusal.fingerprint == fingerprint, Recusal.ended_run.is_(None)).order_by(Recusal.office_id)
    ).all()


def linked_alerts(session: Session, fingerprint: str, limit: int = 10) -> list[tuple[Alert, str, str]]:
    """Other open alerts that touch the same village, firm, official or project: (alert, kind, entity)."""
    own = select(AlertLink.kind, AlertLink.entity_id).where(AlertLink.fingerprint == fingerprint).subquery()
    rows = session.execute(  # a village may have thousands: their keys are ranked, and only those told are read
        select(Alert.fingerprint, AlertLink.kind, AlertLink.entity_id)
        .join(AlertLink, AlertLink.fingerprint == Alert.fingerprint)
        .join(own, (own.c.kind == AlertLink.kind) & (own.c.entity_id == AlertLink.entity_id))
        .where(Alert.fingerprint != fingerprint, Alert.status == OPEN)
        .order_by(AlertLink.kind == "village", Alert.priority.desc(), Alert.fingerprint)
        .limit(limit)
    ).all()
    return [(session.get_one(Alert, other), kind, entity) for other, kind, entity in rows]


def signals_named(session: Session, ids: Sequence[str]) -> list[tuple[SignalVersion, str]]:
    """The newest version of each of these signals, with an alert that rests on it."""
    newest = (
        select(SignalVersion, func.min(AlertSignal.fingerprint))
        .join(AlertSignal, (AlertSignal.signal_id == SignalVersion.signal_id) & (AlertSignal.version == SignalVersion.version))
        .where(SignalVersion.signal_id.in_(ids))
        .group_by(SignalVersion.signal_id, SignalVersion.version)
        .order_by(SignalVersion.signal_id, SignalVersion.last_run.desc())
    )
    found: dict[str, tuple[SignalVersion, str]] = {}
    for signal, alert in session.execute(newest):
        found.setdefault(signal.signal_id, (signal, alert))
    return list(found.values())
