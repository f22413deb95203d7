"""Kinds of work: what each does, and how often it is tried. A kind is added by a line in KINDS.

The worker calls `do(desk, job)`; what it returns is kept as the job's result (a dict as JSON). It is called **at least once**: a worker
that dies is followed by another, so every step must bear being done again. Between its steps it calls `job.told(...)` or `job.check()`,
which raise Stopped when somebody cancelled the job or the lease was lost; it lets that pass.

- Whatever else it raises: tried again after a growing pause, up to `attempts` times, then the job has failed.
- `GiveUp(code)`: failed at once, for what another attempt would not mend.
- `quick` kinds (a delivery, a screening) have a worker thread of their own and do not wait behind a run.
"""

import importlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from service.desk import Desk
from service.store.job import QUEUED, Job

KINDS = {
    "run": "service.work.runs:RUN",
    "screening": "service.screening_job:SCREENING",
}
"""Kind -> where it is made (`module:name`); the module is loaded when the first such job is done."""


class Stopped(Exception):
    """The job was cancelled, or is somebody else's by now: leave it as it is."""


class GiveUp(Exception):
    """Failed for good: a key of the word files, and the values in it."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values


@dataclass
class JobHandle:
    """A job in the hands of a worker."""

    job_id: str
    kind: str
    body: dict[str, Any]
    payload: bytes | None
    asked_by: str
    attempt: int
    """1 at the first attempt."""
    stopped: Callable[[], bool] = lambda: False
    progress: dict[str, Any] | None = None
    """What the worker writes into the database with its next heartbeat."""

    def check(self) -> None:
        """Raises Stopped when the job should not go on."""
        if self.stopped():
            raise Stopped(self.job_id)

    def told(self, what: str, done: int, total: int) -> None:
        """Say how far it is (a `Watch`; total 0: not known). Raises Stopped when the job should not go on."""
        self.progress = {"step": what, "done": done, "total": total}
        self.check()


def growing(attempt: int) -> timedelta:
    """The pause after a failed attempt: 2, 4, 8 … seconds, at most 10 minutes."""
    return timedelta(seconds=min(2.0 ** min(attempt, 20), 600.0))


@dataclass(frozen=True)
class Kind:
    """One kind of work."""

    name: str
    do: Callable[[Desk, JobHandle], bytes | dict[str, Any] | None]
    attempts: int = 5
    pause: Callable[[int], timedelta] = growing
    quick: bool = False


def kind(name: str) -> Kind:
    """The kind of this name. Raises KeyError when there is none."""
    module, _, made = KINDS[name].partition(":")
    found: Kind = getattr(importlib.import_module(module), made)
    return found


def enqueue(
    session: Session,
    kind: str,
    body: dict[str, Any],
    payload: bytes | None,
    asked_by: str,
    now: datetime,
    *,
    due_at: datetime | None = None,
    job_id: str | None = None,
) -> Job:
    """Ask for work, in the caller's transaction: it is done if and only if that commits, once `due_at` (default: now) has come.

    With a `job_id` of the caller's own, a job that is there already is returned and nothing is added.
    Personal data go into `payload` only, encrypted by the caller. Raises KeyError for an unknown kind.
    """
    if kind not in KINDS:
        raise KeyError(kind)
    if job_id is not None and (found := session.get(Job, job_id)) is not None:
        return found
    job = Job(
        job_id=job_id or secrets.token_hex(12), kind=kind, status=QUEUED, asked_by=asked_by, asked_at=now, body=body, payload=payload,
        attempts=0, due_at=due_at or now, cancel_asked=False, progress={},
    )  # fmt: skip
    session.add(job)
    session.flush()
    return job
