"""Bounds around a rule's SELECT: time, memory, and nothing outside the lake within reach."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
from ibis.backends.duckdb import Backend

from rules.failure import EngineRefused, OutOfBounds


@dataclass(frozen=True)
class Limits:
    """Seconds one SELECT may take, and the memory the database may use meanwhile."""

    seconds: float = 300.0
    memory: str = "3GB"


def fence(tables: Backend, limits: Limits) -> None:
    """Close the connection to files and networks and bound its memory, unless its owner has locked it so already."""
    connection = tables.con
    settings = connection.execute(
        "SELECT current_setting('lock_configuration'), current_setting('enable_external_access')"
    ).fetchall()
    locked, open_outside = settings[0]
    if not locked:
        connection.execute(f"SET memory_limit = '{limits.memory}'")
        if open_outside:
            connection.execute("SET enable_external_access = false")


@contextmanager
def bounded(rule: str, connection: duckdb.DuckDBPyConnection, limits: Limits) -> Iterator[None]:
    """Interrupt what runs on the connection when its time is over.

    Raises OutOfBounds for time and memory, EngineRefused for what else the database says.
    """
    with interrupted(connection, limits), told(rule, limits):
        yield


class _Again(threading.Timer):
    """Calls again and again, until it is cancelled."""

    def run(self) -> None:
        while not self.finished.wait(self.interval):
            self.function(*self.args, **self.kwargs)


@contextmanager
def interrupted(connection: duckdb.DuckDBPyConnection, limits: Limits) -> Iterator[None]:
    """Interrupt what runs on the connection each time the seconds are over."""
    timer = _Again(limits.seconds, connection.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def told(rule: str, limits: Limits) -> Iterator[None]:
    """Say of which rule the database complains. Raises OutOfBounds for time and memory, EngineRefused for what else it says."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise OutOfBounds(rule, f"took longer than {limits.seconds:g} seconds") from error
    except duckdb.OutOfMemoryException as error:
        raise OutOfBounds(rule, f"needs more memory than {limits.memory}") from error
    except duckdb.Error as error:
        raise EngineRefused(rule, str(error).split("\n\n")[0]) from error
