"""Kinds of work for tests, and a worker in a process of its own that can be killed: arguments: seconds of the lease."""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from service.desk import Desk
from service.settings import Settings
from service.work.registry import KINDS, GiveUp, JobHandle, Kind
from service.work.worker import Worker


def _slow(desk: Desk, job: JobHandle) -> dict[str, Any]:
    """Ten steps; each leaves a line in a file."""
    for step in range(10):
        with Path(job.body["file"]).open("a") as file:
            file.write(f"{os.getpid()} {step}\n")
        job.told("step", step, 10)
        time.sleep(job.body["seconds"])
    return {"by": os.getpid()}


def _faulty(desk: Desk, job: JobHandle) -> bytes:
    if job.attempt <= job.body["times"]:
        raise ValueError("a value nobody may read")
    return b"done"


def _hopeless(desk: Desk, job: JobHandle) -> None:
    raise GiveUp("problem.not_there")


SLOW, FAULTY = Kind("slow", _slow), Kind("faulty", _faulty, attempts=3, quick=True)
HOPELESS = Kind("hopeless", _hopeless)
SAMPLES = {name: f"tests.service.sample_work:{name.upper()}" for name in ("slow", "faulty", "hopeless")}


def main(lease: float) -> None:
    KINDS.update(SAMPLES)
    with Desk(Settings.from_environment(), clock=lambda: datetime.now(UTC)) as desk:
        Worker(desk, lease=timedelta(seconds=lease), beat=lease / 10, idle=0.05).serve()


if __name__ == "__main__":
    main(float(sys.argv[1]))
