"""Subscriptions (订阅) from their making to their end, each step on record."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from datasets.key import Key
from service.news.secret import new_secret, sealed, shown
from service.store.event import Happening, append
from service.store.notice import DEAD, DONE, LIVING, WAITING, Delivery, Notice, Subscription

MOST = 20
"""Subscriptions of one owner."""
OVERLAP_HOURS, LONGEST_OVERLAP = 24, 168


@dataclass(frozen=True)
class Made:
    """A subscription with its secret, which is shown this once."""

    subscription: Subscription
    secret: str


def subscribe(
    session: Session, key: Key, url: str, kinds: Iterable[str], *, owner: str, entitled: bool, now: datetime
) -> Made | None:
    """A new subscription, told of what happens from now on; None when its owner has the most there may be."""
    if len(session.scalars(select(Subscription.subscription_id).where(Subscription.owner == owner)).all()) >= MOST:
        return None
    subscription_id, secret = secrets.token_hex(8), new_secret()
    made = Subscription(
        subscription_id=subscription_id, url=url, kinds=sorted(set(kinds)), owner=owner, entitled=entitled,
        secret=sealed(key, subscription_id, secret), after=session.scalar(select(func.max(Notice.seq))) or 0, created_at=now,
        active=True, failures=0,
    )  # fmt: skip
    session.add(made)
    session.flush()
    told = {"host": urlsplit(url).hostname, "kinds": made.kinds, "entitled": entitled}
    append(session, [Happening("subscription.made", subscription_id, told)], owner, now)
    return Made(made, shown(secret))


def rotate(session: Session, key: Key, one: Subscription, *, hours: int, by: str, now: datetime) -> str:
    """A new secret, shown this once; for so many hours both sign."""
    secret = new_secret()
    one.older_secret, one.older_until = (one.secret, now + timedelta(hours=hours)) if hours else (None, None)
    one.secret = sealed(key, one.subscription_id, secret)
    session.flush()
    append(session, [Happening("subscription.rotated", one.subscription_id, {"hours": hours})], by, now)
    return shown(secret)


def replay(session: Session, one: Subscription, *, since: datetime | None, event: str | None, by: str, now: datetime) -> bool:
    """Send one event again, or everything since a moment; what its owner may not hear of is left out when it goes.

    What the subscription was never told of, because it was made later or wanted other kinds, is made up for too.
    Returns whether there is anything to send.
    """
    told = Notice.seq.in_(select(Delivery.seq).where(Delivery.subscription_id == one.subscription_id))
    which = Notice.at >= since if since is not None else and_(Notice.notice_id == event, told)
    first = session.scalar(select(func.min(Notice.seq)).where(which))
    if first is None:
        return False
    again = update(Delivery).where(Delivery.subscription_id == one.subscription_id, Delivery.status.in_((DONE, DEAD)))
    wanted = again.where(Delivery.seq >= first if since is not None else Delivery.seq == first)
    session.execute(wanted.values(status=WAITING, next_at=now, since=None, done_at=None))
    if since is not None:
        one.after = min(one.after, first - 1)
    one.failures, one.next_at = 0, None
    session.flush()
    body = {"since": since.isoformat() if since else None, "event": event}
    append(session, [Happening("subscription.replayed", one.subscription_id, body)], by, now)
    return True


def end(session: Session, one: Subscription, by: str, now: datetime) -> None:
    """End a subscription; its deliveries go with it."""
    session.execute(delete(Delivery).where(Delivery.subscription_id == one.subscription_id))
    session.delete(one)
    session.flush()
    append(session, [Happening("subscription.ended", one.subscription_id, {})], by, now)


def waiting(session: Session, ids: Iterable[str]) -> dict[str, tuple[int, datetime]]:
    """Subscription -> how many deliveries wait, and since when the event of the oldest is known."""
    query = (
        select(Delivery.subscription_id, func.count(), func.min(Notice.at)).join(Notice, Notice.seq == Delivery.seq)
        .where(Delivery.subscription_id.in_(list(ids)), Delivery.status.in_(LIVING)).group_by(Delivery.subscription_id)
    )  # fmt: skip
    return {one: (count, oldest) for one, count, oldest in session.execute(query)}
