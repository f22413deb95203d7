"""What a living service holds between requests: its desk, open views of the lake, and the secret that signs cursors."""

import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from ibis.backends.duckdb import Backend

from service.desk import Desk
from service.pushing import Pushing
from service.reading import Reading
from service.running.book import Edition

IDLE = 8
"""Views kept open for the next request: opening one takes a tenth of a second."""
LONG, TIMES = 3.0, 10
"""A view that took more than LONG seconds to make is lent on for TIMES as long though records came in: where they are pushed without pause,
making views would be all that is done."""


@dataclass
class View:
    """An open view of the lake: of which edition, when it was opened, and how many seconds that took."""

    edition: int
    tables: Backend
    opened: float
    took: float

    def good(self, edition: int, now: float) -> bool:
        """Whether it may be lent."""
        return self.edition == edition or (self.took > LONG and now - self.opened < TIMES * self.took)


@dataclass
class Living:
    """One process of the service. Raises nothing when made: what is wrong with the book shows when it is asked for."""

    desk: Desk
    pushing: Pushing = field(init=False)
    edition: Edition = field(init=False)
    _idle: list[View] = field(default_factory=list)
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
        """The lake's tables as they are now, or were a moment ago; a view that an import has outdated is closed and not lent again."""
        view = self._lend() or self._open()
        try:
            yield view.tables
        finally:
            with self._turn:
                keep = view.good(self._edition(), monotonic()) and len(self._idle) < IDLE
                if keep:
                    self._idle.append(view)
            if not keep:
                view.tables.disconnect()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A view of the store and the lake for one request. Raises NothingFound when nothing was imported yet."""
        self.desk.must_hold_records()
        with self.tables() as tables, self.desk.store.look() as session:
            yield Reading(self.desk, session, tables)

    def close(self) -> None:
        """Let the views go."""
        with self._turn:
            for view in self._idle:
                view.tables.disconnect()
            self._idle.clear()

    def _edition(self) -> int:
        """Changes whenever a batch is committed or withdrawn: a manifest was renamed into the folder."""
        folder = self.desk.lake.folder / "batches"
        return folder.stat().st_mtime_ns if folder.exists() else 0

    def _open(self) -> View:
        edition, begun = self._edition(), monotonic()
        tables = self.desk.lake.open()
        return View(edition, tables, monotonic(), monotonic() - begun)

    def _lend(self) -> View | None:
        edition, now = self._edition(), monotonic()
        with self._turn:
            while self._idle:
                view = self._idle.pop()
                if view.good(edition, now):
                    return view
                view.tables.disconnect()
        return None
