"""Supervision lists (监督清单): matter, responsible leader, deadline, standard, state; tied to alerts and to campaigns (专项)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight import narrowed
from service.casework.course import Acting, not_the_same
from service.errors import NothingFound, Refusal
from service.rectifying.course import ASSESS, WORK, advance, hold, made
from service.rectifying.giving import ahead, for_office
from service.store.alert import Alert
from service.store.event import Happening, append
from service.store.rectifying_after import Campaign, SupervisionAlert, SupervisionTask


@dataclass(frozen=True)
class Line:
    """A line of the list."""

    matter: str
    responsible: str
    standard: str
    due_on: date
    campaign_id: int | None = None
    alerts: Sequence[str] = field(default_factory=tuple)


def open_campaign(
    session: Session, acting: Acting, title: str, topic: str, starts_on: date, ends_on: date, areas: Sequence[str] = ()
) -> Campaign:
    """Begin a campaign (专项). Raises Refusal without a title and topic, or when it ends before it begins."""
    if not title.strip() or not topic.strip() or ends_on < starts_on:
        raise Refusal("rectifying.wrong.campaign")
    kept = Campaign(
        title=title.strip(), topic=topic.strip(), areas=[one.strip() for one in areas if one.strip()], starts_on=starts_on, ends_on=ends_on,
        made_by=acting.name, made_at=acting.now,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    append(session, [Happening("campaign.made", kept.name, {"areas": kept.areas})], acting.name, acting.now)
    return kept


def open_task(session: Session, acting: Acting, office_id: str, said: Line) -> SupervisionTask:
    """A line into an office's list. Raises Refusal for what is missing, another's office; NothingFound for an alert or campaign that is not there."""
    if not acting.speaks_for(office_id, WORK):
        raise Refusal("casework.wrong.not_your_office")
    if not all(one.strip() for one in (said.matter, said.responsible, said.standard)):
        raise Refusal("rectifying.wrong.task_parts")
    ahead(acting, said.due_on)
    if said.campaign_id is not None and session.get(Campaign, said.campaign_id) is None:
        raise NothingFound("rectifying.wrong.no_campaign")
    prints = list(dict.fromkeys(said.alerts))
    mine = set(session.scalars(narrowed(select(Alert.fingerprint), acting.caller).where(Alert.fingerprint.in_(prints))))
    if missing := [one for one in prints if one not in mine]:
        raise NothingFound("casework.wrong.no_such_alert", alert=missing[0])
    task = SupervisionTask(
        campaign_id=said.campaign_id, status="open", matter=said.matter.strip(), responsible=said.responsible.strip(),
        standard=said.standard.strip(), office_id=office_id, stream=acting.office(office_id).stream, due_on=said.due_on, said=None,
        reported_by=None, reported_at=None, decided_by=None, decided_at=None, decision_reason=None, urged=0, made_by=acting.name,
        made_at=acting.now, version=1,
    )  # fmt: skip
    made(session, acting, task, office=office_id, campaign=said.campaign_id)
    session.add_all(
        SupervisionAlert(task_id=task.task_id, fingerprint=one, added_by=acting.name, added_at=acting.now) for one in prints
    )
    return task


def report_task(session: Session, acting: Acting, task_id: int, version: int, said: str) -> SupervisionTask:
    """Say what was done. Raises Refusal without words or for another office; NothingFound, Conflict, IllegalMove."""
    task = hold(session, acting, SupervisionTask, task_id, version, "report")
    for_office(acting, task.office_id, WORK)
    if not said.strip():
        raise Refusal("rectifying.wrong.words")
    task.said, task.reported_by, task.reported_at = said.strip(), acting.name, acting.now
    advance(session, acting, task, "report")
    return task


def decide_task(session: Session, acting: Acting, task_id: int, version: int, *, good: bool, reason: str = "") -> SupervisionTask:
    """Take it off the list (销号), or send it back with a reason. Raises Refusal for whoever reported it or without a reason; else as above."""
    step = "accept" if good else "send_back"
    task = hold(session, acting, SupervisionTask, task_id, version, step)
    for_office(acting, task.office_id, ASSESS)
    not_the_same(acting.name, task.reported_by)
    if not good and not reason.strip():
        raise Refusal("casework.wrong.reason")
    task.decided_by, task.decided_at, task.decision_reason = acting.name, acting.now, reason.strip() or None
    advance(session, acting, task, step)
    return task


def urge_task(session: Session, acting: Acting, task_id: int, version: int, due_on: date) -> SupervisionTask:
    """Supervise what is overdue: a new day, and the missed one in the log. Raises Refusal when it is not overdue; NothingFound, Conflict, IllegalMove."""
    task = hold(session, acting, SupervisionTask, task_id, version, "urge")
    for_office(acting, task.office_id, ASSESS)
    if task.due_on >= acting.today:
        raise Refusal("casework.wrong.nothing_late")
    ahead(acting, due_on)
    missed, task.due_on, task.urged = task.due_on, due_on, task.urged + 1
    advance(session, acting, task, "urge", missed_on=missed.isoformat(), due_on=due_on.isoformat())
    return task
