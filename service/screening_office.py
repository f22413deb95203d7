"""The screener of an office, held by the process between screenings and made anew when the lake, the book or the last run has changed."""

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from datasets.key import KeyProblem
from datasets.lake import LakeProblem
from datasets.strict_yaml import Mistakes
from rules.baseline import Baseline
from rules.failure import RuleFailed
from rules.screening import Screener
from rules.signal import Signal
from service.desk import Desk
from service.errors import Trouble
from service.store import judged
from service.store.clearing import IN_FORCE, LIFTED, Clearing, cleared
from service.store.run import Run
from service.store.signal import SignalVersion

PATIENCE = 2.0
"""Seconds a screening waits for a screener of the newest records before it is done with the one at hand."""


@dataclass(frozen=True)
class Ready:
    """A screener, and what it knows: until which day records reach, of which run signals and baselines are."""

    screener: Screener
    edition: object
    horizon: date
    run: int | None
    signals: frozenset[str]
    """Ids of what the run found."""


@dataclass
class Office:
    """Screeners of one home, one at a time."""

    _ready: Ready | None = None
    _lent: int = 0
    _making: threading.Thread | None = None
    _error: Exception | None = None
    _warm: set[tuple[str, date]] = field(default_factory=set)
    _turn: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def lend(self, desk: Desk, table: str, as_of: date | None) -> Iterator[tuple[Ready, bool]]:
        """A screener, and whether newer records are not regarded yet. Raises NothingFound when nothing was imported yet."""
        desk.must_hold_records()
        edition = _edition(desk)
        with self._turn:
            if self._ready is None or self._ready.edition != edition:
                self._begin(desk, edition)
                self._turn.wait_for(lambda: self._making is None, None if self._ready is None else PATIENCE)
            ready = self._ready
            if ready is None:
                raise self._error or RuntimeError("the screener could not be made: see the log")
            self._warm.add((table, as_of or ready.horizon))
        yield ready, ready.edition != edition

    def close(self) -> None:
        """Let the screener go."""
        with self._turn:
            ready, self._ready = self._ready, None
        if ready is not None:
            ready.screener.close()

    def _begin(self, desk: Desk, edition: object) -> None:
        if self._making is None:
            # no daemon: the end of the process waits for it
            self._making = threading.Thread(target=self._make, args=(desk, edition), name="screener")
            self._making.start()

    def _make(self, desk: Desk, edition: object) -> None:
        made: Ready | None = None
        try:
            made = make(desk, edition)
            for table, day in sorted(self._warm):
                made.screener.warm(table, day)
        except (Trouble, Mistakes, RuleFailed, LakeProblem, KeyProblem, SQLAlchemyError, duckdb.Error, OSError) as error:
            self._error = error  # told by whoever waits for it
        finally:
            with self._turn:
                self._ready, self._making = made or self._ready, None
                self._turn.notify_all()


def make(desk: Desk, edition: object) -> Ready:
    """A screener of the records as they are now, with the newest run's signals and each rule's newest baseline."""
    with desk.store.look() as session:
        run = Run.newest(session)
        wanted = select(SignalVersion.body).where(SignalVersion.last_run == (run.run_id if run else None))
        signals = [Signal.model_validate(body) for body in session.scalars(wanted)]
        newest: dict[str, Baseline] = {}
        for one in session.scalars(select(judged.Baseline).order_by(judged.Baseline.made_at, judged.Baseline.made_run)):
            newest[one.rule] = Baseline(one.rule, one.version, pa.ipc.open_stream(one.content).read_all())
        seen = cleared(session, run.as_of if run else desk.today, desk.today).lets_through(signals)
    live = [one for one in seen if one.rule in desk.book.indicators and desk.book.indicators[one.rule].status == "live"]
    rules = [rule for rule in desk.book.running() if rule.status == "live"]
    screener = Screener(desk.lake.open(), rules, desk.contracts, newest.values(), live)
    return Ready(
        screener, edition, desk.lake.horizon(desk.today), run.run_id if run else None, frozenset(one.signal_id for one in signals)
    )


def _edition(desk: Desk) -> object:
    """Changes whenever a batch was committed or withdrawn, a run has ended, or a lasting clearing was approved or lifted."""
    batches = desk.lake.folder / "batches"
    decided = select(func.sum(Clearing.version)).where(Clearing.status.in_((IN_FORCE, LIFTED)))
    with desk.store.look() as session:
        run = Run.newest(session)
        return batches.stat().st_mtime_ns, run.run_id if run else None, session.scalar(decided), desk.today


_offices: dict[Path, Office] = {}
_turn = threading.Lock()


def office_of(desk: Desk) -> Office:
    """The office of a desk: doors and workers of one process share it."""
    with _turn:
        return _offices.setdefault(desk.settings.home, Office())


def _close() -> None:
    """The process ends: connections are closed before the engine is unloaded."""
    with _turn:
        for office in _offices.values():
            office.close()
        _offices.clear()


atexit.register(_close)
