"""Which alerts a paper is about: those the caller sees, narrowed to a unit, an area, a stream, a topic or a rule, as one query."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import seen
from service.store.alert import SEVERITIES, Alert, AlertSignal
from service.store.assignment import Assignment
from service.store.questions import stem
from service.store.signal import SignalVersion
from service.store.standing import standing, state

READ = "reports.read"
NONE = ""
"""Stands for no stream, place or topic."""
TOWN = 9
"""Digits of a town's code."""


@dataclass(frozen=True)
class Scope:
    """What a paper is narrowed to; None: everything that the caller sees."""

    unit: str | None = None
    area: str | None = None
    stream: str | None = None
    topic: str | None = None
    rule: str | None = None


def facts(session: Session, caller: Caller, scope: Scope) -> Subquery:
    """One row for each alert: what it counts under. Each has one stream, one town and one topic, so that columns add up.

    Its stream is that of its lead office; its topic that of the gravest signal it rests on (of equals, the first by name).
    """
    lead = (
        select(Assignment.fingerprint, func.min(Assignment.stream).label("stream"), func.min(Assignment.office_id).label("office"),
               func.min(Assignment.due_on).label("due_on"))
        .where(Assignment.ended_run.is_(None), Assignment.role == "lead").group_by(Assignment.fingerprint).subquery()
    )  # fmt: skip
    topic, verdict = _topics(), standing()
    query = (
        select(
            Alert.fingerprint, Alert.status, Alert.level, Alert.kind, Alert.amount, Alert.opened_at, Alert.unit_id, Alert.priority,
            Alert.subject_kind, Alert.subject_id,
            func.coalesce(func.substr(Alert.area_id, 1, TOWN), NONE).label("town"),
            func.coalesce(lead.c.stream, NONE).label("stream"), func.coalesce(lead.c.office, NONE).label("office"),
            lead.c.due_on, func.coalesce(topic.c.topic, NONE).label("topic"),
            state(verdict).label("state"), verdict.c.decided_at,
        )
        .outerjoin(lead, lead.c.fingerprint == Alert.fingerprint)
        .outerjoin(topic, topic.c.fingerprint == Alert.fingerprint)
        .outerjoin(verdict, verdict.c.fingerprint == Alert.fingerprint)
    )  # fmt: skip
    query = query.where(seen(caller, READ))
    if scope.unit is not None:
        query = query.where(Alert.unit_id == scope.unit)
    if scope.area is not None:
        query = query.where(Alert.area_id.startswith(stem(scope.area), autoescape=True))
    if scope.stream is not None:
        query = query.where(lead.c.stream == scope.stream)
    if scope.topic is not None:
        query = query.where(topic.c.topic == scope.topic)
    if scope.rule is not None:
        resting = select(AlertSignal.fingerprint).join(SignalVersion).where(SignalVersion.rule == scope.rule)
        query = query.where(Alert.fingerprint.in_(resting))
    return query.subquery("facts")


def _topics() -> Subquery:
    """The topic of each alert's gravest present signal."""
    order = func.row_number().over(
        partition_by=AlertSignal.fingerprint, order_by=(_rank(), SignalVersion.topic, SignalVersion.signal_id)
    )
    ranked = (
        select(AlertSignal.fingerprint, SignalVersion.topic, order.label("place"))
        .join(SignalVersion)
        .join(Alert, (Alert.fingerprint == AlertSignal.fingerprint) & (Alert.last_run == AlertSignal.last_run))
        .subquery()
    )
    return select(ranked.c.fingerprint, ranked.c.topic).where(ranked.c.place == 1).subquery()


def _rank() -> ColumnElement[int]:
    return case({name: place for place, name in enumerate(SEVERITIES)}, value=SignalVersion.severity, else_=len(SEVERITIES))
