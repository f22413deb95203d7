"""What follows a case (结案之后): names cleared, the form used with tolerance, re-visits; on one page for each case file."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.api.problem import Trespass
from service.casework.course import Acting
from service.console.casework_filled import Filled
from service.console.casework_filled import Form as Filling
from service.console.rectifying import bench, on
from service.console.visitor import Visitor, visits
from service.rectifying import following
from service.rectifying.course import possible
from service.rectifying.giving import my_case
from service.store.rectifying_after import FormUsed, NameClearing, Revisit

router = APIRouter()
Reader = Annotated[Visitor, visits("casework.read")]
Worker = Annotated[Visitor, visits("casework.work")]


@router.get("/cases/{case_id}/after")
def followed(me: Reader, case_id: int) -> HTMLResponse:
    """Everything that follows one case."""
    with bench(me) as here:
        session, acting = here.seen.session, here.seat.acting
        case = my_case(session, acting, case_id)
        names = session.scalars(
            select(NameClearing).where(NameClearing.case_id == case_id).order_by(NameClearing.clearing_id)
        ).all()
        forms = session.scalars(select(FormUsed).where(FormUsed.case_id == case_id).order_by(FormUsed.form_id)).all()
        visits_ = session.scalars(select(Revisit).where(Revisit.case_id == case_id).order_by(Revisit.due_on)).all()
        everything: list[NameClearing | FormUsed | Revisit] = [*names, *forms, *visits_]
        can = {one.name: _steps(one, me, acting) for one in everything}
        return me.show(
            "rectifying_after.html", case=case, clearings=names, forms_used=forms, revisits=visits_, can=can, grounds=following.GROUNDS,
            findings=following.FINDINGS, ways=following.CLEARED_BY, form_numbers=following.FORMS[1:] + following.FORMS[:1],
            tolerances=following.TOLERANCES, of_people=following.OF_PEOPLE,
        )  # fmt: skip


def _name(session: Session, me: Acting, case: int, form: Filled) -> None:
    said = following.Clearing(
        form.text("person"), form.text("ground"), form.text("finding"), form.text("way"), form.text("said"), form.maybe("city_reference")
    )  # fmt: skip
    following.propose_clearing(session, me, case, said)


def _form(session: Session, me: Acting, case: int, form: Filled) -> None:
    said = following.Form(
        form.text("person"), form.number("used"), form.text("measure"), form.day("on"), form.maybe("tolerance"), form.maybe("tolerance_reason")
    )  # fmt: skip
    following.record_form(session, me, case, said)


NEW: dict[str, Callable[[Session, Acting, int, Filled], Any]] = {
    "name": _name,
    "form": _form,
    "caller": lambda s, me, case, form: following.ask_caller_again(s, me, case, form.text("ticket")),
}
ACTS: dict[tuple[str, str], Callable[[Session, Acting, int, int, Filled], Any]] = {
    ("name", "approve"): lambda s, me, one, version, form: following.decide_clearing(
        s, me, one, version, agree=form.yes("agree"), reason=form.text("reason")
    ),
    ("name", "carry_out"): lambda s, me, one, version, form: following.carry_out(s, me, one, version, form.day("on")),
    ("form", "approve"): lambda s, me, one, version, form: following.decide_form(
        s, me, one, version, agree=form.yes("agree"), reason=form.text("reason")
    ),
    ("revisit", "done"): lambda s, me, one, version, form: following.revisited(
        s, me, one, version, form.text("result"), form.text("said")
    ),
}


@router.post("/cases/{case_id}/after/{kind}")
def add(me: Worker, case_id: int, kind: str, form: Filling) -> Response:
    """Something new that follows the case."""
    if kind not in NEW:
        raise Trespass(404, "not_there")
    with bench(me) as here, me.here.desk.store.change() as session:
        NEW[kind](session, here.seat.acting, case_id, form)
    return on(me, f"/cases/{case_id}/after")


@router.post("/cases/{case_id}/after/{kind}/{number}/{step}")
def act(me: Reader, case_id: int, kind: str, number: int, step: str, form: Filling) -> Response:
    """A step of what is there."""
    if (kind, step) not in ACTS:
        raise Trespass(404, "not_there")
    with bench(me) as here, me.here.desk.store.change() as session:
        ACTS[kind, step](session, here.seat.acting, number, form.number("version"), form)
    return on(me, f"/cases/{case_id}/after")


def _steps(one: NameClearing | FormUsed | Revisit, me: Visitor, acting: Acting) -> list[str]:
    return [step for step in possible(one, me.caller) if step not in ("refuse", "called") and not _own(one, step, acting)]


def _own(one: NameClearing | FormUsed | Revisit, step: str, acting: Acting) -> bool:
    if isinstance(one, Revisit):
        return one.kind == "caller"
    return step == "approve" and one.proposed_by == acting.name
