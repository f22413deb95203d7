"""One row of the queue, as it is now."""

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from service.access.sight import narrowed
from service.api.problem import Trespass
from service.console.rows import rows
from service.console.visitor import Visitor, visits
from service.store.alert import Alert

router = APIRouter()
Reader = Annotated[Visitor, visits("alerts.read")]


@router.get("/alerts/{alert}/row")
def row(me: Reader, alert: str) -> HTMLResponse:
    """Its row in the queue as it is now."""
    with me.here.reading() as seen:
        _mine(me, seen.session.scalar(narrowed(select(Alert), me.caller).where(Alert.fingerprint == alert)))
        return me.show("queue_row.html", row=rows(seen, me, [alert])[0], judge=me.caller.may("alerts.judge"), done="")


def _mine(me: Visitor, found: Alert | None) -> Alert:
    if found is None:
        raise Trespass(404, "not_there")
    return found
