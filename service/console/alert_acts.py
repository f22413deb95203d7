"""What is done on an alert's page beside deciding: asking for more, merging and splitting, unsealing, opening by hand."""

import hashlib
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from datasets.sealing import kind_of
from service.access.sight import narrowed
from service.alert_view import demands, merging
from service.alert_view.demands import demands_of
from service.alert_view.head import head_of
from service.api import sealed
from service.api.problem import Trespass
from service.console.alert import UNDECIDED, Judge, Text, by, read
from service.console.visitor import Visitor, visits
from service.errors import Refusal
from service.masking import masks
from service.reporting import reports_of
from service.sealed import unsealing
from service.store import questions
from service.store.alert import Alert
from service.triage.hold import called
from service.triage.offices import offices
from service.words import either

router = APIRouter()
Asker = Annotated[Visitor, visits("sealed.ask")]
Version = Annotated[int, Form(ge=1)]
DAYS = 5
"""Working days that are offered for an answer."""


@router.get("/alerts/{alert}/demand")
def demand(me: Judge, alert: str) -> HTMLResponse:
    """The dialog that asks for more."""
    with me.here.reading() as seen:
        found = read(seen.session, me, alert)
        unit = seen.names.short("unit", found.unit_id) if found.unit_id else ""
        reached = demands.units_reached(seen.session, me.days.today) if demands.may_ask_units(seen.session, alert) else []
        seen.names.learn("unit", reached)
        units, out = {one: seen.names.short("unit", one) for one in reached}, demands.recused(seen.session, alert)
        return me.show(
            "alert_demand.html", alert=alert, unit=unit, units=units, due=me.days.calendar.after(me.days.today, DAYS),
            offices=[one for one in offices(seen.tables).values() if one.office_id not in out],
        )  # fmt: skip


@router.post("/alerts/{alert}/demands")
def ask(me: Judge, alert: str, what: Text, due_on: Annotated[date, Form()], of_whom: Text = "", to: Text = "") -> HTMLResponse:
    """Ask for more: of an office, of a unit that somebody signs in for, or (only noted) of anybody else."""
    kind, _, key = to.partition(":")
    if (kind, bool(key)) not in (("office", True), ("unit", True), ("", False)):
        raise Trespass(422, "invalid", count=1)
    sent = demands.Sent(key if kind == "office" else None, key if kind == "unit" else None)
    name = me.names_of(kind, [key])[key] if key else of_whom
    with me.here.reading() as seen, me.here.desk.store.change() as session:
        if kind == "office" and key not in offices(seen.tables):
            raise Refusal("casework.wrong.no_office", office=key)
        demands.ask(session, by(me), alert, name, what, due_on, sent)
    return _asked_for(me, alert)


@router.post("/alerts/{alert}/demands/{number}")
def came(me: Judge, alert: str, number: int, text: Text) -> HTMLResponse:
    """Note what came."""
    with me.here.desk.store.change() as session:
        demands.answer(session, by(me), alert, number, text)
    return _asked_for(me, alert)


@router.get("/alerts/{alert}/merge")
def merge_into(me: Judge, alert: str) -> HTMLResponse:
    """The dialog that asks with which alert it is to be worked on: those that touch the same come first."""
    with me.here.reading() as seen:
        read(seen.session, me, alert)
        near = [one.fingerprint for one, _, _ in questions.linked_alerts(seen.session, alert, 20)]
        mine = narrowed(select(Alert), me.caller, "alerts.judge").where(Alert.fingerprint.in_(near), Alert.status.in_(UNDECIDED))
        heads = [head_of(seen, one, me.caller) for one in seen.session.scalars(mine.order_by(Alert.priority.desc()))]
        titles = {one.fingerprint: either(one.title) for one in seen.session.scalars(mine)}
        told = seen.masked(heads) if me.caller.sees_names else heads
    return me.show("alert_merge.html", alert=alert, version=_version(me, alert), near=told, titles=titles)


