"""Leads from outside (外部线索), supervision lists (监督清单) and campaigns (专项): ledgers with their forms."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight import narrowed
from service.access.sight_of_rectification import outside_seen, tasks_seen
from service.api.problem import Trespass
from service.casework.course import Acting
from service.console.casework_filled import Filled
from service.console.casework_filled import Form as Filling
from service.console.rectifying import bench, on, own_offices_of
from service.console.visitor import Visitor, visits
from service.rectifying import lists, outside
from service.rectifying.course import possible
from service.rectifying.seat import unit_of, units_offered
from service.store.alert import Alert
from service.store.rectifying_after import Campaign, SupervisionAlert, SupervisionTask
from service.store.rectifying_letters import OutsideLead
from service.words import either

router = APIRouter()
Reader = Annotated[Visitor, visits("rectification.read")]
Worker = Annotated[Visitor, visits("rectification.work")]
OwnAct = Callable[[Session, Acting, int, int, Filled], Any]


def _commas(form: Filled, name: str) -> list[str]:
    return [one.strip() for one in form.text(name).replace("，", ",").split(",") if one.strip()]


@router.get("/outside")
def leads(me: Reader, show: str = "open") -> HTMLResponse:
    """Leads from outside, those due first."""
    with bench(me) as here:
        wanted = OutsideLead.status == "answered" if show == "closed" else OutsideLead.status != "answered"
        mine = select(OutsideLead).where(outside_seen(me.caller), wanted).order_by(OutsideLead.due_on, OutsideLead.outside_id)
        found = here.seen.session.scalars(mine.limit(200)).all()
        can = {one.outside_id: [step for step in possible(one, me.caller) if step != "refuse_answer"] for one in found}
        for one in found:
            if one.drafted_by == me.caller.name and "approve_answer" in can[one.outside_id]:
                can[one.outside_id].remove("approve_answer")
        return me.show(
            "rectifying_outside.html", leads=found, can=can, offices=here.offices(), shown=show, origins=outside.ORIGINS,
            results=outside.RESULTS, own=own_offices_of(here), units=units_offered(here.seen.tables),
        )  # fmt: skip


@router.post("/outside")
def bring(me: Worker, form: Filling) -> Response:
    """Enter a lead that came on paper."""
    with bench(me) as here, me.here.desk.store.change() as session:
        said = outside.Brought(
            form.text("origin"), form.text("sender"), form.text("reference"), form.text("matter"), form.text("content"),
            form.day("received_on"), unit_of(here.seen.tables, form.text("unit")).unit_id if form.maybe("unit") else None,
        )  # fmt: skip
        outside.bring(session, here.seat.acting, said)
    return on(me, "/outside")


LEAD_ACTS: dict[str, OwnAct] = {
    "take": lambda s, me, one, version, form: outside.take(
        s, me, one, version, form.text("office"), form.number("case") if form.maybe("case") else None
    ),
    "draft_answer": lambda s, me, one, version, form: outside.draft_answer(
        s, me, one, version, form.text("result"), form.text("said")
    ),
    "approve_answer": lambda s, me, one, version, form: outside.decide_answer(s, me, one, version, agree=form.yes("agree")),
}


@router.post("/outside/{number}/{form_name}")
def act_on_lead(me: Reader, number: int, form_name: str, form: Filling) -> Response:
    """Do what a form asks; back to the list."""
    return _act(me, LEAD_ACTS, number, form_name, form, "/outside")


@router.get("/tasks")
def tasks(me: Reader, show: str = "open", campaign: int = 0) -> HTMLResponse:
    """The supervision list, those due first, and the campaigns."""
    with bench(me) as here:
        session = here.seen.session
        mine = select(SupervisionTask).where(tasks_seen(me.caller))
        mine = mine.where(SupervisionTask.status == "closed" if show == "closed" else SupervisionTask.status != "closed")
        if campaign:
            mine = mine.where(SupervisionTask.campaign_id == campaign)
        found = session.scalars(mine.order_by(SupervisionTask.due_on, SupervisionTask.task_id).limit(200)).all()
        can = {one.task_id: [step for step in possible(one, me.caller) if _fits(one, step, here.seat.acting)] for one in found}
        tied: dict[int, list[Alert]] = {}
        ids = [one.task_id for one in found]
        seen = narrowed(select(Alert), me.caller).join(SupervisionAlert, SupervisionAlert.fingerprint == Alert.fingerprint)
        for number in ids:
            tied[number] = list(session.scalars(seen.where(SupervisionAlert.task_id == number)))
        return me.show(
            "rectifying_tasks.html", tasks=found, can=can, tied=tied, offices=here.offices(), own=own_offices_of(here), shown=show,
            campaigns=session.scalars(select(Campaign).order_by(Campaign.ends_on.desc())).all(), campaign=campaign, either=either,
        )  # fmt: skip


@router.post("/tasks")
def list_task(me: Worker, form: Filling) -> Response:
    """A line into the list."""
    with bench(me) as here, me.here.desk.store.change() as session:
        line = lists.Line(
            form.text("matter"), form.text("responsible"), form.text("standard"), form.day("due_on"),
            form.number("campaign") if form.maybe("campaign") else None, _commas(form, "alerts"),
        )  # fmt: skip
        lists.open_task(session, here.seat.acting, form.text("office"), line)
    return on(me, "/tasks")


@router.post("/campaigns")
def begin(me: Worker, form: Filling) -> Response:
    """Begin a campaign."""
    with bench(me) as here, me.here.desk.store.change() as session:
        starts, ends = form.day("starts_on"), form.day("ends_on")
        lists.open_campaign(
            session, here.seat.acting, form.text("title"), form.text("topic"), starts, ends, _commas(form, "areas")
        )
    return on(me, "/tasks")


TASK_ACTS: dict[str, OwnAct] = {
    "report": lambda s, me, one, version, form: lists.report_task(s, me, one, version, form.text("said")),
    "accept": lambda s, me, one, version, form: lists.decide_task(
        s, me, one, version, good=form.yes("good"), reason=form.text("reason")
    ),
    "urge": lambda s, me, one, version, form: lists.urge_task(s, me, one, version, form.day("due_on")),
}


@router.post("/tasks/{number}/{form_name}")
def act_on_task(me: Reader, number: int, form_name: str, form: Filling) -> Response:
    """Do what a form asks; back to the list."""
    return _act(me, TASK_ACTS, number, form_name, form, "/tasks")


def _act(me: Visitor, acts: dict[str, OwnAct], number: int, name: str, form: Filled, back: str) -> Response:
    if name not in acts:
        raise Trespass(404, "not_there")
    with bench(me) as here, me.here.desk.store.change() as session:
        acts[name](session, here.seat.acting, number, form.number("version"), form)
    return on(me, back)


def _fits(task: SupervisionTask, step: str, acting: Acting) -> bool:
    """Whether the form is offered: nobody takes off what they reported, and what is not late is not supervised."""
    if step == "urge":
        return task.due_on < acting.today
    return step == "report" or (step == "accept" and task.reported_by != acting.name)
