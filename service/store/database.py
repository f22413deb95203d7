"""Opening the database: SQLite (WAL) by default, PostgreSQL by URL, both brought to the newest revision when opened."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from service.errors import BadSetting, Busy, DatabaseNewer
from service.store.event import KEY

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT_SECONDS = 30
BRIEFLY = 500
"""Milliseconds that are waited for what can be left."""
LOOKED_AT = 1000
"""Rows of each index that SQLite looks at to know how large it is, as its manual recommends (PRAGMA analysis_limit)."""
DRIVERS = {
    "sqlite": "sqlite", "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg", "postgresql+psycopg": "postgresql+psycopg",
}  # fmt: skip
ONE_AT_A_TIME = 7_213_001  # any fixed number: PostgreSQL's advisory lock while migrating


class Store:
    """The database, open and of the newest revision."""

    def __init__(self, engine: Engine, audit_key: bytes | None = None) -> None:
        self.engine = engine
        self._info = {KEY: audit_key}

    @classmethod
    def open(cls, url: str, audit_key: bytes | None = None) -> "Store":
        """Open, creating or migrating as needed; with `audit_key`, what is put on record is proven by it.

        Raises BadSetting for a URL that names no database, DatabaseNewer when a newer program made it,
        Busy when it cannot be reached.
        """
        engine = connected(url)
        try:
            with engine.execution_options(writes=True).begin() as connection:
                migrate(connection)
        except OperationalError as error:
            engine.dispose()
            raise Busy("store.unreachable", url=engine.url.render_as_string(hide_password=True), why=str(error.orig)) from error
        except DatabaseNewer:
            engine.dispose()
            raise
        return cls(engine, audit_key)

    @contextmanager
    def change(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with Session(self.engine.execution_options(writes=True), info=dict(self._info)) as session, session.begin():
            yield session

    @contextmanager
    def look(self) -> Iterator[Session]:
        """A view for reading."""
        with Session(self.engine, info=dict(self._info)) as session:
            yield session

    def count_up(self) -> None:
        """Let SQLite see how large the tables have become: without figures it may read a hundred thousand rows to find three.

        Some milliseconds; PostgreSQL does so by itself. Where somebody else is writing it is left to the next time.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with self.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BRIEFLY}")
            try:
                connection.exec_driver_sql(f"PRAGMA analysis_limit={LOOKED_AT}")
                connection.exec_driver_sql("ANALYZE")
                connection.commit()
            except OperationalError:  # what was stored is stored: figures about it are no reason to fail
                connection.rollback()
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")

    def close(self) -> None:
        self.engine.dispose()


def connected(url: str) -> Engine:
    """An engine for the database, as it is: nothing is made or migrated. Raises BadSetting."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadSetting("setting.database_url", value=url.split("@")[-1]) from error
    if (driver := DRIVERS.get(parsed.drivername)) is None:
        raise BadSetting("setting.database_url", value=parsed.drivername)
    engine = create_engine(parsed.set(drivername=driver), json_serializer=_plain_json, pool_pre_ping=True, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _plain_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver would open its transactions late and commit DDL on its own
    for pragma in ("journal_mode=WAL", f"busy_timeout={WAIT_SECONDS * 1000}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # a writer takes its lock at once: a reader that turns writer half way cannot wait, it fails
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def waiting(url: str) -> tuple[str, str] | None:
    """(its revision, this program's) of a database that must be migrated; None when it is current, or new and empty.

    Changes nothing. Raises what `Store.open` raises.
    """
    engine = connected(url)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise Busy("store.unreachable", url=engine.url.render_as_string(hide_password=True), why=str(error.orig)) from error
    finally:
        engine.dispose()
    newest = str(ScriptDirectory(str(MIGRATIONS)).get_current_head())
    known = {revision.revision for revision in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseNewer("store.newer", found=current, newest=newest)
    return None if current in (None, newest) else (str(current), newest)


def migrate(connection: Connection, to: str = "head") -> None:
    """Bring the database to a revision (default: this program's newest). Raises DatabaseNewer."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseNewer("store.newer", found=current, newest=script.get_current_head())
    if current != script.get_current_head():
        command.upgrade(config, to)
