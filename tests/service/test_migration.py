"""A lake and a database made by an earlier commit (d654441) open after the upgrade, on SQLite and on PostgreSQL."""

import zipfile
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, create_engine, select, text
from sqlalchemy.exc import DBAPIError

from service.store import event
from service.store.alert import Alert
from service.store.database import Store, migrate
from service.store.event import Happening
from service.store.run import Run
from tests.service.conftest import NOW, Office, fresh_database

OLD = Path(__file__).with_name("fixtures") / "revision-0001.zip"


@pytest.fixture
def old(tmp_path: Path) -> Office:
    """The office as the earlier program left it."""
    with zipfile.ZipFile(OLD) as archive:
        archive.extractall(tmp_path)
    return Office(tmp_path, f"sqlite:///{tmp_path / 'home' / 'guantong.db'}")


def revision(office: Office) -> str:
    engine = create_engine(office.variables["GUANTONG_DATABASE_URL"])
    with engine.connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    return str(found)


def test_an_older_lake_and_database_open_and_a_run_adds_to_the_living_alerts(old: Office) -> None:
    assert revision(old) == "0001"
    with old.desk() as desk, desk.store.look() as session:
        before = {alert.fingerprint: alert.fired for alert in session.scalars(select(Alert))}
        assert before and set(before.values()) == {1}
        assert set(session.scalars(select(Alert.quiet_since))) == {None}
    assert revision(old) != "0001"
    outcome = old.run()
    with old.desk() as desk, desk.store.look() as session:
        now = {alert.fingerprint: alert.fired for alert in session.scalars(select(Alert))}
        assert set(before) <= set(now)
        assert event.first_broken(session) is None
    assert outcome.counts["again"] > 0


def test_an_older_lake_opens_under_contracts_that_gained_a_column(old: Office) -> None:
    with old.desk() as desk:
        person = desk.contracts["person"]
        nickname = person.columns["sex"].model_copy(update={"allowed": (), "zh": "曾用名", "en": "former name"})
        desk.contracts = {
            **desk.contracts,
            "person": person.model_copy(update={"columns": {**person.columns, "nickname": nickname}}),
        }
        with desk.tables() as (tables, _):
            rows = tables.con.execute("SELECT count(*), count(nickname), count(died_on) FROM person").fetchall()
    assert rows == [(12, 0, 2)]


def test_alerts_that_had_fallen_quiet_before_the_upgrade_say_since_when(old: Office) -> None:
    engine = create_engine(old.variables["GUANTONG_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO run (run_id, status, as_of, book_hash, program, started_at, counts)"
                " SELECT 2, 'done', '2024-05-31', book_hash, program, started_at, counts FROM run WHERE run_id = 1"
            )
        )
    engine.dispose()
    with old.desk() as desk, desk.store.look() as session:
        assert {str(day) for day in session.scalars(select(Alert.quiet_since))} == {"2024-05-31"}


def test_an_older_postgresql_database_is_upgraded_with_its_rows(
    old: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = fresh_database(request.getfixturevalue("postgres_server")).replace("postgresql://", "postgresql+psycopg://")
    source = create_engine(old.variables["GUANTONG_DATABASE_URL"])
    target = create_engine(url)
    with target.begin() as connection:
        migrate(connection, to="0001")
    _copy(source, target)
    target.dispose()
    source.dispose()
    opened = Store.open(url)
    with opened.look() as session:
        assert session.scalars(select(Run.status)).all() == ["done"]
        assert session.scalars(select(Alert)).all()
        assert event.first_broken(session) is None
    opened.close()


def _copy(source: Engine, target: Engine) -> None:
    """Every row of the old tables, as plain values, into the same tables of the other engine."""
    tables = MetaData()
    tables.reflect(target)
    with source.connect() as read, target.begin() as write:
        for table in tables.sorted_tables:
            rows = [dict(row._mapping) for row in read.execute(select(table))]
            if rows and table.name != "alembic_version":
                write.execute(table.insert(), rows)


def test_the_log_cannot_be_changed_or_shortened(store: Store) -> None:
    with store.change() as session:
        event.append(session, [Happening("x", "y", {})], "test", NOW)
    for statement in ("UPDATE event SET actor = 'nobody'", "DELETE FROM event"):
        with pytest.raises(DBAPIError, match="append-only"), store.change() as session:
            session.execute(text(statement))
