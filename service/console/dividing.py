"""Dividing an alert (拆分) on its page: which findings become an alert of their own, and why."""

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from service.console.alert import Judge, by, read, shown
from service.console.casework_filled import Form as Filling
from service.explaining import own_first, told_sentence
from service.reading import Reading
from service.search.index import index_alerts
from service.store import questions
from service.triage import dividing

router = APIRouter()


class Findings(BaseModel):
    """What may be taken out: signal, its rule, what it says."""

    lines: list[tuple[str, str, str]]


@router.get("/alerts/{alert}/divide")
def ask(me: Judge, alert: str) -> HTMLResponse:
    """The dialog that asks which findings go into an alert of their own."""
    with me.here.reading() as seen:
        found = read(seen.session, me, alert)
        present = own_first(found, questions.present_signals(seen.session, [alert])[alert])
        told = [(one.signal_id, seen.titles.of(one.rule), told_sentence(one.body, seen.titles, seen.names)) for one in present]
        lines = shown(seen, me, Findings(lines=told)).lines
        return me.show("alert_divide.html", alert=alert, version=found.version, lines=lines)


@router.post("/alerts/{alert}/divide")
def divide(me: Judge, alert: str, form: Filling) -> Response:
    """Take them out; goes on to the new alert, which is found by its words from now on."""
    with me.here.reading() as seen, me.here.desk.store.change() as session:
        made = dividing.divide(
            session, me.here.desk, by(me), alert, form.number("version"), form.many("signal"), form.text("reason")
        ).fingerprint
        index_alerts(Reading(me.here.desk, session, seen.tables), session, only=(alert, made))
    return Response(status_code=204, headers={"HX-Redirect": f"/alerts/{made}"})
