"""Records by push: rows of one table, checked against its contract and stored like those of a file."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from datasets.contract import Contract
from datasets.pushing import Push, Taken
from datasets.quarantine import Waiting, waiting
from datasets.reject import WHY, Reject
from service.access.caller import Caller
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import Problem, Trespass
from service.api.pushed import LINES, MOST_ROWS, TOLD, rows_of, table_of
from service.words import either

router = APIRouter(tags=["records"])
Pushes = Annotated[Caller, may("records.push")]
ROWS: dict[str, Any] = {"type": "array", "items": {"type": "object"}, "maxItems": MOST_ROWS}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": {"oneOf": [ROWS, {"type": "object", "required": ["rows"], "properties": {"rows": ROWS}}]}},
        LINES[0]: {"schema": {"type": "string"}},
    },
}


class RowError(BaseModel):
    """A value that the contract does not allow; the value itself is not repeated."""

    row: int
    """Place of the row in what was sent; the first is 0."""
    field: str | None
    code: str
    message: str


class PushReport(BaseModel):
    """What became of a push: rows = accepted + duplicate + rejected, and rejected counts the diverted."""

    table: str
    push: str
    """Identifies what was pushed: the same rows again have the same."""
    status: Literal["taken", "already_here"]
    """`already_here`: nothing was new."""
    batch: str | None
    """The batch of the lake that has it."""
    rows: int
    accepted: int
    duplicate: int
    """In the lake already, with the same content."""
    rejected: int
    diverted: int
    """May not be entered here by law; they were passed on, and nothing of them is kept."""
    ignored: list[str]
    """Fields that are no columns of the table."""
    errors: list[RowError]
    more_errors: int
    """Errors besides those listed."""


class WaitingRow(BaseModel):
    """A rejected row that still waits to be sent again."""

    batch: str
    source: str
    file: str
    sheet: str
    row: int | None
    faults: list[RowError]


class RejectPage(BaseModel):
    """Rejected rows of a table."""

    table: str
    count: int
    rejects: list[WaitingRow]


def known(table: str, here: Here) -> Contract:
    """The contract of a table that records are sent in to. Raises Trespass 404."""
    if table not in here.desk.contracts or table not in here.pushable:
        raise Trespass(404, "no_table", table=table)
    return here.desk.contracts[table]


Into = Annotated[Contract, Depends(known)]


async def body_of(request: Request) -> bytes:
    """The body; its size is bounded before it comes here."""
    return await request.body()


@router.post(
    "/records/{table}",
    openapi_extra={"requestBody": BODY},
    responses={413: {"model": Problem, "description": "Too many rows or bytes"}, 415: {"model": Problem, "description": "Neither JSON nor lines of JSON"}},
)  # fmt: skip
def push_records(
    caller: Pushes, contract: Into, here: Here, request: Request, body: Annotated[bytes, Depends(body_of)]
) -> PushReport:
    """Push up to 10,000 rows of one table: a JSON array, `{"rows": […]}`, or lines of JSON (`application/x-ndjson`).

    Every row is judged for itself by the table's contract (`GET /reference/tables/{table}`): good rows are stored, bad ones go into
    quarantine and are told here, by row and field. Rows that the lake has already with the same content count as duplicate, so that
    a push may be sent again after a lost answer; of two versions of a key the one that came later is current.
    Sealed columns come in clear and are stored as pseudonyms. A value may be written as text or as JSON's own type; an id is best
    written as text.
    """
    rows = rows_of(body, request.headers.get("Content-Type", ""))
    table, ignored = table_of(rows, contract)
    return _report(here, contract, Push(table, caller.name), ignored)


def _report(here: Living, contract: Contract, push: Push, ignored: list[str]) -> PushReport:
    taken = here.pushing.push(contract.table, push) if push.rows.num_rows else _nothing(push)
    return PushReport(
        table=contract.table, push=taken.push, status="already_here" if taken.here_already else "taken", batch=taken.batch_id,
        rows=taken.rows, accepted=taken.accepted, duplicate=taken.duplicate, rejected=taken.rejected, diverted=taken.diverted,
        ignored=ignored, errors=[_error(one) for one in taken.faults[:TOLD]], more_errors=max(0, len(taken.faults) - TOLD),
    )  # fmt: skip


def _nothing(push: Push) -> Taken:
    return Taken(push.identity, None, True, 0, 0, 0, 0, 0, ())


def _error(fault: Reject) -> RowError:
    return RowError(row=(fault.row_no or 1) - 1, field=fault.column, code=fault.code, message=either(WHY[fault.code]))


@router.get("/records/{table}/rejects", dependencies=[may("records.read")])
def list_rejects(contract: Into, here: Here, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> RejectPage:
    """Rejected rows of a table that were neither corrected nor withdrawn: where they are from and what is wrong; never their values."""
    found = [one for one in waiting(here.desk.lake) if one.table == contract.table]
    return RejectPage(table=contract.table, count=len(found), rejects=[_waiting(one) for one in found[:limit]])


def _waiting(one: Waiting) -> WaitingRow:
    row = one.row_no - 1 if one.row_no else 0
    faults = [
        RowError(row=row, field=column, code=code, message=either({"zh": zh, "en": en})) for column, code, zh, en in one.faults
    ]
    return WaitingRow(batch=one.batch_id, source=one.source, file=one.file, sheet=one.sheet, row=one.row_no, faults=faults)
