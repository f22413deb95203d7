"""Rectification (整改): the ledger with filters and due days, one item with the next act first, and new items from a case."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from service.access.sight_of_rectification import READ
from service.api.attached import download
from service.api.problem import Trespass
from service.casework.seat import own_offices
from service.console.casework_filled import Filled
from service.console.casework_filled import Form as Filling
from service.console.visitor import Visitor, visits
from service.reading import Reading
from service.rectifying import assessing, attached, giving, reporting
from service.rectifying.giving import drafted_in, my_case
from service.rectifying.seat import RectifyingSeat, as_typed, sit_down, unit_known, unit_of, units_offered
from service.rectifying.seen import SHOWN, late, ledger, see_item
from service.triage.hold import called
from service.words import either

router = APIRouter()
Reader = Annotated[Visitor, visits("rectification.read")]
Worker = Annotated[Visitor, visits("rectification.work")]
Act = Callable[[Session, RectifyingSeat, int, int, Filled], Any]


@dataclass
class Bench:
    """Somebody at rectification: a view of store and lake, and their seat."""

    seen: Reading
    seat: RectifyingSeat

    def offices(self) -> dict[str, str]:
        return {name: office.name for name, office in self.seat.acting.offices.items()}


@contextmanager
def bench(me: Visitor) -> Iterator[Bench]:
    with me.here.reading() as seen:
        yield Bench(seen, sit_down(me.here.desk, me.caller, seen.tables))


def on(me: Visitor, path: str) -> Response:
    """Go to a page, after something was done."""
    return Response(status_code=204, headers={"HX-Redirect": path}) if me.by_htmx else RedirectResponse(path, 303)


def maybe_day(form: Filled, name: str) -> date | None:
    return form.day(name) if form.maybe(name) else None


@router.get("/rectifications")
def listed(me: Reader, show: str = "open", unit: str = "", office: str = "") -> HTMLResponse:
    """The ledger: those due first."""
    shown = show if show in SHOWN else "open"
    with bench(me) as here:
        acting = here.seat.acting
        found = ledger(here.seen.session, acting, shown=shown, unit_id=unit or None, office_id=office or None)
        units = me.names_of("unit", sorted({one.unit_id for one in found} | ({unit} if unit else set())))
        return me.show(
            "rectifying.html", items=found, units=units, offices=here.offices(), shown=shown, unit=unit, office=office, choices=SHOWN,
            late=[one.item_id for one in found if late(one, acting.today)],
        )  # fmt: skip


@router.get("/rectifications/new")
def ask_new(me: Worker, case: int = 0) -> HTMLResponse:
    """The form for an item: from a case, with its draft's words to be rewritten for the unit."""
    with bench(me) as here:
        acting, session = here.seat.acting, here.seen.session
        known = my_case(session, acting, case) if case else None
        draft = drafted_in(session, case) if known else None
        due, about = acting.periods.due("rectify", acting.today), unit_known(here.seen.tables, known.unit_id if known else None)
        return me.show(
            "rectifying_new.html", case=known, draft=draft, offices=here.offices(), own=own_offices_of(here), due_on=due.due_on,
            units=units_offered(here.seen.tables), unit=as_typed(here.seen.tables, about),
        )  # fmt: skip


@router.post("/rectifications")
def open_new(me: Worker, form: Filling) -> Response:
    """Put an item into the ledger."""
    with bench(me) as here, me.here.desk.store.change() as session:
        said = giving.Item(
            form.text("problem"), form.text("measure"), form.text("standard"), form.text("responsible"), maybe_day(form, "due_on"),
            form.maybe("stationed"), form.maybe("room"),
        )  # fmt: skip
        case = form.number("case") if form.maybe("case") else None
        unit = unit_of(here.seen.tables, form.text("unit"))
        made = giving.open_item(session, here.seat.acting, unit, form.text("office"), said, case).item_id
    return on(me, f"/rectifications/{made}")


@router.get("/rectifications/{item_id}")
def one(me: Reader, item_id: int) -> HTMLResponse:
    """One item: what stands, who waits for whom, the next act first."""
    with bench(me) as here:
        told = see_item(here.seen.session, here.seat.acting, item_id)
        item = told.item
        units = me.names_of("unit", [item.unit_id, item.supervising_unit_id])
        names = called(here.seen.session, [*told.actors, "run"])
        due = here.seat.acting.periods.due("rectify", here.seat.acting.today)
        return me.show(
            "rectifying_item.html", told=told, item=item, units=units, offices=here.offices(), names=names, effect=here.seat.terms.effect,
            either=either, late=late(item, here.seat.acting.today), new_due=due.due_on,
        )  # fmt: skip


@router.get("/rectifications/{item_id}/files/{file_id}")
def file(me: Reader, item_id: int, file_id: int) -> Response:
    """A file that the unit sent with a report, to be saved."""
    return download(attached.read(me.here.desk, me.caller, item_id, file_id, READ))


def _assess(session: Session, me: RectifyingSeat, item: int, version: int, form: Filled) -> None:
    marks = {name: form.text(f"mark-{name}") for name in me.terms.effect.criteria}
    said, day = form.text("said"), maybe_day(form, "due_on")
    assessing.assess(session, me.acting, me.terms.effect, item, version, marks, said, good=form.yes("good"), due_on=day)


ACTS: dict[str, Act] = {
    "give": lambda s, me, item, version, form: giving.give(s, me.acting, item, version),
    "withdraw": lambda s, me, item, version, form: giving.withdraw(s, me.acting, item, version),
    "note": lambda s, me, item, version, form: reporting.note(s, me.acting, item, version, form.text("said")),
    "verify": lambda s, me, item, version, form: assessing.verify_item(
        s, me.acting, item, version, good=form.yes("good"), said=form.text("said"), due_on=maybe_day(form, "due_on")
    ),
    "close": _assess,
    "urge": lambda s, me, item, version, form: giving.urge_item(
        s, me.acting, item, version, form.text("demand"), form.day("due_on")
    ),
    "reopen": lambda s, me, item, version, form: assessing.recheck(
        s, me.acting, item, version, good=form.yes("good"), said=form.text("said"), due_on=maybe_day(form, "due_on")
    ),
}


@router.post("/rectifications/{item_id}/{form_name}")
def act(me: Reader, item_id: int, form_name: str, form: Filling) -> Response:
    """Do what a form asks; back to the page."""
    if form_name not in ACTS:
        raise Trespass(404, "not_there")
    with bench(me) as here, me.here.desk.store.change() as session:
        ACTS[form_name](session, here.seat, item_id, form.number("version"), form)
    return on(me, f"/rectifications/{item_id}")


def own_offices_of(here: Bench) -> list[str]:
    """Offices that the caller may act for."""
    return list(own_offices(here.seat.acting))
