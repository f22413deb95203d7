"""Sealed values (封存的信息): asked for with a reason, agreed to by a second person, shown once; never stored, never logged."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import select

from datasets.key import Key
from datasets.sealing import TOKEN
from service.access.caller import Caller
from service.access.sight import narrowed
from service.api.gate import Here, may
from service.api.living import Living
from service.api.problem import FieldError, Problem, Trespass
from service.sealed import unsealing
from service.sealed.unsealing import AGREE, ASK, Asked, of_alert
from service.store.alert import Alert
from service.store.sealed import Unsealing
from service.words import say

router = APIRouter(tags=["sealed values"])
NOT_KEPT = {"Cache-Control": "no-store"}
"""Also what keeps an answer with an Idempotency-Key from being kept."""


class NewUnsealing(BaseModel):
    """Which value, and why."""

    model_config = {"extra": "forbid"}
    token: Annotated[str, Field(max_length=24, pattern=f"^{TOKEN.pattern}$")]
    """The pseudonym as the alert or its evidence shows it (`subject_id`, or a cell for a caller who sees pseudonyms)."""
    reason: Annotated[str, Field(min_length=4, max_length=500, pattern=r"^[^\x00]*\S[^\x00]*$")]
    """What it is needed for; kept on record, with names and numbers in it replaced by pseudonyms."""


class UnsealingPage(BaseModel):
    """A request, and what became of it."""

    unsealing: str
    alert: str
    kind: str
    """resident_id, bank_account, phone, person_name or device."""
    token: str
    reason: str
    status: Literal["pending", "agreed", "refused", "opened", "expired"]
    asked_by: str
    asked_at: datetime
    until: datetime
    """When it ends: a pending one if nobody decides, an agreed one if nobody fetches."""
    decided_by: str | None
    decided_at: datetime | None
    opened_at: datetime | None
    value: str | None = None
    """The value in clear, in the one answer that shows it."""


def _entitled(caller: Caller, verb: str) -> Caller:
    found = unsealing.entitled(caller)
    if found is None or not found.may(verb):
        raise Trespass(403, "not_entitled")
    return found


def asks(caller: Annotated[Caller, may(ASK)]) -> Caller:
    """A person who may ask for sealed values. Raises Trespass 403."""
    return _entitled(caller, ASK)


def agrees(caller: Annotated[Caller, may(AGREE)]) -> Caller:
    """A person who may agree to somebody's asking. Raises Trespass 403."""
    return _entitled(caller, AGREE)


Asks = Annotated[Caller, Depends(asks)]
Agrees = Annotated[Caller, Depends(agrees)]
GONE: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "This machine has no key, or the request is at another point"},
    410: {"model": Problem, "description": "The value was fetched, its time is over, or it is no longer kept"},
}


@router.post(
    "/alerts/{alert}/unsealings",
    responses={**GONE, 202: {"model": UnsealingPage, "description": "A second person is to agree"}},
)
def ask_value(alert: str, asked: NewUnsealing, caller: Asks, here: Here, response: Response) -> UnsealingPage:
    """Ask for the value behind a pseudonym of an alert.

    The answer is 200 with the value where the office lets one person decide, else 202: somebody who may agree has 24 hours for it,
    and after that the value can be fetched for 15 minutes, once. Who complained cannot be asked for (404).
    """
    response.headers.update(NOT_KEPT)
    now = here.desk.clock()
    with here.reading() as seen:
        found = seen.session.scalar(narrowed(select(Alert), caller, ASK).where(Alert.fingerprint == alert))
        if found is None or asked.token not in of_alert(seen, found):
            raise Trespass(404, "not_there", [] if found is None else [_unknown()])
    key, value = _key(here), _value(here, asked.token)
    alone = here.desk.settings.unseal_alone
    with here.desk.store.change() as session:
        made = unsealing.ask(session, caller, Asked(alert, asked.token, asked.reason), key, value, alone=alone, now=now)
        told = _page(made, now)
    response.status_code = 200 if alone else 202
    return told.model_copy(update={"value": value}) if alone else told


@router.get("/unsealings")
def list_unsealings(caller: Asks, here: Here, alert: Annotated[str | None, Query(max_length=100)] = None) -> list[UnsealingPage]:
    """One's own requests and those that wait for one's consent, the newest first, at most 200."""
    now = here.desk.clock()
    with here.desk.store.look() as session:
        return [_page(one, now) for one in unsealing.requests_of(session, caller, alert, now)]


@router.post("/unsealings/{name}/agree", responses=GONE)
def agree_to(name: str, caller: Agrees, here: Here) -> UnsealingPage:
    """Agree to somebody else's request: from now on its value can be fetched once, for 15 minutes."""
    return _decided(here, caller, name, agreed=True)


@router.post("/unsealings/{name}/refuse", responses=GONE)
def refuse(name: str, caller: Agrees, here: Here) -> UnsealingPage:
    """Refuse somebody else's request."""
    return _decided(here, caller, name, agreed=False)


@router.post("/unsealings/{name}/value", responses=GONE)
def fetch_value(name: str, caller: Asks, here: Here, response: Response) -> UnsealingPage:
    """The value of one's own request that was agreed to: once, within 15 minutes."""
    response.headers.update(NOT_KEPT)
    now = here.desk.clock()
    with here.desk.store.look() as session:
        asked = unsealing.request_named(session, caller, name, ASK)
        if asked is None:
            raise Trespass(404, "not_there")
        status, token = asked.now(now), asked.token
    if status == "pending":
        raise Trespass(409, "not_agreed")
    if status != "agreed":
        raise Trespass(410, "unsealing_over")
    value = _value(here, token)
    with here.desk.store.change() as session:
        made = session.get_one(Unsealing, name, with_for_update=True)
        if made.now(now) != "agreed":  # fetched by another request in the same moment
            raise Trespass(410, "unsealing_over")
        unsealing.fetch(session, made, caller, now)
        told = _page(made, now)
    return told.model_copy(update={"value": value})


def _decided(here: Living, caller: Caller, name: str, *, agreed: bool) -> UnsealingPage:
    now = here.desk.clock()
    with here.desk.store.change() as session:
        found = unsealing.request_named(session, caller, name, AGREE)
        if found is None:
            raise Trespass(404, "not_there")
        if found.asked_by == caller.name:
            raise Trespass(409, "same_person")
        if found.now(now) != "pending":
            raise Trespass(410, "unsealing_over")
        unsealing.decide(session, found, caller, agreed=agreed, now=now)
        return _page(found, now)


def _key(here: Living) -> Key:
    if here.desk.key is None:
        raise Trespass(409, "no_key")
    return here.desk.key


def _value(here: Living, token: str) -> str:
    _key(here)
    value = here.desk.secrets([token]).get(token)
    if value is None:
        raise Trespass(410, "value_gone")
    return value


def _unknown() -> FieldError:
    return FieldError(where="/token", code="not_of_alert", detail=say("problem.not_of_alert"))


def _page(one: Unsealing, now: datetime) -> UnsealingPage:
    return UnsealingPage(
        unsealing=one.unsealing_id, alert=one.fingerprint, kind=one.kind, token=one.token, reason=one.reason, status=one.now(now),
        asked_by=one.asked_by, asked_at=one.asked_at, until=one.until, decided_by=one.decided_by, decided_at=one.decided_at,
        opened_at=one.opened_at,
    )  # fmt: skip
