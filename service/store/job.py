"""Work asked for now and done by a worker (任务): a run, a large screening, a delivery; leased, so that a dead worker's is taken up again."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, deferred, mapped_column

from service.store.record import Record

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"


class Job(Record):
    """One piece of work; done at least once, so its steps bear being done again."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "status", "due_at"),)

    job_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    status: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]
    payload: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    """What is too large for the body: the rows of a list."""
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[dict[str, Any]]
    result: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    error: Mapped[dict[str, Any] | None]
    done_at: Mapped[datetime | None]
