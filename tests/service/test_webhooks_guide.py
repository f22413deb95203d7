"""The receivers of the guide, as printed there, tell our events from forged ones: Python, Java and shell."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from tests.service.newsroom import Newsroom, newsroom
from tests.service.receiver import Got, receiving
from tests.tree import ROOT

GUIDES = ("events.md", "events.zh-CN.md")


def example(page: str, language: str, place: int = 0) -> str:
    text = (ROOT / "docs" / "guide" / page).read_text(encoding="utf-8")
    found: str = re.findall(rf"(?ms)^```{language}\n(.*?)^```", text)[place]
    return found


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with newsroom(tmp_path, f"sqlite:///{tmp_path / 'home' / 'guantong.db'}") as opened:
        yield opened


@pytest.fixture
def sent(room: Newsroom) -> tuple[str, Got]:
    """The secret, and an event as it came."""
    with receiving() as receiver:
        made = room.subscribe(receiver.url, room.key()[0])
        room.open_alert("A1")
        room.courier().deliver_due()
        return made.secret, receiver.got[0]


@pytest.mark.parametrize("page", GUIDES)
def test_python(page: str, sent: tuple[str, Got]) -> None:
    secret, got = sent
    names: dict[str, Any] = {}
    exec(compile(example(page, "python"), page, "exec"), names)
    assert names["take"](secret, got.headers, got.body)["subject"] == "A1"
    with pytest.raises(WebhookVerificationError):
        names["take"](secret, got.headers, got.body + b" ")


@pytest.mark.parametrize("page", GUIDES)
def test_shell(page: str, sent: tuple[str, Got], tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    secret, got = sent
    headers = {"ID": "webhook-id", "TIMESTAMP": "webhook-timestamp", "SIGNATURES": "webhook-signature"}
    environment = {**os.environ, "SECRET": secret, **{name: got.headers[header] for name, header in headers.items()}}
    said = []
    for body in (got.body, got.body + b" "):
        (tmp_path / "body.json").write_bytes(body)
        done = subprocess.run(
            ["sh", "-c", example(page, "sh", -1)], cwd=tmp_path, env=environment, capture_output=True, check=True
        )
        said.append(done.stdout.decode().strip())
    assert said == ["genuine", "not from us"]


@pytest.mark.slow
@pytest.mark.parametrize("page", GUIDES)
def test_java(page: str, room: Newsroom, tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("no Java here")
    (tmp_path / "Hooks.java").write_text(example(page, "java"), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hooks"
    secret = room.subscribe(url, room.key()[0]).secret
    room.open_alert("A1")
    command = ["java", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8", "Hooks.java", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "WEBHOOK_SECRET": secret}, stdout=subprocess.PIPE) as java:
        try:
            _until_it_listens(port)
            room.courier(10.0).deliver_due()
            forged = httpx2.post(
                url,
                content=b"{}",
                headers={"webhook-id": "x", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"},
            )
        finally:
            java.kill()
        assert java.stdout is not None
        told = java.stdout.read().decode()
    assert forged.status_code == 401
    assert room.statuses() == ["done"] and '"subject":"A1"' in told and told.count("\n") == 1


def _until_it_listens(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the receiver does not listen")
