"""Results of an alert, reported by the platform that looked into it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from datasets.key import Key
from service.access.caller import Caller
from service.access.sight import narrowed
from service.api.gate import Here, may
from service.api.problem import Trespass
from service.reporting import Outcome, Reported, reports_of, take_report
from service.store.alert import Alert
from service.store.report import Report

router = APIRouter(tags=["alerts"])


class NewReport(BaseModel):
    """What was found out."""

    model_config = {"extra": "forbid"}
    reference: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]+$")]
    """Your own number of the matter: a report sent again under it is one report, another content its next version."""
    outcome: Outcome
    """in_progress, substantiated (属实), unfounded (不属实), wrong_data, corrected (已纠正), recovered (已追缴)."""
    decided_on: date | None = None
    recovered: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=2)] | None = None
    """Yuan that came back."""
    note: Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")] | None = None
    """In words; persons' names and numbers in it are kept as pseudonyms only."""


class ReportLine(BaseModel):
    """A report as it is kept."""

    report: str
    reported_by: str
    reference: str
    version: int
    outcome: str
    decided_on: date | None
    recovered: Decimal | None
    note: str | None
    reported_at: datetime

    @classmethod
    def of(cls, one: Report) -> "ReportLine":
        return cls(
            report=one.report_id, reported_by=one.reported_by, reference=one.reference, version=one.version, outcome=one.outcome,
            decided_on=one.decided_on, recovered=one.recovered, note=one.note, reported_at=one.reported_at,
        )  # fmt: skip


@router.post(
    "/alerts/{alert}/reports", status_code=201, responses={200: {"model": ReportLine, "description": "It is kept already"}}
)
def add_report(
    alert: str, said: NewReport, caller: Annotated[Caller, may("alerts.report")], here: Here, response: Response
) -> ReportLine:
    """Report what became of an alert. 201 for a new report or version, 200 for one that is kept already.

    It changes nothing of the alert itself: its office sees the report and decides.
    """
    key = Key.from_file(here.desk.settings.key_file, create=True)
    with here.desk.store.change() as session:
        found = session.scalar(narrowed(select(Alert), caller, "alerts.report").where(Alert.fingerprint == alert))
        if found is None:
            raise Trespass(404, "not_there")
        told = Reported(said.reference, said.outcome, said.decided_on, said.recovered, said.note)
        report, new = take_report(session, found, told, by=caller.name, key=key, now=here.desk.clock())
        session.flush()
        line = ReportLine.of(report)
    response.status_code = 201 if new else 200
    return line


@router.get("/alerts/{alert}/reports")
def list_reports(alert: str, caller: Annotated[Caller, may("alerts.read")], here: Here) -> list[ReportLine]:
    """What platforms reported of an alert, oldest first."""
    with here.desk.store.look() as session:
        if session.scalar(narrowed(select(Alert.fingerprint), caller).where(Alert.fingerprint == alert)) is None:
            raise Trespass(404, "not_there")
        return [ReportLine.of(one) for one in reports_of(session, alert)]
