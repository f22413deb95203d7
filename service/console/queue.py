"""The queue (研判): the first page, my office's alerts by priority."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from service.access.sight import narrowed
from service.console.visitor import Visitor, visits
from service.lines import lines
from service.store.alert import Alert
from service.store.questions import Wanted, alerts_after

router = APIRouter()
Triager = Annotated[Visitor, visits("alerts.read")]


@router.get("/")
def queue(me: Triager) -> HTMLResponse:
    """The alerts I see, the highest priority first."""
    with me.here.reading() as seen:
        found = alerts_after(seen.session, narrowed(select(Alert), me.caller), Wanted(), "priority", None, 50)
        told = lines(seen, found)
        told = seen.masked(told) if me.caller.sees_names else told
    return me.show("queue.html", alerts=told)
