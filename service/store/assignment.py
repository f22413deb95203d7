"""Who is to look at an alert (分办), who may not (回避), and why."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record

TRANSFERRED = "transfer"
"""The route of what people handed on: no run assigns it anew."""


class Assignment(Record):
    """An office that leads or assists, or the department that checks first; one that a later run replaced keeps its row and names the run that ended it."""

    __tablename__ = "assignment"
    __table_args__ = (Index(None, "fingerprint"), Index(None, "office_id"), Index(None, "unit_id"))

    assignment_id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    stream: Mapped[str]
    office_id: Mapped[str | None]
    unit_id: Mapped[str | None]
    """The responsible department, where it is no supervision office that is to look."""
    role: Mapped[str]
    route: Mapped[str]
    because: Mapped[dict[str, Any]]
    due_days: Mapped[int | None]
    channel: Mapped[str]
    batch_on: Mapped[date | None]
    """The day the batch goes out that it belongs to; None when it goes at once."""
    due_on: Mapped[date | None]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    """Whether a year on the way has no holiday table yet, so that only weekends were left out."""
    given_run: Mapped[int]
    ended_run: Mapped[int | None]


class Recusal(Record):
    """An office that was passed over because of a tie to the subject or an official."""

    __tablename__ = "recusal"
    __table_args__ = (Index(None, "fingerprint"),)

    recusal_id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    office_id: Mapped[str]
    why: Mapped[dict[str, Any]]
    given_run: Mapped[int]
    ended_run: Mapped[int | None]
