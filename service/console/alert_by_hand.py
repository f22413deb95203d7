"""The form that opens an alert by hand (人工登记): a call, a letter, a visit."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from service.alert_view.by_hand import SOURCES, SUBJECTS, Told, open_by_hand
from service.console.alert import Judge, Text, by
from service.console.forms import BY_HAND, look, table
from service.console.visitor import Visitor
from service.errors import Refusal
from service.reading import Reading
from service.search.index import index_alerts
from service.store.alert import SEVERITIES
from service.triage.offices import Office, offices
from service.triage.transferring import speaks_for

router = APIRouter()
UNITS = 2000
"""Names that the form offers while somebody types."""
Long = Annotated[str, Form(max_length=4000)]


@router.get("/alerts/new")
def form(me: Judge) -> HTMLResponse:
    """The empty form."""
    return _form(me, {}, "")


@router.post("/alerts/new")
def opened(
    me: Judge, title: Text = "", text: Long = "", source: Text = "", kind: Text = "", severity: Text = "", office: Text = "",
    unit: Text = "", subject_kind: Text = "unit", subject: Text = "",
) -> Response:  # fmt: skip
    """Open it; goes on to its page. What was refused comes back in the form, unless it may not be entered at all."""
    told = Told(
        title,
        text,
        source,
        kind if kind in me.here.desk.kinds else next(iter(me.here.desk.kinds)),
        severity,
        office,
        unit,
        subject_kind,
        subject,
    )
    with me.here.reading() as seen:
        try:
            look(FormData({"title": title, "text": text, "unit": unit, "office": office}), table()[BY_HAND])
            with me.here.desk.store.change() as session:
                made = open_by_hand(me.here.desk, session, seen.tables, by(me), told).fingerprint
        except Refusal as refusal:
            kept = {} if refusal.key == "alert.hand.not_here" else vars(told)
            return _form(me, kept, str(refusal))
    with me.here.reading() as seen, me.here.desk.store.change() as session:
        index_alerts(seen, session)
    return RedirectResponse(f"/alerts/{made}", 303)


def _form(me: Visitor, told: dict[str, str], wrong: str) -> HTMLResponse:
    with me.here.reading() as seen:
        mine = [one for one in offices(seen.tables).values() if speaks_for(by(me), one.office_id)]
        units = _units(seen)
    return me.show(
        "alert_new.html", status=422 if wrong else 200, told=told, wrong=wrong, offices=_sorted(mine), units=units, sources=SOURCES,
        subjects=SUBJECTS, severities=SEVERITIES, kinds=me.here.desk.kinds,
    )  # fmt: skip


def _sorted(mine: list[Office]) -> list[Office]:
    return sorted(mine, key=lambda one: (one.stream, one.name))


def _units(seen: Reading) -> list[str]:
    rows = seen.tables.con.execute("SELECT DISTINCT name FROM unit ORDER BY 1 LIMIT ?", [UNITS]).fetchall()
    return [str(name) for (name,) in rows]
