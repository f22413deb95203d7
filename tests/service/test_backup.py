"""The drill: a backup made while pushes and runs go on comes back elsewhere as it was, and nothing altered comes back at all."""

import json
import shutil
import sqlite3
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from datasets.key import Key
from service.backup import MANIFEST, Manifest, _told, back_up
from service.errors import Refusal, Trouble
from service.restoring import Restored, restore
from service.store import event
from service.store.alert import Alert
from service.store.copying import Snapshot
from service.store.event import Happening
from service.store.run import Run
from service.store.signal import SignalVersion
from tests.service import village
from tests.service.conftest import Office, fresh_database

LATER = ("2024-05", "2024-06", "2024-07")


@pytest.fixture
def filled(office: Office) -> Office:
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    return office


def elsewhere(office: Office, url: str | None = None, name: str = "elsewhere") -> Office:
    """Another machine of the same office: an empty home, and the same key."""
    folder = office.folder / name
    folder.mkdir()
    other = Office(folder, url or f"sqlite:///{folder / 'home' / 'guantong.db'}")
    other.variables["GUANTONG_KEY_FILE"] = office.variables["GUANTONG_KEY_FILE"]
    return other


def backed_up(office: Office, name: str = "backup") -> tuple[Path, Manifest]:
    with office.desk() as desk:
        return office.folder / name, back_up(desk, office.folder / name)


def restored(office: Office, folder: Path) -> Restored:
    with office.desk() as desk:
        return restore(folder, desk)


def content(office: Office) -> dict[str, Any]:
    """What people would see, and the lake to the last byte."""
    with office.desk() as desk, desk.store.look() as session:
        assert event.first_broken(session) is None
        files = {
            path: (desk.lake.folder / path).read_bytes() for batch in desk.lake.batches() for path in batch.files
        }  # fmt: skip
        alerts = {
            one.fingerprint: (one.title, one.priority, one.fired, one.opened_at, one.parties)
            for one in session.scalars(select(Alert))
        }
        signals = {(one.signal_id, one.version): one.body for one in session.scalars(select(SignalVersion))}
        return {"state": desk.lake.state(), "files": files, "alerts": alerts, "signals": signals}


def batches(office: Office) -> dict[str, int]:
    """Every living batch by its content's id, and its rows; in which order they came is each lake's own."""
    with office.desk() as desk:
        return {batch.batch_id: batch.accepted for batch in desk.lake.living()}


def test_what_comes_back_is_what_was_there_to_the_last_byte(filled: Office) -> None:
    before = content(filled)
    folder, manifest = backed_up(filled)
    other = elsewhere(filled)
    done = restored(other, folder)
    assert done.proven and manifest.lake_state == before["state"]
    assert before["alerts"] and content(other) == before
    outcome = other.run()
    assert outcome.counts["opened"] == 0 and outcome.counts["again"] == len(before["alerts"])
    with other.desk() as desk, desk.store.change() as session:
        event.append(session, [Happening("x", "y", {})], "test", desk.clock())


def test_an_office_moves_to_postgresql_by_restoring_there(embedded: Office, request: pytest.FixtureRequest) -> None:
    embedded.take_in(village.places(), village.people(), village.payments(), village.complaints())
    embedded.run()
    folder, _ = backed_up(embedded)
    other = elsewhere(embedded, fresh_database(request.getfixturevalue("postgres_server")))
    restored(other, folder)
    assert content(other) == content(embedded)
    assert other.run().run_id == 2, "the database goes on counting behind the restored rows"
    folder, _ = backed_up(other, "again")
    third = elsewhere(other, name="third")
    restored(third, folder)
    assert content(third) == content(other)
    with pytest.raises(Refusal, match="空数据库"):
        restored(elsewhere(other, other.variables["GUANTONG_DATABASE_URL"], "fourth"), folder)


