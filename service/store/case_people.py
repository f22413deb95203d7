"""Who is with a case file and who must not be: transfers (移送), recusals (回避), the people pool (人才库), sealed stubs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class CaseTransfer(Record):
    """A case file handed to another office, which takes it or refuses with a reason; until then the first one leads."""

    __tablename__ = "case_transfer"
    __table_args__ = (Index(None, "case_id"), Index(None, "to_office"))

    transfer_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    from_office: Mapped[str]
    to_office: Mapped[str]
    to_stream: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    answer: Mapped[str | None]
    """taken or refused."""
    answer_reason: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class CaseRecusal(Record):
    """Somebody who must keep out of a case file: declared by themselves or found by another, and granted by a third."""

    __tablename__ = "case_recusal"
    __table_args__ = (Index(None, "case_id"),)

    recusal_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    caller: Mapped[str]
    """Who is to keep out."""
    ground: Mapped[str]
    """kin, colleague, unit, witness, interest, other."""
    found: Mapped[str]
    """declared (自行回避), asked (申请回避), system (程序比对)."""
    reason: Mapped[str]
    said_by: Mapped[str]
    said_at: Mapped[datetime]
    granted: Mapped[bool | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]


class Expert(Record):
    """Somebody in the people pool (人才库)."""

    __tablename__ = "case_expert"

    expert_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    login: Mapped[str | None] = mapped_column(unique=True)
    """Of a person who signs in."""
    person_id: Mapped[str | None]
    """Pseudonym in the lake, so that kin are found."""
    unit_id: Mapped[str | None]
    area_id: Mapped[str | None]
    skills: Mapped[list[Any]]
    earlier_units: Mapped[list[Any]]
    available: Mapped[bool] = mapped_column(default=True)
    """False once taken out; the row stays for the groups that they were in."""
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    removed_by: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    removed_because: Mapped[str | None]


class CaseHelper(Record):
    """A member of a case file's helper group (工作组)."""

    __tablename__ = "case_helper"
    __table_args__ = (Index(None, "case_id"), Index(None, "expert_id"))

    helper_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("case_expert.expert_id"))
    skill: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SealedStub(Record):
    """An accusation about somebody managed above: when and to whom it went, and nothing else, nowhere (检举控告工作规则 15)."""

    __tablename__ = "sealed_stub"

    stub_id: Mapped[int] = mapped_column(primary_key=True)
    handed_at: Mapped[datetime]
    recipient: Mapped[str]
