"""What an office decides about an alert, sent by its own platform: as in the console, locked by the version that was seen."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator
from sqlalchemy.orm import Session

from service.api.problem import Trespass
from service.api.revising import STALE, Revision, revises
from service.errors import NothingFound
from service.store.alert import Alert
from service.store.triage import Move
from service.triage import deciding, transferring
from service.triage.moving import By
from service.triage.offices import offices

router = APIRouter(tags=["alerts"])
Outcome = Literal["accepted", "no_problem", "wrong_data", "wrong_rule", "transferred"]


class NewVerdict(BaseModel):
    """A decision."""

    model_config = {"extra": "forbid"}
    outcome: Outcome
    """accepted (受理), no_problem (不是问题: the same facts do not flag again), wrong_data or wrong_rule (退回数据组), transferred (移送)."""
    reason: Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")] = ""
    """Must be given for everything but `accepted`."""
    office: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] | None = None
    """Who gets it, when it is transferred."""

    @model_validator(mode="after")
    def _whole(self) -> "NewVerdict":
        if self.outcome != "accepted" and not self.reason.strip():
            raise ValueError("a reason must be given")
        if (self.outcome == "transferred") != (self.office is not None):
            raise ValueError("office is given when the outcome is transferred, and only then")
        return self


class VerdictLine(BaseModel):
    """The decision as it is kept."""

    move: int
    alert: str
    status: str
    version: int


@router.post("/alerts/{alert}/verdicts", status_code=201, responses=STALE)
def add_verdict(alert: str, said: NewVerdict, revision: Annotated[Revision, revises("alerts.judge")]) -> VerdictLine:
    """Decide about an alert of one's own office. `If-Match` is the `ETag` that `GET /alerts/{alert}` answered with.

    412 when somebody changed the alert meanwhile (the answer says who and what), 422 when it cannot be done now.
    """
    try:
        with revision.change() as session:
            move = _decide(revision, session, alert, said)
            found = session.get_one(Alert, alert)
            return VerdictLine(move=move.move_id, alert=alert, status=found.status, version=found.version)
    except NothingFound as nothing:
        raise Trespass(404, "not_there") from nothing


def _decide(revision: Revision, session: Session, alert: str, said: NewVerdict) -> Move:
    here, version = revision.here, revision.version
    by = By(revision.caller, here.desk.clock())
    if said.outcome == "accepted":
        return deciding.accept(session, by, alert, version)
    if said.outcome == "no_problem":
        return deciding.dismiss(session, by, alert, version, said.reason)
    if said.office is None:
        return deciding.give_back(session, by, alert, version, said.outcome, said.reason)
    with here.tables() as tables:
        to = offices(tables).get(said.office)
    if to is None:
        raise Trespass(422, "no_office", office=said.office)
    return transferring.transfer(session, by, alert, version, to, said.reason, here.desk.handover)
