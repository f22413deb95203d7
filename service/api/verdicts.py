"""What an office decides about an alert, sent by its own platform: as in the console, locked by the version that was seen."""

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field, model_validator
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import FieldError, Problem, Trespass
from service.errors import Conflict, NothingFound
from service.store.alert import Alert
from service.store.triage import Move
from service.triage import deciding, transferring
from service.triage.moving import By
from service.triage.offices import offices
from service.words import say

router = APIRouter(tags=["alerts"])
TAG = re.compile(r'^(?:W/)?"(\d{1,9})-[0-9a-f]{20}"$')
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


@router.post(
    "/alerts/{alert}/verdicts",
    status_code=201,
    responses={
        412: {"model": Problem, "description": "Somebody changed it since: read it again"},
        428: {"model": Problem, "description": "If-Match is missing"},
    },
)
def add_verdict(
    alert: str,
    said: NewVerdict,
    caller: Annotated[Caller, may("alerts.judge")],
    here: Here,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> VerdictLine:
    """Decide about an alert of one's own office. `If-Match` is the `ETag` that `GET /alerts/{alert}` answered with.

    412 when somebody changed the alert meanwhile (the answer says who and what), 422 when it cannot be done now.
    """
    version = _version(if_match)
    try:
        with here.desk.store.change() as session:
            move = _decide(here, session, By(caller, here.desk.clock()), alert, version, said)
            found = session.get_one(Alert, alert)
            line = VerdictLine(move=move.move_id, alert=alert, status=found.status, version=found.version)
    except Conflict as conflict:
        raise Trespass(412, "changed", [FieldError(where="If-Match", code="changed", detail=str(conflict))]) from conflict
    except NothingFound as nothing:
        raise Trespass(404, "not_there") from nothing
    return line


def _version(if_match: str | None) -> int:
    if if_match is None:
        raise Trespass(428, "if_match")
    found = TAG.match(if_match.strip())
    if found is None:
        raise Trespass(412, "changed", [FieldError(where="If-Match", code="etag", detail=say("problem.if_match"))])
    return int(found[1])


def _decide(here: Living, session: Session, by: By, alert: str, version: int, said: NewVerdict) -> Move:
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
