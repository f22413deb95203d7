"""Sealed values that somebody asked to see (启封), and whom the complaints are about that an alert rests on (被反映的人和单位)."""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.errors import IllegalMove
from service.store.record import Record

Status = Literal["pending", "agreed", "refused", "opened", "expired"]
CONSENT = timedelta(hours=24)
"""How long a request waits for the second person: a working day and a night."""
OPENING = timedelta(minutes=15)
"""How long after the consent the value can be fetched, once."""


class Unsealing(Record):
    """One request to see one sealed value. The value itself is never here."""

    __tablename__ = "unsealing"
    __table_args__ = (Index(None, "status", "until"), Index(None, "asked_by"))

    unsealing_id: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    token: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str]
    status: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    until: Mapped[datetime]
    """When it ends if nothing happens."""
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]

    def now(self, now: datetime) -> Status:
        """Its status at a time: what was not decided or fetched until its end has expired."""
        over = self.status in ("pending", "agreed") and now >= self.until
        return "expired" if over else self.status  # type: ignore[return-value]

    def decide(self, agreed: bool, by: str, now: datetime) -> None:
        """Agree or refuse. Raises IllegalMove unless it waits, or for whoever asked."""
        if self.now(now) != "pending":
            raise IllegalMove("unsealing.not_pending", unsealing=self.unsealing_id)
        if by == self.asked_by:
            raise IllegalMove("unsealing.same_person")
        self.status, self.decided_by, self.decided_at = "agreed" if agreed else "refused", by, now
        self.until = now + OPENING if agreed else now

    def open(self, by: str, now: datetime) -> None:
        """Note that the value is fetched: once, by whoever asked, in time. Raises IllegalMove."""
        if by != self.asked_by or self.now(now) != "agreed":
            raise IllegalMove("unsealing.not_open", unsealing=self.unsealing_id)
        self.status, self.opened_at, self.until = "opened", now, now


class Accused(Record):
    """A unit or person that a complaint is about or names, on which the alert rests: neither may learn of it."""

    __tablename__ = "accused"
    __table_args__ = (Index(None, "kind", "entity_id"),)

    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    """unit or person."""
    entity_id: Mapped[str] = mapped_column(primary_key=True)
