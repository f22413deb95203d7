"""Clearings: what protects somebody beyond one alert (疑点澄清), and names cleared after a case (澄清正名); each by two people."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight_of_rectification import follows_seen
from service.api.fields import Body, Code, Decision, Listed, Number, Words
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import there
from service.api.revising import STALE, Revision, Visit, revises, visits
from service.casework import protecting
from service.casework.protecting import clearings_seen
from service.rectifying import following
from service.rectifying.giving import my_case
from service.rectifying.seat import sit_down
from service.store.clearing import ASKED, IN_FORCE, LIFTED, REFUSED, Clearing
from service.store.rectifying_after import NameClearing

router = APIRouter(tags=["clearings"])
Reads = Annotated[Caller, may("casework.read")]
Approves = Annotated[Revision, revises("clearings.approve")]


class NewClearing(Body):
    """A lasting clearing of the subject of an alert that is closed as no problem."""

    rules: Annotated[list[Code], Field(max_length=100)] = []
    topics: Annotated[list[Code], Field(max_length=20)] = []
    """Rules, and topics with all their rules: of those that the alert's own findings are of; one at least."""
    records_from: date | None = None
    records_until: date
    """Records dated later are flagged as ever."""
    most: Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)] | None = None
    """Yuan; a finding above is flagged as ever."""
    expires_on: date | None = None
    """Default, and at most: by the period."""
    reason: Words
    proof: Words


class Lifting(Body):
    """Why it ends before its day."""

    reason: Words


class ClearingLine(Body):
    """A lasting clearing."""

    clearing: int
    version: int
    status: str
    """asked, in_force, refused or lifted."""
    alert: str
    subject_kind: str
    subject_id: str
    """A person's is a pseudonym."""
    unit_id: str | None
    rules: list[str]
    topics: list[str]
    records_from: date | None
    records_until: date
    most: Decimal | None
    expires_on: date
    expired: bool
    why: dict[str, Any]
    """The period by which it may last, with its source."""
    reason: str
    proof: str
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    lifted_at: datetime | None
    lift_reason: str | None


class Asked(Listed):
    """Which clearings."""

    show: Literal["asked", "in_force", "past", "all"] = "all"
    alert: Code | None = None


class NewNameClearing(Body):
    """A name to be cleared after a case was closed."""

    person: Code
    ground: Literal["office", "application"]
    finding: Literal["unfounded", "false_accusation"]
    way: Literal["talk", "letter", "meeting", "notice"]
    said: Words
    city_reference: Code | None = None
    """The decision of the city level or above, without which nobody finds a false accusation."""


class CarriedOut(Body):
    """The day on which it was said."""

    on: date


class NameClearingLine(Body):
    """A name that is cleared."""

    clearing: int
    version: int
    status: str
    """proposed, approved, refused or done."""
    case: int
    person: str
    ground: str
    finding: str
    way: str
    said: str
    city_reference: str | None
    decided_at: datetime | None
    decision_reason: str | None
    done_on: date | None


@router.get("/clearings")
def list_clearings(asked: Annotated[Asked, Query()], caller: Reads, here: Here) -> list[ClearingLine]:
    """Lasting clearings of subjects whose alerts the caller sees, those that end first."""
    today = here.desk.today
    mine = select(Clearing).where(clearings_seen(caller))
    if asked.alert is not None:
        mine = mine.where(Clearing.fingerprint == asked.alert)
    if asked.show == "asked":
        mine = mine.where(Clearing.status == ASKED)
    elif asked.show == "in_force":
        mine = mine.where(Clearing.status == IN_FORCE, Clearing.expires_on >= today)
    elif asked.show == "past":
        mine = mine.where(
            Clearing.status.in_((REFUSED, LIFTED)) | ((Clearing.status == IN_FORCE) & (Clearing.expires_on < today))
        )
    with here.desk.store.look() as session:
        found = session.scalars(mine.order_by(Clearing.expires_on, Clearing.clearing_id).limit(asked.limit))
        return [_line(one, today) for one in found]


@router.get("/clearings/{clearing}")
def read_clearing(clearing: Number, visit: Annotated[Visit, visits("casework.read")]) -> ClearingLine:
    """One lasting clearing, with its scope, its end and who decided. Its `ETag` is the `If-Match` of a step."""
    return visit.read(clearing, _seen)


