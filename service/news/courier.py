"""The courier (信使): turns notices into deliveries and sends them, many at once, each at least once, in order for each alert.

Everything it is about to do stands in the database before it does it. Killed at any point, another goes on: what was being sent is
sent again when its lease has run out. Several couriers share the work on PostgreSQL.
"""

import logging
import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from datasets.key import Key, KeyProblem
from service.access.caller import Caller
from service.desk import Desk
from service.masking import mask_text, masks, tokens_in
from service.news import leasing, planning
from service.news.cloud import MEDIA, cloud, source_of
from service.news.hearing import heard
from service.news.leasing import Sent
from service.news.owner import caller_named
from service.news.secret import signed
from service.news.wire import Wire
from service.store.alert import Alert
from service.store.notice import SENDING, WAITING, WITHHELD, Delivery, Notice, Subscription

log = logging.getLogger("guantong.news")
THREADS, SHARE = 16, 4
"""Requests under way at once, in all and to one subscription: a slow receiver holds up its own news only."""
IDLE_SECONDS = 1.0


@dataclass(frozen=True)
class Parcel:
    """One attempt, ready to go."""

    delivery_id: int
    attempt: int
    subscription_id: str
    at: datetime
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Courier:
    """Sends by the wire what is due at the desk's clock."""

    desk: Desk
    wire: Wire
    threads: int = THREADS
    share: int = SHARE
    chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._under_way: dict[Future[Sent], str] = {}
        self._made = 0

    def serve(self, ending: threading.Event) -> None:
        """Work until `ending` is set; what is under way then is waited for, so that it is not sent twice."""
        with ThreadPoolExecutor(self.threads, thread_name_prefix="courier") as hands:
            while not ending.is_set():
                try:
                    if not self._turn(hands):
                        ending.wait(IDLE_SECONDS)
                except SQLAlchemyError as error:  # the database restarts: what was leased is due again later
                    log.warning("courier: %s", type(error).__name__)
                    ending.wait(IDLE_SECONDS)
            self._harvest(block=True)

    def deliver_due(self) -> int:
        """Plan and send until nothing more is due now; returns how many attempts were made."""
        before = self._made
        with ThreadPoolExecutor(self.threads, thread_name_prefix="courier") as hands:
            while self._turn(hands) or self._under_way:
                pass
        return self._made - before

    def _turn(self, hands: ThreadPoolExecutor) -> bool:
        """One turn: write down what came back, plan, send; says whether there was anything to do."""
        came = self._harvest(block=False, seconds=0.05 if self._under_way else 0.0)
        planned = self._plan()
        parcels = self._lease()
        for parcel in parcels:
            self._under_way[hands.submit(_send, self.wire, parcel)] = parcel.subscription_id
        return bool(came or planned or parcels)

    def _plan(self) -> int:
        with self.desk.store.look() as session:
            if not planning.behind(session):
                return 0
        with self.desk.store.change() as session:
            return planning.plan(session, self.desk.clock())

    def _lease(self) -> list[Parcel]:
        now, key, free = self.desk.clock(), self.desk.key, self.threads - len(self._under_way)
        if free <= 0 or key is None:
            return []
        with self.desk.store.look() as session:  # a look first: on SQLite every change keeps other writers out
            if not any(session.scalar(leasing.heads(one, now).limit(1)) for one in session.scalars(leasing.due(now)).all()):
                return []
        with self.desk.store.change() as session:
            taken = leasing.lease(session, now, free, self.share, Counter(self._under_way.values()))
            return _packed(self.desk, session, key, taken, now)

    def _harvest(self, *, block: bool, seconds: float = 0.0) -> int:
        """Write down every attempt that has ended; with `block`, wait for all of them."""
        if not self._under_way:
            return 0
        ended = wait(self._under_way).done if block else wait(self._under_way, seconds, FIRST_COMPLETED).done
        if ended:
            with self.desk.store.change() as session:
                leasing.settle(session, [one.result() for one in ended], self.desk.clock(), self.chance)
            self._made += len(ended)
            for one in ended:
                del self._under_way[one]
        return len(ended)


def _send(wire: Wire, parcel: Parcel) -> Sent:
    return Sent(parcel.delivery_id, parcel.attempt, parcel.at, wire.post(parcel.url, parcel.headers, parcel.body))


def _packed(desk: Desk, session: Session, key: Key, taken: Sequence[Delivery], now: datetime) -> list[Parcel]:
    """What goes out, each to its subscription."""
    parcels: list[Parcel] = []
    for subscription_id in sorted({one.subscription_id for one in taken}):
        subscription = session.get_one(Subscription, subscription_id)
        mine = [one for one in taken if one.subscription_id == subscription_id]
        caller = caller_named(session, subscription.owner, now)
        try:
            if caller is not None:
                parcels += _packed_for(desk, session, key, subscription, caller, mine, now)
            else:
                _leave(subscription, mine, "owner", now)
        except KeyProblem:
            _leave(subscription, mine, "secret", now)
    return parcels


def _packed_for(
    desk: Desk, session: Session, key: Key, subscription: Subscription, caller: Caller, taken: Sequence[Delivery], now: datetime
) -> Iterator[Parcel]:
    """As the owner may hear it at this moment; what the owner no longer may is withheld for good."""
    notices = session.scalars(select(Notice).where(Notice.seq.in_([one.seq for one in taken]))).all()
    told = {one.seq: one for one in heard(session, caller, notices)}
    titles = _titles(desk, session, caller, subscription, list(told.values()))
    for delivery in taken:
        if (notice := told.get(delivery.seq)) is None:
            delivery.status, delivery.done_at = WITHHELD, now
            continue
        event = cloud(notice, caller, source_of(key), titles.get(notice.about))
        body = event.model_dump_json().encode()
        headers = {"content-type": MEDIA, "user-agent": "guantong", **signed(key, subscription, event.id, body, now)}
        yield Parcel(delivery.delivery_id, delivery.attempts, subscription.subscription_id, now, subscription.url, headers, body)


def _leave(subscription: Subscription, taken: Sequence[Delivery], why: str, now: datetime) -> None:
    """Nothing can be sent before somebody has seen to it."""
    subscription.pause(why, now)
    for delivery in taken:
        if delivery.status == SENDING:
            delivery.status, delivery.next_at = WAITING, now


def _titles(
    desk: Desk, session: Session, caller: Caller, subscription: Subscription, notices: Sequence[Notice]
) -> dict[str, dict[str, str]]:
    """Alert -> its title with names masked, for a subscription that is entitled to it as long as its owner is."""
    if not (subscription.entitled and caller.sees_names):
        return {}
    found = session.execute(
        select(Alert.fingerprint, Alert.title).where(Alert.fingerprint.in_({one.about for one in notices}))
    ).all()
    seen = masks(desk.secrets(tokens_in(" ".join(str(title) for _, title in found))))
    return {alert: {lang: mask_text(text, seen) for lang, text in title.items()} for alert, title in found}
