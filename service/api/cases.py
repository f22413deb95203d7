"""Case files and leads: read by the platforms that keep the office's own business, and the few writes that fit a program."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import cases_seen
from service.api.cursor import pack, unpack
from service.api.gate import Here, may
from service.api.problem import Trespass
from service.api.revising import STALE, Revision, revises, tagged
from service.casework import distributing, opening, verifying
from service.casework.course import Acting, Status
from service.casework.leads import newest_lead
from service.casework.seat import seat
from service.casework.seen import Seen, see
from service.casework.ties import alerts_of
from service.store.case import CaseFile
from service.store.case_lead import Lead

router = APIRouter(tags=["casework"])
Reads = Annotated[Caller, may("casework.read")]
Works = Annotated[Caller, may("casework.work")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"^[^\x00]*$")]
Revises = Annotated[Revision, revises("casework.work")]


class CaseLine(BaseModel):
    """A case file in a list."""

    case_id: int
    title: str
    status: Status
    source: str
    source_ref: str | None
    office_id: str
    """The lead office."""
    stream: str
    unit_id: str | None
    area_id: str | None
    received_on: date
    due_on: date | None
    """The nearest of its open time limits."""
    due_provisional: bool
    outcome: str | None
    version: int
    alerts: list[str]


class CasePage(BaseModel):
    """A page of case files."""

    cases: list[CaseLine]
    next: str | None


class LimitLine(BaseModel):
    """A time limit, and the version of the law it was reckoned by."""

    period: str
    about: str
    starts_on: date
    due_on: date
    provisional: bool
    why: dict[str, Any]
    met_at: datetime | None


class Checks(BaseModel):
    """A verification record."""

    checked: str
    records: list[dict[str, Any]]
    result: str
    finding: str
    checked_on: date


class DraftLine(BaseModel):
    """A draft."""

    kind: str
    problem: str
    basis: str
    amount: Decimal | None
    status: str


class DisposalLine(BaseModel):
    """A disposal opinion and what became of it."""

    way: str
    status: str
    decided_at: datetime | None
    result: str | None


class CaseTold(CaseLine):
    """One case file."""

    limits: list[LimitLine]
    verifications: list[Checks]
    drafts: list[DraftLine]
    disposals: list[DisposalLine]


class LeadTold(BaseModel):
    """A lead sheet by the seven whats."""

    case_id: int
    edition: int
    whats: dict[str, str]
    missing: list[str]
    proposed: Literal["check", "talk"]
    made_at: datetime


class NewCase(BaseModel):
    """A case file on accepted alerts."""

    model_config = {"extra": "forbid"}
    office_id: Text
    alerts: Annotated[list[Text], Field(min_length=1, max_length=50)]
    title: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


class NewVerification(BaseModel):
    """What was checked and found."""

    model_config = {"extra": "forbid"}
    checked: Text
    records: Annotated[list[dict[Annotated[str, Field(max_length=20)], Text]], Field(min_length=1, max_length=200)]
    """`{"table", "key"}` of a row, or `{"text"}`."""
    result: Literal["substantiated", "partly", "unfounded", "unclear"]
    finding: Text
    checked_on: date


@router.get("/cases")
def list_cases(
    caller: Reads,
    here: Here,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> CasePage:
    """Case files that the caller may see, the newest first, `limit` to a page."""
    question = f"cases|{status}|{caller.name}"
    after = unpack(cursor, question, here.secret) if cursor is not None else None
    query = select(CaseFile).where(cases_seen(caller)).order_by(CaseFile.case_id.desc()).limit(limit + 1)
    if status is not None:
        query = query.where(CaseFile.status == status)
    if after is not None:
        query = query.where(CaseFile.case_id < after[0])
    with here.desk.store.look() as session:
        found = list(session.scalars(query))
        page = [CaseLine(**_line(one), alerts=alerts_of(session, one)) for one in found[:limit]]
    return CasePage(cases=page, next=pack([page[-1].case_id], question, here.secret) if len(found) > limit else None)


@router.get("/cases/{case_id}")
def show_case(case_id: Number, caller: Reads, here: Here, response: Response) -> CaseTold:
    """One case file: its limits with the law behind them, verifications, drafts, disposals. Its `ETag` is the `If-Match` of a step."""
    with here.reading() as seen:
        at = seat(here.desk, caller, seen.tables)
        return tagged(response, _told(see(seen.session, at.acting, at.ways, case_id)))


@router.get("/cases/{case_id}/lead")
def show_lead(case_id: Number, caller: Reads, here: Here) -> LeadTold:
    """The lead sheet as it is now. 404 while there is none."""
    with here.desk.store.look() as session:
        case = session.scalar(select(CaseFile.case_id).where(CaseFile.case_id == case_id, cases_seen(caller)))
        lead: Lead | None = newest_lead(session, case) if case is not None else None
        if lead is None:
            raise Trespass(404, "not_there")
        return LeadTold.model_validate(
            {"case_id": case_id, "edition": lead.version, "whats": lead.whats, "missing": lead.missing, "proposed": lead.proposed,
             "made_at": lead.made_at}
        )  # fmt: skip


@router.post("/cases", status_code=201)
def open_case(asked: NewCase, caller: Works, here: Here, response: Response) -> CaseLine:
    """Open a case file on accepted alerts. 422 when another office has the matter: `detail` says which, and since when."""
    with here.reading() as seen, here.desk.store.change() as session:
        acting = seat(here.desk, caller, seen.tables).acting
        case = opening.open_from_alerts(session, acting, asked.office_id, asked.alerts, asked.title)
        return tagged(response, CaseLine(**_line(case), alerts=alerts_of(session, case)))


@router.post("/cases/{case_id}/acknowledgement", responses=STALE)
def acknowledge_case(case_id: Number, revision: Revises) -> CaseLine:
    """Sign for what was given to the caller's office (签收)."""
    with _sitting(revision) as (session, acting):
        distributing.acknowledge(session, acting, case_id, revision.version)
        return _now(revision, session, case_id)


