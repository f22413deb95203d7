"""Keys of platforms (密钥) for the administrator: listed, made and shown once, ended."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from service.access.enrolment import READS_CASES
from service.access.key import LONGEST
from service.access.role import right, roles
from service.access.role import verbs as known_verbs
from service.api import keys
from service.console.administration_asked import made
from service.console.casework_filled import Form
from service.console.data_imports import on
from service.console.visitor import Visitor, visits
from service.errors import Refusal

router = APIRouter()
Reader = Annotated[Visitor, visits("keys.read")]
Manager = Annotated[Visitor, visits("keys.manage")]
SOON = timedelta(days=30)
"""A key that ends within so long is marked: its platform needs another by then."""
USUAL = ("records.push", "records.read", "reference.read")
"""What most platforms need: ticked already."""


@router.get("/admin/keys")
def listed(me: Reader) -> HTMLResponse:
    """Every key ever made, those that hold first."""
    return _page(me, None)


@router.post("/admin/keys")
def make(me: Manager, form: Form) -> HTMLResponse:
    """Make a key for a platform; its text is in this answer and never again."""
    scopes = [one for one in form.many("scope") if one in offered()]
    if not scopes:  # for the API none means every one
        raise Refusal("admin.no_scope")
    asked = made(
        keys.NewKey, name=form.text("name"), scopes=scopes, days=form.number("days"),
        **{name: form.maybe(name) for name in ("office_id", "stream", "area_id", "unit_id")},
    )  # fmt: skip
    return _page(me, keys.make_key(asked, me.caller, me.here))


@router.post("/admin/keys/{key}/end")
def end(me: Manager, key: str) -> Response:
    """End a key at once."""
    keys.end_key(key, me.caller, me.here)
    return on(me, "/admin/keys")


def offered() -> list[str]:
    """What a key made here may be allowed: what a platform may, but nothing that opens a case."""
    return sorted(roles()[keys.PLATFORM].may - READS_CASES)


def verbs() -> dict[str, str]:
    """What a key may do, in words."""
    return {one: right(one) for one in known_verbs()}


def state(one: keys.KeyLine, now: datetime) -> str:
    """revoked, expired, soon or living."""
    if one.revoked_at is not None:
        return "revoked"
    if one.expires_at <= now:
        return "expired"
    return "soon" if one.expires_at - now <= SOON else "living"


def _page(me: Visitor, shown_once: keys.MadeKey | None) -> HTMLResponse:
    now = me.here.desk.clock()
    found = [(state(one, now), one) for one in keys.list_keys(me.caller, me.here)]
    found.sort(key=lambda pair: pair[0] in ("revoked", "expired"))
    return me.show(
        "admin_keys.html", keys=found, shown_once=shown_once, scopes=offered(), usual=USUAL, verbs=verbs(), longest=LONGEST.days
    )
