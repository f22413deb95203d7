"""Rectification: the ledger, one item with what the four parties said, its steps; and a unit's own items, where it reports."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight_of_rectification import READ, REPORT
from service.api.attached import BYTES, download
from service.api.fields import Body, Code, Listed, Number, Other, Words
from service.api.gate import Here, may
from service.api.living import Living
from service.api.revising import STALE, Revision, Visit, revises, visits
from service.rectifying import assessing, attached, giving, reporting
from service.rectifying.seat import sit_down, unit_of
from service.rectifying.seen import late, ledger, see_item
from service.rectifying.unit_view import UnitItem, UnitReportLine, unit_item, unit_items
from service.store.rectifying import Rectification, RectificationCheck

router = APIRouter(tags=["rectification"])
Reads = Annotated[Caller, may("rectification.read")]
Reports = Annotated[Caller, may("rectification.report")]
Assesses = Annotated[Revision, revises("rectification.assess")]
Mark = Literal["full", "mostly", "partly", "none"]


class NewItem(Body):
    """An item for the ledger; the unit hears of it when another person gives it."""

    unit: Code
    office: Code
    problem: Words
    measure: Words
    standard: Words
    responsible: Words
    due_on: date | None = None
    """Default: by the period."""
    stationed_office: Code | None = None
    """Who verifies; default: the unit's stationed group."""
    room_office: Code | None = None
    case: Other | None = None


class NewReport(Body):
    """What the unit reports."""

    done: Words
    effect: Words
    proofs: Annotated[list[Words], Field(min_length=1, max_length=50)]


class NewVerification(Body):
    """What the stationed group found; not good: back to the unit, due on the day (default: by the period)."""

    good: bool
    said: Words
    due_on: date | None = None


class NewAssessment(NewVerification):
    """The same by the assessing body, with a mark for every criterion."""

    marks: dict[str, Mark]


class NewUrge(Body):
    """What is demanded of what is overdue, and the new day."""

    demand: Words
    due_on: date


class ItemLine(BaseModel):
    """An item as the ledger lists it."""

    item: int
    version: int
    status: str
    unit: str
    office: str
    stationed_office: str
    problem: str
    responsible: str
    due_on: date
    overdue: bool
    urged: int
    round: int
    score: int | None

    @classmethod
    def of(cls, one: Rectification, today: date) -> "ItemLine":
        return cls(
            item=one.item_id, version=one.version, status=one.status, unit=one.unit_id, office=one.office_id,
            stationed_office=one.stationed_office_id, problem=one.problem, responsible=one.responsible, due_on=one.due_on,
            overdue=late(one, today), urged=one.urged, round=one.round, score=one.score,
        )  # fmt: skip


class CheckLine(BaseModel):
    """What one of the parties said."""

    kind: str
    party: str
    good: bool | None
    said: str
    marks: dict[str, Any]
    score: int | None
    made_by: str
    made_at: datetime

    @classmethod
    def of(cls, one: RectificationCheck) -> "CheckLine":
        return cls.model_validate(one, from_attributes=True)


class Item(ItemLine):
    """An item with everything of it."""

    measure: str
    standard: str
    supervising_unit: str | None
    room_office: str | None
    case: int | None
    """Null also when the case file is not the caller's to see."""
    reports: list[UnitReportLine]
    checks: list[CheckLine]
    alerts: list[str]


class Asked(Listed):
    """Which items."""

    show: Literal["open", "overdue", "mine", "closed"] = "open"
    unit: Code | None = None
    office: Code | None = None


@router.get("/rectifications")
def list_rectifications(asked: Annotated[Asked, Query()], caller: Reads, here: Here) -> list[ItemLine]:
    """Items that the caller gave, verifies or follows: those due first; `mine` are those that wait for the caller."""
    with here.desk.store.look() as session:
        acting = sit_down(here.desk, caller).acting
        found = ledger(session, acting, shown=asked.show, unit_id=asked.unit, office_id=asked.office, limit=asked.limit)
        return [ItemLine.of(one, acting.today) for one in found]


@router.get("/rectifications/{item}")
def read_rectification(item: Number, visit: Annotated[Visit, visits("rectification.read")]) -> Item:
    """One item with the unit's reports and what was said of them. Its `ETag` is the `If-Match` of a step."""
    return visit.read(item, _item)


@router.get("/rectifications/{item}/files/{file}", response_class=Response, responses=BYTES)
def read_file_of_report(item: Number, file: Number, caller: Reads, here: Here) -> Response:
    """A file that the unit sent with a report. Who read it is on record."""
    return download(attached.read(here.desk, caller, item, file, READ))


