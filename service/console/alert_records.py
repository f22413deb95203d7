"""One row of an imported file, as an alert's page leads to it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from service.alert_view.row import Place, row_page
from service.console.alert import read, shown
from service.console.visitor import Visitor, visits

router = APIRouter()


@router.get("/records/{batch}/{row}")
def record(
    me: Annotated[Visitor, visits("alerts.read")],
    batch: str,
    row: int,
    sheet: Annotated[str, Query(max_length=200)] = "",
    alert: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """The row with its neighbours. Which row may be seen follows from the alert that shows it."""
    with me.here.reading() as seen:
        found = read(seen.session, me, alert) if alert else None
        page = row_page(seen, Place(batch=batch, sheet=sheet, row=row), found, me.caller)
        return me.show("alert_row.html", page=shown(seen, me, page), alert=alert)
