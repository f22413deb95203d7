"""What people do with alerts (研判): each move with what was before it, so that it can be undone; transfers between offices (移送); parts (拆分)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class Move(Record):
    """One thing that a person did to one alert."""

    __tablename__ = "move"
    __table_args__ = (Index(None, "fingerprint"), Index(None, "moved_by", "moved_at"))

    move_id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    verb: Mapped[str]
    reason: Mapped[str]
    moved_by: Mapped[str]
    moved_at: Mapped[datetime]
    together: Mapped[str | None]
    """What was done to several alerts at once has the same mark."""
    before: Mapped[dict[str, Any]]
    """What undoing gives back: status and holder, and the numbers of the rows that the move made."""
    version: Mapped[int]
    """The alert's version after it: undone only while nothing else has changed the alert."""
    undone_at: Mapped[datetime | None]


class Transfer(Record):
    """An alert handed to another office, which takes it or sends it back; until then both see it."""

    __tablename__ = "transfer"
    __table_args__ = (Index(None, "fingerprint"),)

    transfer_id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    from_office: Mapped[str | None]
    to_office: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    """taken, returned or undone; None while nobody has answered."""
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class AlertPart(Record):
    """An alert that a person took out of another one (拆分): the runs put the same findings there again, until it is merged back."""

    __tablename__ = "alert_part"
    __table_args__ = (Index(None, "origin"), Index(None, "fingerprint", unique=True))

    part_id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    origin: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    signals: Mapped[list[Any]]
    rules: Mapped[list[Any]]
    """Rules all of whose findings were taken: what they find later goes there too."""
    reason: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was merged back into its origin; None while it stands."""
