"""Figures for Prometheus and lines in the log: what runs and requests did, and nobody's name, number or address."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from service.api.app import create_app
from service.desk import Desk
from service.running.log import JsonLines, TextLines
from service.store.job import QUEUED, Job
from service.store.judged import Blindness
from tests.service import village
from tests.service.api_client import kept_office, key_for
from tests.service.conftest import NOW

MACHINE = ("127.0.0.1", 50_000)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with kept_office(tmp_path_factory.mktemp("office")).desk() as desk:
        yield desk


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk), client=MACHINE) as client:
        yield client


def figures(text: str) -> dict[tuple[str, ...], float]:
    """(name, label values …) -> value."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_last_run_is_told_rule_by_rule(calling: TestClient, desk: Desk) -> None:
    with desk.store.change() as session:
        session.execute(update(Blindness).where(Blindness.rule == "paid_after_death").values(body={"blind": 3, "population": 12}))
    seen = figures(calling.get("/metrics").text)
    assert seen[("guantong_rule_findings", "paid_after_death", "live")] == 2
    assert seen[("guantong_rule_seconds", "paid_after_death")] >= 0
    assert seen[("guantong_rule_blind_subjects", "paid_after_death")] == 3
    assert seen[("guantong_rule_subjects", "paid_after_death")] == 12
    assert seen[("guantong_run_finished_timestamp_seconds",)] == NOW.timestamp()


def test_work_that_waits_is_told_with_its_age(calling: TestClient, desk: Desk) -> None:
    with desk.store.change() as session:
        session.add(
            Job(
                job_id="J1", kind="run", status=QUEUED, asked_by="test", asked_at=NOW, body={}, due_at=NOW, progress={},
            )
        )  # fmt: skip
    seen = figures(calling.get("/metrics").text)
    assert seen[("guantong_jobs", "run", "queued")] == 1
    assert seen[("guantong_job_waiting_seconds", "run")] == 0
    assert seen[("guantong_delivery_waiting_seconds",)] >= 0


def test_requests_are_counted_by_route_and_strangers_guesses_make_no_labels(calling: TestClient, desk: Desk) -> None:
    headers = key_for(desk, "leader")
    before = figures(calling.get("/metrics").text)  # the figures are the whole process's, other tests' requests too
    for path in ("rules/paid_after_death", "rules/overdue", "rules/no_such_rule"):
        calling.get(f"/api/v1/{path}?secret=320623194003070014", headers=headers)
    calling.get("/wp-login.php")
    text = calling.get("/metrics").text
    seen = figures(text)
    route = "/api/v1/rules/{rule}"
    for labels, more in {("GET", route, "200"): 2, ("GET", route, "404"): 1, ("GET", "-", "404"): 1}.items():
        name = ("guantong_request_seconds_count", *labels)
        assert seen[name] - before.get(name, 0) == more
    assert "wp-login" not in text and "320623194003070014" not in text


def test_no_figure_names_anybody(calling: TestClient) -> None:
    text = calling.get("/metrics").text
    assert not [name for name in village.NAMES if name in text]
    assert "rid_" not in text and "U0010" not in text


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        (MACHINE, {}, 200), (("::1", 1), {}, 200), (("10.0.0.8", 1), {}, 401), (MACHINE, {"X-Forwarded-For": "10.0.0.8"}, 401),
        (MACHINE, {"Forwarded": "for=10.0.0.8"}, 401),
    ],
)  # fmt: skip
def test_figures_are_for_this_machine_only(desk: Desk, client: tuple[str, int], headers: dict[str, str], status: int) -> None:
    with TestClient(create_app(desk), client=client) as calling:
        assert calling.get("/metrics", headers=headers).status_code == status


def test_from_elsewhere_figures_need_their_verb(desk: Desk) -> None:
    with TestClient(create_app(desk), client=("10.0.0.8", 1)) as calling:
        assert calling.get("/metrics", headers=key_for(desk, "data_team")).status_code == 200
        assert calling.get("/metrics", headers=key_for(desk, "leader")).status_code == 403


def test_the_log_tells_route_caller_and_time_and_neither_address_nor_question(
    calling: TestClient, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    headers = key_for(desk, "leader")
    with caplog.at_level(logging.INFO, "guantong.request"):
        calling.get("/api/v1/rules/paid_after_death?name=王秀兰", headers={**headers, "X-Request-Id": "abc"})
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert (line["request"], line["route"], line["status"]) == ("abc", "/api/v1/rules/{rule}", 200)
    assert line["caller"].startswith("key:") and line["ms"] >= 0
    assert "王秀兰" not in str(line) and "paid_after_death" not in str(line)
    assert "route=/api/v1/rules/{rule}" in TextLines().format(caplog.records[-1])


def test_an_error_is_logged_by_kind_and_place_without_its_message() -> None:
    try:
        Path("/no/such/王秀兰").read_text(encoding="utf-8")
    except OSError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, (type(error), error, error.__traceback__))
    for line in (JsonLines().format(record), TextLines().format(record)):
        assert "FileNotFoundError" in line and "test_metrics.py" in line and "王秀兰" not in line
