"""The client against the real `guantong serve`: from pushing records to the first alert, over a line that loses answers."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pyarrow.parquet as pq
import pytest

from guantong_client.client import Client
from guantong_client.problem import Refused
from guantong_client.webhook import NotProven, verify
from tests.service import village
from tests.service.receiver import receiving

GUANTONG = [sys.executable, "-c", "from service.cli import main; main()"]
ORDER = ("area", "unit", "office", "office_coverage", "person", "public_employee", "programme", "subsidy_payment", "ticket")


class Losing(httpx2.BaseTransport):
    """A line on which every third answer is lost after the service gave it."""

    def __init__(self) -> None:
        self.line, self.sent, self.lost = httpx2.HTTPTransport(), 0, 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self.line.handle_request(request)
        self.sent += 1
        if self.sent % 3 == 0:
            answer.read()
            self.lost += 1
            raise httpx2.ReadError("the answer was lost", request=request)
        return answer

    def close(self) -> None:
        self.line.close()


@dataclass
class Served:
    """A service of its own process, with nothing in it yet."""

    url: str
    environment: dict[str, str]

    def command(self, *words: str) -> str:
        done = subprocess.run([*GUANTONG, *words], env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def key(self, role: str = "platform") -> str:
        found = re.search(r"gt_[0-9a-f]{12}_[\w-]+", self.command("access", "key", "test", "--role", role))
        assert found is not None
        return found[0]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("client")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ, "GUANTONG_HOME": str(folder / "home"), "GUANTONG_KEY_FILE": str(folder / "key"), "GUANTONG_LANG": "zh",
        "GUANTONG_HOOK_NETWORKS": "127.0.0.1", "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip
    process = subprocess.Popen([*GUANTONG, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                if httpx2.get(f"{url}/readyz").status_code == 204:
                    break
            except httpx2.TransportError:
                time.sleep(0.1)
        yield Served(url, environment)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGTERM), "it stops in order when it is asked to"


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    folder = village.write(tmp_path_factory.mktemp("rows"))
    return {table: pq.read_table(folder / f"{table}.parquet").to_pylist() for table in ORDER}


def test_from_records_to_the_first_alert_told_and_reported_although_answers_are_lost(
    served: Served, rows: dict[str, list[dict[str, Any]]]
) -> None:
    line = Losing()
    with Client(served.url, served.key(), transport=line) as platform, receiving() as receiver:
        for table in ORDER:
            told = platform.push(table, rows[table])
            assert (told["accepted"], told["rejected"], told["duplicate"]) == (len(rows[table]), 0, 0), told
        again = platform.push("subsidy_payment", rows["subsidy_payment"])
        assert (again["accepted"], again["duplicate"]) == (0, len(rows["subsidy_payment"]))
        hook = platform.subscribe(receiver.url, ["cn.guantong.alert.opened.v1"])
        ended = platform.wait_for_run(platform.run(as_of=village.AS_OF.isoformat())["run"])
        assert ended["status"] == "done", ended
        alerts = list(platform.alerts(limit=2))
        assert len({one["alert"] for one in alerts}) == len(alerts) == ended["counts"]["opened"] > 2
        first = platform.alert(alerts[0]["alert"])
        assert first["reasons"] and first["no_proof"]
        assert platform.report(first["alert"], reference="HT-7", outcome="substantiated")["version"] == 1
        kinds = [event["type"] for event in platform.events()]
        assert kinds.count("cn.guantong.alert.opened.v1") == len(alerts) and "cn.guantong.verdict.reported.v1" in kinds
        assert list(platform.events(after=platform.cursor)) == []
        until = time.monotonic() + 60
        while len({one.event["subject"] for one in receiver.got}) < len(alerts) and time.monotonic() < until:
            time.sleep(0.1)
        got = receiver.got
        for one in got:
            verify(hook["secret"], one.headers, one.body, time.time())
        with pytest.raises(NotProven):
            verify(hook["secret"], got[0].headers, got[0].body + b" ", time.time())
        assert {one.event["subject"] for one in got} == {one["alert"] for one in alerts}
    assert line.lost > 5


def test_a_list_is_screened_before_it_is_paid(served: Served, rows: dict[str, list[dict[str, Any]]]) -> None:
    with Client(served.url, served.key()) as platform:
        dead = next(one for one in rows["subsidy_payment"] if one["person_id"] == village.resident(1))
        coming = {**dead, "payment_id": "NEW-1", "paid_on": "2024-04-20", "period": "2024-05"}
        told = platform.screen("subsidy_payment", [coming], as_of=village.AS_OF.isoformat())
        assert "paid_after_death" in {one["rule"] for one in told["findings"]}


def test_what_is_refused_says_which_field(served: Served) -> None:
    with Client(served.url, served.key()) as platform:
        with pytest.raises(Refused) as refused:
            list(platform.alerts(colour="red"))
        assert (refused.value.status, refused.value.code) == (422, "invalid")
        assert [one["where"] for one in refused.value.errors] == ["colour"] and "colour" in str(refused.value)
        bad = platform.push("area", [{"area_id": "1"}, {"area_id": "320600000000"}])
        assert bad["rejected"] == 2 and {one["row"] for one in bad["errors"]} == {0, 1}
    with Client(served.url, "gt_nobody_nothing") as nobody, pytest.raises(Refused) as refused:
        next(nobody.alerts())
    assert refused.value.status == 401
