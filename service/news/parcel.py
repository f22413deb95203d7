"""What is to be sent: the event as its owner may hear it at this moment, and how it is signed when it goes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from datasets.key import Key, KeyProblem
from service.access.caller import Caller
from service.desk import Desk
from service.masking import mask_text, masks, tokens_in
from service.news.cloud import MEDIA, cloud, source_of
from service.news.hearing import heard
from service.news.leasing import Sent
from service.news.owner import caller_named
from service.news.secret import in_force, signed
from service.news.wire import Wire
from service.store.alert import Alert
from service.store.notice import SENDING, WAITING, WITHHELD, Delivery, Notice, Subscription


@dataclass(frozen=True)
class Parcel:
    """One attempt, ready to go."""

    delivery_id: int
    attempt: int
    subscription_id: str
    url: str
    message_id: str
    body: bytes
    secrets: tuple[bytes, ...] = field(repr=False)
    packed_at: datetime

    def send(self, wire: Wire, clock: Callable[[], datetime]) -> Sent:
        """One attempt, signed as of now."""
        now = clock()
        headers = {"content-type": MEDIA, "user-agent": "guantong", **signed(self.secrets, self.message_id, self.body, now)}
        return Sent(self.delivery_id, self.attempt, now, wire.post(self.url, headers, self.body))

    def back(self, now: datetime) -> Sent:
        """Not sent after all."""
        return Sent(self.delivery_id, self.attempt, now, None)


def pack(desk: Desk, session: Session, key: Key, taken: Sequence[Delivery], now: datetime) -> list[Parcel]:
    """The leased deliveries, ready to go; a subscription that nothing can be sent for is paused."""
    parcels: list[Parcel] = []
    for subscription_id in sorted({one.subscription_id for one in taken}):
        subscription = session.get_one(Subscription, subscription_id)
        mine = [one for one in taken if one.subscription_id == subscription_id]
        caller = caller_named(session, subscription.owner, now)
        try:
            if caller is not None:
                parcels += list(_packed(desk, session, key, subscription, caller, mine, now))
            else:
                _leave(subscription, mine, "owner", now)
        except KeyProblem:
            _leave(subscription, mine, "secret", now)
    return parcels


def _packed(
    desk: Desk, session: Session, key: Key, subscription: Subscription, caller: Caller, taken: Sequence[Delivery], now: datetime
) -> Iterator[Parcel]:
    """What the owner may no longer hear is withheld for good. Raises KeyProblem before the first."""
    secrets = in_force(key, subscription, now)
    notices = session.scalars(select(Notice).where(Notice.seq.in_([one.seq for one in taken]))).all()
    told = {one.seq: one for one in heard(session, caller, notices)}
    titles = _titles(desk, session, caller, subscription, list(told.values()))
    for delivery in taken:
        if (notice := told.get(delivery.seq)) is None:
            delivery.status, delivery.done_at = WITHHELD, now
            continue
        event = cloud(notice, caller, source_of(key), titles.get(notice.about))
        yield Parcel(
            delivery.delivery_id, delivery.attempts, subscription.subscription_id, subscription.url,
            event.id, event.model_dump_json().encode(), secrets, now,
        )  # fmt: skip


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
    abouts = {one.about for one in notices}
    found = session.execute(select(Alert.fingerprint, Alert.title).where(Alert.fingerprint.in_(abouts))).all()
    seen = masks(desk.secrets(tokens_in(" ".join(str(title) for _, title in found))))
    return {alert: {lang: mask_text(text, seen) for lang, text in title.items()} for alert, title in found}
