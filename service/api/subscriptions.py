"""Webhooks: who is told of what and where, how deliveries went, and sending again."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from datasets.key import Key
from service.access.caller import Caller
from service.api.cursor import pack, unpack
from service.api.events import STALE, asked_kinds
from service.api.gate import Here, may
from service.api.hook_shapes import (
    Again,
    Change,
    DeliveryPage,
    Rotation,
    Shown,
    Wanted,
    WithSecret,
    line,
    shown_all,
)
from service.api.living import Living
from service.api.problem import FieldError, MayNot, Problem, Trespass
from service.news import subscribing
from service.news.address import BadUrl, plain_url
from service.store.event import Happening, append
from service.store.notice import WITHHELD, Delivery, Notice, Subscription
from service.words import say

router = APIRouter(tags=["webhooks"])
Hooks = Annotated[Caller, may("hooks.manage")]
KEYS = "keys.manage"
"""Whoever ends the keys of platforms also sees and ends their webhooks; what they are told stays hidden from them."""
NO_KEY: dict[int | str, dict[str, Any]] = {409: {"model": Problem, "description": "This machine has no key file"}}
PAUSED: dict[int | str, dict[str, Any]] = {409: {"model": Problem, "description": "The subscription is paused"}}


@router.post("/subscriptions", status_code=201, responses=NO_KEY)
def make_subscription(wanted: Wanted, caller: Hooks, here: Here) -> WithSecret:
    """Have events sent to a URL from now on, signed as Standard Webhooks. The secret is in this answer and never again.

    What is sent is bounded by what the caller may see at that time. https only; private addresses only where the office allows them.
    """
    if not caller.may("events.read"):
        raise MayNot("events.read")
    kinds, url, key = asked_kinds(wanted.types), _url(here, wanted.url), _key(here)
    _may_be_entitled(caller, wanted.entitled)
    with here.desk.store.change() as session:
        made = subscribing.subscribe(session, key, url, kinds, owner=caller.name, entitled=wanted.entitled, now=here.desk.clock())
        if made is None:
            raise Trespass(422, "too_many_hooks", most=subscribing.MOST)
        return WithSecret(**shown_all(session, [made.subscription])[0].model_dump(), secret=made.secret)


@router.get("/subscriptions")
def list_subscriptions(caller: Hooks, here: Here) -> list[Shown]:
    """The caller's subscriptions, oldest first; whoever manages keys sees everybody's."""
    query = select(Subscription).order_by(Subscription.created_at, Subscription.subscription_id)
    with here.desk.store.look() as session:
        mine = query if caller.may(KEYS) else query.where(Subscription.owner == caller.name)
        return shown_all(session, list(session.scalars(mine)))


@router.get("/subscriptions/{subscription}")
def read_subscription(subscription: str, caller: Hooks, here: Here) -> Shown:
    """One subscription and how it fares."""
    with here.desk.store.look() as session:
        return shown_all(session, [_found(session, caller, subscription, keepers=True)])[0]


@router.patch("/subscriptions/{subscription}")
def change_subscription(subscription: str, change: Change, caller: Hooks, here: Here) -> Shown:
    """Change where and what is sent, pause it or take it up again: whatever happened meanwhile is sent then."""
    kinds = asked_kinds(change.types) if change.types is not None else None
    url, now = _url(here, change.url) if change.url is not None else None, here.desk.clock()
    with here.desk.store.change() as session:
        one = _found(session, caller, subscription)
        _may_be_entitled(caller, bool(change.entitled))
        one.url = url or one.url
        one.kinds = sorted(kinds) if kinds is not None else one.kinds
        one.entitled = one.entitled if change.entitled is None else change.entitled
        if change.active is True or (url is not None and one.active):
            one.take_up()
        elif change.active is False and one.active:
            one.pause("asked", now)
        session.flush()
        told = {"kinds": one.kinds, "entitled": one.entitled, "active": one.active, "moved": url is not None}
        append(session, [Happening("subscription.changed", subscription, told)], caller.name, now)
        return shown_all(session, [one])[0]


@router.delete("/subscriptions/{subscription}", status_code=204)
def end_subscription(subscription: str, caller: Hooks, here: Here) -> Response:
    """End a subscription: nothing more is sent, and its delivery log goes."""
    with here.desk.store.change() as session:
        subscribing.end(session, _found(session, caller, subscription, keepers=True), caller.name, here.desk.clock())
    return Response(status_code=204)


@router.post("/subscriptions/{subscription}/secret", responses=NO_KEY)
def rotate_secret(subscription: str, rotation: Rotation, caller: Hooks, here: Here) -> WithSecret:
    """A new secret, in this answer and never again. Until the overlap is over every event carries both signatures."""
    key = _key(here)
    with here.desk.store.change() as session:
        one = _found(session, caller, subscription)
        secret = subscribing.rotate(session, key, one, hours=rotation.overlap_hours, by=caller.name, now=here.desk.clock())
        return WithSecret(**shown_all(session, [one])[0].model_dump(), secret=secret)


@router.get("/subscriptions/{subscription}/deliveries", responses=STALE)
def list_deliveries(
    subscription: str,
    caller: Hooks,
    here: Here,
    status: Literal["waiting", "sending", "done", "dead"] | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> DeliveryPage:
    """The delivery log, newest event first, with every attempt: when, how long, which status or error."""
    question = f"deliveries {subscription} {status}"
    before = unpack(cursor, question, here.secret)[0] if cursor is not None else None
    query = select(Delivery, Notice).join(Notice, Notice.seq == Delivery.seq).order_by(Delivery.seq.desc()).limit(limit + 1)
    with here.desk.store.look() as session:
        _found(session, caller, subscription)
        # that there was something its owner may no longer know of is not told either
        query = query.where(Delivery.subscription_id == subscription, Delivery.status != WITHHELD)
        query = query.where(Delivery.status == status) if status is not None else query
        query = query.where(Delivery.seq < before) if before is not None else query
        found = [(one, notice) for one, notice in session.execute(query)]
        page = found[:limit]
        last = pack([page[-1][0].seq], question, here.secret) if len(found) > limit else None
        return DeliveryPage(deliveries=[line(one, notice) for one, notice in page], next=last)


@router.post("/subscriptions/{subscription}/replay", status_code=202, responses=PAUSED)
def replay_deliveries(subscription: str, again: Again, caller: Hooks, here: Here) -> Shown:
    """Send one event again, or everything since a moment, in its order: with the same ids, so that receivers know it.

    `since` also sends what the subscription was not there for. A paused subscription is to be taken up again first.
    """
    if (again.event is None) == (again.since is None):
        raise Trespass(422, "invalid", [FieldError(where="/event", code="one_of", detail="event | since")], count=1)
    with here.desk.store.change() as session:
        one = _found(session, caller, subscription)
        if not one.active:
            raise Trespass(409, "hook_paused")
        there = subscribing.replay(session, one, since=again.since, event=again.event, by=caller.name, now=here.desk.clock())
        if not there and again.event is not None:
            raise Trespass(404, "not_there")
        return shown_all(session, [one])[0]


def _found(session: Session, caller: Caller, subscription: str, *, keepers: bool = False) -> Subscription:
    # an id is letters and digits; PostgreSQL would stumble over a zero byte
    one = session.get(Subscription, subscription) if subscription.isalnum() else None
    if one is None or not (one.owner == caller.name or (keepers and caller.may(KEYS))):
        raise Trespass(404, "not_there")
    return one


def _may_be_entitled(caller: Caller, entitled: bool) -> None:
    if entitled and not caller.sees_names:
        raise MayNot("entitled")


def _url(here: Living, text: str) -> str:
    try:
        return plain_url(text, here.desk.settings.hook_networks)
    except BadUrl as wrong:
        error = FieldError(where="/url", code=str(wrong), detail=say(f"hook_url.{wrong}"))
        raise Trespass(422, "hook_url", [error]) from wrong


def _key(here: Living) -> Key:
    if here.desk.key is None:
        raise Trespass(409, "no_key")
    return here.desk.key