@router.post("/rectifications", status_code=201)
def open_rectification(said: NewItem, visit: Annotated[Visit, visits("rectification.work")]) -> Item:
    """Put an item into the ledger. A case is taken only when a check of it found something."""
    with visit.here.reading() as seen, visit.here.desk.store.change() as session:
        acting = sit_down(visit.here.desk, visit.caller, seen.tables).acting
        wanted = giving.Item(
            said.problem, said.measure, said.standard, said.responsible, said.due_on, said.stationed_office, said.room_office
        )
        made = giving.open_item(session, acting, unit_of(seen.tables, said.unit), said.office, wanted, said.case)
        return visit.told(session, made.item_id, _item)


@router.post("/rectifications/{item}/gift", responses=STALE)
def give_rectification(item: Number, revision: Assesses) -> Item:
    """Tell the unit. Not by whoever drafted it."""
    return revision.take(giving.give, item, _item)


@router.post("/rectifications/{item}/verifications", status_code=201, responses=STALE)
def verify_rectification(
    item: Number, said: NewVerification, revision: Annotated[Revision, revises("rectification.verify")]
) -> Item:
    """Verify the unit's report, as its stationed group; or send it back."""
    return revision.take(assessing.verify_item, item, _item, good=said.good, said=said.said, due_on=said.due_on)


@router.post("/rectifications/{item}/assessments", status_code=201, responses=STALE)
def assess_rectification(item: Number, said: NewAssessment, revision: Assesses) -> Item:
    """Assess the effect: closed at the pass mark, or returned. Not by whoever drafted or verified it."""
    seat = sit_down(revision.here.desk, revision.caller)
    with revision.change() as session:
        assessing.assess(
            session, seat.acting, seat.terms.effect, item, revision.version, said.marks, said.said, good=said.good, due_on=said.due_on
        )  # fmt: skip
        return revision.told(session, item, _item)


@router.post("/rectifications/{item}/urges", status_code=201, responses=STALE)
def urge_rectification(item: Number, said: NewUrge, revision: Annotated[Revision, revises("rectification.work")]) -> Item:
    """Supervise an overdue item: a new day, and the missed one on record."""
    return revision.take(giving.urge_item, item, _item, said.demand, said.due_on)


@router.get("/own-rectifications")
def list_own_rectifications(caller: Reports, here: Here) -> list[UnitItem]:
    """What was given to the caller's own unit, and nothing else."""
    with here.desk.store.look() as session:
        return unit_items(session, caller)


@router.get("/own-rectifications/{item}")
def read_own_rectification(item: Number, visit: Annotated[Visit, visits("rectification.report")]) -> UnitItem:
    """One item that was given to the caller's own unit. Its `ETag` is the `If-Match` of a report."""
    return visit.read(item, _own)


@router.get("/own-rectifications/{item}/files/{file}", response_class=Response, responses=BYTES)
def read_own_file(item: Number, file: Number, caller: Reports, here: Here) -> Response:
    """A file that the caller's own unit sent with a report. Who read it is on record."""
    return download(attached.read(here.desk, caller, item, file, REPORT))


@router.post("/own-rectifications/{item}/reports", status_code=201, responses=STALE)
def report_rectification(
    item: Number, said: NewReport, revision: Annotated[Revision, revises("rectification.report")]
) -> UnitItem:
    """Report what the unit put right."""
    return revision.take(reporting.report_item, item, _own, reporting.Told(said.done, said.effect, said.proofs))


def _own(_: Living, session: Session, caller: Caller, item: int) -> UnitItem:
    return unit_item(session, caller, item)


def _item(here: Living, session: Session, caller: Caller, item: int) -> Item:
    acting = sit_down(here.desk, caller).acting
    found = see_item(session, acting, item)
    one = found.item
    reports = [
        UnitReportLine(
            round=told.round, done=told.done, effect=told.effect, proofs=told.proofs, files=found.files.get(told.report_id, []),
            made_at=told.made_at,
        )
        for told in found.reports
    ]  # fmt: skip
    return Item(
        **ItemLine.of(one, acting.today).model_dump(), measure=one.measure, standard=one.standard, supervising_unit=one.supervising_unit_id,
        room_office=one.room_office_id, case=found.case.case_id if found.case else None, reports=reports,
        checks=[CheckLine.of(check) for check in found.checks], alerts=[alert.fingerprint for alert, _ in found.alerts],
    )  # fmt: skip
