"""Case files (承办): my office's list, one case file with what stands and what comes next, its lead sheet and consultations."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from service.api.problem import Trespass
from service.casework import above, group, joining, opening
from service.casework.answering import to_answer
from service.casework.claims import Taken
from service.casework.disposing import MANNERS
from service.casework.disposing import RESULTS as REPORTED
from service.casework.recusing import GROUNDS
from service.casework.seat import Seat, colleagues, own_offices, seat
from service.casework.seen import Seen, cases, see, to_open
from service.casework.verifying import RESULTS
from service.casework.ways import WAYS, WHATS
from service.console.casework_acts import ACTS
from service.console.casework_filled import Form as Filling
from service.console.visitor import Visitor, visits
from service.reading import Reading
from service.rectifying.seat import unit_of, units_offered
from service.store import questions
from service.store.alert import Alert
from service.store.case_people import Expert
from service.triage.hold import called
from service.words import either

router = APIRouter()
Reader = Annotated[Visitor, visits("casework.read")]
Worker = Annotated[Visitor, visits("casework.work")]
Approver = Annotated[Visitor, visits("casework.approve")]
CHOICES = {
    "results": RESULTS,
    "reported": REPORTED,
    "grounds": GROUNDS,
    "ways_in_order": WAYS,
    "whats": WHATS,
    "manners": MANNERS,
}


class Head(BaseModel):
    """What names may stand in."""

    title: str
    subject: str
    unit: str
    records: dict[str, str]
    """`table|key` of a row -> the table's title and the key."""
    subjects: dict[str, str]
    """Alert of the case -> about whom."""


class Waiting(BaseModel):
    """Accepted alerts that wait for a case file: about whom, and which office leads, each by fingerprint."""

    subjects: dict[str, str]
    leads: dict[str, str]


@dataclass
class Sitting:
    """Somebody at casework: a view of store and lake, and their seat."""

    seen: Reading
    seat: Seat

    def offices(self) -> dict[str, str]:
        return {name: office.name for name, office in self.seat.acting.offices.items()}


@contextmanager
def sitting(me: Visitor) -> Iterator[Sitting]:
    with me.here.reading() as seen:
        yield Sitting(seen, seat(me.here.desk, me.caller, seen.tables))


@router.get("/cases")
def listed(me: Reader, show: str = "open") -> HTMLResponse:
    """My office's case files, those due first; accepted alerts that wait for one."""
    with sitting(me) as here:
        session, acting = here.seen.session, here.seat.acting
        answering = to_answer(session, acting, here.seat.ways)
        found = answering if show == "answer" else cases(session, acting, closed=show == "closed", mine=show == "mine")
        waiting = to_open(session, acting) if me.caller.may("casework.work") and show in ("open", "mine") else []
        names = called(session, sorted({one.handler for one in found if one.handler}))
        ids = {one for one in (*(case.unit_id for case in found), *(alert.unit_id for alert in waiting)) if one}
        units = me.names_of("unit", sorted(ids))
        own = own_offices(acting)
        return me.show(
            "casework.html",
            cases=found,
            waiting=waiting,
            names=names,
            units=units,
            offices=here.offices(),
            own=own,
            shown=show,
            answering=len(answering),
            wait=_waiting(me, here, waiting),
            either=either,
        )


def _subjects(here: Sitting, alerts: Sequence[Alert]) -> dict[str, str]:
    for kind in {one.subject_kind for one in alerts}:
        here.seen.names.learn(kind, [one.subject_id for one in alerts if one.subject_kind == kind])
    return {one.fingerprint: here.seen.titles.into(here.seen.names.short(one.subject_kind, one.subject_id)) for one in alerts}


def _waiting(me: Visitor, here: Sitting, alerts: Sequence[Alert]) -> Waiting:
    living = questions.present_assignments(here.seen.session, [one.fingerprint for one in alerts])
    told = Waiting(
        subjects=_subjects(here, alerts),
        leads={of: one.office_id for of, all_of in living.items() for one in all_of if one.role == "lead" and one.office_id},
    )
    return here.seen.masked_one(told) if me.caller.sees_names else told


