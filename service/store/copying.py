"""The whole database copied: out of one snapshot into an SQLite file, and from such a file into an empty database of any engine."""

import importlib
import pkgutil
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Table, func, insert, inspect, select, text

import service.store
from service.errors import Refusal
from service.store.database import Store
from service.store.record import WHOLE_FILES, Record

ROWS, LARGE_ROWS = 1000, 4
"""Rows held at a time; of a table whose rows hold whole files, a few."""
VERSION = "alembic_version"


class Snapshot:
    """The database as of one moment (`begin`), for as long as the block lasts; others go on writing."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._stack = engine, ExitStack()
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def begin(self) -> None:
        """Fix the moment: what is committed later is not seen."""
        level = {"isolation_level": "REPEATABLE READ"} if self._engine.dialect.name == "postgresql" else {}
        self._connection = self._stack.enter_context(self._engine.connect().execution_options(**level))
        self._connection.execute(text("SELECT version_num FROM alembic_version")).scalar()  # the first read opens the view

    def copy_to(self, path: Path) -> None:
        """Copy everything into a new SQLite file. Raises Refusal for a table that this program does not know."""
        assert self._connection is not None  # begin comes first
        if self._connection.dialect.name == "sqlite":
            living: Any = self._connection.connection.driver_connection
            with closing(sqlite3.connect(path)) as target:
                living.backup(target)  # at one go, within the read transaction that `begin` opened
        else:
            store = Store.open(f"sqlite:///{path}")
            _copy(self._connection, store.engine)
            store.close()
        settle(path)


def settle(path: Path) -> None:
    """Make a closed SQLite database one file, with no journal beside it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()


def copy_rows(source: Engine, target: Engine) -> None:
    """Every row into the same tables of a database; both are of this program's revision, and the target is empty. Raises Refusal when it is not."""
    with target.connect() as connection:
        used = [one.name for one in tables() if connection.execute(select(func.count()).select_from(one)).scalar_one()]
    if used:
        raise Refusal("backup.database_used", table=used[0])
    with source.connect() as reading:
        _copy(reading, target)


def tables() -> list[Table]:
    """Every table of this program, those that others point to first."""
    for module in pkgutil.iter_modules(service.store.__path__):
        importlib.import_module(f"service.store.{module.name}")  # a table is known once its module is loaded
    return Record.metadata.sorted_tables


def _copy(reading: Connection, target: Engine) -> None:
    unknown = set(inspect(reading).get_table_names()) - {one.name for one in tables()} - {VERSION}
    if unknown:
        raise Refusal("backup.unknown_table", table=min(unknown))
    with target.execution_options(writes=True).begin() as writing:
        for table in tables():
            at_once = LARGE_ROWS if table.info.get(WHOLE_FILES) else ROWS
            rows = reading.execute(select(table), execution_options={"yield_per": at_once}).mappings()
            for piece in rows.partitions(at_once):
                writing.execute(insert(table), [dict(row) for row in piece])
            if writing.dialect.name == "postgresql":
                _go_on_counting(writing, table)


def _go_on_counting(writing: Connection, table: Table) -> None:
    """Let a numbered table's next row follow the copied ones: rows with given numbers do not move PostgreSQL's counter."""
    for column in table.primary_key.columns:
        asked = {"table": f'"{table.name}"', "column": column.name}
        counter = writing.execute(text("SELECT pg_get_serial_sequence(:table, :column)"), asked).scalar()
        highest = writing.execute(select(func.max(column))).scalar() if counter is not None else None
        if highest is not None:
            writing.execute(text("SELECT setval(CAST(:name AS regclass), :highest)"), {"name": counter, "highest": highest})
