"""Papers (文稿): 周报, 月报, 专报, 情况分析, briefings and lead transfers to download, lists as spreadsheets, and what was made so far."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import select

from service.access.sight import cases_seen
from service.access.sight import seen as shown_to
from service.console.asked import Asked as Question
from service.console.casework_filled import Form as Filling
from service.console.queue import Answer
from service.console.visitor import Visitor, visits
from service.errors import Refusal
from service.paper.making import KINDS, LENGTHS, SHAPES, TYPES, Asked, make
from service.paper.pdf import program
from service.paper.period import Period
from service.paper.report import REPORTS
from service.paper.scope import READ, Scope
from service.paper.workbook import MOST, TYPE, Workbook, alerts_listed, alerts_to_list, cases_listed
from service.reading import Reading
from service.store.alert import Alert
from service.store.case import CaseFile
from service.store.case_lead import Lead
from service.store.event import Event

router = APIRouter()
Writer = Annotated[Visitor, visits(READ)]
OFFERED = (*REPORTS, "transfer")
"""Letters of recommendation are made where they are drafted and approved."""
TOPICS = ("subsidy", "procurement", "hotline", "cross")
STREAMS = ("discipline", "supervisory", "stationed", "inspection", "coordination")
REMEMBERED = 12
"""How many of one's own papers the page remembers."""


@router.get("/papers")
def papers(me: Writer, kind: str = "weekly", case: int = 0) -> HTMLResponse:
    """The form, and what this person made last."""
    with me.here.reading() as seen:
        mine = select(Event).where(Event.actor == me.caller.name, Event.kind.in_(("paper.made", "list.exported")))
        made = seen.session.scalars(mine.order_by(Event.seq.desc()).limit(REMEMBERED)).all()
        return me.show(
            "paper.html", kinds=OFFERED, chosen=kind if kind in OFFERED else OFFERED[0], shapes=SHAPES if program() else SHAPES[:1],
            units=_units(seen, me), cases=_cases(seen, me), topics=TOPICS, streams=STREAMS, made=made,
            case=case, most=MOST, alerts=alerts_to_list(seen, me.caller),
        )  # fmt: skip


@router.post("/papers")
def written(me: Writer, form: Filling) -> Response:
    """Make the paper that was asked for, and hand it over."""
    kind, shape = form.text("kind"), form.text("shape")
    if kind not in OFFERED or shape not in SHAPES:
        raise Refusal("paper.wrong.unknown", kinds="、".join(KINDS))
    head = {name: form.text(name) for name in ("organ", "number", "to")}
    copies = tuple(one.strip() for one in form.text("copies").replace("，", "、").split("、") if one.strip())
    scope = Scope(form.maybe("unit"), None, form.maybe("stream"), form.maybe("topic"))
    case = form.number("case") if form.maybe("case") else None
    plain = {} if form.maybe("red_head") else {"red_head": False}
    told = {**head, "mark": head["organ"], "copies": copies, **plain}
    asked = Asked(kind, "pdf" if shape == "pdf" else "docx", _days(me, kind, form), scope, case, written=told)
    with me.here.reading() as seen:
        paper = make(me.here.desk, seen, me.caller, asked)
    return _file(paper.name, paper.content, TYPES[paper.shape])


@router.get("/papers/alerts.xlsx")
def alerts(me: Writer, everything: Annotated[bool, Query(alias="all")] = False) -> Response:
    """The queue as it was asked for (the same address), or all of it, as a spreadsheet."""
    with me.here.reading() as seen:
        prints = None if everything else _asked(Answer(seen, me, Question.of(me.request.url.query)))
        return _book(alerts_listed(me.here.desk, seen, me.caller, prints))


@router.get("/papers/cases.xlsx")
def cases(me: Writer, show: str = "open") -> Response:
    """My office's case files as a spreadsheet."""
    with me.here.reading() as seen:
        return _book(cases_listed(me.here.desk, seen, me.caller, show == "closed"))


def _asked(answer: Answer) -> list[str]:
    return [str(one) for one in answer.sieve.roll.prints[answer.places]]


def _days(me: Visitor, kind: str, form: Filling) -> Period | None:
    if kind not in LENGTHS:
        return None
    until = form.day("last") if form.maybe("last") else me.here.desk.today
    return Period.between(form.day("first"), until) if form.maybe("first") else Period.ending(LENGTHS[kind], until)


def _units(seen: Reading, me: Visitor) -> list[tuple[str, str]]:
    """Units that alerts of this person's are about, by name."""
    units = select(Alert.unit_id).where(shown_to(me.caller, READ), Alert.unit_id.is_not(None)).distinct()
    ids = [str(one) for one in seen.session.scalars(units)]
    seen.names.learn("unit", ids)
    return sorted(((one, seen.names.short("unit", one)) for one in ids), key=lambda pair: pair[1])


def _cases(seen: Reading, me: Visitor) -> list[CaseFile]:
    """Case files of this person's that have a lead sheet."""
    sheets = select(Lead.case_id)
    mine = select(CaseFile).where(cases_seen(me.caller), CaseFile.case_id.in_(sheets))
    return list(seen.session.scalars(mine.order_by(CaseFile.case_id.desc()).limit(100)))


def _book(made: Workbook) -> Response:
    return _file(made.name, made.content, TYPE)


def _file(name: str, content: bytes, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})
