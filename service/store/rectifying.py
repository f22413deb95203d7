"""Rectification (整改): what a unit is to put right, what it reports, who verified and assessed it, and what was supervised."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class Rectification(Record):
    """An item of the ledger (整改台账). `status` changes only through service.rectifying.course."""

    __tablename__ = "rectification"
    __table_args__ = (
        Index(None, "unit_id", "status"),
        Index(None, "office_id", "status"),
        Index(None, "status", "due_on"),
        Index(None, "case_id"),
    )

    item_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.case_id"))
    """The case file it follows from: never told to the unit."""
    status: Mapped[str]
    problem: Mapped[str]
    """Written for the unit: what is to be put right, and nothing of who complained."""
    measure: Mapped[str]
    standard: Mapped[str]
    """When it counts as put right (整改标准)."""
    responsible: Mapped[str]
    """The unit's responsible leader (责任领导), with the post."""
    unit_id: Mapped[str]
    supervising_unit_id: Mapped[str | None]
    """The unit's supervising department (主管部门)."""
    stationed_office_id: Mapped[str]
    """Who verifies (派驻纪检监察组)."""
    room_office_id: Mapped[str | None]
    """The inspection room that follows it (监督检查室)."""
    office_id: Mapped[str]
    """Who gave it and assesses it (巡察机构、主办室)."""
    stream: Mapped[str]
    area_id: Mapped[str | None]
    rules: Mapped[list[Any]]
    """Rules by which the problem was found: when one of their family fires again, it was not put right."""
    round: Mapped[int] = mapped_column(default=1)
    """How often it was to be put right: each reopening counts one."""
    due_on: Mapped[date]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    urged: Mapped[int] = mapped_column(default=0)
    score: Mapped[int | None]
    """Effect, 0 to 100, of the last assessment."""
    recheck_on: Mapped[date | None]
    """When a closed one is looked at again."""
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    given_by: Mapped[str | None]
    given_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"RC{self.item_id}"


class RectificationAlert(Record):
    """An alert that an item answers, or that brought it back: never told to the unit."""

    __tablename__ = "rectification_alert"
    __table_args__ = (Index(None, "fingerprint"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("rectification.item_id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"), primary_key=True)
    again: Mapped[bool] = mapped_column(default=False)
    """Whether it came after the item was closed."""
    added_at: Mapped[datetime]


class UnitReport(Record):
    """What the unit reports (填报)."""

    __tablename__ = "rectification_report"
    __table_args__ = (Index(None, "item_id"),)

    report_id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rectification.item_id"))
    round: Mapped[int]
    done: Mapped[str]
    """What was done."""
    effect: Mapped[str]
    """What changed by it, measured by the standard."""
    proofs: Mapped[list[Any]]
    """What it can be seen by, a line each."""
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class RectificationCheck(Record):
    """What one of the four parties says of a report: verified (核实), an opinion (意见), assessed (评估), looked at again (回头看)."""

    __tablename__ = "rectification_check"
    __table_args__ = (Index(None, "item_id"),)

    check_id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rectification.item_id"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("rectification_report.report_id"))
    kind: Mapped[str]
    """verify, opinion, assess, recheck."""
    party: Mapped[str]
    """stationed, department, room, assessor."""
    good: Mapped[bool | None]
    """None for an opinion."""
    said: Mapped[str]
    marks: Mapped[dict[str, Any]]
    """Criterion -> full, mostly, partly, none; of an assessment."""
    score: Mapped[int | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class RectificationUrge(Record):
    """A supervision record (督办) of what was overdue: what is demanded, and the new day beside the one that was missed."""

    __tablename__ = "rectification_urge"
    __table_args__ = (Index(None, "item_id"),)

    urge_id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rectification.item_id"))
    demand: Mapped[str]
    missed_on: Mapped[date]
    due_on: Mapped[date]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
