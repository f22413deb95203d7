"""The store on SQLite and on a real PostgreSQL: migrations, transactions, money and time, the append-only log."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from service.errors import BadSetting, Busy, DatabaseNewer, IllegalMove
from service.store import event
from service.store.alert import Alert
from service.store.database import Store
from service.store.event import Event, Happening
from service.store.record import Record
from service.store.run import Run, RunStep

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
TODAY = date(2025, 12, 31)


def facts(**given: object) -> dict[str, object]:
    return {
        "fingerprint": "AL0000000000000001", "kind": "民生资金疑点", "title": {"zh": "疑点", "en": "doubt"}, "severity": "high",
        "subject_kind": "person", "subject_id": "P1", "unit_id": "U1", "area_id": None, "amount": Decimal("350.10"),
        "chains": [], "officials": [], "parties": [], "why": {"zh": "", "en": ""}, **given,
    }  # fmt: skip


def test_a_new_database_has_the_tables_that_the_classes_declare(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Record.metadata) == []


def test_opening_again_changes_nothing(database_url: str) -> None:
    Store.open(database_url).close()
    opened = Store.open(database_url)
    with opened.look() as session:
        assert session.scalars(select(Run)).all() == []
    opened.close()


def test_a_database_of_a_newer_program_is_refused_with_both_revisions_named(database_url: str) -> None:
    opened = Store.open(database_url)
    with opened.change() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(DatabaseNewer, match="9999"):
        Store.open(database_url)


@pytest.mark.parametrize("url", ["nonsense", "mysql://somewhere/x", "oracle://somewhere/x"])
def test_a_url_that_is_no_database_of_ours_is_refused(url: str) -> None:
    with pytest.raises(BadSetting):
        Store.open(url)


def test_a_database_that_cannot_be_reached_is_worth_a_retry(tmp_path: Path) -> None:
    with pytest.raises(Busy) as caught:
        Store.open(f"postgresql://someone:secret@/x?host={tmp_path}")
    assert "secret" not in str(caught.value)


def test_a_change_that_raises_leaves_nothing_behind(store: Store) -> None:
    with pytest.raises(IllegalMove), store.change() as session:
        session.add(Alert.open(facts(), 1, TODAY, NOW))
        session.flush()
        raise IllegalMove("alert.not_open", alert="AL1")
    with store.look() as session:
        assert session.scalars(select(Alert)).all() == []


def test_money_and_time_come_back_as_they_went_in(store: Store) -> None:
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    with store.change() as session:
        session.add(Alert.open(facts(amount=Decimal("12345678901234.56")), 1, TODAY, shanghai))
    with store.look() as session:
        alert = session.scalars(select(Alert)).one()
        assert alert.amount == Decimal("12345678901234.56")
        assert alert.opened_at == NOW and alert.opened_at.tzinfo is not None


def test_an_alert_that_fires_again_says_what_changed() -> None:
    alert = Alert.open(facts(), 1, TODAY, NOW)
    changed = alert.fire_again(facts(severity="critical"), 2, date(2026, 1, 31))
    assert changed == {"severity": ["high", "critical"]}
    assert (alert.fired, alert.first_run, alert.last_run, alert.last_seen, alert.rank) == (2, 1, 2, date(2026, 1, 31), 0)


def test_only_an_open_alert_can_be_cleared_and_only_a_cleared_one_reopened() -> None:
    alert = Alert.open(facts(), 1, TODAY, NOW)
    with pytest.raises(IllegalMove):
        alert.reopen()
    alert.clear()
    with pytest.raises(IllegalMove):
        alert.clear()
    alert.reopen()


def test_an_unfinished_run_with_the_same_question_is_taken_up_and_another_one_superseded(store: Store) -> None:
    with store.change() as session:
        first, resumed = Run.take_up(session, TODAY, "b1", "0.1", NOW)
        assert not resumed
        session.add(RunStep(run_id=first.run_id, step="flag:x", state="s", done_at=NOW, seconds=0.1, found=1, result=b"r"))
    with store.change() as session:
        again, resumed = Run.take_up(session, TODAY, "b1", "0.1", NOW)
        assert resumed and again.run_id == 1
    with store.change() as session:
        other, resumed = Run.take_up(session, TODAY, "b2", "0.1", NOW)
        assert not resumed and other.run_id == 2
    with store.look() as session:
        assert [run.status for run in session.scalars(select(Run).order_by(Run.run_id))] == ["superseded", "running"]
        assert session.scalars(select(RunStep.result)).all() == [None]


def test_the_log_is_a_chain_that_shows_a_changed_entry(store: Store) -> None:
    with store.change() as session:
        assert event.append(session, [Happening("alert.opened", "AL1", {"severity": "high"})], "run", NOW) == 1
        assert event.append(session, [Happening("alert.again", "AL1", {"n": 2}), Happening("x", "AL2", {})], "run", NOW) == 2
    with store.look() as session:
        assert session.scalars(select(Event.seq).order_by(Event.seq)).all() == [1, 2, 3]
        assert event.first_broken(session) is None
        assert event.append(session, [], "run", NOW) == 0


def test_figures_about_the_tables_are_left_to_the_next_time_while_somebody_writes(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'a.db'}")
    figures = text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")
    with store.change() as writing:
        writing.execute(text("CREATE TABLE held (a INTEGER PRIMARY KEY, b INTEGER)"))
        store.count_up()
    with store.look() as session:
        assert session.scalar(figures) == 0
    store.count_up()
    with store.look() as session:
        assert session.scalar(figures) == 1
        assert session.scalar(text("PRAGMA busy_timeout")) == 30_000
    store.close()
