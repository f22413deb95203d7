"""What a living service holds between requests: its desk, open views of the lake, and the secret that signs cursors."""

import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ibis.backends.duckdb import Backend

from service.desk import Desk
from service.pushing import Pushing
from service.reading import Reading
from service.running.book import Edition

IDLE = 8
"""Views kept open for the next request: opening one takes a tenth of a second."""


@dataclass
class Living:
    """One process of the service. Raises nothing when made: what is wrong with the book shows when it is asked for."""

    desk: Desk
    pushing: Pushing = field(init=False)
    edition: Edition = field(init=False)
    _idle: list[tuple[int, Backend]] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.pushing = Pushing(self.desk)
        self.edition = Edition(self.desk)

    @property
    def pushable(self) -> frozenset[str]:
        """Tables that records come in to: those some source fills; the others are made here. Raises Mistakes."""
        return frozenset(one.table for one in self.desk.sources.values())

    @property
    def secret(self) -> bytes:
        """Signs what callers carry back to us; the same for every worker of this office."""
        key = self.desk.key
        return (
            key.derived("cursor") if key is not None else hmac.digest(b"no key", str(self.desk.settings.home).encode(), "sha256")
        )

    @contextmanager
    def tables(self) -> Iterator[Backend]:
        """The lake's tables as they are now; a view that an import has outdated is closed and not lent again."""
        now = self._edition()
        tables = self._lend(now) or self.desk.lake.open()
        try:
            yield tables
        finally:
            with self._turn:
                keep = now == self._edition() and len(self._idle) < IDLE
                if keep:
                    self._idle.append((now, tables))
            if not keep:
                tables.disconnect()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A view of the store and the lake for one request. Raises NothingFound when nothing was imported yet."""
        self.desk.must_hold_records()
        with self.tables() as tables, self.desk.store.look() as session:
            yield Reading(self.desk, session, tables)

    def close(self) -> None:
        """Let the views go."""
        with self._turn:
            for _, tables in self._idle:
                tables.disconnect()
            self._idle.clear()

    def _edition(self) -> int:
        """Changes whenever a batch is committed or withdrawn: a manifest was renamed into the folder."""
        folder = self.desk.lake.folder / "batches"
        return folder.stat().st_mtime_ns if folder.exists() else 0

    def _lend(self, edition: int) -> Backend | None:
        with self._turn:
            found = None
            while self._idle and found is None:
                made, tables = self._idle.pop()
                if made == edition:
                    found = tables
                else:
                    tables.disconnect()
            return found
