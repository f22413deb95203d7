"""What follows a case: names cleared (澄清), tolerance (容错), the form used (四种形态), re-visits (回访); supervision tasks and campaigns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class NameClearing(Record):
    """Clearing somebody's name (澄清正名). `status` changes only through service.rectifying.course."""

    __tablename__ = "name_clearing"
    __table_args__ = (Index(None, "case_id"), Index(None, "status"))

    clearing_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    status: Mapped[str]
    person: Mapped[str]
    """Whom it is about, as the office writes it."""
    ground: Mapped[str]
    """office (the handling office found it) or application (申请)."""
    finding: Mapped[str]
    """unfounded (不实) or false_accusation (诬告陷害)."""
    way: Mapped[str]
    """talk, letter, meeting, notice."""
    said: Mapped[str]
    city_reference: Mapped[str | None]
    """The decision of the city level or above, without which nobody finds a false accusation."""
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    done_on: Mapped[date | None]
    done_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"NC{self.clearing_id}"


class FormUsed(Record):
    """Which of the four forms (四种形态) was used on somebody, with tolerance (容错) where it applied; approved by another."""

    __tablename__ = "form_used"
    __table_args__ = (Index(None, "case_id"), Index(None, "status"))

    form_id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    status: Mapped[str]
    person: Mapped[str]
    form: Mapped[int]
    """1 to 4; 0: nothing, because of tolerance."""
    measure: Mapped[str]
    """What was decided on the person."""
    tolerance: Mapped[str | None]
    """One of the three distinctions (三个区分开来): trial, exploration, unintended; None: none applied."""
    tolerance_reason: Mapped[str | None]
    on: Mapped[date] = mapped_column("decided_on")
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"FU{self.form_id}"


class Revisit(Record):
    """A re-visit (回访): of somebody dealt with, by the office; or of a caller, by the platform that handles the order."""

    __tablename__ = "revisit"
    __table_args__ = (Index(None, "case_id"), Index(None, "status", "due_on"))

    revisit_id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    kind: Mapped[str]
    """dealt_with or caller."""
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.case_id"))
    form_id: Mapped[int | None] = mapped_column(ForeignKey("form_used.form_id"))
    ticket_id: Mapped[str | None]
    """The order whose caller is asked: the platform knows who that is, and we do not say."""
    due_on: Mapped[date]
    due_provisional: Mapped[bool] = mapped_column(default=False)
    result: Mapped[str | None]
    """well, needs_help, worse (of people); satisfied, unsatisfied, unreachable (of callers)."""
    said: Mapped[str | None]
    planned_by: Mapped[str]
    planned_at: Mapped[datetime]
    done_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"RV{self.revisit_id}"


class Campaign(Record):
    """A campaign (专项): a topic, its dates and areas."""

    __tablename__ = "campaign"

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    topic: Mapped[str]
    areas: Mapped[list[Any]]
    """Areas it covers; none: all."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_by: Mapped[str]
    made_at: Mapped[datetime]

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"CP{self.campaign_id}"


class SupervisionTask(Record):
    """A line of a supervision list (监督清单). `status` changes only through service.rectifying.course."""

    __tablename__ = "supervision_task"
    __table_args__ = (Index(None, "office_id", "status"), Index(None, "status", "due_on"), Index(None, "campaign_id"))

    task_id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.campaign_id"))
    status: Mapped[str]
    matter: Mapped[str]
    responsible: Mapped[str]
    standard: Mapped[str]
    office_id: Mapped[str]
    stream: Mapped[str]
    due_on: Mapped[date]
    said: Mapped[str | None]
    """What was done, as last reported."""
    reported_by: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    urged: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"ST{self.task_id}"


class SupervisionAlert(Record):
    """An alert that a supervision task is about."""

    __tablename__ = "supervision_alert"
    __table_args__ = (Index(None, "fingerprint"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("supervision_task.task_id"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"), primary_key=True)
    added_by: Mapped[str]
    added_at: Mapped[datetime]
