"""The same events read in pages, by whoever calls: for those who fetch, and for the stream."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.news.cloud import CloudEvent, cloud
from service.news.hearing import heard
from service.store.notice import Notice

READ_AT_ONCE, READ_AT_MOST = 500, 5000
"""Notices read for one page: a caller who hears of few gets a short page rather than a slow one."""


@dataclass(frozen=True)
class Page:
    """Events with the place of each, where to go on, and whether there is more right now."""

    events: list[tuple[int, CloudEvent]]
    after: int
    more: bool


def newest(session: Session) -> int:
    """The place of the newest notice; 0 when there is none."""
    return session.scalar(select(func.max(Notice.seq))) or 0


def read(session: Session, caller: Caller, source: str, after: int, limit: int, kinds: Collection[str] = ()) -> Page:
    """Up to `limit` events behind a place that the caller may hear of now, oldest first; no kinds: all."""
    found: list[tuple[int, CloudEvent]] = []
    last = newest(session)
    stop = min(last, after + READ_AT_MOST)
    while after < stop and len(found) < limit:
        query = select(Notice).where(Notice.seq > after, Notice.seq <= stop).order_by(Notice.seq).limit(READ_AT_ONCE)
        notices = session.scalars(query).all()
        wanted = [one for one in notices if not kinds or one.kind in kinds]
        told = heard(session, caller, wanted)[: limit - len(found)]
        found += [(one.seq, cloud(one, caller, source)) for one in told]
        after = told[-1].seq if len(found) == limit else notices[-1].seq
    return Page(found, after, after < last)
