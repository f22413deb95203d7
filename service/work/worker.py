"""The worker (后台进程): takes jobs by lease, does them, and tells how they ended; killed at any point, another takes its jobs up again."""

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from datasets.key import KeyProblem
from datasets.strict_yaml import Mistakes
from service.desk import Desk
from service.errors import NothingFound, Refusal, Trouble
from service.news.courier import Courier
from service.news.wire import Wire
from service.running.book import Edition
from service.store.job import Job
from service.work import jobs
from service.work.registry import KINDS, GiveUp, JobHandle, Kind, Stopped, kind

log = logging.getLogger("guantong.work")
FINAL = (GiveUp, NothingFound, Refusal, Mistakes, KeyProblem)
"""What another attempt would not mend."""
Result = bytes | dict[str, Any] | None


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass
class Worker:
    """Does the jobs of one database. `lease` is how long a dead worker's jobs wait; `beat` and `idle` are seconds."""

    desk: Desk
    name: str = field(default_factory=_name)
    lease: timedelta = timedelta(seconds=60)
    beat: float = 2.0
    idle: float = 1.0
    ending: threading.Event = field(default_factory=threading.Event)
    edition: Edition = field(init=False)

    def __post_init__(self) -> None:
        self.edition = Edition(self.desk)

    def serve(self) -> None:
        """Work until `ending` is set: quick kinds in one thread, long ones in another, webhooks in a third."""
        lanes = [threading.Thread(target=self._lane, args=(quick,), name=f"work-{quick}") for quick in (True, False)]
        courier = Courier(self.desk, Wire(self.desk.settings.hook_networks))
        lanes.append(threading.Thread(target=courier.serve, args=(self.ending,), name="courier"))
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()

    def work_off(self) -> int:
        """Do whatever is due, one job after another; returns how many attempts were made."""
        kinds, done = [kind(name) for name in KINDS], 0
        with ThreadPoolExecutor(1) as hands:
            while self._one(kinds, hands):
                done += 1
        return done

    def _lane(self, quick: bool) -> None:
        kinds = [one for one in map(kind, KINDS) if one.quick is quick]
        with ThreadPoolExecutor(1, thread_name_prefix="job") as hands:
            while not self.ending.is_set():
                try:
                    found = bool(kinds) and self._one(kinds, hands)
                except SQLAlchemyError as error:  # the database restarts: what was leased is taken up again later
                    log.warning("database: %s", type(error).__name__)
                    found = False
                if not found:
                    self.ending.wait(self.idle)

    def _one(self, kinds: list[Kind], hands: ThreadPoolExecutor) -> bool:
        self.edition.follow()
        with self.desk.store.change() as session:
            job = jobs.claim(session, {one.name: one.attempts for one in kinds}, self.name, self.desk.clock(), self.lease)
            taken = _Taken(self, job) if job is not None else None
        if taken is not None:
            (mine,) = (one for one in kinds if one.name == taken.handle.kind)
            taken.see_through(mine, hands)
        return taken is not None


class _Taken:
    """One job from its lease to its end."""

    def __init__(self, worker: Worker, job: Job) -> None:
        self.worker, self.word = worker, "go on"
        self.handle = JobHandle(
            job.job_id, job.kind, dict(job.body), job.payload, job.asked_by, job.attempts, stopped=self._stopped
        )  # fmt: skip

    def see_through(self, kind: Kind, hands: ThreadPoolExecutor) -> None:
        """Have it done while the heart beats, then write down how it ended."""
        future: Future[Result] = hands.submit(kind.do, self.worker.desk, self.handle)
        while not wait([future], self.worker.beat).done:
            self._each_beat()
        error = future.exception()
        self._told(lambda job: self._ended(job, kind, error, future))

    def _stopped(self) -> bool:
        return self.word != "go on" or self.worker.ending.is_set()

    def _each_beat(self) -> None:
        desk = self.worker.desk
        try:
            with desk.store.change() as session:
                self.word = jobs.beat(
                    session, self.handle.job_id, self.worker.name, desk.clock(), self.worker.lease, self.handle.progress
                )
        except SQLAlchemyError as error:  # one missed beat: the lease is many beats long
            log.warning("beat: %s", type(error).__name__)

    def _told(self, end: Callable[[Job], None]) -> None:
        with self.worker.desk.store.change() as session:
            job = jobs.held(session, self.handle.job_id, self.worker.name)
            if job is not None:
                end(job)

    def _ended(self, job: Job, kind: Kind, error: BaseException | None, future: Future[Result]) -> None:
        now = self.worker.desk.clock()
        if error is None:
            jobs.finish(job, future.result(), self.handle.progress, now)
        elif isinstance(error, Stopped) and job.cancel_asked:
            jobs.cancelled(job, now)
        elif isinstance(error, Stopped):
            jobs.release(job, now)
        else:
            final = isinstance(error, FINAL) or job.attempts >= kind.attempts
            jobs.fail(job, told(error), None if final else now + kind.pause(job.attempts), now)
            log.warning("job %s %s attempt %d: %s", job.kind, job.job_id, job.attempts, type(error).__name__)


def told(error: BaseException) -> dict[str, Any]:
    """What went wrong, without a value of a record: other errors than our own are named by their kind only."""
    if isinstance(error, GiveUp):
        return {"code": error.code, "values": {name: str(value) for name, value in error.values.items()}}
    if isinstance(error, Trouble):
        return {"code": error.key, "values": {name: str(value) for name, value in error.values.items()}}
    if isinstance(error, Mistakes):
        return {"code": "problem.book", "values": {"count": str(len(error.mistakes))}}
    return {"code": "job.failed", "values": {"kind": type(error).__name__}}
