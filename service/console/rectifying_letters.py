"""Letters of recommendation (建议书): the list, drafting from a case, approval with its number, sending, answer, re-visit, Word file."""

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight_of_rectification import letters_seen
from service.api.problem import Trespass
from service.casework.course import Acting
from service.console.casework_filled import Filled
from service.console.casework_filled import Form as Filling
from service.console.rectifying import bench, on, own_offices_of
from service.console.visitor import Visitor, visits
from service.paper.letter import letter as word_file
from service.paper.making import organ_of
from service.rectifying import letters
from service.rectifying.course import possible
from service.rectifying.giving import my_case
from service.rectifying.letter import KINDS, TITLES, on_paper, reference
from service.rectifying.seat import as_typed, unit_known, unit_of, units_offered
from service.store.rectifying_letters import Recommendation
from service.triage.hold import called

router = APIRouter()
Reader = Annotated[Visitor, visits("letters.read")]
Drafter = Annotated[Visitor, visits("letters.draft")]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DONE = ("revisited", "dropped")
FORMS = ("approve", "send", "answer", "revisit", "revise", "drop")
"""In the order of the page; the first that is possible comes first. `refuse` is part of `approve`."""


@router.get("/letters")
def listed(me: Reader, show: str = "open") -> HTMLResponse:
    """Letters on their way, those whose reply is due first; or those that are done."""
    with bench(me) as here:
        mine = select(Recommendation).where(letters_seen(me.caller))
        wanted = Recommendation.status.in_(DONE) if show == "closed" else Recommendation.status.not_in(DONE)
        found = here.seen.session.scalars(
            mine.where(wanted).order_by(Recommendation.reply_by, Recommendation.letter_id).limit(200)
        ).all()
        numbers = {one.letter_id: reference(one) for one in found}
        return me.show("rectifying_letters.html", letters=found, numbers=numbers, offices=here.offices(), shown=show)


@router.get("/letters/new")
def ask_new(me: Drafter, case: int = 0, unit: str = "", kind: str = "supervision") -> HTMLResponse:
    """The form for a letter: from a case, with its draft's words."""
    with bench(me) as here:
        acting, first = here.seat.acting, None
        known = my_case(here.seen.session, acting, case) if case else None
        unit = unit or (known.unit_id or "" if known else "")
        about = unit_known(here.seen.tables, unit)
        if known is not None and about is not None:
            wanted = kind if kind in KINDS else KINDS[0]
            first = letters.proposed(here.seen.session, acting, case, about, wanted, organ_of(here.seen))
        reply = acting.periods.due("reply", acting.today).due_on
        return me.show(
            "rectifying_letter_new.html", first=first, case=known, unit=as_typed(here.seen.tables, about), units=units_offered(here.seen.tables), own=own_offices_of(here), offices=here.offices(), kinds=KINDS,
            reply_by=reply, action="/letters", version=None,
        )  # fmt: skip


@router.post("/letters")
def draft(me: Drafter, form: Filling) -> Response:
    """Draft a letter."""
    with bench(me) as here, me.here.desk.store.change() as session:
        case = form.number("case") if form.maybe("case") else None
        unit = unit_of(here.seen.tables, form.text("unit"))
        made = letters.draft_letter(session, here.seat.acting, unit, form.text("office"), _wording(form), case).letter_id
    return on(me, f"/letters/{made}")


@router.get("/letters/{letter_id}")
def one(me: Reader, letter_id: int) -> HTMLResponse:
    """One letter as it will read, and the next act."""
    with bench(me) as here:
        letter = _mine(here.seen.session, me, letter_id)
        can = [name for name in FORMS if name in possible(letter, me.caller) and not _own(letter, me.caller.name, name)]
        actors = [
            who for who in (letter.drafted_by, letter.decided_by, letter.sent_by, letter.answered_by, letter.revisited_by) if who
        ]
        case = None
        if letter.case_id is not None and me.caller.may("casework.read"):
            case = letter.case_id
        return me.show(
            "rectifying_letter.html", letter=letter, heading=TITLES[letter.kind], number=reference(letter), can=can, case=case,
            names=called(here.seen.session, actors), offices=here.offices(), kinds=KINDS,
        )  # fmt: skip


@router.get("/letters/{letter_id}/word")
def word(me: Reader, letter_id: int) -> Response:
    """The letter as a Word file, from the office's own form where it has one."""
    with me.here.desk.store.look() as session:
        letter = _mine(session, me, letter_id)
        content = word_file(on_paper(letter), me.here.desk.settings.book)
        name = quote(f"{letter.title}.docx")
    return Response(content, media_type=WORD, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


ACTS: dict[str, Callable[[Session, Acting, int, int, Filled], Any]] = {
    "revise": lambda s, me, one, version, form: letters.revise(s, me, one, version, _wording(form)),
    "drop": lambda s, me, one, version, form: letters.drop(s, me, one, version),
    "approve": lambda s, me, one, version, form: letters.decide_letter(
        s, me, one, version, agree=form.yes("agree"), reason=form.text("reason")
    ),
    "send": lambda s, me, one, version, form: letters.send(s, me, one, version, form.day("on")),
    "answer": lambda s, me, one, version, form: letters.answer_letter(s, me, one, version, form.day("on"), form.text("said")),
    "revisit": lambda s, me, one, version, form: letters.revisit_letter(
        s, me, one, version, form.day("on"), form.text("said"), adopted=form.yes("adopted")
    ),
}


@router.post("/letters/{letter_id}/{form_name}")
def act(me: Reader, letter_id: int, form_name: str, form: Filling) -> Response:
    """Do what a form asks; back to the letter."""
    if form_name not in ACTS:
        raise Trespass(404, "not_there")
    with bench(me) as here, me.here.desk.store.change() as session:
        ACTS[form_name](session, here.seat.acting, letter_id, form.number("version"), form)
    return on(me, f"/letters/{letter_id}")


def _mine(session: Session, me: Visitor, letter_id: int) -> Recommendation:
    found = session.scalar(select(Recommendation).where(Recommendation.letter_id == letter_id, letters_seen(me.caller)))
    if found is None:
        raise Trespass(404, "not_there")
    return found


def _own(letter: Recommendation, who: str, step: str) -> bool:
    """Whether it is somebody's own, which another must approve or go and see."""
    return (step == "approve" and letter.drafted_by == who) or (step == "revisit" and letter.answered_by == who)


def _wording(form: Filled) -> letters.Wording:
    copies = tuple(one.strip() for one in form.text("copies").replace("，", "、").split("、") if one.strip())
    parts = {part: form.text(part) for part in letters.PARTS}
    return letters.Wording(kind=form.text("kind"), **parts, reply_by=form.day("reply_by"), copies=copies)
