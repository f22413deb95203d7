"""A run of the book over the lake (运行), and its steps: each committed with its result, so that a killed run goes on."""

from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import ForeignKey, LargeBinary, select, update
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column

from service.store.record import Record

SCORING = "score:"
"""How the names of the steps begin that make tables of the lake: their results outlive the run."""
RUNNING, DONE, SUPERSEDED = "running", "done", "superseded"


class Run(Record):
    """One run; at most one is being made at a time."""

    __tablename__ = "run"

    run_id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    as_of: Mapped[date]
    book_hash: Mapped[str]
    program: Mapped[str]
    """Version of the program: another version redoes every step."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    lake_state: Mapped[str | None]
    counts: Mapped[dict[str, Any]]

    @classmethod
    def take_up(cls, session: Session, as_of: date, book_hash: str, program: str, now: datetime) -> tuple[Self, bool]:
        """The unfinished run with the same question, or a new one; says whether it was resumed.

        An unfinished run with another question is superseded: its steps are never mixed with these.
        """
        resumed = None
        for run in session.scalars(select(cls).where(cls.status == RUNNING).order_by(cls.run_id)):
            if (run.as_of, run.book_hash, run.program) == (as_of, book_hash, program):
                resumed = run
            else:
                run.status = SUPERSEDED
                run.drop_results(session)
        if resumed is not None:
            return resumed, True
        run = cls(status=RUNNING, as_of=as_of, book_hash=book_hash, program=program, started_at=now, counts={})
        session.add(run)
        session.flush()
        return run, False

    @classmethod
    def newest(cls, session: Session) -> Self | None:
        """The newest finished run."""
        return session.scalar(select(cls).where(cls.status == DONE).order_by(cls.run_id.desc()).limit(1))

    def finish(self, session: Session, lake_state: str, counts: dict[str, Any], now: datetime) -> None:
        """Close the run; the results of its steps are in the records by now and are let go."""
        self.status, self.finished_at, self.lake_state, self.counts = DONE, now, lake_state, counts
        self.drop_results(session)

    def drop_results(self, session: Session) -> None:
        """Forget the intermediate results of the steps, keep their figures; what models made is remembered by its version."""
        mine = update(RunStep).where(RunStep.run_id == self.run_id, ~RunStep.step.startswith(SCORING, autoescape=True))
        session.execute(mine.values(result=None))


class RunStep(Record):
    """A committed step of a run: what it was given (state), what came out, how long it took."""

    __tablename__ = "run_step"

    run_id: Mapped[int] = mapped_column(ForeignKey("run.run_id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    """Identifies the input; a result is used again only for the same input."""
    done_at: Mapped[datetime]
    seconds: Mapped[float]
    found: Mapped[int]
    result: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
