"""A run of the book as a job: started by a platform or a person, watched, cancelled between steps and taken up again."""

from datetime import date
from typing import Any

from service.desk import Desk
from service.pipeline import run
from service.work.registry import JobHandle, Kind


def _run(desk: Desk, job: JobHandle) -> dict[str, Any]:
    given = job.body.get("as_of")
    outcome = run(desk, date.fromisoformat(given) if given else None, watch=job.told)
    job.progress = {"run_id": outcome.run_id}
    return outcome.model_dump(mode="json")


RUN = Kind("run", _run, attempts=20)  # Busy while somebody runs it from the command line: that may take an hour