def test_a_backup_made_while_pushes_and_runs_go_on_is_of_one_moment(filled: Office) -> None:
    ended, failed = threading.Event(), list[BaseException]()

    def busy() -> None:
        try:
            for month in LATER:
                filled.take_in(village.payments([month]), name=f"files-{month}")
                filled.run()
        except (AssertionError, Trouble, OSError) as error:
            failed.append(error)
        finally:
            ended.set()

    thread = threading.Thread(target=busy)
    thread.start()
    folders = []
    while not ended.wait(1) or not folders:
        folders.append(backed_up(filled, f"backup-{len(folders)}")[0])
    thread.join()
    assert not failed and len(folders) > 1
    with filled.desk() as desk, desk.store.look() as session:
        states = dict(session.execute(select(Run.run_id, Run.lake_state)).all())
    for number in {0, len(folders) // 2}:
        other = elsewhere(filled, name=f"other-{number}")
        restored(other, folders[number])
        seen = content(other)
        with other.desk() as desk, desk.store.look() as session:
            kept = dict(session.execute(select(Run.run_id, Run.lake_state).where(Run.status == "done")).all())
            assert kept.items() <= states.items(), "every run in the backup is a run that was"
        other.run()
        for month in LATER:
            other.take_in(village.payments([month]), name=f"files-{month}")
        other.run()
        assert set(content(other)["alerts"]) == set(content(filled)["alerts"]) >= set(seen["alerts"])
        assert batches(other) == batches(filled)


def test_the_key_is_not_in_the_backup_and_without_it_nothing_is_proven(filled: Office) -> None:
    folder, _ = backed_up(filled)
    key = Path(filled.variables["GUANTONG_KEY_FILE"]).read_text(encoding="ascii").strip()
    assert all(key.encode() not in path.read_bytes() for path in folder.rglob("*") if path.is_file())
    other = elsewhere(filled)
    other.variables["GUANTONG_KEY_FILE"] = str(other.folder / "no-key")
    assert restored(other, folder).proven is False


@pytest.mark.parametrize("harm", ["altered", "missing", "extra", "manifest", "rows"])
def test_a_backup_that_was_altered_does_not_come_back(embedded: Office, harm: str) -> None:
    embedded.take_in(village.places(), village.people())
    folder, _ = backed_up(embedded)
    victim = next(folder.glob("lake/person/*.parquet"))
    if harm == "altered":
        victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    elif harm == "missing":
        victim.unlink()
    elif harm == "extra":
        shutil.copy(victim, victim.with_name("other.parquet"))
    elif harm == "manifest":
        path = folder / MANIFEST
        path.write_text(path.read_text(encoding="utf-8").replace('"runs": 0', '"runs": 7'), encoding="utf-8")
    else:
        _forge(folder, embedded)
    other = elsewhere(embedded)
    with pytest.raises(Refusal) as caught:
        restored(other, folder)
    assert caught.value.key == {"manifest": "backup.proof", "rows": "backup.audit"}.get(harm, f"backup.{harm}")
    assert not (other.folder / "home").exists() and not list(other.folder.glob("*.part"))


def _forge(folder: Path, office: Office) -> None:
    """Change the log inside a backup, and the manifest with it, as somebody could who holds key and backup both."""
    with sqlite3.connect(folder / "guantong.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE event SET actor = 'nobody' WHERE seq = 2")
    connection.close()
    told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    told.pop("proof")
    told["files"]["guantong.db"] = list(_told(folder / "guantong.db"))
    made = Manifest(**{**told, "files": {name: tuple(one) for name, one in told["files"].items()}})
    with office.desk() as desk:
        assert desk.key is not None
        proof = made.proof(desk.key.derived("backup"))
    (folder / MANIFEST).write_text(json.dumps({**asdict(made), "proof": proof}), encoding="utf-8")


def test_another_offices_key_opens_nothing_and_nothing_is_overwritten(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people())
    folder, _ = backed_up(embedded)
    other = elsewhere(embedded)
    other.variables["GUANTONG_KEY_FILE"] = str(other.folder / "key")
    Key.from_file(other.folder / "key", create=True)
    with pytest.raises(Refusal, match="本机密钥"):
        restored(other, folder)
    with pytest.raises(Refusal, match="空目录"):
        restored(embedded, folder)
    for out, why in ((folder, "不覆盖"), (embedded.folder / "home" / "backup", "数据目录里面")):
        with embedded.desk() as desk, pytest.raises(Refusal, match=why):
            back_up(desk, out)


def test_rows_committed_after_the_moment_are_not_in_the_backup(office: Office, tmp_path: Path) -> None:
    with office.desk() as desk:
        with desk.store.change() as session:
            event.append(session, [Happening("before", "y", {})], "test", desk.clock())
        with Snapshot(desk.store.engine) as snapshot:
            snapshot.begin()
            with desk.store.change() as session:
                event.append(session, [Happening("after", "y", {})], "test", desk.clock())
            snapshot.copy_to(tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as connection:
        assert connection.execute("SELECT kind FROM event").fetchall() == [("before",)]
    connection.close()
