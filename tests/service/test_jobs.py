"""Work in the database: done at least once, by one worker at a time, cancelled, tried again, and taken up after a kill -9."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.desk import Desk
from service.store.job import CANCELLED, DONE, FAILED, QUEUED, RUNNING, Job
from service.work import jobs
from service.work.registry import KINDS, enqueue
from service.work.worker import Worker
from tests.service.conftest import NOW, Office
from tests.service.sample_work import SAMPLES

ROOT = Path(__file__).parents[2]
LEASE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def samples(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, place in SAMPLES.items():
        monkeypatch.setitem(KINDS, name, place)


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as desk:
        yield desk


def asked(desk: Desk, kind: str, **body: object) -> str:
    with desk.store.change() as session:
        return enqueue(session, kind, body, b"sealed", "test", desk.clock()).job_id


def seen(desk: Desk, job_id: str) -> Job:
    with desk.store.look() as session:
        job = session.get_one(Job, job_id)
        _ = job.result, job.payload
        session.expunge(job)
        return job


def later(desk: Desk, pause: timedelta) -> None:
    now = desk.clock() + pause
    desk.clock = lambda: now


def eventually(holds: Callable[[], bool], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "in vain"
        time.sleep(0.02)


def test_work_is_done_and_its_result_kept(desk: Desk, tmp_path: Path) -> None:
    mine = asked(desk, "slow", file=str(tmp_path / "done"), seconds=0)
    assert Worker(desk).work_off() == 1
    job = seen(desk, mine)
    assert (job.status, job.result, job.payload) == (DONE, b'{"by": %d}' % os.getpid(), None)
    assert job.progress == {"step": "step", "done": 9, "total": 10}


def test_work_that_fails_is_tried_again_after_a_growing_pause_and_tells_no_value(desk: Desk) -> None:
    mine = asked(desk, "faulty", times=2)
    worker = Worker(desk)
    pauses = []
    for _ in range(2):
        assert (worker.work_off(), worker.work_off()) == (1, 0), "not before its time"
        job = seen(desk, mine)
        assert (job.status, job.error) == (QUEUED, {"code": "job.failed", "values": {"kind": "ValueError"}})
        pauses.append(job.due_at - desk.clock())
        later(desk, pauses[-1])
    assert pauses[0] < pauses[1]
    worker.work_off()
    assert (seen(desk, mine).status, seen(desk, mine).result, seen(desk, mine).error) == (DONE, b"done", None)


def test_work_fails_for_good_after_its_attempts_or_when_it_gives_up(desk: Desk) -> None:
    faulty, hopeless = asked(desk, "faulty", times=99), asked(desk, "hopeless")
    worker = Worker(desk)
    for _ in range(5):
        worker.work_off()
        later(desk, timedelta(hours=1))
    assert (seen(desk, faulty).status, seen(desk, faulty).attempts) == (FAILED, 3)
    assert (seen(desk, hopeless).status, seen(desk, hopeless).attempts) == (FAILED, 1)


def test_a_leased_job_is_nobody_elses_until_its_worker_is_silent_for_the_lease(desk: Desk) -> None:
    mine = asked(desk, "slow")
    kinds = {"slow": 5}
    with desk.store.change() as session:
        assert jobs.claim(session, kinds, "first", NOW, LEASE)
    with desk.store.change() as session:
        assert jobs.claim(session, kinds, "second", NOW + LEASE / 2, LEASE) is None
        assert jobs.beat(session, mine, "first", NOW + LEASE / 2, LEASE) == "go on"
    with desk.store.change() as session:
        assert jobs.claim(session, kinds, "second", NOW + LEASE * 1.1, LEASE) is None
        assert jobs.claim(session, kinds, "second", NOW + LEASE * 2, LEASE)
    with desk.store.change() as session:
        assert jobs.beat(session, mine, "first", NOW + LEASE * 2, LEASE) == "lost"
        assert jobs.held(session, mine, "first") is None, "what the first still brings is not written"


def test_a_job_that_kills_its_workers_is_given_up(desk: Desk) -> None:
    mine = asked(desk, "slow")
    for attempt in range(4):
        with desk.store.change() as session:
            assert (jobs.claim(session, {"slow": 3}, "w", NOW + attempt * 2 * LEASE, LEASE) is None) is (attempt == 3)
    assert (seen(desk, mine).status, seen(desk, mine).error) == (FAILED, {"code": "job.died", "values": {"attempts": "3"}})


def test_a_cancelled_job_stops_at_its_next_step_and_a_waiting_one_at_once(desk: Desk, tmp_path: Path) -> None:
    waiting, going = asked(desk, "faulty", times=0), asked(desk, "slow", file=str(tmp_path / "done"), seconds=0.1)
    with desk.store.change() as session:
        assert jobs.cancel(session, "nothing", NOW) is None
        cancelled = jobs.cancel(session, waiting, NOW)
        assert cancelled is not None and cancelled.status == CANCELLED
    worker = Worker(desk, beat=0.02)
    working = threading.Thread(target=worker.work_off)
    working.start()
    eventually(lambda: seen(desk, going).status == RUNNING and bool(seen(desk, going).progress))
    with desk.store.change() as session:
        jobs.cancel(session, going, NOW)
    working.join(180)
    assert seen(desk, going).status == CANCELLED
    assert len((tmp_path / "done").read_text().splitlines()) < 10
    with desk.store.change() as session:
        after = jobs.cancel(session, going, NOW)
        assert after is not None and after.status == CANCELLED, "cancelling again changes nothing"


def test_a_worker_that_ends_gives_its_job_back(desk: Desk, tmp_path: Path) -> None:
    mine = asked(desk, "slow", file=str(tmp_path / "done"), seconds=0.1)
    worker = Worker(desk, beat=0.02, idle=0.02)
    working = threading.Thread(target=worker.serve)
    working.start()
    eventually(lambda: bool(seen(desk, mine).progress))
    worker.ending.set()
    working.join(180)
    assert (seen(desk, mine).status, seen(desk, mine).attempts, seen(desk, mine).leased_by) == (QUEUED, 0, None)


def test_asking_twice_under_an_id_of_ones_own_is_asking_once(desk: Desk) -> None:
    with desk.store.change() as session:
        first = enqueue(session, "faulty", {"times": 0}, None, "test", NOW, job_id="mine")
        assert enqueue(session, "faulty", {"times": 0}, None, "test", NOW, job_id="mine") is first
        with pytest.raises(KeyError):
            enqueue(session, "unheard", {}, None, "test", NOW)
    assert Worker(desk).work_off() == 1


def test_several_workers_do_each_job_once(desk: Desk) -> None:
    mine = [asked(desk, "faulty", times=0) for _ in range(12)]
    counts: list[int] = []
    workers = [threading.Thread(target=lambda: counts.append(Worker(desk).work_off())) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert sum(counts) == 12
    assert {(seen(desk, one).status, seen(desk, one).attempts) for one in mine} == {(DONE, 1)}


def test_a_killed_workers_job_is_taken_up_by_another(office: Office, tmp_path: Path) -> None:
    with office.desk() as desk:
        desk.clock = lambda: datetime.now(UTC)
        mine = asked(desk, "slow", file=str(tmp_path / "done"), seconds=0.05)
        first = _worker(office)
        eventually(lambda: seen(desk, mine).status == RUNNING)
        first.kill()
        first.wait()
        second = _worker(office)
        eventually(lambda: seen(desk, mine).status == DONE)
        second.terminate()
        second.wait()
        assert seen(desk, mine).attempts == 2
        assert seen(desk, mine).result == b'{"by": %d}' % second.pid


def _worker(office: Office) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **office.variables, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-m", "tests.service.sample_work", "1.0"], env=environment, cwd=ROOT)
