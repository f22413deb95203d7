"""People, for administrators (用户): enrolled, given roles for a time, locked, sent away; all of it on record."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import enrolment, signing_in
from service.access.caller import Bounds, Caller
from service.api.gate import Here, may
from service.api.problem import Trespass
from service.api.session import PLAIN
from service.store.member import Member, RoleGrant

router = APIRouter(tags=["people"])
Reads = Annotated[Caller, may("people.read")]
Manages = Annotated[Caller, may("people.manage")]
Login = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00/]+$")]
Code = Annotated[str, Field(min_length=1, max_length=100, pattern=PLAIN)]
Stream = Literal["discipline", "supervisory", "stationed", "inspection", "coordination"]


class Within(BaseModel):
    """Where a role holds; all null: everywhere."""

    model_config = ConfigDict(extra="forbid")
    office_id: Code | None = None
    stream: Stream | None = None
    area_id: Code | None = None
    unit_id: Code | None = None
    """The unit whose own people hold it: it sees what was sent to it, and never what accuses it."""

    @property
    def bounds(self) -> Bounds:
        return Bounds(self.office_id, self.stream, self.area_id, self.unit_id)


class NewGrant(Within):
    """A role for somebody, from a day (default: today) to a last one (default: none)."""

    role: Code
    starts_on: date | None = None
    ends_on: date | None = None


class NewPerson(BaseModel):
    """Somebody new. With a first password they must change it before any role holds; without, they come by the identity provider."""

    model_config = ConfigDict(extra="forbid")
    login: Login
    name: Code
    password: Annotated[SecretStr, Field(max_length=1000)] | None = None
    outside_id: Annotated[str, Field(max_length=500, pattern=PLAIN)] | None = None
    """`issuer|subject` at the identity provider."""
    person_id: Code | None = None
    """Their pseudonym in the records, so that nobody is given a matter of their own."""


class Secret(BaseModel):
    model_config = ConfigDict(extra="forbid")
    password: Annotated[SecretStr, Field(max_length=1000)]


class Given(BaseModel):
    """A role given to somebody."""

    grant_id: int
    role: str
    office_id: str | None
    stream: str | None
    area_id: str | None
    unit_id: str | None
    starts_on: date
    ends_on: date | None
    given_by: str

    @classmethod
    def of(cls, one: RoleGrant) -> "Given":
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class Person(BaseModel):
    """Somebody enrolled."""

    login: str
    name: str
    active: bool
    locked_until: datetime | None
    change_password: bool
    second_factor: bool
    outside_id: str | None
    person_id: str | None
    created_at: datetime
    grants: list[Given]
    """Roles that hold now or will."""


def changing(login: str, here: Here) -> str:
    """The login of somebody who is enrolled; stands behind the caller, for who is enrolled is not everybody's to know. Raises Trespass 404."""
    with here.desk.store.look() as session:
        if "\x00" in login or session.scalar(select(Member.login).where(Member.login == login)) is None:
            raise Trespass(404, "not_there")
    return login


Known = Annotated[str, Depends(changing)]


@router.get("/people")
def list_people(caller: Reads, here: Here) -> list[Person]:
    """Everybody enrolled, by login."""
    with here.desk.store.look() as session:
        return [_shown(session, one, here.desk.today) for one in session.scalars(select(Member).order_by(Member.login))]


@router.post("/people", status_code=201)
def enrol_person(asked: NewPerson, caller: Manages, here: Here) -> Person:
    """Enrol somebody; they hold no role yet. 422 when the login is taken or the password is short."""
    with here.desk.store.change() as session:
        password = asked.password.get_secret_value() if asked.password is not None else None
        member = signing_in.enrol(
            session, asked.login, asked.name, password, by=caller.name, now=here.desk.clock(), outside_id=asked.outside_id,
            person_id=asked.person_id, must_change=password is not None,
        )  # fmt: skip
        return _shown(session, member, here.desk.today)


