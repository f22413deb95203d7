"""People and roles (用户与角色) for the administrator: enrolled with a first password shown once, given roles, locked, sent away."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from pydantic import SecretStr

from service.access.role import roles
from service.api import people
from service.console.administration_asked import made
from service.console.casework_filled import Filled, Form
from service.console.data_imports import on
from service.console.visitor import Visitor, visits
from service.triage.offices import offices
from service.words import either, say

router = APIRouter()
Reader = Annotated[Visitor, visits("people.read")]
Manager = Annotated[Visitor, visits("people.manage")]
STREAMS = ("discipline", "supervisory", "stationed", "inspection", "coordination")
OF_PEOPLE = "platform"
"""The one role that no person holds."""


@router.get("/admin/people")
def listed(me: Reader) -> HTMLResponse:
    """Everybody enrolled, with what they hold."""
    return me.show("admin_people.html", people=people.list_people(me.caller, me.here), **_choices(me), shown_once=None)


@router.post("/admin/people")
def enrol(me: Manager, form: Form) -> HTMLResponse:
    """Enrol somebody with a first password, shown this once; they change it before any role holds."""
    password = secrets.token_urlsafe(12)
    asked = made(
        people.NewPerson,
        login=form.text("login"),
        name=form.text("name"),
        password=SecretStr(password),
        person_id=form.maybe("person_id"),
    )
    people.enrol_person(asked, me.caller, me.here)
    return _one(me, asked.login, password)


@router.get("/admin/people/{login}")
def read(me: Reader, login: str) -> HTMLResponse:
    """One person: the roles they hold, and what may be done."""
    return _one(me, people.changing(login, me.here))


@router.post("/admin/people/{login}/grants")
def give(me: Manager, login: str, form: Form) -> Response:
    """Give a role, within an office, stream, area or unit, and for a time."""
    bounds = {name: form.maybe(name) for name in ("office_id", "stream", "area_id", "unit_id")}
    days = {name: form.day(name) if form.maybe(name) else None for name in ("starts_on", "ends_on")}
    people.give_role(
        me.caller, people.changing(login, me.here), made(people.NewGrant, role=form.text("role"), **bounds, **days), me.here
    )
    return on(me, f"/admin/people/{login}")


@router.post("/admin/people/{login}/{act}")
def act(me: Manager, login: str, act: str, form: Form) -> Response:
    """Take a role, lock or unlock, mark as gone or back, set a first password anew, let a lost device go."""
    known = people.changing(login, me.here)
    if act == "password":
        password = secrets.token_urlsafe(12)
        people.reset_password(me.caller, known, people.Secret(password=SecretStr(password)), me.here)
        return _one(me, known, password)
    _do(me, known, act, form)
    return on(me, f"/admin/people/{login}")


def _do(me: Visitor, login: str, act: str, form: Filled) -> None:
    if act == "take":
        people.take_role(me.caller, login, form.number("grant"), me.here)
    elif act in ACTS:
        ACTS[act](me.caller, login, me.here)


ACTS = {
    "lock": people.lock_person,
    "unlock": people.unlock_person,
    "leave": people.send_away,
    "return": people.bring_back,
    "device": people.lose_device,
}


def _one(me: Visitor, login: str, password: str | None = None) -> HTMLResponse:
    person = people.read_person(me.caller, login, me.here)
    locked = person.locked_until is not None and me.here.desk.clock() < person.locked_until
    own = me.caller.name == f"person:{login}"
    return me.show("admin_person.html", person=person, locked=locked, own=own, shown_once=password, **_choices(me))


def _choices(me: Visitor) -> dict[str, Any]:
    """Roles, offices and streams that a grant may name, in words."""
    known = {}
    if any((me.here.desk.lake.folder / "batches").glob("*.json")):
        with me.here.tables() as tables:
            known = {one: office.name for one, office in offices(tables).items()}
    titles = {name: either(role.title) for name, role in roles().items()}
    told = {name: [say(f"admin.opens.{what}") for what in opened(name)] for name in titles}
    return {
        "roles": {name: one for name, one in titles.items() if name != OF_PEOPLE},
        "titles": titles,
        "offices": known,
        "streams": STREAMS,
        "opens": told,
    }


def opened(role: str) -> list[str]:
    """In a few words what a role opens."""
    may, sees = roles()[role].may, roles()[role].sees
    found = {
        "cases": "alerts.read" in may, "judge": "alerts.judge" in may, "approve": "casework.approve" in may, "data": "records.push" in may,
        "people": "people.manage" in may, "audit": "audit.read" in may, "unit": "rectification.report" in may,
    }  # fmt: skip
    return [name for name, there in found.items() if there] + ([f"sees_{sees}"] if found["cases"] else [])
