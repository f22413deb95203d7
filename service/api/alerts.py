"""Alerts: filtered, sorted, page by page; one with everything that explains it; what became of it."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel
from sqlalchemy import func, select

from service.access.caller import Caller
from service.access.sight import narrowed
from service.api.cursor import pack, unpack
from service.api.gate import Here, may
from service.api.problem import Trespass
from service.api.revising import tag
from service.explain import Explanation
from service.explaining import explain
from service.lines import Line, lines
from service.reading import Reading
from service.store.alert import OPEN, Alert
from service.store.event import Event
from service.store.questions import Wanted, alerts_after
from service.words import say

router = APIRouter(tags=["alerts"])
Sees = Annotated[Caller, may("alerts.read")]


class AlertPage(BaseModel):
    """A page of alerts."""

    notice: str
    """What an alert is not."""
    alerts: list[Line]
    next: str | None
    """Cursor of the next page; null on the last."""


class Happened(BaseModel):
    """One entry of an alert's history."""

    seq: int
    at: datetime
    actor: str
    kind: str
    body: dict[str, Any]


class Asked(BaseModel):
    """Which alerts, in which order."""

    model_config = {"extra": "forbid"}
    stream: Literal["discipline", "supervisory", "stationed", "inspection", "coordination"] | None = None
    office: str | None = None
    rule: str | None = None
    severity: Literal["critical", "high", "medium", "low"] | None = None
    level: Literal["critical", "high", "medium", "low"] | None = None
    status: Literal["open", "accepted", "returned", "cleared"] | None = None
    matter: str | None = None
    unit: str | None = None
    area: str | None = None
    updated_since: date | None = None
    """Alerts that a run of this day (its as_of) or later opened, saw again or saw fall quiet."""
    sort: Literal["priority", "newest"] = "priority"
    limit: Annotated[int, Query(ge=1, le=200)] = 50
    cursor: str | None = None


@router.get("/alerts")
def list_alerts(asked: Annotated[Asked, Query()], caller: Sees, here: Here) -> AlertPage:
    """Alerts that the caller may see, the highest priority first (or the newest), `limit` to a page.

    `next` goes on where this page ended; it is good for the same question only.
    """
    question = hashlib.sha256(asked.model_dump_json(exclude={"cursor", "limit"}).encode()).hexdigest()[:16] + caller.name
    after = unpack(asked.cursor, question, here.secret) if asked.cursor is not None else None
    wanted = Wanted(
        stream=asked.stream, office=asked.office, rule=asked.rule, severity=asked.severity, status=asked.status, level=asked.level,
        matter=asked.matter, unit=asked.unit, area=asked.area, since=asked.updated_since,
    )  # fmt: skip
    with here.reading() as seen:
        query = narrowed(select(Alert), caller)
        found = alerts_after(seen.session, query, wanted, asked.sort, after, asked.limit + 1)
        page = found[: asked.limit]
        told = _shown(seen, caller, lines(seen, page, caller.platform))
        last = None
        if len(found) > asked.limit:
            last = pack(
                [page[-1].priority if asked.sort == "priority" else page[-1].opened_at.isoformat(), page[-1].fingerprint],
                question,
                here.secret,
            )
    return AlertPage(notice=say("notice.reason"), alerts=told, next=last)


@router.get("/alerts/{alert}", response_model=Explanation, responses={304: {"description": "As it was"}})
def read_alert(alert: str, caller: Sees, here: Here, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """One alert: why, on which records (file and row), law, innocent explanations, first checks, who looks and why.

    What complaints say is told to no other platform than the one that pushed them. Carries an ETag; with `If-None-Match` an alert that has not changed answers 304.
    """
    with here.reading() as seen:
        found = _mine(seen, caller, alert)
        told = _own_links(seen, caller, explain(seen, found, platform=caller.platform))
        body = (seen.masked_one(told) if caller.sees_names else told).model_dump_json()
        told_as = tag(found.version, body)
    if if_none_match == told_as:
        return Response(status_code=304, headers={"ETag": told_as})
    return Response(body, media_type="application/json", headers={"ETag": told_as})


@router.get("/alerts/{alert}/history")
def read_history(alert: str, caller: Sees, here: Here) -> list[Happened]:
    """What happened to an alert, oldest first, from the audit log."""
    with here.desk.store.look() as session:
        if session.scalar(narrowed(select(Alert.fingerprint), caller).where(Alert.fingerprint == alert)) is None:
            raise Trespass(404, "not_there")
        found = session.scalars(select(Event).where(Event.about == alert).order_by(Event.seq))
        return [Happened(seq=one.seq, at=one.at, actor=one.actor, kind=one.kind, body=one.body) for one in found]


def _mine(seen: Reading, caller: Caller, alert: str) -> Alert:
    found = seen.session.scalar(narrowed(select(Alert), caller).where(Alert.fingerprint == alert))
    if found is None:
        raise Trespass(404, "not_there")
    return found


def _own_links(seen: Reading, caller: Caller, told: Explanation) -> Explanation:
    """Without the alerts beside it that the caller may not see: that they exist is not theirs to know."""
    beside = {one.alert for one in told.linked}
    visible = set(seen.session.scalars(narrowed(select(Alert.fingerprint), caller).where(Alert.fingerprint.in_(beside))))
    matter = narrowed(select(func.count(Alert.fingerprint)), caller).where(Alert.status == OPEN, Alert.matter == told.matter)
    size = seen.session.scalar(matter) if told.matter is not None else 1
    return told.model_copy(update={"linked": [one for one in told.linked if one.alert in visible], "matter_size": size})


def _shown(seen: Reading, caller: Caller, told: list[Line]) -> list[Line]:
    return seen.masked(told) if caller.sees_names else told
