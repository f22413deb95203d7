"""What people do with an alert before it is decided: checks ticked off (先查什么), and what they ask others for (要求补充)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class Check(Record):
    """One first check of one alert, ticked off; a tick that was taken back keeps its row."""

    __tablename__ = "alert_check"
    __table_args__ = (Index(None, "fingerprint"),)

    check_id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    rule: Mapped[str]
    step: Mapped[str]
    """What identifies the step among those of its rule: 12 hex digits of its Chinese words."""
    done_by: Mapped[str]
    done_at: Mapped[datetime]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]


class Demand(Record):
    """Something that whoever has an alert asks a unit or an office for (补充材料), and what came.

    With `to_office` or `to_unit` it waits there for an answer; with neither it was asked for outside the system and is only noted.
    """

    __tablename__ = "alert_demand"
    __table_args__ = (Index(None, "fingerprint"), Index(None, "to_office"), Index(None, "to_unit"))

    demand_id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    of_whom: Mapped[str]
    what: Mapped[str]
    due_on: Mapped[date]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    to_office: Mapped[str | None]
    to_unit: Mapped[str | None]
