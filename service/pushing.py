"""Pushes of other platforms into the lake: those that come at once are stored together, and every one of them is put on record."""

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from datasets.batch import Batch, Pushed
from datasets.key import Key
from datasets.pushing import Push, Taken, take_pushes
from service.desk import Desk
from service.store.event import Event, Happening, append

MOST_ROWS = 20_000
"""Rows stored in one commit: who waits behind them waits about a second."""
KIND = "records.pushed"


@dataclass
class Group:
    """Pushes that are stored together: when that fails, everybody who waits for one of them is told why."""

    waiting: list[tuple[Push, Future[Taken]]] = field(default_factory=list)

    def __enter__(self) -> list[Push]:
        return [push for push, _ in self.waiting]

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is not None:
            for _push, future in self.waiting:
                future.set_exception(error)

    def tell(self, taken: Iterable[Taken]) -> None:
        """Everybody learns what became of theirs."""
        for (_, future), one in zip(self.waiting, taken, strict=True):
            future.set_result(one)


@dataclass
class Pushing:
    """Takes pushes, from any number of threads and processes."""

    desk: Desk
    _key: Key | None = None
    _waiting: dict[str, list[tuple[Push, Future[Taken]]]] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _tables: dict[str, threading.Lock] = field(default_factory=dict)

    def push(self, table: str, push: Push) -> Taken:
        """Store one push, together with those of other threads that wait for the same table; returns once it is on disk and on record.

        Raises KeyError for an unknown table, KeyProblem when the lake was sealed with another key.
        """
        mine: Future[Taken] = Future()
        with self._turn:
            self._waiting.setdefault(table, []).append((push, mine))
            lock = self._tables.setdefault(table, threading.Lock())
        with lock:  # whoever comes first stores for all who wait; the others find it done
            if not mine.done():
                self._store(table, self._group(table, mine))
        return mine.result()

    def _group(self, table: str, mine: Future[Taken]) -> Group:
        with self._turn:
            waiting, rows, group = self._waiting[table], 0, Group()
            while waiting and (rows < MOST_ROWS or not any(future is mine for _, future in group.waiting)):
                group.waiting.append(waiting.pop(0))
                rows += group.waiting[-1][0].rows.num_rows
            return group

    def _store(self, table: str, group: Group) -> None:
        desk = self.desk
        with group as pushes:
            if self._key is None:
                self._key = (desk.key or Key.from_file(desk.settings.key_file, create=True)).at(desk.lake.folder)
            told, touched = take_pushes(desk.lake, self._key, table, pushes, desk.clock())
            put_on_record(desk, table, touched)
        group.tell(told)


def put_on_record(desk: Desk, table: str, batches: Iterable[Batch]) -> None:
    """One entry in the audit log for every push in these batches that has none yet: a kill may have come between lake and log."""
    now = desk.clock()
    with desk.store.change() as session:
        append(session, [], "", now)  # the log is ours until we commit: nobody else writes the same entries meanwhile
        for batch in batches:
            for one in _unknown(session, batch):
                counts = {name: getattr(one, name) for name in ("rows", "accepted", "duplicate", "rejected", "diverted")}
                append(session, [Happening(KIND, batch.batch_id, {"table": table, "push": one.push, **counts})], one.by, now)


def _unknown(session: Session, batch: Batch) -> Sequence[Pushed]:
    told = select(Event.body["push"].as_string()).where(Event.about == batch.batch_id, Event.kind == KIND)
    counted = Counter(session.scalars(told))
    found = []
    for one in batch.pushes:
        counted[one.push] -= 1  # the same push twice in one batch (its rows were overwritten meanwhile) is two entries
        if counted[one.push] < 0:
            found.append(one)
    return found
