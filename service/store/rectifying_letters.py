"""Letters of recommendation (建议书) with their gapless numbers, and leads that other bodies bring (外部线索)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class Recommendation(Record):
    """A letter (建议书) of one of four kinds. `status` changes only through service.rectifying.course."""

    __tablename__ = "recommendation"
    __table_args__ = (
        Index(None, "kind", "year", "number", unique=True),
        Index(None, "office_id", "status"),
        Index(None, "status", "reply_by"),
    )

    letter_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """discipline (纪律检查建议书), supervision (监察建议书), both (纪检监察建议书), inspection (巡察建议书)."""
    status: Mapped[str]
    year: Mapped[int | None]
    number: Mapped[int | None]
    """〔year〕number, given when it is approved, without a gap in its kind and year."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.case_id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("rectification.item_id"))
    office_id: Mapped[str]
    stream: Mapped[str]
    issuer: Mapped[str]
    """The issuing organ (发文机关), as it stands on the letter."""
    title: Mapped[str]
    unit_id: Mapped[str]
    addressee: Mapped[str]
    source: Mapped[str]
    problem: Mapped[str]
    cause: Mapped[str]
    advice: Mapped[str]
    """What is recommended."""
    reply_by: Mapped[date]
    copies: Mapped[list[Any]]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    sent_on: Mapped[date | None]
    sent_by: Mapped[str | None]
    answered_on: Mapped[date | None]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    """Who put the answer on record."""
    revisited_on: Mapped[date | None]
    adopted: Mapped[bool | None]
    """Whether the re-visit found it followed."""
    revisit: Mapped[str | None]
    revisited_by: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"RL{self.letter_id}"


class LetterCount(Record):
    """The last number of a kind in a year: locked while the next one is given."""

    __tablename__ = "recommendation_count"

    kind: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class OutsideLead(Record):
    """A lead that another body brought (外部移送线索): audit, tax, finance, police; it gets its answer."""

    __tablename__ = "outside_lead"
    __table_args__ = (Index(None, "sender", "reference", unique=True), Index(None, "status", "due_on"))

    outside_id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    origin: Mapped[str]
    """audit, tax, finance, police, other."""
    sender: Mapped[str]
    """The sending body, as it calls itself."""
    reference: Mapped[str]
    """Its own number of the matter."""
    matter: Mapped[str]
    content: Mapped[str]
    unit_id: Mapped[str | None]
    received_on: Mapped[date]
    due_on: Mapped[date]
    """By which it is taken or sent back, then by which it is answered."""
    due_provisional: Mapped[bool] = mapped_column(default=False)
    office_id: Mapped[str | None]
    """Who took it."""
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.case_id"))
    taken_by: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    result: Mapped[str | None]
    """substantiated, partly, unfounded, not_ours."""
    answer: Mapped[str | None]
    drafted_by: Mapped[str | None]
    answered_by: Mapped[str | None]
    """Who approved the answer: another than who drafted it."""
    answered_at: Mapped[datetime | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What the audit log calls it."""
        return f"OL{self.outside_id}"
