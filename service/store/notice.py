"""News for other platforms (通知): written in the transaction that made them (outbox), then delivered, fed and streamed in their order."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


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
    """Where somebody wants to be told of what."""

    __tablename__ = "subscription"

    subscription_id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    kinds: Mapped[list[Any]]
    owner: Mapped[str]
    """The caller whose sight bounds what is sent."""
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted."""
    older_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    older_until: Mapped[datetime | None]
    entitled: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    after: Mapped[int]
    """The last notice that was turned into deliveries."""
    created_at: Mapped[datetime]


class Delivery(Record):
    """One notice on its way to one subscription, and how each attempt went."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "status", "next_at"), Index(None, "subscription_id", "seq"))

    delivery_id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("subscription.subscription_id"))
    seq: Mapped[int] = mapped_column(ForeignKey("notice.seq"))
    about: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    log: Mapped[list[Any]]
    done_at: Mapped[datetime | None]