@router.get("/people/{login}")
def read_person(caller: Reads, login: Known, here: Here) -> Person:
    """One person and the roles they hold."""
    with here.desk.store.look() as session:
        return _shown(session, _member(session, login), here.desk.today)


@router.post("/people/{login}/grants", status_code=201)
def give_role(caller: Manages, login: Known, asked: NewGrant, here: Here) -> Given:
    """Give a role, bounded and for a time. Not to oneself (422); who keeps people and keys reads no case (422)."""
    with here.desk.store.change() as session:
        made = enrolment.give(
            session, _member(session, login), asked.role, asked.bounds, by=caller.name, now=here.desk.clock(),
            starts_on=asked.starts_on, ends_on=asked.ends_on,
        )  # fmt: skip
        return Given.of(made)


@router.delete("/people/{login}/grants/{grant_id}", status_code=204)
def take_role(caller: Manages, login: Known, grant_id: Annotated[int, Field(ge=1, le=2**31 - 1)], here: Here) -> Response:
    """End a role at once. 422 when the person does not hold it."""
    with here.desk.store.change() as session:
        enrolment.take(session, _member(session, login), grant_id, by=caller.name, now=here.desk.clock())
    return Response(status_code=204)


@router.put("/people/{login}/lock", status_code=204)
def lock_person(caller: Manages, login: Known, here: Here) -> Response:
    """Nobody signs in as this person until it is unlocked; living sessions end."""
    with here.desk.store.change() as session:
        enrolment.lock(session, _member(session, login), by=caller.name, now=here.desk.clock())
    return Response(status_code=204)


@router.delete("/people/{login}/lock", status_code=204)
def unlock_person(caller: Manages, login: Known, here: Here) -> Response:
    """End a lock, whether it was set here or by wrong passwords."""
    with here.desk.store.change() as session:
        enrolment.unlock(session, _member(session, login), by=caller.name, now=here.desk.clock())
    return Response(status_code=204)


@router.put("/people/{login}/active", status_code=204)
def bring_back(caller: Manages, login: Known, here: Here) -> Response:
    """Somebody who had left belongs to the office again."""
    return _activity(login, True, caller, here)


@router.delete("/people/{login}/active", status_code=204)
def send_away(caller: Manages, login: Known, here: Here) -> Response:
    """Somebody left: no sign-in, no session; nothing about them is deleted from the log."""
    return _activity(login, False, caller, here)


@router.put("/people/{login}/password", status_code=204)
def reset_password(caller: Manages, login: Known, asked: Secret, here: Here) -> Response:
    """Set a first password again; its owner must change it before any role holds. Living sessions end."""
    with here.desk.store.change() as session:
        enrolment.reset_password(
            session, _member(session, login), asked.password.get_secret_value(), by=caller.name, now=here.desk.clock()
        )
    return Response(status_code=204)


@router.delete("/people/{login}/second-factor", status_code=204)
def lose_device(caller: Manages, login: Known, here: Here) -> Response:
    """The device with the codes is lost: ask for none any more until a new one is set."""
    with here.desk.store.change() as session:
        enrolment.lose_device(session, _member(session, login), by=caller.name, now=here.desk.clock())
    return Response(status_code=204)


def _activity(login: str, active: bool, caller: Caller, here: Here) -> Response:
    with here.desk.store.change() as session:
        enrolment.set_active(session, _member(session, login), active, by=caller.name, now=here.desk.clock())
    return Response(status_code=204)


def _member(session: Session, login: str) -> Member:
    return session.scalars(select(Member).where(Member.login == login)).one()


def _shown(session: Session, member: Member, today: date) -> Person:
    return Person(
        login=member.login, name=member.name, active=member.active, locked_until=member.locked_until,
        change_password=member.must_change, second_factor=member.totp is not None, outside_id=member.outside_id,
        person_id=member.person_id, created_at=member.created_at,
        grants=[Given.of(one) for one in enrolment.living_grants(session, member, today)],
    )  # fmt: skip
