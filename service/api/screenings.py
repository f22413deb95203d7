"""Screenings: what the rules say of rows before they take effect."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import undefer

from datasets.contract import Contract
from service.access.caller import Caller
from service.access.sight_of_findings import shown, unbounded
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import Problem, Trespass
from service.api.pushed import LINES, rows_of, table_of
from service.api.records import body_of, known
from service.masking import mask_all, masks, tokens_in
from service.screening import screen
from service.screening_job import NAME, packed, told_of
from service.screening_job import body_of as question
from service.screening_rows import Taken, take
from service.screening_told import Told, Whole
from service.store.event import Happening, append
from service.store.job import DONE, Job
from service.words import say, spoken
from service.work import jobs
from service.work.registry import enqueue

router = APIRouter(tags=["screenings"])
Asks = Annotated[Caller, may("screenings.ask")]
MOST_ROWS, AT_ONCE = 100_000, 2_000
"""Rows of one screening, and rows up to which it is answered at once."""
LOOKED_AT = 5_000
"""Records that a rule may look at when it is answered at once: hardly more than what a subject has."""
ROWS: dict[str, Any] = {"type": "array", "items": {"type": "object"}, "maxItems": MOST_ROWS}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": {"oneOf": [ROWS, {"type": "object", "required": ["rows"], "properties": {"rows": ROWS}}]}},
        LINES[0]: {"schema": {"type": "string"}},
    },
}
Id = Annotated[str, Path(pattern=r"^[0-9a-z]{1,40}$")]


class ScreeningLine(BaseModel):
    """A screening that a worker does."""

    screening: str
    table: str
    rows: int
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    asked_at: datetime
    ended_at: datetime | None
    error: str | None
    told: Told | None
    """The answer, once it is done."""


class Asked(BaseModel):
    """What is screened."""

    model_config = {"extra": "forbid"}
    table: str
    """The table that the rows are of, as in `POST /records/{table}`."""
    as_of: date | None = None
    """The day as of which the rules judge; default: the last day that records reach."""
    keep: bool = False
    """Keep the answer to be fetched again; else only that of a large screening is kept."""


def contract_of(asked: Annotated[Asked, Query()], here: Here) -> Contract:
    """The contract of the table. Raises Trespass 404."""
    return known(asked.table, here)


@router.post(
    "/screenings",
    openapi_extra={"requestBody": BODY},
    responses={
        202: {"model": ScreeningLine, "description": "A worker does it; `Location` says where the answer will be"},
        409: {"model": Problem, "description": "No key to make pseudonyms with"},
        413: {"model": Problem, "description": "Too many rows or bytes"},
        415: {"model": Problem, "description": "Neither JSON nor lines of JSON"},
    },
    response_model=Told,
)
def ask_screening(
    asked: Annotated[Asked, Query()], caller: Asks, contract: Annotated[Contract, Depends(contract_of)], here: Here, request: Request,
    body: Annotated[bytes, Depends(body_of)],
) -> Response:  # fmt: skip
    """Ask what the rules say of a payment list, of bids or of other rows **before** they take effect: 1 to 100,000 rows of one table.

    The body is that of `POST /records/{table}`: a JSON array, `{"rows": […]}`, or lines of JSON. Sealed columns come in clear and are
    pseudonyms before anything is looked up. Every live rule that reads the table is asked about the subjects these rows reach, with the
    lake and these rows together; a row with the key of one that is there stands in its place. What is found is what a run over both
    would find about these subjects, with the baselines, scores, links and signals of the last run (`as_left` names them). What people looked
    at and closed as no problem is left out as in a run, as long as that stands and covers it; `cleared` says how many findings, and no more.

    `results` lists the rows with findings, with rules that could not judge (`blind`: what was not known), or with errors: a bad row is
    told and the others are judged. Nothing is stored unless `keep` is asked. More than 2,000 rows, and what is to be kept, are done by
    a worker: 202, and the answer at the address in `Location`, for the asker alone. At once a rule is not asked that would have to look
    at thousands of records (`not_asked`: `wide`, mostly shares of whole offices and programmes); with `keep` it is.
    """
    if not unbounded(caller):
        raise Trespass(403, "screening_bound")
    if here.desk.key is None:
        raise Trespass(409, "no_key")
    rows = rows_of(body, request.headers.get("Content-Type", ""), MOST_ROWS)
    if not rows:
        raise Trespass(422, "screening_empty")
    here.desk.must_hold_records()
    given, ignored = table_of(rows, contract)
    taken = take(here.desk, contract, given)
    if asked.keep or len(rows) > AT_ONCE:
        return _later(here, caller, asked, taken, ignored)
    told = screen(here.desk, contract, taken, asked.as_of, ignored, LOOKED_AT + 20 * taken.sent)
    return Response(_seen(here, caller, told).model_dump_json(), media_type="application/json")


@router.get("/screenings/{screening}")
def read_screening(screening: Id, caller: Asks, here: Here) -> ScreeningLine:
    """A screening that a worker does or has done, for whoever asked for it."""
    with here.desk.store.look() as session:
        job = session.scalar(select(Job).options(undefer(Job.result)).where(Job.job_id == screening, Job.kind == NAME))
        if job is None or job.asked_by != caller.name:
            raise Trespass(404, "not_there")
        told = told_of(here.desk, job.result) if job.status == DONE and job.result else None
        line = _line(job)
    return line.model_copy(update={"told": _seen(here, caller, told) if told is not None else None})


@router.post("/screenings/{screening}/cancel", status_code=202)
def cancel_screening(screening: Id, caller: Asks, here: Here) -> ScreeningLine:
    """Cancel a screening of one's own: at once while it waits. One that has ended stays as it is."""
    now = here.desk.clock()
    with here.desk.store.change() as session:
        mine = session.scalar(select(Job.asked_by).where(Job.job_id == screening, Job.kind == NAME))
        job = jobs.cancel(session, screening, now) if mine == caller.name else None
        if job is None:
            raise Trespass(404, "not_there")
        return _line(job)


def _later(here: Living, caller: Caller, asked: Asked, taken: Taken, ignored: list[str]) -> Response:
    now = here.desk.clock()
    body = question(asked.table, taken, asked.as_of, ignored, spoken())
    with here.desk.store.change() as session:
        job = enqueue(session, NAME, body, packed(here.desk, taken), caller.name, now)
        append(session, [Happening("screening.asked", job.job_id, {"table": asked.table, "rows": taken.sent})], caller.name, now)
        line = _line(job)
    return Response(
        line.model_dump_json(), 202, {"Location": f"/api/v1/screenings/{line.screening}"}, media_type="application/json"
    )


def _line(job: Job) -> ScreeningLine:
    error = say(job.error["code"], **job.error.get("values", {})) if job.error else None
    return ScreeningLine(
        screening=job.job_id, table=job.body["table"], rows=job.body["sent"], status=job.status, asked_at=job.asked_at,
        ended_at=job.done_at, error=error, told=None,
    )  # fmt: skip


def _seen(here: Living, caller: Caller, told: Whole) -> Told:
    """What the caller may see of it, names masked for whom they are shown to."""
    topics = {name: rule.topic for name, rule in here.desk.book.indicators.items()}
    mine = shown(told, caller, topics)
    if not caller.sees_names:
        return mine
    plain = mine.model_dump(mode="json")
    seen = masks(here.desk.secrets(tokens_in(json.dumps(plain["findings"], ensure_ascii=False))))
    return Told.model_validate({**plain, "findings": mask_all(plain["findings"], seen)})
