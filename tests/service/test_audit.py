"""The audit log against somebody who holds the whole database, on SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from service.audit import anchor, read_anchors, verify
from service.errors import Refusal
from service.store.database import Store
from service.store.event import Happening, append, digest, first_broken

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
KEY = b"k" * 32
ENTRIES = 9


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store.open(database_url, KEY)
    for number in range(1, ENTRIES + 1):
        with opened.change() as session:
            append(
                session, [Happening("alert.cleared", f"AL{number}", {"reason": f"理由{number}", "n": number})], "person:li", NOW
            )
    yield opened
    opened.close()


@pytest.fixture
def anchored(store: Store, tmp_path: Path) -> Path:
    path = tmp_path / "anchor"
    with store.look() as session:
        anchor(session, KEY, path, NOW)
    return path


def attacked(store: Store, attack: Callable[[Connection], None]) -> None:
    """Do it as the owner of the database would: without the triggers."""
    with store.engine.execution_options(writes=True).begin() as connection:
        if store.engine.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER event_kept ON event"))
        else:
            for change in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER event_kept_{change}"))
        attack(connection)


def run(*statements: str) -> Callable[[Connection], None]:
    def attack(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return attack


def recompute(connection: Connection) -> None:
    """Change an entry and make all hashes after it fit, as entries that claim to need no key."""
    connection.execute(text("UPDATE event SET actor = 'person:wang' WHERE seq = 4"))
    rows = connection.execute(text("SELECT seq, previous FROM event ORDER BY seq")).all()
    previous = rows[3][1]
    for seq, _ in rows[3:]:
        found = connection.execute(text("SELECT actor, kind, about FROM event WHERE seq = :seq"), {"seq": seq}).one()
        actor, kind, about = found
        row = {
            "seq": seq, "at": NOW, "actor": actor, "kind": kind, "about": about, "body": {"reason": f"理由{seq}", "n": seq}, "previous": previous,
        }  # fmt: skip
        made = digest(row)
        connection.execute(
            text("UPDATE event SET previous = :previous, digest = :made, keyed = :no WHERE seq = :seq"),
            {"previous": previous, "made": made, "no": False, "seq": seq},
        )
        previous = made


ATTACKS: dict[str, tuple[Callable[[Connection], None], list[tuple[int, str]]]] = {
    "an actor is changed": (run("UPDATE event SET actor = 'person:wang' WHERE seq = 5"), [(5, "edited")]),
    "a time is changed": (run("UPDATE event SET at = '2026-03-01 00:00:00' WHERE seq = 2"), [(2, "edited")]),
    "an entry is removed": (run("DELETE FROM event WHERE seq = 4"), [(4, "missing")]),
    "two are removed at the start": (run("DELETE FROM event WHERE seq <= 2"), [(1, "missing")]),
    "an entry is removed and the rest moved up": (
        run("DELETE FROM event WHERE seq = 4", *(f"UPDATE event SET seq = {n - 1} WHERE seq = {n}" for n in range(5, ENTRIES + 1))),
        [(4, "reordered"), *[(n, "edited") for n in range(4, ENTRIES)], (ENTRIES, "cut")],
    ),
    "two entries change places": (
        run("UPDATE event SET seq = 99 WHERE seq = 3", "UPDATE event SET seq = 3 WHERE seq = 6", "UPDATE event SET seq = 6 WHERE seq = 99"),
        [(3, "edited"), (3, "reordered"), (4, "reordered"), (6, "edited"), (6, "reordered"), (7, "reordered")],
    ),
    "the tail is cut": (run("DELETE FROM event WHERE seq > 7"), [(8, "cut")]),
    "the log is emptied": (run("DELETE FROM event"), [(1, "cut")]),
    "the chain is computed anew": (recompute, [*[(n, "unproven") for n in range(4, ENTRIES + 1)], (ENTRIES, "recomputed")]),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_every_kind_of_tampering_is_found_and_located(store: Store, anchored: Path, name: str) -> None:
    attack, found = ATTACKS[name]
    attacked(store, attack)
    with store.look() as session:
        assert sorted((one.seq, one.what) for one in verify(session, KEY, read_anchors(anchored, KEY))) == sorted(found)


def test_a_log_nobody_touched_is_whole_before_and_after_more_entries(store: Store, anchored: Path) -> None:
    with store.change() as session:
        append(session, [Happening("run.done", "1", {})], "guantong", NOW)
    with store.look() as session:
        assert verify(session, KEY, read_anchors(anchored, KEY)) == []
        assert first_broken(session) is None


def test_another_key_proves_nothing(store: Store, anchored: Path) -> None:
    with store.look() as session:
        assert {one.what for one in verify(session, b"x" * 32, [])} == {"edited"}
    with pytest.raises(Refusal, match="anchor"):
        read_anchors(anchored, b"x" * 32)


def test_an_anchor_that_was_altered_is_refused_with_its_line(store: Store, anchored: Path) -> None:
    anchored.write_text(
        anchored.read_text(encoding="ascii") + anchored.read_text(encoding="ascii").replace('"seq": 9', '"seq": 3'),
        encoding="ascii",
    )
    with pytest.raises(Refusal, match="2"):
        read_anchors(anchored, KEY)


@pytest.mark.parametrize("change", ["UPDATE event SET actor = 'x'", "DELETE FROM event", "TRUNCATE event"])
def test_the_database_itself_refuses_to_change_the_log(store: Store, change: str) -> None:
    if change.startswith("TRUNCATE") and store.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DBAPIError), store.engine.execution_options(writes=True).begin() as connection:
        connection.execute(text(change))


def test_entries_from_before_the_key_count_as_they_are(database_url: str) -> None:
    plain = Store.open(database_url)
    with plain.change() as session:
        append(session, [Happening("run.done", "1", {})], "guantong", NOW)
    plain.close()
    keyed = Store.open(database_url, KEY)
    with keyed.change() as session:
        append(session, [Happening("run.done", "2", {})], "guantong", NOW)
    with keyed.look() as session:
        assert verify(session, KEY, []) == []
    keyed.close()