@router.post("/cases")
def open_file(me: Worker, form: Filling) -> Response:
    """Open a case file on accepted alerts, or by hand; when another office has it, the page that says so and offers to join."""
    try:
        with sitting(me) as here, me.here.desk.store.change() as session:
            acting, alerts = here.seat.acting, form.many("alert")
            if alerts:
                case = opening.open_from_alerts(session, acting, form.text("office"), alerts, form.text("title"))
            else:
                kind, one, unit = form.maybe("subject_kind"), form.maybe("subject_id"), form.maybe("unit")
                matter = opening.Matter(
                    form.text("title"), form.text("source"), form.day("received_on"), form.maybe("source_ref"),
                    subject_kind=kind if one else None, subject_id=one, unit_id=unit_of(here.seen.tables, unit).unit_id if unit else None, area_id=form.maybe("area"),
                )  # fmt: skip
                case = opening.open_by_hand(session, acting, form.text("office"), matter)
            made = case.case_id
    except Taken as taken:
        return me.show(
            "casework_taken.html",
            status=409,
            told=str(taken),
            alert=next(iter(form.many("alert")), ""),
            office=form.text("office"),
        )
    return _on(me, f"/cases/{made}")


@router.post("/cases/join")
def join(
    me: Worker, office: Annotated[str, Form()], alert: Annotated[str, Form()], reason: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Ask the office that has it to let ours assist."""
    with sitting(me) as here, me.here.desk.store.change() as session:
        joining.ask_to_join(session, here.seat.acting, office, alert, reason)
    return _on(me, "/cases")


@router.get("/cases/new")
def ask_new(me: Worker) -> HTMLResponse:
    """The form for what came by telephone, by letter or from another body."""
    with sitting(me) as here:
        own, units = own_offices(here.seat.acting), units_offered(here.seen.tables)
        return me.show("casework_new.html", offices=here.offices(), own=own, sources=opening.BY_HAND, units=units)


@router.get("/cases/pool")
def pool(me: Reader) -> HTMLResponse:
    """The people pool."""
    with sitting(me) as here:
        people = here.seen.session.query(Expert).where(Expert.available.is_(True)).order_by(Expert.expert_id).all()
        return me.show("casework_pool.html", people=people, skills=group.SKILLS, units=units_offered(here.seen.tables))


@router.post("/cases/pool")
def add_to_pool(me: Approver, form: Filling) -> Response:
    """Somebody into the people pool."""
    expert = Expert(
        name=form.text("name"), login=form.maybe("login"), person_id=None, unit_id=None, area_id=form.maybe("area"),
        skills=form.many("skill"), earlier_units=form.text("earlier").replace("，", ",").split(",") if form.maybe("earlier") else [],
        available=True, removed_by=None, removed_at=None, removed_because=None,
    )  # fmt: skip
    with sitting(me) as here, me.here.desk.store.change() as session:
        expert.unit_id = unit_of(here.seen.tables, form.text("unit")).unit_id if form.maybe("unit") else None
        group.add_expert(session, here.seat.acting, expert)
    return _on(me, "/cases/pool")


@router.post("/cases/pool/{expert}/remove")
def remove_from_pool(me: Approver, expert: int, form: Filling) -> Response:
    """Somebody out of the people pool."""
    with sitting(me) as here, me.here.desk.store.change() as session:
        group.remove_expert(session, here.seat.acting, expert, form.text("reason"))
    return _on(me, "/cases/pool")


@router.get("/cases/above")
def handed(me: Approver) -> HTMLResponse:
    """What was handed above: when and to whom, and nothing else."""
    with sitting(me) as here:
        return me.show("casework_above.html", stubs=above.stubs(here.seen.session))


@router.post("/cases/above")
def hand(me: Approver, recipient: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Note that something was handed above."""
    with sitting(me) as here, me.here.desk.store.change() as session:
        above.seal(session, here.seat.acting, recipient)
    return _on(me, "/cases/above")


@router.get("/cases/{case_id}")
def one(me: Reader, case_id: int) -> HTMLResponse:
    """One case file: what stands, what is due, and the likely next act first."""
    with sitting(me) as here:
        told = see(here.seen.session, here.seat.acting, here.seat.ways, case_id)
        return me.show("casework_case.html", **_values(me, here, told), **_to_choose(here, told))


@router.get("/cases/{case_id}/lead")
def lead(me: Reader, case_id: int) -> HTMLResponse:
    """The lead sheet, as it is printed."""
    with sitting(me) as here:
        told = see(here.seen.session, here.seat.acting, here.seat.ways, case_id)
        if not told.leads:
            raise Trespass(404, "not_there")
        return me.show("casework_lead.html", **_values(me, here, told))


@router.get("/cases/{case_id}/consultations/{number}")
def consultation(me: Reader, case_id: int, number: int) -> HTMLResponse:
    """A consultation: its draft, its questions, what each said and signed, the decision."""
    with sitting(me) as here:
        told = see(here.seen.session, here.seat.acting, here.seat.ways, case_id)
        found = next((one for one in told.consultations if one[0].consultation_id == number), None)
        if found is None:
            raise Trespass(404, "not_there")
        draft = next(one for one in told.drafts if one.draft_id == found[0].draft_id)
        return me.show("casework_consultation.html", called=found[0], said=found[1], draft=draft, **_values(me, here, told))


@router.post("/cases/{case_id}/{form_name}")
def act(me: Reader, case_id: int, form_name: str, form: Filling) -> Response:
    """Do what a form asks; back to the page. What is refused is told at the foot of the page, and what was written stays."""
    if form_name not in ACTS:
        raise Trespass(404, "not_there")
    with sitting(me) as here, me.here.desk.store.change() as session:
        ACTS[form_name](session, here.seat, case_id, form.number("version"), form)
    with sitting(me) as here:
        gone = case_id not in {one.case_id for one in cases(here.seen.session, here.seat.acting)} and form_name in (
            "recuse",
            "answer_transfer",
        )
    return _on(me, "/cases" if gone else f"/cases/{case_id}")


def _on(me: Visitor, path: str) -> Response:
    return Response(status_code=204, headers={"HX-Redirect": path}) if me.by_htmx else RedirectResponse(path, 303)


def _values(me: Visitor, here: Sitting, told: Seen) -> dict[str, Any]:
    """What every page of a case file shows."""
    names = here.seen.names
    unit = names.short("unit", told.case.unit_id) if told.case.unit_id else ""
    subject = here.seen.titles.into(names.of(told.case.subject_kind, told.case.subject_id)) if told.case.subject_kind else ""
    rows = [row for record in told.verifications for row in record.records if "table" in row]
    records = {f"{row['table']}|{row['key']}": _row(here, row) for row in [*told.evidence, *rows]}
    head = Head(title=told.case.title, subject=subject, unit=unit, records=records, subjects=_subjects(here, told.alerts))
    head = here.seen.masked_one(head) if me.caller.sees_names else head
    return {
        **head.model_dump(), "told": told, "case": told.case, "names": called(here.seen.session, told.actors), "offices": here.offices(),
        "ways": here.seat.ways, "periods": here.seat.acting.periods, "either": either, "whats": WHATS,
    }  # fmt: skip


def _row(here: Sitting, row: dict[str, Any]) -> str:
    contract = here.seen.desk.contracts.get(row["table"])
    key = " · ".join(row["key"].split("|"))
    return f"{either(contract.title) if contract is not None else row['table']} {key}"


def _to_choose(here: Sitting, told: Seen) -> dict[str, Any]:
    """What the forms offer."""
    session, acting = here.seen.session, here.seat.acting
    wanted: list[str] = [form for form in [told.offered.first, *told.offered.others] if form]
    matches = group.match(session, acting, told.case, group.needed(session, told.case)) if "group" in wanted else []
    free = to_open(session, acting) if "add_alert" in wanted else []
    return {
        "people": colleagues(session, acting.today),
        "matches": matches,
        "free": free,
        **{name: value for name, value in CHOICES.items() if name != "whats"},
    }
