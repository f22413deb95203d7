"""Leads (问题线索) by the seven whats (七何), and their disposal (处置) in one of four ways, each with its approvals."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class Lead(Record):
    """The lead sheet (问题线索单) of a case file: one, kept in versions."""

    __tablename__ = "case_lead"
    __table_args__ = (Index(None, "case_id", "version", unique=True),)

    lead_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    version: Mapped[int]
    draft_id: Mapped[int] = mapped_column(ForeignKey("case_draft.draft_id"))
    whats: Mapped[dict[str, Any]]
    """when, where, who, what, how, why, things -> text."""
    missing: Mapped[list[Any]]
    """Those of the seven that are empty."""
    proposed: Mapped[str]
    """check (初步核实) while the key elements are there, else talk (谈话函询)."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class Disposal(Record):
    """A disposal opinion (处置意见), drafted by one person, approved by another, carried out, reported, accepted."""

    __tablename__ = "case_disposal"
    __table_args__ = (Index(None, "case_id"),)

    disposal_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("case_lead.lead_id"))
    way: Mapped[str]
    """talk (谈话函询), check (初步核实), hold (暂存待查), conclude (予以了结)."""
    manner: Mapped[str | None]
    """Of talk: talk (谈话) or letter (函询)."""
    opinion: Mapped[str]
    plan: Mapped[str]
    status: Mapped[str]
    """drafted, approved, refused, reported, done."""
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    asked_on: Mapped[date | None]
    """When the talk was held or the letter sent."""
    answered_on: Mapped[date | None]
    countersigned: Mapped[bool] = mapped_column(default=False)
    """Whether the unit's Party head signed the written answer."""
    result: Mapped[str | None]
    """Of the report: unfounded, minor (批评教育、谈话提醒), filed (立案), unclear."""
    report: Mapped[str | None]
    reported_by: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    """Why the report was last sent back."""
