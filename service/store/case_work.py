"""The work on a case file: tasks (分办 交办 督办), verification records (核实记录), drafts (底稿), consultations (会商)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class CaseTask(Record):
    """What somebody was given to do: distributed (分办), assigned with demands (交办), or supervised because it is late (督办)."""

    __tablename__ = "case_task"
    __table_args__ = (Index(None, "case_id"), Index(None, "office_id"))

    task_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    mode: Mapped[str]
    """distribute, assign or supervise."""
    office_id: Mapped[str]
    handler: Mapped[str | None]
    demand: Mapped[str]
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    due_days: Mapped[int]
    """Working days."""
    due_on: Mapped[date]
    due_provisional: Mapped[bool]
    answer: Mapped[str | None]
    """taken, declined, replaced (by a newer task), done; None while nobody has answered."""
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer_reason: Mapped[str | None]


class Verification(Record):
    """What was checked, on which records, with which result, by whom."""

    __tablename__ = "case_verification"
    __table_args__ = (Index(None, "case_id"),)

    verification_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    checked: Mapped[str]
    records: Mapped[list[Any]]
    """What it rests on: {"table", "key"} of rows in the lake, or {"text"} for what lies elsewhere."""
    result: Mapped[str]
    """substantiated, partly, unfounded, unclear."""
    finding: Mapped[str]
    checked_on: Mapped[date]
    present: Mapped[list[Any]]
    """Callers who took part, the writer first: nobody checks alone on paper."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Draft(Record):
    """A draft (底稿): general at first (一般问题底稿); only a consultation makes a prominent one (突出问题底稿) of it."""

    __tablename__ = "case_draft"
    __table_args__ = (Index(None, "case_id"),)

    draft_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    kind: Mapped[str]
    """general or prominent."""
    from_draft: Mapped[int | None]
    """The general draft that a prominent one was made of."""
    problem: Mapped[str]
    facts: Mapped[str]
    basis: Mapped[str]
    """Which rule was broken."""
    evidence: Mapped[list[Any]]
    amount: Mapped[Decimal | None] = mapped_column("amount_fen")
    status: Mapped[str]
    """written, consulted, promoted, returned, settled."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Consultation(Record):
    """A joint consultation (会商): does the rule apply, is the evidence enough; promoted or returned."""

    __tablename__ = "case_consultation"
    __table_args__ = (Index(None, "case_id"),)

    consultation_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    draft_id: Mapped[int] = mapped_column(ForeignKey("case_draft.draft_id"))
    on_law: Mapped[str]
    """The question of law."""
    on_evidence: Mapped[str]
    """The question of evidence."""
    participants: Mapped[list[Any]]
    """Callers who are to say and sign."""
    called_by: Mapped[str]
    called_at: Mapped[datetime]
    decision: Mapped[str | None]
    """promote or return."""
    decision_reason: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class Opinion(Record):
    """What one participant of a consultation says, signed."""

    __tablename__ = "case_opinion"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("case_consultation.consultation_id"), primary_key=True)
    caller: Mapped[str] = mapped_column(primary_key=True)
    on_law: Mapped[str]
    on_evidence: Mapped[str]
    advice: Mapped[str]
    """promote or return."""
    signed_at: Mapped[datetime]


class CaseExtension(Record):
    """A later day for a time limit (延期), asked for by one person and granted by another."""

    __tablename__ = "case_extension"
    __table_args__ = (Index(None, "case_id"),)

    extension_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    limit_id: Mapped[int] = mapped_column(ForeignKey("case_limit.limit_id"))
    due_before: Mapped[date]
    due_on: Mapped[date]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    granted: Mapped[bool | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
