"""From the previous release: its lake and database are refused by the service until migrated, then served, run and backed up."""

import zipfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.api.app import create_app
from service.backup import back_up
from service.cli import answer
from service.restoring import restore
from service.store.database import waiting
from tests.service.api_client import key_for
from tests.service.conftest import Office
from tests.service.test_migration import OLD, revision


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The office as the earlier program left it."""
    with zipfile.ZipFile(OLD) as archive:
        archive.extractall(tmp_path)
    office = Office(tmp_path, f"sqlite:///{tmp_path / 'home' / 'guantong.db'}")
    for name, value in office.variables.items():
        monkeypatch.setenv(name, value)
    return office


def test_the_service_does_not_start_on_an_older_database_and_changes_nothing(
    old: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(["serve", "--no-worker"]) == 2
    told = capsys.readouterr().err
    assert "guantong migrate" in told and "0001" in told
    assert revision(old) == "0001"


def test_what_was_migrated_is_served_run_and_restored(old: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(["migrate"]) == 0
    assert "0001" in capsys.readouterr().out
    assert answer(["migrate"]) == 0 and "最新" in capsys.readouterr().out
    with old.desk() as desk, TestClient(create_app(desk)) as calling:
        before = calling.get("/api/v1/alerts", headers=key_for(desk, "leader")).json()["alerts"]
        assert before
    assert old.run().counts["again"] > 0
    other = Office(old.folder / "other", f"sqlite:///{old.folder / 'other' / 'home' / 'guantong.db'}")
    other.folder.mkdir()
    other.variables["GUANTONG_KEY_FILE"] = old.variables["GUANTONG_KEY_FILE"]
    with old.desk() as desk:
        back_up(desk, old.folder / "backup")
    with other.desk() as desk:
        assert restore(old.folder / "backup", desk).proven
        with TestClient(create_app(desk)) as calling:
            after = calling.get("/api/v1/alerts", headers=key_for(desk, "leader")).json()["alerts"]
    assert {one["alert"] for one in before} <= {one["alert"] for one in after}


def test_a_new_home_needs_no_migration(tmp_path: Path) -> None:
    assert waiting(f"sqlite:///{tmp_path / 'new' / 'guantong.db'}") is None
