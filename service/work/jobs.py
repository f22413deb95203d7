"""Jobs in the database: taken by lease, kept by heartbeat, ended once. Every change is made by whoever holds the lease, or by nobody."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from service.store.job import CANCELLED, DONE, FAILED, QUEUED, RUNNING, Job

Word = Literal["go on", "stop", "lost"]
ENDED = (DONE, FAILED, CANCELLED)


def claim(session: Session, attempts: dict[str, int], worker: str, now: datetime, lease: timedelta) -> Job | None:
    """The job of these kinds (kind -> most attempts) that is due first, leased to the worker; None when none is due.

    A job whose worker stopped beating is due again; one that was cancelled, or killed its workers too often, is ended here.
    """
    abandoned = and_(Job.status == RUNNING, Job.leased_until < now)
    due = or_(and_(Job.status == QUEUED, Job.due_at <= now), abandoned)
    query = select(Job).where(Job.kind.in_(attempts), due).order_by(Job.due_at, Job.asked_at).limit(1)
    while (job := session.scalar(query.with_for_update(skip_locked=True))) is not None:
        if job.cancel_asked:
            _end(job, CANCELLED, now)
        elif job.attempts >= attempts[job.kind]:
            job.error = {"code": "job.died", "values": {"attempts": str(job.attempts)}}
            _end(job, FAILED, now)
        else:
            job.status, job.attempts = RUNNING, job.attempts + 1
            job.leased_by, job.leased_until = worker, now + lease
            return job
        session.flush()
    return None


def beat(
    session: Session, job_id: str, worker: str, now: datetime, lease: timedelta, progress: dict[str, Any] | None = None
) -> Word:
    """Prolong the lease and note the progress; says whether to go on."""
    changes: dict[str, Any] = {"leased_until": now + lease} | ({"progress": progress} if progress is not None else {})
    mine = update(Job).where(Job.job_id == job_id, Job.leased_by == worker, Job.status == RUNNING)
    cancelled = session.scalar(mine.values(**changes).returning(Job.cancel_asked))
    return "lost" if cancelled is None else "stop" if cancelled else "go on"


def held(session: Session, job_id: str, worker: str) -> Job | None:
    """The job, locked, while this worker holds it; None when it is somebody else's by now."""
    mine = select(Job).where(Job.job_id == job_id, Job.leased_by == worker, Job.status == RUNNING)
    return session.scalar(mine.with_for_update())


def finish(job: Job, result: bytes | dict[str, Any] | None, progress: dict[str, Any] | None, now: datetime) -> None:
    """The job is done; the payload is let go."""
    job.result = json.dumps(result, ensure_ascii=False).encode() if isinstance(result, dict) else result
    if progress is not None:
        job.progress = progress
    job.error = None
    _end(job, DONE, now)


def fail(job: Job, error: dict[str, Any], again_at: datetime | None, now: datetime) -> None:
    """An attempt failed: tried again at a time, or (None) never."""
    job.error = error
    if again_at is None:
        _end(job, FAILED, now)
    else:
        job.status, job.due_at = QUEUED, again_at
        job.leased_by = job.leased_until = None


def release(job: Job, now: datetime) -> None:
    """Give a job back that was stopped because the worker ends: it counts as never taken."""
    job.status, job.due_at, job.attempts = QUEUED, now, job.attempts - 1
    job.leased_by = job.leased_until = None


def cancel(session: Session, job_id: str, now: datetime) -> Job | None:
    """Cancel a job: at once when nobody has it, else when its worker next looks. One that has ended stays as it is. None: no such job."""
    job = session.scalar(select(Job).where(Job.job_id == job_id).with_for_update())
    if job is not None and job.status not in ENDED:
        job.cancel_asked = True
        if job.status == QUEUED:
            _end(job, CANCELLED, now)
    return job


def going(session: Session, kind: str) -> Job | None:
    """The oldest job of a kind that has not ended."""
    found = select(Job).where(Job.kind == kind, Job.status.in_((QUEUED, RUNNING))).order_by(Job.asked_at).limit(1)
    return session.scalar(found)


def listed(session: Session, kind: str, most: int) -> Iterable[Job]:
    """The newest jobs of a kind."""
    return session.scalars(select(Job).where(Job.kind == kind).order_by(Job.asked_at.desc(), Job.job_id).limit(most))


def cancelled(job: Job, now: datetime) -> None:
    """The job stopped because somebody cancelled it."""
    _end(job, CANCELLED, now)


def _end(job: Job, status: str, now: datetime) -> None:
    job.status, job.done_at, job.payload = status, now, None
    job.leased_by = job.leased_until = None
