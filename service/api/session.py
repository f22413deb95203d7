"""Sessions of people (会话): sign in, who am I, sign out; one's own password and second factor."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy.orm import Session

from service.access import second_factor, signing_in
from service.access.caller import Caller
from service.access.role import roles, verbs
from service.api.gate import COOKIE, Here, Identified, cookie, from_this_site
from service.api.living import Living
from service.api.problem import Problem, Trespass
from service.errors import Refusal
from service.settings import LOOPBACK
from service.store.member import Member
from service.words import either

router = APIRouter(tags=["session"])
PLAIN = r"^[^\x00]+$"
"""No database keeps a NUL."""
Token = Annotated[str | None, Depends(cookie)]


class SigningIn(BaseModel):
    """Who wants to come in."""

    model_config = ConfigDict(extra="forbid")
    login: Annotated[str, Field(max_length=200, pattern=PLAIN)]
    password: Annotated[SecretStr, Field(max_length=1000)]
    code: Annotated[str, Field(max_length=10)] | None = None
    """The six digits of the second factor, where one is set."""


class NewPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")
    old: Annotated[SecretStr, Field(max_length=1000)]
    new: Annotated[SecretStr, Field(max_length=1000)]


class Confirmation(BaseModel):
    """The ticket of the proposal and the first code that the authenticator shows."""

    model_config = ConfigDict(extra="forbid")
    ticket: Annotated[str, Field(max_length=1000)]
    code: Annotated[str, Field(max_length=10)]


class Proposed(BaseModel):
    """A secret for an authenticator: `uri` for a QR code, `secret` for typing."""

    secret: str
    uri: str
    ticket: str


class HeldRole(BaseModel):
    """A role in force, and where it holds; all null: everywhere."""

    role: str
    title: str
    office_id: str | None
    stream: str | None
    area_id: str | None
    unit_id: str | None


class WhoAmI(BaseModel):
    """The caller, as the service knows it."""

    name: str
    """As the audit log has it."""
    kind: Literal["person", "platform"]
    roles: list[HeldRole]
    verbs: list[str]
    """What the caller may do."""
    change_password: bool
    """Whether the password must be changed before any role holds."""
    second_factor: bool | None
    """Whether one is set; null for keys."""
    until: datetime | None
    """When the session ends; null for keys."""


@router.post("/session", status_code=201)
def sign_in(asked: SigningIn, request: Request, response: Response, here: Here) -> WhoAmI:
    """Sign in. The answer sets the session's cookie (HttpOnly, SameSite=Lax; Secure unless on this machine), good for ten hours.

    One and the same refusal (401) for a wrong login, password or code; five wrong attempts lock the sign-in for 15 minutes.
    """
    if "sec-fetch-site" in request.headers or "origin" in request.headers:
        from_this_site(request)  # or another site signs a person in as somebody else
    now = here.desk.clock()
    try:
        token = signing_in.enter(here.desk.store, asked.login, asked.password.get_secret_value(), now, asked.code, totp_key(here))
    except Refusal as refusal:
        raise Trespass(401, "sign_in") from refusal
    set_cookie(request, response, token)
    with here.desk.store.look() as session:
        caller = signing_in.caller_of(session, token, now)
        assert caller is not None  # it was made a moment ago
        return _told(session, caller, token, now)


@router.get("/session")
def who_am_i(caller: Identified, token: Token, here: Here) -> WhoAmI:
    """Who is calling, with which roles, and what they allow: for people and keys."""
    with here.desk.store.look() as session:
        return _told(session, caller, token if caller.kind == "person" else None, here.desk.clock())


@router.delete("/session", status_code=204)
def sign_out(caller: Identified, token: Token, here: Here) -> Response:
    """End this session."""
    with here.desk.store.change() as session:
        signing_in.sign_out(session, _own(caller, token))
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.put("/session/password", status_code=204)
def change_password(asked: NewPassword, caller: Identified, token: Token, here: Here) -> Response:
    """Change one's own password; every other session of the person ends. 422 when the old one is wrong or the new one will not do."""
    signing_in.change_password(
        here.desk.store, _own(caller, token), asked.old.get_secret_value(), asked.new.get_secret_value(), here.desk.clock()
    )
    return Response(status_code=204)


@router.post("/session/second-factor", responses={409: {"model": Problem, "description": "This machine has no key"}})
def propose_second_factor(caller: Identified, token: Token, here: Here) -> Proposed:
    """A new secret for one's authenticator; nothing changes until its first code is sent back with the ticket, within ten minutes."""
    with here.desk.store.look() as session:
        member = _member(session, _own(caller, token), here)
        made = second_factor.propose(member.login, must_key(here), here.desk.clock())
    return Proposed(secret=made.secret, uri=made.uri, ticket=made.ticket)


@router.put(
    "/session/second-factor", status_code=204, responses={409: {"model": Problem, "description": "This machine has no key"}}
)
def confirm_second_factor(asked: Confirmation, caller: Identified, token: Token, here: Here) -> Response:
    """Set the second factor: from now on a code is asked for at every sign-in."""
    with here.desk.store.change() as session:
        member = _member(session, _own(caller, token), here)
        second_factor.confirm(session, member, asked.ticket, asked.code, must_key(here), here.desk.clock())
    return Response(status_code=204)


@router.delete("/session/second-factor", status_code=204)
def remove_second_factor(caller: Identified, token: Token, here: Here) -> Response:
    """Ask for no code any more."""
    with here.desk.store.change() as session:
        member = _member(session, _own(caller, token), here)
        if member.totp is not None:
            second_factor.turn_off(session, member, caller.name, here.desk.clock())
    return Response(status_code=204)


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its session; over the network only by HTTPS."""
    secure = request.url.hostname not in LOOPBACK
    age = int(signing_in.LIFE.total_seconds())
    response.set_cookie(COOKIE, token, max_age=age, path="/", httponly=True, samesite="lax", secure=secure)


def totp_key(here: Living) -> bytes | None:
    """What seals second factors, where this machine has the office's key."""
    return here.desk.key.derived("totp") if here.desk.key is not None else None


def must_key(here: Living) -> bytes:
    """The same. Raises Trespass 409 without a key."""
    key = totp_key(here)
    if key is None:
        raise Trespass(409, "no_key")
    return key


def _own(caller: Caller, token: str | None) -> str:
    if caller.kind != "person" or token is None:
        raise Trespass(403, "people_only")
    return token


def _member(session: Session, token: str, here: Living) -> Member:
    found = signing_in.member_of(session, token, here.desk.clock())
    if found is None:
        raise Trespass(401, "who", headers={"WWW-Authenticate": "Bearer"})
    return found[0]


def _told(session: Session, caller: Caller, token: str | None, now: datetime) -> WhoAmI:
    found = signing_in.member_of(session, token, now) if token is not None else None
    names = {role: name for name, role in roles().items()}
    held = [HeldRole(role=names[one.role], title=either(one.role.title), **vars(one.bounds)) for one in caller.held]
    return WhoAmI(
        name=caller.name, kind=caller.kind, roles=held, verbs=sorted(one for one in verbs() if caller.may(one)),
        change_password=caller.pending, second_factor=found[0].totp is not None if found else None,
        until=found[1].expires_at if found else None,
    )  # fmt: skip
