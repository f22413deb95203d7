"""Runs (运行) for the data team: asked for, watched as they go, cancelled; what each rule cost, and what moved in the data."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from service.api import runs
from service.api.problem import Trespass
from service.console.casework_filled import Form
from service.console.data_imports import on
from service.console.page import templates
from service.console.visitor import Visitor, visits
from service.desk import Desk
from service.rule_facts import FLAGGING
from service.store.run import Run
from service.triage.hold import called
from service.words import either, say

router = APIRouter()
Reader = Annotated[Visitor, visits("runs.read")]
Starter = Annotated[Visitor, visits("runs.start")]
LIVING = ("queued", "running")
EVERY_SECONDS, LOOKS = 1.0, 600
"""How often a run that goes on is looked at, and how often for one connection: browsers come back by themselves."""
SCORING = "score:"


@router.get("/data/runs")
def listed(me: Reader) -> HTMLResponse:
    """The newest runs, and the one that goes on."""
    found = runs.list_runs(me.here, 50)
    going = next((one for one in found if one.status in LIVING), None)
    return me.show("data_runs.html", runs=found, names=_names(me, found), going=going, today=me.here.desk.today)


@router.post("/data/runs")
def start(me: Starter, form: Form) -> Response:
    """Ask for a run, as of a day or of the last day that the records reach."""
    as_of = form.day("as_of") if form.maybe("as_of") else None
    me.here.desk.must_hold_records()
    made = runs.start_run(runs.Start(as_of=as_of), me.caller, me.here, Response())
    return on(me, f"/data/runs/{made.run}")


@router.post("/data/runs/{run}/cancel")
def cancel(me: Starter, run: runs.Id) -> Response:
    """Cancel a run: it stops behind the step in hand."""
    runs.cancel_run(run, me.caller, me.here)
    return on(me, f"/data/runs/{run}")


@router.get("/data/runs/{run}")
def read(me: Reader, run: runs.Id) -> HTMLResponse:
    """One run: what it is at, what it found, what every rule cost, and what moved."""
    one = runs.read_run(run, me.here)
    desk = me.here.desk
    with desk.store.look() as session:
        newest = Run.newest(session)
    drift = _drift(me) if newest is not None and newest.run_id == one.number else None
    return me.show(
        "data_run.html",
        run=one,
        rules=_rules(desk, one.steps),
        steps=_others(desk, one.steps),
        drift=drift,
        names=_names(me, [one]),
    )


@router.get("/data/runs/{run}/progress")
async def progress(me: Reader, run: runs.Id) -> EventSourceResponse:
    """The same part of the page as it changes (server-sent events: `now` with the part, `ended` at the end)."""
    return EventSourceResponse(_told(me, run), ping=15, sep="\n")


async def _told(me: Visitor, run: str) -> AsyncIterator[ServerSentEvent]:
    before = ""
    for _ in range(LOOKS):
        part, living = await run_in_threadpool(_now, me, run)
        if part != before:
            yield ServerSentEvent(part, event="now", sep="\n")
        if not living:
            yield ServerSentEvent("-", event="ended", sep="\n")
            return
        before = part
        await asyncio.sleep(EVERY_SECONDS)


def _now(me: Visitor, run: str) -> tuple[str, bool]:
    try:
        one = runs.read_run(run, me.here)
    except Trespass:
        return "", False
    return templates().get_template("data_run_now.html").render(run=one), one.status in LIVING


def _names(me: Visitor, found: Sequence[runs.RunLine]) -> dict[str, str]:
    """Who asked for a run -> what people call them."""
    with me.here.desk.store.look() as session:
        return called(session, sorted({one.asked_by for one in found if one.asked_by}))


def _rules(desk: Desk, steps: Sequence[runs.Step]) -> list[dict[str, Any]]:
    """Steps of rules, the dearest first, each with its share of the dearest."""
    found = sorted((one for one in steps if one.step.startswith(FLAGGING)), key=lambda one: -one.seconds)
    most = max((one.seconds for one in found), default=0.0) or 1.0
    book = desk.book.indicators
    return [
        {
            "rule": rule, "title": either(book[rule].title) if rule in book else rule, "known": rule in book,
            "found": one.found, "seconds": one.seconds, "share": round(100 * one.seconds / most),
        }
        for one in found
        for rule in [one.step.removeprefix(FLAGGING)]
    ]  # fmt: skip


def _others(desk: Desk, steps: Sequence[runs.Step]) -> list[tuple[str, runs.Step]]:
    """The other steps in their order, each in words."""
    return [(_called(desk, one.step), one) for one in steps if not one.step.startswith(FLAGGING)]


def _called(desk: Desk, step: str) -> str:
    if step.startswith(SCORING):
        tables = step.removeprefix(SCORING).split(",")
        titles = [either(desk.contracts[one].title) if one in desk.contracts else one for one in tables]
        return say("step.score", table=say("mark.list").join(titles))
    return say(f"step.{step}") if step in ("correlate", "route", "keep") else step


def _drift(me: Visitor) -> list[dict[str, Any]]:
    """What the table score_drift says, the furthest first."""
    with me.here.tables() as tables:
        rows = tables.con.execute(
            "SELECT table_name, column_name, earlier_rows, newest_rows, psi, level, because FROM score_drift ORDER BY psi DESC, 1, 2"
        ).fetchall()
    names = ("table", "column", "earlier", "newest", "psi", "level", "because")
    contracts = me.here.desk.contracts
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for one in found:
        contract = contracts.get(one["table"])
        column = contract.columns.get(one["column"]) if contract else None
        one["title"] = either(contract.title) if contract else one["table"]
        one["called"] = either(column) if column else one["column"]
    return found
