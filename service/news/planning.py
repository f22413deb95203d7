"""From notices to deliveries: for each living subscription, those it wants and its owner hears of, each once."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.news.hearing import heard
from service.news.owner import caller_named
from service.store.notice import WAITING, Delivery, Notice, Subscription
from service.store.outbox import kinds

AT_ONCE = 2000
"""Notices read in one transaction."""


def behind(session: Session) -> bool:
    """Whether some living subscription has not been told of the newest notice yet."""
    last = session.scalar(select(func.max(Notice.seq))) or 0
    first = session.scalar(select(func.min(Subscription.after)).where(Subscription.active))
    return first is not None and first < last


def plan(session: Session, now: datetime) -> int:
    """Make the next deliveries due; returns how many notices were read, 0 when every subscription is up to date."""
    last = session.scalar(select(func.max(Notice.seq))) or 0
    late = select(Subscription).where(Subscription.active, Subscription.after < last)
    # a subscription that another process is working on is left to it
    found = session.scalars(late.order_by(Subscription.subscription_id).with_for_update(skip_locked=True)).all()
    return sum(_plan_one(session, one, now) for one in found)


def _plan_one(session: Session, one: Subscription, now: datetime) -> int:
    caller = caller_named(session, one.owner, now)
    if caller is None:
        one.pause("owner", now)
        return 0
    query = select(Notice).where(Notice.seq > one.after).order_by(Notice.seq).limit(AT_ONCE)
    notices = session.scalars(query).all()
    wanted = [notice for notice in notices if notice.kind in (one.kinds or kinds())]
    rows = [
        {"subscription_id": one.subscription_id, "seq": notice.seq, "about": notice.about, "status": WAITING, "attempts": 0,
         "next_at": now, "log": []}
        for notice in heard(session, caller, wanted)
    ]  # fmt: skip
    _add(session, rows)
    one.after = notices[-1].seq if notices else one.after
    return len(notices)


def _add(session: Session, rows: list[dict[str, Any]]) -> None:
    """Those that are there already stay as they are."""
    if rows:
        postgres = session.get_bind().dialect.name == "postgresql"
        statement = postgresql.insert(Delivery) if postgres else sqlite.insert(Delivery)
        session.execute(statement.on_conflict_do_nothing(), rows)
