"""Keys of platforms, for administrators (密钥): listed, made, ended; the text is shown once."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from service.access import key
from service.access.caller import Caller
from service.access.enrolment import READS_CASES
from service.access.role import roles
from service.api.gate import Here, may
from service.api.people import Code, Given, Within
from service.api.problem import Trespass
from service.errors import Refusal
from service.store.member import ApiKey, RoleGrant

router = APIRouter(tags=["keys"])
PLATFORM = "platform"


class NewKey(Within):
    """A key for a platform. Without scopes it may whatever a platform may that opens no case."""

    name: Code
    scopes: Annotated[list[Code], Field(max_length=100)] = []
    days: Annotated[int, Field(ge=1, le=key.LONGEST.days)] = key.LONGEST.days


class MadeKey(BaseModel):
    """The new key; `key` is shown this once and kept nowhere."""

    key_id: str
    key: str
    expires_at: datetime


class KeyLine(BaseModel):
    """A key without its secret."""

    key_id: str
    name: str
    scopes: list[str]
    made_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None
    grants: list[Given]


@router.get("/keys")
def list_keys(caller: Annotated[Caller, may("keys.read")], here: Here) -> list[KeyLine]:
    """Every key ever made, the oldest first."""
    with here.desk.store.look() as session:
        grants: dict[str, list[Given]] = {}
        for one in session.scalars(select(RoleGrant).where(RoleGrant.key_id.is_not(None)).order_by(RoleGrant.grant_id)):
            grants.setdefault(str(one.key_id), []).append(Given.of(one))
        plain = [name for name in KeyLine.model_fields if name != "grants"]
        return [
            KeyLine(**{name: getattr(one, name) for name in plain}, grants=grants.get(one.key_id, []))
            for one in session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.key_id))
        ]


@router.post("/keys", status_code=201)
def make_key(asked: NewKey, caller: Annotated[Caller, may("keys.manage")], here: Here) -> MadeKey:
    """Make a key for a platform, for a year at most.

    A key that opens cases (alerts, evidence, events) is not made here: its text would be seen by somebody who may read no
    case. The office makes it on its own machine (`guantong access key`).
    """
    scopes = set(asked.scopes) or roles()[PLATFORM].may - READS_CASES
    if opens := sorted(scopes & READS_CASES):
        raise Refusal("access.key_reads_cases", scopes=", ".join(opens))
    with here.desk.store.change() as session:
        made = key.make_key(
            session,
            asked.name,
            PLATFORM,
            asked.bounds,
            scopes=scopes,
            made_by=caller.name,
            now=here.desk.clock(),
            days=asked.days,
        )
    return MadeKey(key_id=made.key_id, key=made.text, expires_at=made.expires_at)


@router.delete("/keys/{key_id}", status_code=204)
def end_key(key_id: str, caller: Annotated[Caller, may("keys.manage")], here: Here) -> Response:
    """End a key at once; 404 when there is none or it has ended."""
    with here.desk.store.change() as session:
        found = session.get(ApiKey, key_id) if "\x00" not in key_id else None
        if found is None or found.revoked_at is not None:
            raise Trespass(404, "not_there")
        key.revoke(session, key_id, caller.name, here.desk.clock())
    return Response(status_code=204)