@router.post("/cases/{case_id}/verifications", status_code=201, responses=STALE)
def add_verification(case_id: Number, asked: NewVerification, revision: Revises) -> CaseLine:
    """Put a verification on record."""
    said = verifying.Checked(asked.checked, asked.result, asked.finding, asked.checked_on, list(asked.records))
    with _sitting(revision) as (session, acting):
        verifying.verify(session, acting, case_id, revision.version, said)
        return _now(revision, session, case_id)


@contextmanager
def _sitting(revision: Revision) -> Iterator[tuple[Session, Acting]]:
    """One transaction, and who acts, with the lake's tables."""
    with revision.here.reading() as seen, revision.change() as session:
        yield session, seat(revision.here.desk, revision.caller, seen.tables).acting


def _now(revision: Revision, session: Session, case_id: int) -> CaseLine:
    case = session.get_one(CaseFile, case_id)
    return tagged(revision.response, CaseLine(**_line(case), alerts=alerts_of(session, case)))


def _line(case: CaseFile) -> dict[str, Any]:
    return {name: getattr(case, name) for name in CaseLine.model_fields if name != "alerts"}


def _told(seen: Seen) -> CaseTold:
    return CaseTold(
        **_line(seen.case), alerts=[one.fingerprint for one in seen.alerts],
        limits=[LimitLine(**{name: getattr(one, name) for name in LimitLine.model_fields}) for one in seen.limits],
        verifications=[Checks(**{name: getattr(one, name) for name in Checks.model_fields}) for one in seen.verifications],
        drafts=[DraftLine(**{name: getattr(one, name) for name in DraftLine.model_fields}) for one in seen.drafts],
        disposals=[DisposalLine(**{name: getattr(one, name) for name in DisposalLine.model_fields}) for one in seen.disposals],
    )  # fmt: skip
