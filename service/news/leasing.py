"""Which deliveries go out next: due, the first of what waits about the same thing, and leased, so that a dead courier's are sent again."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from service.news.backoff import GIVE_UP, PATIENCE, hold, pause
from service.news.wire import Answer
from service.store.event import Happening, append
from service.store.notice import DEAD, DONE, LIVING, SENDING, WAITING, Delivery, Subscription

LEASE = timedelta(minutes=2)
"""Longer than any delivery lies with a courier and is sent."""
GONE = 410
ATTEMPTS_KEPT = 40
ACTOR = "courier"


@dataclass(frozen=True)
class Sent:
    """An attempt that has ended: which delivery, which attempt it was, and what the receiver said; None: it was not made after all."""

    delivery_id: int
    attempt: int
    at: datetime
    answer: Answer | None


def due(session: Session, now: datetime, window: int, busy: Mapping[str, int]) -> list[int]:
    """Deliveries to take: of each subscription up to `window` less those that are `busy`; one only where the receiver seems down."""
    rested = or_(Subscription.next_at.is_(None), Subscription.next_at <= now)
    living = select(Subscription).where(Subscription.active, rested).order_by(Subscription.subscription_id)
    found: list[int] = []
    for one in session.scalars(living).all():
        most = 1 if one.failures >= PATIENCE else window
        # asked again when half of them are through: the question is dearer than the answer
        if (taken := busy.get(one.subscription_id, 0)) <= most // 2:
            found += session.scalars(_heads(one, now).limit(most - taken)).all()
    return found


def _heads(one: Subscription, now: datetime) -> Select[int]:
    """Due deliveries of a subscription, without those that wait for an earlier one about the same thing."""
    mine = (Delivery.subscription_id == one.subscription_id, Delivery.status.in_(LIVING))
    first = select(func.min(Delivery.seq)).where(*mine).group_by(Delivery.about)
    # a receiver that seems down is asked with what it was not asked before: one that it chokes on must not stand for all
    order = (Delivery.attempts, Delivery.seq) if one.failures >= PATIENCE else (Delivery.next_at, Delivery.seq)
    return select(Delivery.delivery_id).where(*mine, Delivery.seq.in_(first), Delivery.next_at <= now).order_by(*order)


def lease(session: Session, wanted: Sequence[int], now: datetime) -> list[Delivery]:
    """Those of the deliveries that are still to be had, leased."""
    still = (Delivery.delivery_id.in_(wanted), Delivery.status.in_(LIVING), Delivery.next_at <= now)
    query = select(Delivery).where(*still).order_by(Delivery.seq).with_for_update(skip_locked=True)
    taken = list(session.scalars(query))
    for delivery in taken:
        delivery.status, delivery.attempts, delivery.next_at = SENDING, delivery.attempts + 1, now + LEASE
        delivery.since = delivery.since or now
    session.flush()
    return taken


def settle(session: Session, sent: Iterable[Sent], now: datetime, chance: random.Random) -> set[str]:
    """Write down how attempts went; what failed is due again later, is given up after a day, or pauses its subscription.

    Returns the subscriptions that are left alone for now.
    """
    ended = {one.delivery_id: one for one in sent}
    mine = select(Delivery).where(Delivery.delivery_id.in_(ended)).order_by(Delivery.delivery_id).with_for_update()
    deliveries = list(session.scalars(mine))
    theirs = select(Subscription).where(Subscription.subscription_id.in_({one.subscription_id for one in deliveries}))
    found = session.scalars(theirs.order_by(Subscription.subscription_id).with_for_update())
    subscriptions = {one.subscription_id: one for one in found}
    for delivery in sorted(deliveries, key=lambda one: ended[one.delivery_id].at):
        one = ended[delivery.delivery_id]
        if delivery.status == SENDING and delivery.attempts == one.attempt:  # else the lease ran out and another courier has it
            _write_down(session, delivery, subscriptions[delivery.subscription_id], one, now, chance)
    return {one.subscription_id for one in subscriptions.values() if one.next_at is not None or not one.active}


def _write_down(
    session: Session, delivery: Delivery, subscription: Subscription, sent: Sent, now: datetime, chance: random.Random
) -> None:
    if sent.answer is None:
        delivery.status, delivery.next_at = WAITING, now
        return
    delivery.log = [*delivery.log, _told(sent.at, sent.answer)][-ATTEMPTS_KEPT:]
    if sent.answer.taken:
        delivery.status, delivery.done_at = DONE, now
        subscription.failures, subscription.failing_since, subscription.next_at = 0, None, None
        return
    _put_off(delivery, sent.answer, now, chance)
    subscription.failures += 1
    subscription.failing_since = subscription.failing_since or sent.at
    rest = hold(subscription.failures)
    subscription.next_at = now + rest if rest is not None else None
    why = "gone" if sent.answer.status == GONE else "failing" if now - subscription.failing_since >= GIVE_UP else None
    if why is not None and subscription.active:
        subscription.pause(why, now)
        append(session, [Happening("subscription.paused", subscription.subscription_id, {"why": why})], ACTOR, now)


def _put_off(delivery: Delivery, answer: Answer, now: datetime, chance: random.Random) -> None:
    since = delivery.since or now
    tries = sum(datetime.fromisoformat(attempt["at"]) >= since for attempt in delivery.log)
    wait = max(pause(tries, chance), timedelta(seconds=min(answer.retry_after or 0, 3600)))
    if now - since >= GIVE_UP:
        delivery.status, delivery.done_at = DEAD, now
    else:
        delivery.status, delivery.next_at = WAITING, now + wait


def _told(at: datetime, answer: Answer) -> dict[str, Any]:
    return {"at": at.isoformat(), "status": answer.status, "error": answer.error, "ms": answer.ms}
