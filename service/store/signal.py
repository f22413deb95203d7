"""Signals as found (疑点线索): every version of the facts is kept, none is edited."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class SignalVersion(Record):
    """One signal with one set of facts under one wording of its rule; other facts make another version."""

    __tablename__ = "signal"
    __table_args__ = (Index(None, "rule"), Index(None, "subject_kind", "subject_id"))

    signal_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    rule: Mapped[str]
    rule_hash: Mapped[str]
    topic: Mapped[str]
    severity: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    unit_id: Mapped[str | None]
    area_id: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column("amount_fen")
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    body: Mapped[dict[str, Any]]
    """The whole signal as the rules room made it: measures, params, sentence, evidence keys."""
    first_run: Mapped[int]
    last_run: Mapped[int]