@router.post("/alerts/{alert}/clearings", status_code=201)
def ask_for_clearing(alert: str, said: NewClearing, visit: Annotated[Visit, visits("alerts.judge")]) -> ClearingLine:
    """Ask that the subject of an alert closed as no problem be not flagged again within a scope; a second person approves it."""
    scope = protecting.Scope(
        said.records_until, said.reason, said.proof, tuple(said.rules), tuple(said.topics), said.records_from, said.most, said.expires_on
    )  # fmt: skip
    desk = visit.here.desk
    with desk.store.change() as session:
        made = protecting.ask_clearing(session, sit_down(desk, visit.caller).acting, alert, scope)
        return visit.told(session, made.clearing_id, _clearing)


@router.post("/clearings/{clearing}/decision", responses=STALE)
def decide_on_clearing(clearing: Number, said: Decision, revision: Approves) -> ClearingLine:
    """Approve it, from when on it protects, or refuse it. Not by whoever asked for it."""
    return revision.take(protecting.decide_clearing, clearing, _clearing, agree=said.agree, reason=said.reason)


@router.post("/clearings/{clearing}/lifting", responses=STALE)
def lift_clearing(clearing: Number, said: Lifting, revision: Approves) -> ClearingLine:
    """End it before its day: the next run flags again."""
    return revision.take(protecting.lift_clearing, clearing, _clearing, said.reason)


@router.get("/cases/{case_id}/name-clearings")
def list_name_clearings(case_id: Number, caller: Reads, here: Here) -> list[NameClearingLine]:
    """Names cleared after a case, the oldest first."""
    with here.desk.store.look() as session:
        my_case(session, sit_down(here.desk, caller).acting, case_id)
        mine = select(NameClearing).where(NameClearing.case_id == case_id, follows_seen(caller, NameClearing.case_id))
        return [_name(one) for one in session.scalars(mine.order_by(NameClearing.clearing_id))]


@router.get("/name-clearings/{clearing}")
def read_name_clearing(clearing: Number, visit: Annotated[Visit, visits("casework.read")]) -> NameClearingLine:
    """One name that is cleared. Its `ETag` is the `If-Match` of a step."""
    return visit.read(clearing, _name_seen)


@router.post("/cases/{case_id}/name-clearings", status_code=201)
def propose_name_clearing(
    case_id: Number, said: NewNameClearing, visit: Annotated[Visit, visits("casework.work")]
) -> NameClearingLine:
    """Propose to clear a name after a case was closed."""
    wanted = following.Clearing(said.person, said.ground, said.finding, said.way, said.said, said.city_reference)
    with visit.here.desk.store.change() as session:
        made = following.propose_clearing(session, sit_down(visit.here.desk, visit.caller).acting, case_id, wanted)
        return visit.told(session, made.clearing_id, _named)


@router.post("/name-clearings/{clearing}/decision", responses=STALE)
def decide_name_clearing(
    clearing: Number, said: Decision, revision: Annotated[Revision, revises("casework.approve")]
) -> NameClearingLine:
    """Approve it, or refuse it with a reason. Not by whoever proposed it."""
    return revision.take(following.decide_clearing, clearing, _named, agree=said.agree, reason=said.reason)


@router.post("/name-clearings/{clearing}/completion", responses=STALE)
def complete_name_clearing(
    clearing: Number, said: CarriedOut, revision: Annotated[Revision, revises("casework.work")]
) -> NameClearingLine:
    """Note the day on which it was said."""
    return revision.take(following.carry_out, clearing, _named, said.on)


def _seen(here: Living, session: Session, caller: Caller, clearing: int) -> ClearingLine:
    found = session.scalar(select(Clearing).where(Clearing.clearing_id == clearing, clearings_seen(caller)))
    return _line(there(found), here.desk.today)


def _name_seen(_: Living, session: Session, caller: Caller, clearing: int) -> NameClearingLine:
    mine = select(NameClearing).where(NameClearing.clearing_id == clearing, follows_seen(caller, NameClearing.case_id))
    return _name(there(session.scalar(mine)))


def _clearing(here: Living, session: Session, _: Caller, clearing: int) -> ClearingLine:
    """As it is for whoever has just decided on it."""
    return _line(session.get_one(Clearing, clearing), here.desk.today)


def _named(_: Living, session: Session, __: Caller, clearing: int) -> NameClearingLine:
    return _name(session.get_one(NameClearing, clearing))


def _name(one: NameClearing) -> NameClearingLine:
    told = {name: getattr(one, name) for name in NameClearingLine.model_fields if name not in ("clearing", "case")}
    return NameClearingLine(clearing=one.clearing_id, case=one.case_id, **told)


def _line(one: Clearing, today: date) -> ClearingLine:
    own = ("clearing", "alert", "expired")
    told = {name: getattr(one, name) for name in ClearingLine.model_fields if name not in own}
    expired = one.status == IN_FORCE and one.expires_on < today
    return ClearingLine(clearing=one.clearing_id, alert=one.fingerprint, expired=expired, **told)
