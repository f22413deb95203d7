"""Lasting clearings (疑点澄清): asked for on a cleared alert's page, approved by a second person on a page of their own, lifted there."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlalchemy import ColumnElement, or_, select

from service.api.problem import Trespass
from service.casework import protecting
from service.casework.protecting import APPROVE, PERIOD, clearings_seen
from service.clearing import signals_of
from service.console.alert import Judge, read
from service.console.casework_filled import Form as Filling
from service.console.rectifying import maybe_day, on
from service.console.visitor import Visitor, visits
from service.reading import Reading
from service.rectifying.seat import sit_down
from service.store.clearing import ASKED, IN_FORCE, LIFTED, REFUSED, Clearing
from service.triage.hold import called
from service.words import say

router = APIRouter()
Reader = Annotated[Visitor, visits(protecting.READ)]
Approver = Annotated[Visitor, visits(APPROVE)]
SHOWN = ("asked", "in_force", "past")
MOST = 200


class Line(BaseModel):
    """A clearing as a page shows it."""

    number: int
    version: int
    status: str
    alert: str
    subject: str
    unit: str
    scope: list[str]
    why: str
    can: list[str]


@router.get("/alerts/{alert}/clearing")
def ask(me: Judge, alert: str) -> HTMLResponse:
    """The dialog that asks for a lasting clearing of the subject of a cleared alert."""
    with me.here.reading() as seen:
        own = signals_of(seen.session, read(seen.session, me, alert))
        rules = {one.rule: seen.titles.of(one.rule) for one in own}
        acting = sit_down(me.here.desk, me.caller).acting
        longest = acting.periods.due(PERIOD, acting.today)
        return me.show(
            "clearing_ask.html", alert=alert, rules=rules, topics=sorted({str(one.topic) for one in own}), today=acting.today,
            longest=longest, first=min((one.first_on for one in own if one.first_on), default=None),
        )  # fmt: skip


@router.post("/alerts/{alert}/clearings")
def asked(me: Judge, alert: str, form: Filling) -> Response:
    """Ask for it; back to the alert."""
    said = protecting.Scope(
        form.day("records_until"), form.text("reason"), form.text("proof"), tuple(form.many("rule")), tuple(form.many("topic")),
        maybe_day(form, "records_from"), form.money("most"), maybe_day(form, "expires_on"),
    )  # fmt: skip
    with me.here.desk.store.change() as session:
        protecting.ask_clearing(session, sit_down(me.here.desk, me.caller).acting, alert, said)
    return Response(status_code=204, headers={"HX-Refresh": "true"})


@router.get("/clearings")
def listed(me: Reader, show: str = "asked") -> HTMLResponse:
    """Clearings that wait for approval, are in force, or are over."""
    which = show if show in SHOWN else SHOWN[0]
    with me.here.reading() as seen:
        mine = select(Clearing).where(clearings_seen(me.caller), _which(which, me))
        found = list(seen.session.scalars(mine.order_by(Clearing.expires_on, Clearing.clearing_id).limit(MOST)))
        lines = lines_of(seen, me, found)
        names = called(
            seen.session, sorted({who for one in found for who in (one.asked_by, one.decided_by, one.lifted_by) if who})
        )
        return me.show("clearings.html", lines=lines, records=found, names=names, which=which, choices=SHOWN)


@router.post("/clearings/{number}/{step}")
def decide(me: Approver, number: int, step: str, form: Filling) -> Response:
    """Approve, refuse or lift one; back to the list."""
    if step not in ("decide", "lift"):
        raise Trespass(404, "not_there")
    acting, version, reason = sit_down(me.here.desk, me.caller).acting, form.number("version"), form.text("reason")
    with me.here.desk.store.change() as session:
        if step == "decide":
            protecting.decide_clearing(session, acting, number, version, agree=form.yes("agree"), reason=reason)
        else:
            protecting.lift_clearing(session, acting, number, version, reason)
    return on(me, "/clearings" if step == "decide" else "/clearings?show=in_force")


def lines_of(seen: Reading, me: Visitor, found: Sequence[Clearing]) -> list[Line]:
    """Clearings with their subjects named as this visitor may see names; names are looked up for all of them at once."""
    for kind in {one.subject_kind for one in found}:
        seen.names.learn(kind, [one.subject_id for one in found if one.subject_kind == kind])
    seen.names.learn("unit", [one.unit_id for one in found])
    lines = [_line(seen, me, one) for one in found]
    return seen.masked(lines) if me.caller.sees_names else lines


def _line(seen: Reading, me: Visitor, one: Clearing) -> Line:
    name = seen.titles.into(seen.names.short(one.subject_kind, one.subject_id))
    return Line(
        number=one.clearing_id, version=one.version, status=_status(one, me), alert=one.fingerprint,
        subject=f"{say(f'subject.{one.subject_kind}')} {name}" if name == one.subject_id else name,
        unit=seen.names.short("unit", one.unit_id) if one.unit_id and one.unit_id != one.subject_id else "",
        scope=[seen.titles.of(rule) for rule in one.rules], why=str(one.why.get("law", "")), can=_steps(one, me),
    )  # fmt: skip


def _status(one: Clearing, me: Visitor) -> str:
    return "expired" if one.status == IN_FORCE and one.expires_on < me.days.today else one.status


def _steps(one: Clearing, me: Visitor) -> list[str]:
    if not me.caller.may(APPROVE):
        return []
    if one.status == ASKED:
        return ["decide"] if one.asked_by != me.caller.name else []
    return ["lift"] if _status(one, me) == IN_FORCE else []


def _which(which: str, me: Visitor) -> ColumnElement[bool]:
    if which == "asked":
        return Clearing.status == ASKED
    living = (Clearing.status == IN_FORCE) & (Clearing.expires_on >= me.days.today)
    return living if which == "in_force" else or_(Clearing.status.in_((REFUSED, LIFTED)), (Clearing.status == IN_FORCE) & ~living)
