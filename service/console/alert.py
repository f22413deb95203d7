"""One alert (预警): beside the list and on a page of its own, with its time, its ties and what came of like ones."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight import narrowed
from service.alert_view import checks
from service.alert_view.complaint import complaints_of, pieces, tickets_of
from service.alert_view.demands import demands_of
from service.alert_view.head import head_of
from service.alert_view.history import history_of
from service.alert_view.merging import merged_into, target_of
from service.alert_view.openness import sees_complaints
from service.alert_view.page import Page, page_of
from service.alert_view.records import MOST, SHOWN
from service.alert_view.similar import likes_of
from service.alert_view.ties import ties_of
from service.alert_view.timeline import timeline_of
from service.api.problem import Trespass
from service.console.visitor import Visitor, visits
from service.reading import Reading
from service.reporting import reports_of
from service.store import questions
from service.store.alert import ACCEPTED, OPEN, Alert
from service.store.triage import AlertPart
from service.triage.dividing import part_of, parts_from
from service.triage.hold import called
from service.triage.moving import By

router = APIRouter()
Reader = Annotated[Visitor, visits("alerts.read")]
Judge = Annotated[Visitor, visits("alerts.judge")]
Text = Annotated[str, Form(max_length=2000)]
UNDECIDED = (OPEN, ACCEPTED)


@router.get("/alerts/{alert}/beside")
def beside(me: Reader, alert: str) -> HTMLResponse:
    """The alert as the queue shows it beside its list."""
    return _shown(me, alert, "beside.html", SHOWN)


@router.get("/alerts/{alert}")
def alone(me: Reader, alert: str, whole: Annotated[int, Query(ge=0, le=1)] = 0) -> HTMLResponse:
    """The alert on a page of its own; with `whole` every record it rests on, up to MOST of a table."""
    return _shown(me, alert, "alert.html", MOST if whole else SHOWN)


@router.get("/alerts/{alert}/time")
def time(me: Reader, alert: str) -> HTMLResponse:
    """Its time: payments, purchases, complaints on one axis."""
    with me.here.reading() as seen:
        found = read(seen.session, me, alert)
        signals = questions.present_signals(seen.session, [alert])[alert]
        free = sees_complaints(seen.session, me.caller, alert)
        told = timeline_of(seen, found, signals, complaints=free, viewer=me.caller.person_id)
        return me.show("alert_time.html", time=shown(seen, me, told), alert=alert)


@router.get("/alerts/{alert}/ties")
def ties(me: Reader, alert: str, around: Annotated[int | None, Query(ge=0, le=100)] = None) -> HTMLResponse:
    """Who is tied to whom, one step around the alert, and around one of those shown."""
    with me.here.reading() as seen:
        found = read(seen.session, me, alert)
        return me.show("alert_ties.html", ties=shown(seen, me, ties_of(seen, found, around)), alert=alert, around=around)


@router.get("/alerts/{alert}/likes")
def likes(me: Reader, alert: str) -> HTMLResponse:
    """What came of like alerts."""
    with me.here.reading() as seen:
        found = read(seen.session, me, alert)
        rules = sorted({one.rule for one in questions.present_signals(seen.session, [alert])[alert]})
        return me.show("alert_likes.html", likes=shown(seen, me, likes_of(seen, found, rules, me.caller)))


@router.post("/alerts/{alert}/check")
def check(me: Judge, alert: str, rule: Text, step: Text, done: Text = "") -> HTMLResponse:
    """Tick a first check off, or take the tick back; answers with the list."""
    with me.here.desk.store.change() as session:
        checks.tick(session, by(me), alert, rule, step, done=done == "1")
    with me.here.reading() as seen:
        found = read(seen.session, me, alert)
        steps = checks.steps_of(seen, alert, [rule])[rule]
        may_tick = me.caller.may("alerts.judge") and found.status in UNDECIDED
        return me.show("alert_steps.html", alert=alert, rule=rule, steps=steps, may_tick=may_tick)


def read(session: Session, me: Visitor, alert: str) -> Alert:
    """An alert that this visitor sees. Raises Trespass 404."""
    found = session.scalar(narrowed(select(Alert), me.caller).where(Alert.fingerprint == alert))
    if found is None:
        raise Trespass(404, "not_there")
    return found


def shown(seen: Reading, me: Visitor, told: Any) -> Any:
    """The same as this visitor may see names: masked, or pseudonyms."""
    return seen.masked_one(told) if me.caller.sees_names else told


def by(me: Visitor) -> By:
    """Who acts, and when."""
    return By(me.caller, me.here.desk.clock())


def _shown(me: Visitor, alert: str, template: str, rows: int) -> HTMLResponse:
    with me.here.reading() as seen:
        found = read(seen.session, me, alert)
        free = sees_complaints(seen.session, me.caller, alert)
        parts = [page_of(seen, found, me.caller, rows), head_of(seen, found, me.caller), *history_of(seen, alert)]
        page, row, *history = seen.masked(parts) if me.caller.sees_names else parts
        assert isinstance(page, Page)
        demands, reports = demands_of(seen.session, alert), reports_of(seen.session, alert)
        actors = [one.asked_by for one in demands] + [one.answered_by for one in demands if one.answered_by]
        names = called(seen.session, actors + [one.reported_by for one in reports])
        tickets = tickets_of(seen, questions.present_signals(seen.session, [alert])[alert]) if free else []
        return me.show(
            template, page=page, told=page.told, row=row, judge=me.caller.may("alerts.judge"), history=history, rows=rows,
            complaints=complaints_of(seen, tickets, masked=me.caller.sees_names), tickets=len(tickets),
            demands=demands, reports=reports, names=names, may_tick=me.caller.may("alerts.judge") and found.status in UNDECIDED,
            merged=merged_into(seen.session, me.caller, alert), into=target_of(seen.session, found),
            parts=_visible(seen.session, me, parts_from(seen.session, alert)), origin=_origin(seen.session, me, alert),
            by_hand=found.by_hand, said=pieces(str(found.why.get("zh", "")), (), {}) if found.by_hand and free else [],
        )  # fmt: skip


def _origin(session: Session, me: Visitor, alert: str) -> str | None:
    """What a part was taken out of, where the visitor sees that."""
    part = part_of(session, alert)
    if part is None or part.ended_at is not None:
        return None
    return session.scalar(narrowed(select(Alert.fingerprint), me.caller).where(Alert.fingerprint == part.origin))


def _visible(session: Session, me: Visitor, parts: list[AlertPart]) -> list[AlertPart]:
    mine = narrowed(select(Alert.fingerprint), me.caller).where(Alert.fingerprint.in_([one.fingerprint for one in parts]))
    seen = set(session.scalars(mine)) if parts else set()
    return [one for one in parts if one.fingerprint in seen]
