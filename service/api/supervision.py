"""Supervision lists (监督清单) and campaigns (专项): lines with their responsible leader, deadline, standard and state; as in the console."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import seen
from service.access.sight_of_rectification import tasks_seen
from service.api.fields import Body, Code, Listed, Number, Other, Reason, Words
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import there
from service.api.revising import STALE, Revision, Visit, revises, visits
from service.rectifying import lists
from service.rectifying.seat import sit_down
from service.store.alert import Alert
from service.store.rectifying_after import Campaign, SupervisionAlert, SupervisionTask

router = APIRouter(tags=["supervision lists"])
Reads = Annotated[Caller, may("rectification.read")]
Works = Annotated[Caller, may("rectification.work")]
Revises = Annotated[Revision, revises("rectification.work")]
Assesses = Annotated[Revision, revises("rectification.assess")]


class NewTask(Body):
    """A line for an office's list."""

    office: Code
    matter: Words
    responsible: Words
    standard: Words
    due_on: date
    campaign: Other | None = None
    alerts: Annotated[list[Code], Field(max_length=100)] = []


class TaskReport(Body):
    """What was done."""

    said: Words


class TaskDecision(Body):
    """Taken off the list, or sent back with a reason."""

    good: bool
    reason: Reason = ""


class TaskUrge(Body):
    """The new day of what is overdue."""

    due_on: date


class NewCampaign(Body):
    """A campaign: a topic, its dates and areas (none: all)."""

    title: Words
    topic: Words
    starts_on: date
    ends_on: date
    areas: Annotated[list[Code], Field(max_length=200)] = []


class TaskLine(Body):
    """A line of a list."""

    task: int
    version: int
    status: str
    """open, reported or closed."""
    matter: str
    responsible: str
    standard: str
    office: str
    campaign: int | None
    due_on: date
    overdue: bool
    urged: int
    said: str | None
    reported_at: datetime | None
    decision_reason: str | None
    alerts: list[str]
    """Those of its alerts that the caller sees."""


class CampaignLine(Body):
    """A campaign."""

    campaign: int
    title: str
    topic: str
    starts_on: date
    ends_on: date
    areas: list[str]


class Asked(Listed):
    """Which lines."""

    show: Literal["open", "overdue", "closed"] = "open"
    campaign: Annotated[int, Query(ge=1, le=2**31 - 1)] | None = None
    office: Code | None = None


@router.get("/supervision-tasks")
def list_supervision_tasks(asked: Annotated[Asked, Query()], caller: Reads, here: Here) -> list[TaskLine]:
    """Lines of the lists of the caller's offices, those due first."""
    mine = select(SupervisionTask).where(tasks_seen(caller))
    mine = mine.where(SupervisionTask.status == "closed" if asked.show == "closed" else SupervisionTask.status != "closed")
    if asked.show == "overdue":
        mine = mine.where(SupervisionTask.due_on < here.desk.today)
    if asked.campaign is not None:
        mine = mine.where(SupervisionTask.campaign_id == asked.campaign)
    if asked.office is not None:
        mine = mine.where(SupervisionTask.office_id == asked.office)
    with here.desk.store.look() as session:
        found = list(session.scalars(mine.order_by(SupervisionTask.due_on, SupervisionTask.task_id).limit(asked.limit)))
        return _lines(session, caller, here.desk.today, found)


@router.get("/supervision-tasks/{task}")
def read_supervision_task(task: Number, visit: Annotated[Visit, visits("rectification.read")]) -> TaskLine:
    """One line of a supervision list, with those of its alerts that the caller sees. Its `ETag` is the `If-Match` of a step."""
    return visit.read(task, _one)


@router.post("/supervision-tasks", status_code=201)
def open_supervision_task(said: NewTask, visit: Annotated[Visit, visits("rectification.work")]) -> TaskLine:
    """Put a line into an office's list."""
    here = visit.here
    with here.reading() as reading, here.desk.store.change() as session:
        line = lists.Line(said.matter, said.responsible, said.standard, said.due_on, said.campaign, said.alerts)
        made = lists.open_task(session, sit_down(here.desk, visit.caller, reading.tables).acting, said.office, line)
        session.flush()
        return visit.told(session, made.task_id, _one)


@router.post("/supervision-tasks/{task}/report", responses=STALE)
def report_supervision_task(task: Number, said: TaskReport, revision: Revises) -> TaskLine:
    """Say what was done."""
    return revision.take(lists.report_task, task, _one, said.said)


@router.post("/supervision-tasks/{task}/decision", responses=STALE)
def decide_supervision_task(task: Number, said: TaskDecision, revision: Assesses) -> TaskLine:
    """Take it off the list, or send it back. Not by whoever reported it."""
    return revision.take(lists.decide_task, task, _one, good=said.good, reason=said.reason)


@router.post("/supervision-tasks/{task}/urges", responses=STALE)
def urge_supervision_task(task: Number, said: TaskUrge, revision: Assesses) -> TaskLine:
    """Supervise what is overdue (督办): a new day, and the missed one in the log."""
    return revision.take(lists.urge_task, task, _one, said.due_on)


@router.get("/campaigns")
def list_campaigns(caller: Reads, here: Here) -> list[CampaignLine]:
    """Campaigns, the latest to end first."""
    with here.desk.store.look() as session:
        return [_campaign(one) for one in session.scalars(select(Campaign).order_by(Campaign.ends_on.desc()).limit(500))]


@router.post("/campaigns", status_code=201)
def begin_campaign(said: NewCampaign, caller: Works, here: Here) -> CampaignLine:
    """Begin a campaign."""
    with here.desk.store.change() as session:
        acting = sit_down(here.desk, caller).acting
        return _campaign(lists.open_campaign(session, acting, said.title, said.topic, said.starts_on, said.ends_on, said.areas))


def _campaign(one: Campaign) -> CampaignLine:
    return CampaignLine(
        campaign=one.campaign_id, title=one.title, topic=one.topic, starts_on=one.starts_on, ends_on=one.ends_on, areas=list(one.areas)
    )  # fmt: skip


def _one(here: Living, session: Session, caller: Caller, task: int) -> TaskLine:
    found = session.scalar(select(SupervisionTask).where(SupervisionTask.task_id == task, tasks_seen(caller)))
    return _lines(session, caller, here.desk.today, [there(found)])[0]


def _lines(session: Session, caller: Caller, today: date, tasks: Sequence[SupervisionTask]) -> list[TaskLine]:
    ids = [one.task_id for one in tasks]
    mine = (
        select(SupervisionAlert.task_id, Alert.fingerprint)
        .join(Alert, Alert.fingerprint == SupervisionAlert.fingerprint)
        .where(seen(caller), SupervisionAlert.task_id.in_(ids))
    )
    tied: dict[int, list[str]] = {one: [] for one in ids}
    for task, alert in session.execute(mine.order_by(Alert.fingerprint)):
        tied[task].append(alert)
    return [
        TaskLine(
            task=one.task_id, version=one.version, status=one.status, matter=one.matter, responsible=one.responsible, standard=one.standard,
            office=one.office_id, campaign=one.campaign_id, due_on=one.due_on, overdue=one.status != "closed" and one.due_on < today,
            urged=one.urged, said=one.said, reported_at=one.reported_at, decision_reason=one.decision_reason, alerts=tied[one.task_id],
        )
        for one in tasks
    ]  # fmt: skip
