"""Which deliveries go out next: due, the first of what waits about the same thing, and leased, so that a dead courier's are sent again."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from service.news.backoff import GIVE_UP, PATIENCE, hold, pause
from service.news.wire import Answer
from service.store.event import Happening, append
from service.store.notice import DEAD, DONE, LIVING, SENDING, WAITING, Delivery, Subscription

LEASE = timedelta(minutes=2)
"""Longer than any attempt takes."""
GONE = 410
ATTEMPTS_KEPT = 40
ACTOR = "courier"


@dataclass(frozen=True)
class Sent:
    """An attempt that has ended: which delivery, which attempt it was, and what the receiver said."""

    delivery_id: int
    attempt: int
    at: datetime
    answer: Answer


def due(now: datetime) -> Select[Subscription]:
    """Subscriptions that may be told something now."""
    rested = or_(Subscription.next_at.is_(None), Subscription.next_at <= now)
    return select(Subscription).where(Subscription.active, rested).order_by(Subscription.subscription_id)


def heads(one: Subscription, now: datetime) -> Select[Delivery]:
    """Due deliveries of a subscription, without those that wait for an earlier one about the same thing."""
    earlier = aliased(Delivery)
    before = exists().where(
        earlier.subscription_id == Delivery.subscription_id, earlier.about == Delivery.about,
        earlier.status.in_(LIVING), earlier.seq < Delivery.seq,
    )  # fmt: skip
    mine = select(Delivery).where(Delivery.subscription_id == one.subscription_id, Delivery.status.in_(LIVING))
    # a receiver that seems down is asked with what it was not asked before: one that it chokes on must not stand for all
    order = (Delivery.attempts, Delivery.seq) if one.failures >= PATIENCE else (Delivery.next_at, Delivery.seq)
    return mine.where(Delivery.next_at <= now, ~before).order_by(*order)


def lease(session: Session, now: datetime, free: int, share: int, under_way: Mapping[str, int]) -> list[Delivery]:
    """Take up to `free` deliveries, `share` of each subscription less those under way; one only where the receiver seems down."""
    taken: list[Delivery] = []
    for one in session.scalars(due(now)).all():
        most = (1 if one.failures >= PATIENCE else share) - under_way.get(one.subscription_id, 0)
        if (room := min(most, free - len(taken))) > 0:
            query = heads(one, now).limit(room).with_for_update(skip_locked=True)
            taken += session.scalars(query).all()
    for delivery in taken:
        delivery.status, delivery.attempts, delivery.next_at = SENDING, delivery.attempts + 1, now + LEASE
        delivery.since = delivery.since or now
    session.flush()
    return taken


def settle(session: Session, sent: Sequence[Sent], now: datetime, chance: random.Random) -> None:
    """Write down how attempts went; what failed is due again later, is given up after a day, or pauses its subscription."""
    for one in sent:
        delivery = session.get(Delivery, one.delivery_id, with_for_update=True)
        if delivery is None or delivery.status != SENDING or delivery.attempts != one.attempt:
            continue  # the lease ran out and another courier has it, or it was asked for again
        subscription = session.get_one(Subscription, delivery.subscription_id, with_for_update=True)
        delivery.log = [*delivery.log, _told(one)][-ATTEMPTS_KEPT:]
        if one.answer.taken:
            delivery.status, delivery.done_at = DONE, now
            subscription.failures, subscription.failing_since, subscription.next_at = 0, None, None
        else:
            _failed(session, delivery, subscription, one, now, chance)


def _failed(
    session: Session, delivery: Delivery, subscription: Subscription, sent: Sent, now: datetime, chance: random.Random
) -> None:
    since = delivery.since or now
    tries = sum(datetime.fromisoformat(attempt["at"]) >= since for attempt in delivery.log)
    wait = max(pause(tries, chance), timedelta(seconds=min(sent.answer.retry_after or 0, 3600)))
    if now - since >= GIVE_UP:
        delivery.status, delivery.done_at = DEAD, now
    else:
        delivery.status, delivery.next_at = WAITING, now + wait
    subscription.failures += 1
    subscription.failing_since = subscription.failing_since or sent.at
    rest = hold(subscription.failures)
    subscription.next_at = now + rest if rest is not None else None
    why = "gone" if sent.answer.status == GONE else "failing" if now - subscription.failing_since >= GIVE_UP else None
    if why is not None and subscription.active:
        subscription.pause(why, now)
        append(session, [Happening("subscription.paused", subscription.subscription_id, {"why": why})], ACTOR, now)


def _told(sent: Sent) -> dict[str, Any]:
    answer = sent.answer
    return {"at": sent.at.isoformat(), "status": answer.status, "error": answer.error, "ms": answer.ms}
