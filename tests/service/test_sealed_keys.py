"""guantong key: what there is, a new one, turning over; everything on record and nothing told."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from service.cli import answer
from service.store.event import Event
from tests.service import village
from tests.service.conftest import Office


@pytest.fixture
def home(embedded: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose commands can be typed."""
    for name, value in embedded.variables.items():
        monkeypatch.setenv(name, value)
    return embedded


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = answer(list(arguments))
    out, error = capsys.readouterr()
    assert code == 0, error
    return out


def test_keys_are_made_shown_and_turned_over_and_never_told(home: Office, capsys: pytest.CaptureFixture[str]) -> None:
    path = home.folder / "key"
    told(capsys, "key", "make", "--suite", "sm4-gcm")
    secrets = {path.read_text()}
    home.take_in(village.people(), village.payments())
    shown = [
        told(capsys, "key", "show"),
        told(capsys, "key", "rotate", "--data", "--provider", "aes-256-gcm"),
        told(capsys, "key", "show", "--json"),
    ]
    secrets.add(path.read_text())
    now = json.loads(shown[-1])
    old, new = now["masters"]
    assert (now["pseudonyms"], now["suite"], old["current"], old["wraps"], new["current"]) == (
        "hmac-sm3",
        "aes-256-gcm",
        False,
        0,
        True,
    )
    assert new["wraps"] == now["data_keys"] == 2 and now["retired"] == 1
    told(capsys, "key", "forget", old["name"])
    with home.desk() as desk, desk.store.look() as session:
        people = {row["name"]: None for row in village.people()["person"]}
        tokens = desk.key.tokens("person_name", people) if desk.key else []
        assert set(desk.secrets(tokens).values()) == set(people)
        kinds = list(session.scalars(select(Event.kind).where(Event.kind.startswith("key.")).order_by(Event.seq)))
        logged = json.dumps([event.body for event in session.scalars(select(Event))])
    assert kinds == ["key.rotated", "key.data_rotated", "key.forgotten"]
    words = {one for text in secrets for one in text.replace('"', " ").replace(",", " ").split() if len(one) >= 32}
    assert len(words) >= 3 and not [one for one in words if one in "".join(shown) + logged]


def test_a_key_is_never_overwritten_and_a_program_belongs_to_its_provider(
    home: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "key", "make")
    before = (home.folder / "key").read_text()
    for arguments in (
        ["key", "make"],
        ["key", "rotate", "--provider", "command"],
        ["key", "rotate", "--program", "x"],
        ["key", "forget", "m0"],
    ):
        assert answer(arguments) == 2
    assert (home.folder / "key").read_text() == before and Path(home.folder / "key").stat().st_mode & 0o077 == 0
