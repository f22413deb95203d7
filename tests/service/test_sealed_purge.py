"""guantong purge: what is over is nowhere below the home folder nor in the database; searched by bytes."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, select, text

from service.backup import back_up
from service.cli import answer
from service.progress import Bars
from service.sealed.purging import Done, purge
from service.store.event import Event, first_broken
from service.store.idempotent import Answered
from service.store.job import DONE, QUEUED, Job
from service.store.search import AlertText
from service.store.signal import SignalVersion
from service.store.verdict import Verdict
from tests.datasets import town
from tests.service import village
from tests.service.conftest import NOW, Office

TEXT = "东风村有人去世了还在领低保，请核查。"
DAY = date(2027, 3, 6)
"""Three years and a day after the first complaint was closed."""


@pytest.fixture
def full(office: Office) -> Office:
    """An office after a run, in which people and programs have repeated what a complaint says."""
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    with office.desk() as desk, desk.store.change() as session:
        signal = next(one for one in session.scalars(select(SignalVersion)) if "TK01" in one.body["evidence"].get("ticket", ()))
        signal.body = {**signal.body, "measures": {**signal.body["measures"], "said": f"原文：{TEXT}完"}}
        alert = (
            session.execute(text("SELECT fingerprint FROM alert_signal WHERE signal_id = :one"), {"one": signal.signal_id})
            .scalars()
            .all()[0]
        )
        session.add(
            Verdict(
                fingerprint=alert,
                outcome="cleared",
                reason=f"来电人说{TEXT}",
                decided_by="test",
                decided_at=NOW,
                expires_on=None,
                facts={},
            )
        )
        found = session.scalar(select(AlertText).where(AlertText.fingerprint == alert))
        if found is None:
            session.add(AlertText(text_id=1, fingerprint=alert, digest="d", said=TEXT))
        else:
            found.said = TEXT
        for name, status, days in (("old", DONE, 31), ("new", DONE, 1), ("waits", QUEUED, 31)):
            at = NOW.replace(year=2027, month=3, day=6) - timedelta(days=days)
            session.add(_job(name, status, at))
        session.add(Answered(caller="c", key="k", request="r", status=200, headers={}, body=b"x", at=NOW))
    return office


def _job(name: str, status: str, at: Any) -> Job:
    return Job(
        job_id=name, kind="screening", status=status, asked_by="test", asked_at=at, body={}, payload=b"rows", result=b"rows", attempts=0,
        due_at=at, leased_by=None, leased_until=None, cancel_asked=False, progress={}, error=None, done_at=at,
    )  # fmt: skip


def database(office: Office) -> str:
    """Everything the database says; of SQLite the bytes of its files too."""
    engine = create_engine(office.variables["GUANTONG_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = [repr(connection.execute(select(table)).fetchall()) for table in tables.sorted_tables]
    engine.dispose()
    files = b"".join(path.read_bytes() for path in (office.folder / "home").glob("guantong.db*"))
    return "".join(rows) + files.decode("utf-8", "replace")


def take_out(office: Office, day: date = DAY, **more: Any) -> Done:
    with office.desk() as desk, Bars() as bars:
        return purge(desk, day, "test", bars, **{"dry": False, **more})


def home(office: Office) -> bytes:
    with office.desk() as desk, desk.tables():
        pass  # makes the current view
    return town.everything(office.folder / "home")


def test_what_is_over_is_in_no_file_and_in_no_table(full: Office) -> None:
    with full.desk() as desk:
        assert desk.key is not None
        token = desk.key.token("phone", "13900000002")
    assert TEXT in database(full) and TEXT.encode() in home(full) and token.encode() in home(full)
    done = take_out(full)
    assert done.lake.values["ticket.body"] >= 1 and done.database["verdict"] == 1 and done.database["signal"] >= 1
    assert TEXT not in database(full) and TEXT.encode() not in home(full)
    with full.desk() as desk, desk.store.look() as session:
        assert first_broken(session) is None
        told = session.scalars(select(Event).where(Event.kind == "data.purged")).one()
        assert told.body["values"]["ticket.body"] >= 1 and TEXT not in json.dumps(told.body, ensure_ascii=False)
        assert {job.job_id for job in session.scalars(select(Job).where(Job.payload.is_not(None)))} == {"new", "waits"}
        assert session.scalars(select(Answered)).all() == [] and session.scalars(select(AlertText)).all() == []
        assert "【已清除】" in session.scalars(select(Verdict.reason)).one()
    take_out(full, date(2027, 6, 1))
    with full.desk() as desk:
        assert desk.secrets([token]) == {}
    assert token not in database(full) and token.encode() not in home(full)


def test_a_dry_run_changes_nothing_and_a_run_goes_on_afterwards(full: Office) -> None:
    before = database(full)
    planned = take_out(full, dry=True)
    assert planned.lake.values["ticket.body"] and planned.database["verdict"] == 1 and database(full) == before
    take_out(full)
    outcome = full.run()
    assert outcome.counts["again"] > 0
    assert TEXT not in database(full) and TEXT.encode() not in home(full)


def test_backups_whose_time_is_over_are_named_and_deleted_and_nothing_else(
    embedded: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    embedded.take_in(village.places(), village.people(), village.payments(), village.complaints())
    folder = tmp_path / "backups"
    for name in ("guantong-2026-12-05", "guantong-20261207T010000Z.tar.gz", "other-2020-01-01", "guantong-notes"):
        (folder / name).mkdir(parents=True) if "." not in name else (folder / name).write_bytes(b"x")
    with embedded.desk() as desk:
        desk.clock = lambda: NOW.replace(year=2026, month=11)
        back_up(desk, folder / "nightly")
    for name, value in embedded.variables.items():
        monkeypatch.setenv(name, value)
    arguments = ["purge", "--as-of", "2027-03-06", "--backups", str(folder)]
    assert answer([*arguments, "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dry_run"] and told["backups"] == ["guantong-2026-12-05", "nightly"] and len(list(folder.iterdir())) == 5
    assert answer(arguments) == 0
    assert "guantong-2026-12-05" in capsys.readouterr().out
    assert {path.name for path in folder.iterdir()} == {"guantong-20261207T010000Z.tar.gz", "other-2020-01-01", "guantong-notes"}
    assert answer(["purge", "--as-of", "2027-03-06"]) == 0
    assert "--backups" in capsys.readouterr().out
