"""What an import and a run tell other platforms, and a worker as a process of its own that carries it."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from service.store.alert import Alert
from service.store.assignment import Assignment
from service.store.notice import Notice
from service.store.outbox import BY
from tests.service import village
from tests.service.api_client import kept_office
from tests.service.newsroom import newsroom, variables
from tests.service.receiver import receiving, verify
from tests.tree import ROOT


def test_an_import_and_a_run_tell_every_batch_alert_and_assignment_once_and_name_nobody(tmp_path: Path) -> None:
    office = kept_office(tmp_path)
    office.run()  # the same again: nothing is new, and only that it was done is told
    with office.desk() as desk, desk.store.look() as session:
        told = session.scalars(select(Notice).order_by(Notice.seq)).all()
        alerts = set(session.scalars(select(Alert.fingerprint)))
        assigned = Counter(session.scalars(select(Assignment.fingerprint)))
    kinds = Counter(one.kind for one in told)
    assert kinds["batch.imported"] == len({**village.places(), **village.people(), **village.payments(), **village.complaints()})
    assert [one.about for one in told if one.kind == "run.done"] == ["1", "2"]
    opened = [one.about for one in told if one.kind == "alert.opened"]
    assert len(alerts) > 2 and set(opened) == alerts and len(opened) == len(alerts)
    assert Counter(one.about for one in told if one.kind == "assignment.given") == assigned
    first = {one.about: one.seq for one in reversed(told)}
    assert all(next(one for one in told if one.seq == first[alert]).kind == "alert.opened" for alert in alerts)
    sealed = ("rid_", "acc_", "tel_", "nam_", "dev_", *village.NAMES)
    assert not [one.kind for one in told for value in one.body.values() if any(part in str(value) for part in sealed)]
    assert {one.body[BY] for one in told} == {"import", "run"}


@pytest.mark.slow
def test_the_worker_carries_webhooks_and_stops_when_asked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'home' / 'guantong.db'}"
    with newsroom(tmp_path, url) as room, receiving() as receiver:
        made = room.subscribe(receiver.url, room.key()[0])
        command = [sys.executable, "-c", "from service.cli import main; main()", "worker"]
        environment = {**os.environ, **variables(tmp_path, url)}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as worker:
            try:
                room.open_alert("A1")
                until = time.monotonic() + 60
                while not receiver.got and time.monotonic() < until:
                    time.sleep(0.05)
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(60) == 0
            finally:
                worker.kill()
        assert verify(made.secret, receiver.got[0])["subject"] == "A1"
        assert room.statuses() == ["done"]