@router.post("/alerts/{alert}/merge")
def merge(me: Judge, alert: str, version: Version, into: Text, reason: Text = "") -> Response:
    """Work on it together with another one; goes on to that one."""
    with me.here.desk.store.change() as session:
        merging.merge(session, by(me), alert, version, into.strip(), reason.strip())
        target = into.strip()
    return Response(status_code=204, headers={"HX-Redirect": f"/alerts/{target}"})


@router.post("/alerts/{alert}/split")
def split(me: Judge, alert: str, version: Version) -> Response:
    """Work on it by itself again."""
    with me.here.desk.store.change() as session:
        merging.split(session, by(me), alert, version)
    return Response(status_code=204, headers={"HX-Refresh": "true"})


@router.get("/alerts/{alert}/unseal")
def unseal(me: Asker, alert: str) -> HTMLResponse:
    """The dialog of unsealing: which value, why; and how one's own requests and those that wait for one's word stand."""
    return _unsealing(me, alert)


@router.post("/alerts/{alert}/unseal")
def ask_value(me: Asker, alert: str, which: Text, reason: Annotated[str, Form(min_length=4, max_length=500)]) -> HTMLResponse:
    """Ask for a value: it shows at once where one person may decide, else a second one is to agree."""
    caller = sealed.asks(me.caller)
    tokens = _tokens(me, alert)
    if which not in tokens:
        raise Trespass(404, "not_there")
    asked = sealed.NewUnsealing(token=tokens[which], reason=reason)
    told = sealed.ask_value(alert, asked, caller, me.here, Response())
    return _unsealing(me, alert, told.value)


@router.post("/unsealings/{name}/{verb}")
def decide(me: Asker, name: str, verb: str) -> HTMLResponse:
    """Agree or refuse as the second person, or fetch what was agreed to: once."""
    if verb == "value":
        told = sealed.fetch_value(name, sealed.asks(me.caller), me.here, Response())
    elif verb in ("agree", "refuse"):
        act = sealed.agree_to if verb == "agree" else sealed.refuse
        told = act(name, sealed.agrees(me.caller), me.here)
    else:
        raise Trespass(404, "no_such_page")
    return _unsealing(me, told.alert, told.value)


def _unsealing(me: Visitor, alert: str, value: str | None = None) -> HTMLResponse:
    caller = sealed.asks(me.caller)
    tokens = _tokens(me, alert)
    shown = masks(me.here.desk.secrets(tokens.values()))
    now = me.here.desk.clock()
    with me.here.desk.store.look() as session:
        requests = unsealing.requests_of(session, caller, alert, now)
        names = called(
            session, sorted({one.asked_by for one in requests} | {one.decided_by for one in requests if one.decided_by})
        )
        told = [(one, one.now(now), shown.get(one.token, "")) for one in requests]
    choices = [(which, kind_of(token), shown[token]) for which, token in tokens.items() if token in shown]
    return me.show(
        "alert_unseal.html", alert=alert, choices=choices, requests=told, names=names, value=value, own=caller.name,
        alone=me.here.desk.settings.unseal_alone,
    )  # fmt: skip


def _tokens(me: Visitor, alert: str) -> dict[str, str]:
    """The pseudonyms of an alert that may be asked for, by the marks that stand for them on the page."""
    with me.here.reading() as seen:
        found = sorted(unsealing.of_alert(seen, read(seen.session, me, alert)))
    return {hashlib.sha256(one.encode()).hexdigest()[:16]: one for one in found}


def _asked_for(me: Visitor, alert: str) -> HTMLResponse:
    with me.here.reading() as seen:
        found = read(seen.session, me, alert)
        asked, reports = demands_of(seen.session, alert), reports_of(seen.session, alert)
        actors = [one.asked_by for one in asked] + [one.answered_by for one in asked if one.answered_by]
        names = called(seen.session, actors + [one.reported_by for one in reports])
        row = head_of(seen, found, me.caller)
    return me.show("alert_asked.html", demands=asked, reports=reports, names=names, row=row, may_tick=row.status in UNDECIDED)


def _version(me: Visitor, alert: str) -> int:
    with me.here.desk.store.look() as session:
        return read(session, me, alert).version
