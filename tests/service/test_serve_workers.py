"""`guantong serve` as a process: several workers on PostgreSQL, reload by SIGHUP, and an end that finishes what was asked."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from rules.starter import copied
from tests.service import village
from tests.service.api_client import key_for
from tests.service.conftest import Office, fresh_database
from tests.service.test_reload import SHIPPED, say

PATIENCE = 300
"""Seconds: generous, because a book is read while other tests keep the machine busy."""


@contextmanager
def serving(office: Office, *options: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]", Path]]:
    """The service on a free port of this machine; its address, its process, and its log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = office.folder / "log"
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", str(port), "--no-worker"]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [*command, "--log-format", "json", *options], env={**os.environ, **office.variables}, stderr=file, stdout=file
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(url) or process.poll() is not None)
        yield url, process, log
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/livez", timeout=5).status_code == 204
    except httpx2.TransportError:
        return False


def until(holds: object) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def lines(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own" / "book" / "subsidy" / "our_rule.yml"
    path.parent.mkdir(parents=True)
    path.write_text(copied(SHIPPED.read_text(encoding="utf-8"), "paid_after_death", "our_rule"), encoding="utf-8")
    return path


def hash_at(url: str, headers: dict[str, str]) -> str:
    return str(httpx2.get(f"{url}/api/v1/rules/our_rule", headers=headers, timeout=60).json()["hash"])


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_requests_go_on_through_a_reload_and_end_before_the_process_does(
    tmp_path: Path, own: Path, request: pytest.FixtureRequest, database: str
) -> None:
    several = database == "postgresql"
    url_of = (
        fresh_database(request.getfixturevalue("postgres_server"))
        if several
        else f"sqlite:///{tmp_path / 'home' / 'guantong.db'}"
    )
    office = Office(tmp_path, url_of)
    office.variables["GUANTONG_BOOK"] = str(own.parents[2])
    office.take_in(village.places(), village.people())
    with office.desk() as desk:
        headers = key_for(desk, "data_team")
    with serving(office, *(("--workers", "2") if several else ())) as (url, process, log):
        until(lambda: sum("startup complete" in str(line["said"]) for line in lines(log)) == 1 + several)
        before = hash_at(url, headers)
        statuses, ending = list[int](), threading.Event()

        def ask() -> None:
            while not ending.wait(0.2):
                statuses.append(httpx2.get(f"{url}/api/v1/rules", headers=headers, timeout=60).status_code)

        asking = threading.Thread(target=ask)
        asking.start()
        say(own, "severity: high", "severity: hihg")
        process.send_signal(signal.SIGHUP)
        until(lambda: any("refused" in str(line["said"]) for line in lines(log)))
        assert hash_at(url, headers) == before
        say(own, "severity: hihg", "severity: low")
        process.send_signal(signal.SIGHUP)
        until(lambda: any(line["said"] == "book reloaded" for line in lines(log)))
        until(lambda: all(hash_at(url, headers) != before for _ in range(6)))
        figures = httpx2.get(f"{url}/metrics", timeout=60).text
        ending.set()
        asking.join()
        assert set(statuses) == {200} and "guantong_request_seconds_count" in figures
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    started = [line for line in lines(log) if "Started server process" in str(line["said"])]
    assert len(started) == (2 if several else 1)
    assert not [line for line in lines(log) if line["level"] == "ERROR" and "refused" not in str(line["said"])]


@pytest.mark.slow
def test_several_processes_are_refused_on_sqlite(embedded: Office) -> None:
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--workers", "2", "--no-worker"]
    done = subprocess.run(command, env={**os.environ, **embedded.variables}, capture_output=True, check=False, timeout=PATIENCE)
    assert done.returncode == 2 and "PostgreSQL" in done.stderr.decode()
