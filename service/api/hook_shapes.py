"""What webhooks look like from outside: a subscription, its delivery log, and what may be asked of them."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from service.news import subscribing
from service.news.cloud import type_of
from service.store.notice import Delivery, Notice, Subscription

Name = Annotated[str, Field(max_length=100)]


class Wanted(BaseModel):
    """A new subscription."""

    model_config = ConfigDict(extra="forbid")
    url: Annotated[str, Field(min_length=1, max_length=1000)]
    types: Annotated[list[Name], Field(max_length=50)] = []
    """Types of event; none: every one."""
    entitled: bool = False
    """Send the alert's title with masked names too: only to those who see masked names."""


class Change(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    url: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    types: Annotated[list[Name], Field(max_length=50)] | None = None
    entitled: bool | None = None
    active: bool | None = None
    """false pauses it; true takes it up again where it stopped."""


class Shown(BaseModel):
    """A subscription."""

    subscription: str
    url: str
    types: list[str]
    owner: str
    entitled: bool
    status: Literal["active", "failing", "paused"]
    why: Literal["asked", "failing", "gone", "owner", "secret"] | None
    """Why it is paused: asked for, a day of failures, 410 Gone, its owner's key has ended, its secret cannot be read."""
    since: datetime | None
    """Paused or failing since."""
    waiting: int
    oldest: datetime | None
    """Time of the oldest event that waits."""
    older_secret_until: datetime | None
    created_at: datetime


class WithSecret(Shown):
    """A subscription with its secret, shown this once."""

    secret: str


class Rotation(BaseModel):
    """A new secret."""

    model_config = ConfigDict(extra="forbid")
    overlap_hours: Annotated[int, Field(ge=0, le=subscribing.LONGEST_OVERLAP)] = subscribing.OVERLAP_HOURS
    """For so long both secrets sign."""


class Attempt(BaseModel):
    """One attempt: the receiver's status, or what kept it from giving one."""

    at: datetime
    status: int | None
    error: str | None
    ms: int


class DeliveryLine(BaseModel):
    """One event on its way."""

    event: str
    type: str
    subject: str
    time: datetime
    status: Literal["waiting", "sending", "done", "dead"]
    attempts: int
    """Of the last 40, each in `log`."""
    next_at: datetime | None
    log: list[Attempt]


class DeliveryPage(BaseModel):
    """A page of the delivery log."""

    deliveries: list[DeliveryLine]
    next: str | None


class Again(BaseModel):
    """What to send again: one event by its id, or everything since a moment."""

    model_config = ConfigDict(extra="forbid")
    event: Annotated[str, Field(pattern=r"^[0-9a-z-]{1,64}$")] | None = None
    since: Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))] | None = None


def shown_all(session: Session, found: list[Subscription]) -> list[Shown]:
    """Subscriptions and how they fare."""
    waiting = subscribing.waiting(session, [one.subscription_id for one in found])
    nothing: tuple[int, datetime | None] = (0, None)
    return [
        Shown(
            subscription=one.subscription_id, url=one.url, types=[type_of(kind) for kind in one.kinds], owner=one.owner,
            entitled=one.entitled, status="failing" if one.active and one.failing_since else "active" if one.active else "paused",
            why=one.paused_why, since=one.failing_since if one.active else one.paused_at,
            waiting=waiting.get(one.subscription_id, nothing)[0], oldest=waiting.get(one.subscription_id, nothing)[1],
            older_secret_until=one.older_until, created_at=one.created_at,
        )
        for one in found
    ]  # fmt: skip


def line(one: Delivery, notice: Notice) -> DeliveryLine:
    """A delivery in the log."""
    return DeliveryLine(
        event=notice.notice_id, type=type_of(notice.kind), subject=notice.about, time=notice.at, status=one.status,
        attempts=len(one.log), next_at=one.next_at if one.status == "waiting" else None,
        log=[Attempt.model_validate(attempt) for attempt in one.log],
    )  # fmt: skip
