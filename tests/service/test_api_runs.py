"""Runs by API: asked for, done by a worker, watched, cancelled between steps and taken up again."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.desk import Desk
from service.store.job import Job
from service.store.run import Run
from service.work.worker import Worker
from tests.service import village
from tests.service.api_client import client, key_for
from tests.service.conftest import Office

V1 = "/api/v1"
AS_OF = {"as_of": village.AS_OF.isoformat()}


@pytest.fixture
def desk(embedded: Office) -> Iterator[Desk]:
    embedded.take_in(village.places(), village.people(), village.payments(), village.complaints())
    with embedded.desk() as desk:
        yield desk


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    with client(desk) as calling:
        calling.headers.update(key_for(desk, "platform"))
        yield calling


def test_a_run_is_asked_for_done_by_a_worker_and_told_with_its_steps(calling: TestClient, desk: Desk) -> None:
    asked = calling.post(f"{V1}/runs", json=AS_OF)
    assert (asked.status_code, asked.json()["status"]) == (202, "queued")
    place = asked.headers["Location"]
    assert calling.post(f"{V1}/runs", json=AS_OF).headers["Location"] == place, "asking again is asking once"
    other = calling.post(f"{V1}/runs", json={})
    assert (other.status_code, other.headers["Location"]) == (409, place)
    assert Worker(desk).work_off() == 1
    told = calling.get(place).json()
    assert (told["status"], told["number"], told["as_of"], told["error"]) == ("done", 1, AS_OF["as_of"], None)
    assert told["counts"]["opened"] > 0 and len(told["steps"]) > 5
    assert calling.get(f"{V1}/runs/1").json()["steps"] == told["steps"]
    assert [one["run"] for one in calling.get(f"{V1}/runs").json()] == [asked.json()["run"]]
    assert calling.post(f"{V1}/runs", json=AS_OF).headers["Location"] != place, "the next one is another"


def test_a_run_is_cancelled_between_steps_and_the_next_goes_on_from_there(calling: TestClient, desk: Desk) -> None:
    place = calling.post(f"{V1}/runs", json=AS_OF).headers["Location"]
    worker = Worker(desk, beat=0.05)
    working = threading.Thread(target=worker.work_off)
    working.start()
    end = time.monotonic() + 120
    while not (seen := calling.get(place).json())["steps"] or "step" not in seen["progress"]:
        assert time.monotonic() < end and seen["status"] in ("queued", "running"), seen
    cancelled = calling.post(f"{place}/cancel").json()
    assert cancelled["cancelling"]
    working.join(120)
    assert calling.get(place).json()["status"] == "cancelled"
    again = calling.post(f"{V1}/runs", json=AS_OF).headers["Location"]
    worker.work_off()
    assert (calling.get(again).json()["status"], calling.get(again).json()["number"]) == ("done", 1)
    with desk.store.look() as session:
        assert session.query(Run).count() == 1, "it was the same run, taken up again"


def test_a_waiting_run_is_cancelled_at_once_and_one_that_has_ended_stays(calling: TestClient, desk: Desk) -> None:
    place = calling.post(f"{V1}/runs", json=AS_OF).headers["Location"]
    for _ in range(2):
        answer = calling.post(f"{place}/cancel")
        assert (answer.status_code, answer.json()["status"], answer.json()["cancelling"]) == (202, "cancelled", False)
    assert Worker(desk).work_off() == 0
    assert calling.get(f"{V1}/runs/nothing").status_code == calling.post(f"{V1}/runs/nothing/cancel").status_code == 404
    assert calling.get(f"{V1}/runs/12").status_code == 404


def test_a_run_without_records_fails_with_its_reason_and_is_not_tried_again(embedded: Office) -> None:
    with embedded.desk() as desk, client(desk) as calling:
        calling.headers.update(key_for(desk, "platform"))
        place = calling.post(f"{V1}/runs", json={}).headers["Location"]
        assert Worker(desk).work_off() == 1
        told: dict[str, Any] = calling.get(place).json()
        assert told["status"] == "failed" and "guantong import" in told["error"]


def test_runs_are_for_those_who_may_and_jobs_of_other_kinds_are_none(calling: TestClient, desk: Desk) -> None:
    leader, member = key_for(desk, "leader"), key_for(desk, "office_member")
    assert calling.post(f"{V1}/runs", json={}, headers=leader).status_code == 403
    assert calling.get(f"{V1}/runs", headers=leader).status_code == 200
    assert calling.get(f"{V1}/runs", headers=member).status_code == 403
    place = calling.post(f"{V1}/runs", json=AS_OF).headers["Location"]
    with desk.store.change() as session:
        session.query(Job).update({Job.kind: "other"})
    assert calling.get(place).status_code == calling.post(f"{place}/cancel").status_code == 404
