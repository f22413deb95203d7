"""News for other platforms (通知): written in the transaction that made them (outbox), then delivered, fed and streamed in their order."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record

WAITING, SENDING, DONE, DEAD, WITHHELD = "waiting", "sending", "done", "dead", "withheld"
"""A delivery: due, being sent by some process, received, given up after a day, no longer the owner's to know."""
LIVING = (WAITING, SENDING)


class Notice(Record):
    """One event in the manner of CloudEvents; references only, no personal data."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "about", "seq"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    notice_id: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    about: Mapped[str]
    """The alert (or run, or batch) it is about."""
    body: Mapped[dict[str, Any]]


class Subscription(Record):
    """Where somebody wants to be told of what. `active` changes only through the verbs below."""

    __tablename__ = "subscription"

    subscription_id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    kinds: Mapped[list[Any]]
    """Kinds of notice; none: every one."""
    owner: Mapped[str]
    """The caller whose sight bounds what is sent."""
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted."""
    older_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    older_until: Mapped[datetime | None]
    entitled: Mapped[bool] = mapped_column(default=False)
    """Whether masked names are sent too, as long as its owner sees them."""
    active: Mapped[bool] = mapped_column(default=True)
    after: Mapped[int]
    """The last notice that was turned into deliveries."""
    created_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    """Attempts that failed since the last that succeeded."""
    failing_since: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    """Not tried before, because attempt after attempt failed."""
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str | None]

    def pause(self, why: str, now: datetime) -> None:
        """Send nothing more until it is taken up again; what happens meanwhile is kept for it."""
        self.active, self.paused_at, self.paused_why = False, now, why

    def take_up(self) -> None:
        """Send again, from where it stopped."""
        self.active, self.paused_at, self.paused_why = True, None, None
        self.failures, self.failing_since, self.next_at = 0, None, None


class Delivery(Record):
    """One notice on its way to one subscription, and how each attempt went."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "status", "next_at"),
        Index(None, "subscription_id", "seq", unique=True),
        Index(None, "subscription_id", "status", "about", "seq"),
    )

    delivery_id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscription.subscription_id"))
    seq: Mapped[int] = mapped_column(ForeignKey("notice.seq"))
    about: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    """Counts every one that was begun: whoever was overtaken while sending knows it by this."""
    next_at: Mapped[datetime]
    since: Mapped[datetime | None]
    """Its first attempt, or the first since it was asked for again."""
    log: Mapped[list[Any]]
    """Attempts: at, what became of it, HTTP status, ms."""
    done_at: Mapped[datetime | None]
