"""What another platform reports of an alert it was told of (处理结果反馈): kept as it came; the office decides what follows from it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class Report(Record):
    """One report; the newest version of a reference is the one that counts."""

    __tablename__ = "report"
    __table_args__ = (Index(None, "fingerprint", "reported_by", "reference", "version", unique=True),)

    report_id: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    reported_by: Mapped[str]
    reference: Mapped[str]
    """The platform's own number of the matter: a report sent twice is one report."""
    version: Mapped[int]
    """1 for the first; a report that says something else under the same number is the next."""
    outcome: Mapped[str]
    decided_on: Mapped[date | None]
    recovered: Mapped[Decimal | None] = mapped_column("recovered_fen")
    """Money that came back, yuan."""
    note: Mapped[str | None]
    """With persons' names and numbers sealed."""
    reported_at: Mapped[datetime]
