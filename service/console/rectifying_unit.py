"""A unit's own page (单位经办人): what was given to it, and the report; its department gives an opinion there. Nothing else is theirs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse

from service.access.sight_of_rectification import OPINE, REPORT
from service.alert_view import demands
from service.api.attached import download
from service.api.problem import MayNot
from service.console.casework_filled import Form as Filling
from service.console.filled_files import FormWithFiles
from service.console.forms import looked_at
from service.console.rectifying import on
from service.console.visitor import Elsewhere, Visiting, Visitor
from service.rectifying import attached, reporting
from service.rectifying.file_kind import KINDS
from service.rectifying.seat import sit_down
from service.rectifying.unit_view import unit_item, unit_items
from service.triage.moving import By
from service.words import say

router = APIRouter()
ENDINGS = ",".join(ending for one in KINDS.values() for ending in one.endings)
"""What a browser offers to choose; what is taken is told from the content."""


async def _clerk(visitor: Visiting) -> Visitor:
    if visitor.caller.pending:
        raise Elsewhere("/password")
    if not (visitor.caller.may(REPORT) or visitor.caller.may(OPINE)):
        raise MayNot(REPORT)
    await looked_at(visitor.request)
    return visitor


Clerk = Annotated[Visitor, Depends(_clerk)]


@router.get("/unit")
def listed(me: Clerk) -> HTMLResponse:
    """My unit's items, those to be reported first."""
    with me.here.desk.store.look() as session:
        found = unit_items(session, me.caller)
        asked = demands.demands_waiting(session, By(me.caller, me.here.desk.clock()))
    units = me.names_of("unit", sorted({one.unit for one in found}))
    organ = {one.asked_by: say("rectifying.unit_page.organ") for one in asked}
    return me.show("rectifying_unit.html", items=found, units=units, demands=asked, names=organ)


@router.post("/unit/demands/{number}/reply")
def reply(me: Clerk, number: int, form: Filling) -> Response:
    """Answer what the organ asked the unit for."""
    with me.here.desk.store.change() as session:
        demands.reply(session, By(me.caller, me.here.desk.clock()), number, form.text("text"))
    return on(me, "/unit")


@router.get("/unit/{item_id}")
def one(me: Clerk, item_id: int) -> HTMLResponse:
    """One item with what I reported and why it came back."""
    with me.here.desk.store.look() as session:
        found = unit_item(session, me.caller, item_id)
    return me.show(
        "rectifying_unit_item.html", item=found, units=me.names_of("unit", [found.unit]), most=attached.MOST, megabytes=attached.MEGABYTES,
        endings=ENDINGS,
    )  # fmt: skip


@router.post("/unit/{item_id}/report")
def report(me: Clerk, item_id: int, sent: FormWithFiles) -> Response:
    """Report what was put right, with files."""
    form = sent.filled
    files = attached.seal(me.here.desk.key, sent.files)
    told = reporting.Told(form.text("done"), form.text("effect"), form.text("proofs").splitlines(), files)
    with me.here.desk.store.change() as session:
        reporting.report_item(session, sit_down(me.here.desk, me.caller).acting, item_id, form.number("version"), told)
    return on(me, f"/unit/{item_id}")


@router.get("/unit/{item_id}/files/{file_id}")
def file(me: Clerk, item_id: int, file_id: int) -> Response:
    """A file that was sent with a report, to be saved."""
    return download(attached.read(me.here.desk, me.caller, item_id, file_id, REPORT, OPINE))


@router.post("/unit/{item_id}/opine")
def opine(me: Clerk, item_id: int, form: Filling) -> Response:
    """My department's opinion."""
    with me.here.desk.store.change() as session:
        reporting.opine(session, sit_down(me.here.desk, me.caller).acting, item_id, form.number("version"), form.text("said"))
    return on(me, f"/unit/{item_id}")
