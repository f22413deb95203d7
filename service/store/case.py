"""Case files (承办件): what one office works on, what it has taken for itself, and which offices are with it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class CaseFile(Record):
    """A matter with one lead office (主办). `status` changes only through service.casework.course."""

    __tablename__ = "case_file"
    __table_args__ = (Index(None, "office_id", "status"), Index(None, "unit_id"), Index(None, "status", "due_on"))

    case_id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    source: Mapped[str]
    """alert, hand (a call, a letter), outside (another body's lead), again (the same problem came back)."""
    source_ref: Mapped[str | None]
    status: Mapped[str]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[str | None]
    unit_id: Mapped[str | None]
    """The accountable unit."""
    area_id: Mapped[str | None]
    office_id: Mapped[str]
    """The lead office."""
    stream: Mapped[str]
    handler: Mapped[str | None]
    """The caller who works on it (承办人)."""
    received_on: Mapped[date]
    """From which the time limits run."""
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    due_on: Mapped[date | None]
    """The nearest of its open time limits (case_limit)."""
    due_provisional: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str | None]
    """How it was closed: unfounded, general, concluded, filed, handed_up."""
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"CF{self.case_id}"


class CaseAlert(Record):
    """An alert that a case file works on, or worked on."""

    __tablename__ = "case_alert"
    __table_args__ = (Index(None, "fingerprint"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"), primary_key=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime]


class CaseClaim(Record):
    """What an open case file has taken for its office; the key lets nobody else take it, even at the same moment."""

    __tablename__ = "case_claim"
    __table_args__ = (Index(None, "case_id"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    """alert, matter or subject."""
    key: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))


class CaseOffice(Record):
    """An office that asked to join a case file, or assists (协办)."""

    __tablename__ = "case_office"
    __table_args__ = (Index(None, "case_id"), Index(None, "office_id"))

    case_office_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    office_id: Mapped[str]
    status: Mapped[str]
    """asked, joined, refused, left."""
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer_reason: Mapped[str | None]


class CaseLimit(Record):
    """A time limit (时限) of a case file: from which day, to which, by which version of which law."""

    __tablename__ = "case_limit"
    __table_args__ = (Index(None, "case_id"), Index(None, "due_on"))

    limit_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    period: Mapped[str]
    """A period of service/casework/periods.yml; `given` for a day that a person set."""
    about: Mapped[str]
    """What it is of: `case`, `task:3`, `disposal:2`, `transfer:1`."""
    starts_on: Mapped[date]
    due_on: Mapped[date]
    provisional: Mapped[bool]
    why: Mapped[dict[str, Any]]
    """The period as it stood: amount, unit, law, article, known, from."""
    met_at: Mapped[datetime | None]
    """When it was kept, or fell away."""
    urged: Mapped[int] = mapped_column(default=0)
    """How often somebody supervised it (督办)."""
