"""Runs by API: started as a job, watched step by step, cancelled between steps; a run that was cancelled is taken up again by the next."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.api.gate import Here, may
from service.api.problem import Problem, Trespass
from service.store.event import Happening, append
from service.store.job import Job
from service.store.run import RUNNING, Run, RunStep
from service.words import say
from service.work import jobs
from service.work.registry import enqueue

router = APIRouter(tags=["runs"])
KIND = "run"
Starts = Annotated[Caller, may("runs.start")]
Status = Literal["queued", "running", "done", "failed", "cancelled", "superseded"]
Id = Annotated[str, Path(pattern=r"^[0-9a-z]{1,40}$")]


class Start(BaseModel):
    """What to run."""

    model_config = {"extra": "forbid"}
    as_of: date | None = None
    """The day as of which the rules judge; default: the last day that the records reach."""


class Step(BaseModel):
    """A step of a run that is done: killed, the run goes on behind it."""

    step: str
    found: int
    seconds: float


class RunLine(BaseModel):
    """A run."""

    run: str
    """Its id: of one that was asked for here, else its number."""
    number: int | None
    """Its number among all runs, once it is done."""
    status: Status
    as_of: date | None
    asked_by: str | None
    asked_at: datetime
    ended_at: datetime | None
    cancelling: bool
    """Somebody cancelled it; it stops behind the step in hand."""
    progress: dict[str, Any]
    """What it is at: `step`, `done` and `total` (0: not known)."""
    counts: dict[str, Any]
    """Of a run that is done: alerts opened, seen again, quiet; signals."""
    error: str | None


class RunPage(RunLine):
    """A run with its steps."""

    steps: list[Step]


@router.post("/runs", status_code=202, responses={409: {"model": Problem, "description": "Another run is asked for or going on"}})
def start_run(asked: Start, caller: Starts, here: Here, response: Response) -> RunLine:
    """Have the book run over the lake. Answers at once with the run's address in `Location`; a worker does it.

    One run goes on at a time: asking again for the same day answers with that run, for another day with 409.
    """
    now = here.desk.clock()
    with here.desk.store.change() as session:
        append(session, [], caller.name, now)  # the log is ours until we commit: two who ask at once do not both begin one
        job = jobs.going(session, KIND)
        body = {"as_of": asked.as_of.isoformat() if asked.as_of else None}
        if job is None:
            job = enqueue(session, KIND, body, None, caller.name, now)
            append(session, [Happening("run.asked", job.job_id, body)], caller.name, now)
        elif job.body != body or job.cancel_asked:
            raise Trespass(409, "run_going", headers={"Location": f"/api/v1/runs/{job.job_id}"}, run=job.job_id)
        response.headers["Location"] = f"/api/v1/runs/{job.job_id}"
        return _of_job(job, {})


@router.get("/runs", dependencies=[may("runs.read")])
def list_runs(here: Here, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[RunLine]:
    """The newest runs: those asked for here with what became of them, and those started on the machine itself."""
    with here.desk.store.look() as session:
        asked = list(jobs.listed(session, KIND, limit))
        runs = session.scalars(select(Run).order_by(Run.run_id.desc()).limit(limit)).all()
        by_number = {run.run_id: run for run in runs}
        mine = {number for job in asked if (number := job.progress.get("run_id"))}
        lines = [_of_job(job, by_number) for job in asked]
        going = any(job.status == RUNNING for job in asked)
        lines += [_of_run(run) for run in runs if run.run_id not in mine and not (run.status == RUNNING and going)]
    return sorted(lines, key=lambda line: line.asked_at, reverse=True)[:limit]


@router.get("/runs/{run}", dependencies=[may("runs.read")])
def read_run(run: Id, here: Here) -> RunPage:
    """One run: what it is at, and the steps that are done."""
    with here.desk.store.look() as session:
        job = session.get(Job, run)
        if job is not None and job.kind == KIND:
            number = job.progress.get("run_id")
            found = session.get(Run, number) if number else _going(session) if job.status == RUNNING else None
            line = _of_job(job, {found.run_id: found} if found else {})
        else:
            found = session.get(Run, int(run)) if run.isdecimal() and len(run) < 10 else None
            if found is None:
                raise Trespass(404, "not_there")
            line = _of_run(found)
        return RunPage(**line.model_dump(), steps=_steps(session, found))


@router.post("/runs/{run}/cancel", status_code=202)
def cancel_run(run: Id, caller: Starts, here: Here) -> RunLine:
    """Cancel a run that was asked for here: at once while it waits, else behind the step in hand.

    What is done stays done: the next run of the same day goes on from there. A run that has ended stays as it is.
    """
    now = here.desk.clock()
    with here.desk.store.change() as session:
        job = jobs.cancel(session, run, now) if _is_run(session, run) else None
        if job is None:
            raise Trespass(404, "not_there")
        if job.cancel_asked and job.status in ("running", "cancelled"):
            append(session, [Happening("run.cancelled", job.job_id, {})], caller.name, now)
        return _of_job(job, {})


def _is_run(session: Session, run: str) -> bool:
    return session.scalar(select(Job.kind).where(Job.job_id == run)) == KIND


def _going(session: Session) -> Run | None:
    return session.scalar(select(Run).where(Run.status == RUNNING).order_by(Run.run_id.desc()).limit(1))


def _steps(session: Session, run: Run | None) -> Sequence[Step]:
    if run is None:
        return []
    found = select(RunStep.step, RunStep.found, RunStep.seconds).where(RunStep.run_id == run.run_id).order_by(RunStep.done_at)
    return [Step(step=step, found=count, seconds=round(seconds, 3)) for step, count, seconds in session.execute(found)]


def _of_job(job: Job, runs: dict[int, Run]) -> RunLine:
    number = job.progress.get("run_id")
    run = runs.get(number) if number else None
    as_of = run.as_of if run else date.fromisoformat(job.body["as_of"]) if job.body.get("as_of") else None
    return RunLine(
        run=job.job_id, number=number, status=job.status, as_of=as_of, asked_by=job.asked_by, asked_at=job.asked_at,
        ended_at=job.done_at, cancelling=job.cancel_asked and job.done_at is None,
        progress={} if number else job.progress, counts=run.counts if run else {}, error=_error(job.error),
    )  # fmt: skip


def _of_run(run: Run) -> RunLine:
    return RunLine(
        run=str(run.run_id), number=run.run_id, status=run.status, as_of=run.as_of, asked_by=None, asked_at=run.started_at,
        ended_at=run.finished_at, cancelling=False, progress={}, counts=run.counts, error=None,
    )  # fmt: skip


def _error(error: dict[str, Any] | None) -> str | None:
    return say(error["code"], **error.get("values", {})) if error else None
