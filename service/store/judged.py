"""What each rule could not judge in a run (看不清的), and the versions of the peers' figures it compared with (基线)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.store.record import Record


class Blindness(Record):
    """Subjects of a rule's population with a needed value unknown: unknown is not clean."""

    __tablename__ = "blindness"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]


class Baseline(Record):
    """A version of a rule's peer figures; signals name the version they were measured against."""

    __tablename__ = "baseline"

    rule: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    made_run: Mapped[int]
    made_at: Mapped[datetime]
    content: Mapped[bytes]
    """The table as an Arrow stream."""
