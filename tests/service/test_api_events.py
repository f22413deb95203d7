"""Events fetched in pages and streamed, and webhooks kept over the API: nothing missed, nothing twice, nothing that is not the caller's."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from service.access.caller import Bounds
from tests.service.api_client import client
from tests.service.newsroom import Newsroom, newsroom, variables
from tests.service.receiver import Receiver, receiving, verify
from tests.tree import ROOT

V1 = "/api/v1"
Headers = dict[str, str]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path, f"sqlite:///{tmp_path / 'home' / 'guantong.db'}") as opened:
        yield opened


@pytest.fixture
def calling(room: Newsroom) -> Iterator[TestClient]:
    with client(room.desk) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def fetched(calling: TestClient, head: Headers, **asked: Any) -> tuple[list[str], str]:
    """Ids of all events behind a cursor, page by page, and where they end."""
    found: list[str] = []
    while True:
        page = calling.get(f"{V1}/events", headers=head, params=asked).json()
        found += [one["id"] for one in page["events"]]
        asked["after"] = page["next"]
        if not page["more"]:
            return found, page["next"]


def test_pages_follow_each_other_and_go_on_later_where_they_ended(room: Newsroom, calling: TestClient) -> None:
    _, head = room.key()
    for number in range(7):
        room.open_alert(f"A{number}")
    first, place = fetched(calling, head, limit=3)
    assert first == room.told()
    assert fetched(calling, head, after=place) == ([], place)
    room.happen("alert.quiet", "A1")
    assert fetched(calling, head, after=place)[0] == room.told("A1")[1:]


def test_a_cursor_is_good_for_its_caller_and_its_types_only(room: Newsroom, calling: TestClient) -> None:
    (_, head), (_, other) = room.key(), room.key()
    _, place = fetched(calling, head)
    types = ["cn.guantong.alert.quiet.v1"]
    for whose, asked in ((other, {"after": place}), (head, {"after": place, "types": types}), (head, {"after": "x"})):
        answer = calling.get(f"{V1}/events", headers=whose, params=asked)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:guantong:problem:cursor")


def test_types_narrow_and_an_unknown_one_is_answered_with_the_nearest(room: Newsroom, calling: TestClient) -> None:
    _, head = room.key()
    room.open_alert("A1")
    room.happen("alert.quiet", "A1")
    assert fetched(calling, head, types=["cn.guantong.alert.quiet.v1"])[0] == room.told()[1:]
    answer = calling.get(f"{V1}/events", headers=head, params={"types": ["cn.guantong.alert.quite.v1"]})
    assert answer.status_code == 422 and "cn.guantong.alert.quiet.v1" in answer.json()["errors"][0]["detail"]
    listed = calling.get(f"{V1}/events/kinds", headers=head).json()
    assert {"cn.guantong.alert.opened.v1", "cn.guantong.run.done.v1"} <= {one["type"] for one in listed}


def test_another_offices_alerts_are_in_no_page(room: Newsroom, calling: TestClient) -> None:
    _, head = room.key("platform", Bounds(office_id="OF-A"))
    room.open_alert("A1", "OF-A")
    room.open_alert("B1", "OF-B")
    text = calling.get(f"{V1}/events", headers=head).text
    assert "A1" in text and "B1" not in text
    assert calling.get(f"{V1}/events", headers=room.key("data_team")[1]).status_code == 403


def make(calling: TestClient, head: Headers, url: str, **more: Any) -> dict[str, Any]:
    answer = calling.post(f"{V1}/subscriptions", headers=head, json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_subscription_lives_from_its_making_to_its_end(room: Newsroom, calling: TestClient, receiver: Receiver) -> None:
    _, head = room.key()
    made = make(calling, head, receiver.url, types=["cn.guantong.alert.opened.v1"])
    here, secret = f"{V1}/subscriptions/{made['subscription']}", made.pop("secret")
    assert secret.startswith("whsec_") and calling.get(here, headers=head).json() == made
    assert calling.get(f"{V1}/subscriptions", headers=head).json() == [made]
    room.open_alert("A1")
    room.courier().deliver_due()
    assert verify(secret, receiver.got[0])["subject"] == "A1"
    newer = calling.post(f"{here}/secret", headers=head, json={"overlap_hours": 1}).json()
    assert newer["secret"] != secret and newer["older_secret_until"] is not None
    paused = calling.patch(here, headers=head, json={"active": False}).json()
    assert (paused["status"], paused["why"]) == ("paused", "asked")
    room.open_alert("A2")
    room.courier().deliver_due()
    assert len(receiver.got) == 1
    assert calling.patch(here, headers=head, json={"active": True, "types": []}).json()["status"] == "active"
    room.courier().deliver_due()
    assert verify(newer["secret"], receiver.got[1])["subject"] == "A2"
    assert calling.delete(here, headers=head).status_code == 204
    assert calling.get(here, headers=head).status_code == 404


def test_the_delivery_log_tells_every_attempt_and_sends_again(room: Newsroom, calling: TestClient, receiver: Receiver) -> None:
    _, head = room.key()
    here = f"{V1}/subscriptions/{make(calling, head, receiver.url)['subscription']}"
    receiver.manner = lambda got: 500 if got.event["subject"] == "A2" else 204
    for alert in ("A1", "A2", "A3"):
        room.open_alert(alert)
    room.courier().deliver_due()
    log = calling.get(f"{here}/deliveries", headers=head).json()["deliveries"]
    assert [(one["subject"], one["status"]) for one in log] == [("A3", "done"), ("A2", "waiting"), ("A1", "done")]
    assert [one["status"] for one in log[1]["log"]] == [500] and log[1]["next_at"] is not None and log[1]["log"][0]["ms"] >= 0
    shown = calling.get(here, headers=head).json()
    assert (shown["status"], shown["waiting"]) == ("active", 1) or shown["status"] == "failing"
    first = calling.get(f"{here}/deliveries", headers=head, params={"limit": 2}).json()
    rest = calling.get(f"{here}/deliveries", headers=head, params={"limit": 2, "cursor": first["next"]}).json()
    assert first["deliveries"] + rest["deliveries"] == log and rest["next"] is None
    again = calling.post(f"{here}/replay", headers=head, json={"event": log[2]["event"]})
    assert again.status_code == 202
    room.courier().deliver_due()
    assert [one.event["subject"] for one in receiver.got].count("A1") == 2
    for body in ({}, {"event": "x", "since": "2026-01-01T00:00:00Z"}, {"since": "2026-01-01T00:00:00"}):
        assert calling.post(f"{here}/replay", headers=head, json=body).status_code == 422
    assert calling.post(f"{here}/replay", headers=head, json={"event": "unknown"}).status_code == 404
    calling.patch(here, headers=head, json={"active": False})
    refused = calling.post(f"{here}/replay", headers=head, json={"since": "2026-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:guantong:problem:hook_paused")


def test_a_subscription_is_its_owners_and_ended_by_whoever_keeps_keys(room: Newsroom, calling: TestClient) -> None:
    (_, head), (_, other), (_, keeper) = room.key(), room.key(), room.key("administrator")
    here = f"{V1}/subscriptions/{make(calling, head, 'https://platform.example/hooks')['subscription']}"
    assert calling.get(f"{V1}/subscriptions", headers=other).json() == []
    for whose in (other, keeper):
        assert calling.get(f"{here}/deliveries", headers=whose).status_code == 404
        assert calling.patch(here, headers=whose, json={"url": "https://elsewhere.example/"}).status_code == 404
        assert calling.post(f"{here}/secret", headers=whose, json={}).status_code == 404
        assert calling.post(f"{here}/replay", headers=whose, json={"since": "2026-01-01T00:00:00Z"}).status_code == 404
    assert calling.get(here, headers=other).status_code == 404 and calling.delete(here, headers=other).status_code == 404
    assert calling.post(f"{V1}/subscriptions", headers=keeper, json={"url": "https://platform.example/"}).status_code == 403
    assert [one["url"] for one in calling.get(f"{V1}/subscriptions", headers=keeper).json()] == ["https://platform.example/hooks"]
    assert calling.delete(here, headers=keeper).status_code == 204


def test_what_cannot_be_subscribed_to_is_refused_with_its_reason(room: Newsroom, calling: TestClient) -> None:
    _, head = room.key()
    for url in (
        "https://10.0.0.1/",
        "http://platform.example:99999/",
        "https://a:b@platform.example/",
        "ftp://platform.example/",
    ):
        answer = calling.post(f"{V1}/subscriptions", headers=head, json={"url": url})
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "/url"), url
    assert (
        calling.post(f"{V1}/subscriptions", headers=head, json={"url": "https://x.example/", "entitled": True}).status_code == 403
    )
    for _ in range(20):
        make(calling, head, "https://platform.example/hooks")
    answer = calling.post(f"{V1}/subscriptions", headers=head, json={"url": "https://platform.example/hooks"})
    assert answer.json()["type"] == "urn:guantong:problem:too_many_hooks"


@contextmanager
def serving(folder: Path, database_url: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The real server as a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve", "--port", str(port), "--no-worker"]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **variables(folder, database_url)}, stdout=subprocess.DEVNULL
    ) as server:
        try:
            _until_it_answers(port)
            yield f"http://127.0.0.1:{port}{V1}", server
        finally:
            server.kill()


def _until_it_answers(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not listen")


def streamed(lines: Iterator[str], count: int) -> list[dict[str, str]]:
    """So many events of a stream, each as its fields."""
    found: list[dict[str, str]] = []
    one: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            one[name] = value
        elif "data" in one:
            found.append(one)
            one = {}
            if len(found) == count:
                break
        else:
            one = {}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_stream_goes_on_by_last_event_id_without_gap_and_ends_when_the_service_stops(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    from tests.service.conftest import fresh_database

    url = (
        f"sqlite:///{tmp_path / 'home' / 'guantong.db'}"
        if kind == "sqlite"
        else fresh_database(request.getfixturevalue("postgres_server"))
    )
    with newsroom(tmp_path, url) as room:
        _, head = room.key("platform", Bounds(office_id="OF-A"))
        room.open_alert("A0")
        with serving(tmp_path, url) as (base, server), httpx2.Client(headers=head, timeout=30) as browser:
            with browser.stream("GET", f"{base}/events/stream") as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                lines = stream.iter_lines()
                next(lines)  # it has begun: what happens from now on is streamed
                for alert, office in (("A1", "OF-A"), ("B1", "OF-B"), ("A2", "OF-A")):
                    room.open_alert(alert, office)
                first = streamed(lines, 2)
            assert [json.loads(one["data"])["subject"] for one in first] == ["A1", "A2"]
            assert [one["event"] for one in first] == ["cn.guantong.alert.opened.v1"] * 2
            for number in range(250):  # more than is read at once, while nobody listens
                room.happen("alert.level", "A1", changed={"level": number})
            with browser.stream("GET", f"{base}/events/stream", headers={"Last-Event-ID": first[0]["id"]}) as stream:
                lines = stream.iter_lines()
                later = streamed(lines, 251)
                told = [json.loads(one["data"])["id"] for one in later]
                assert told == room.told("A2") + room.told("A1")[1:]
                server.send_signal(signal.SIGTERM)
                assert [line for line in lines if line.startswith("data")] == []
            assert server.wait(10) == 0 or server.returncode == -signal.SIGTERM


@pytest.mark.slow
def test_a_silent_stream_shows_that_it_lives(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'home' / 'guantong.db'}"
    with newsroom(tmp_path, url) as room, serving(tmp_path, url) as (base, _):
        with httpx2.stream("GET", f"{base}/events/stream", headers=room.key()[1], timeout=30) as stream:
            begun = time.monotonic()
            assert next(line for line in stream.iter_lines() if line.startswith(":")).startswith(": ")
            assert 10 < time.monotonic() - begun < 25
        answer = httpx2.get(f"{base}/events/stream", headers={**room.key()[1], "Last-Event-ID": "made up"}, timeout=30)
        assert answer.status_code == 400
