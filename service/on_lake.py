"""Rules run on the records of the lake by an author's hand: nothing is kept, no alert is opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from ibis.backends.duckdb import Backend

from rules.flag import Flagged, flag
from rules.indicator import Indicator
from rules.order import reads_from
from rules.signal import Signal
from rules.signal_table import put_signals
from service.desk import Desk


@dataclass
class OnLake:
    """The lake's tables as of a day, and the signals that cross rules asked for so far."""

    desk: Desk
    tables: Backend
    as_of: date
    _seen: dict[str, list[Signal]] = field(default_factory=dict)

    def flag(self, rule: Indicator) -> Flagged:
        """What a rule finds; a baseline is made anew. Raises RuleFailed."""
        self.prepare(rule)
        self.tables.con.execute("DROP TABLE IF EXISTS temp.baseline_version")
        return flag(rule, self.tables, self.as_of, contracts=self.desk.contracts)

    def prepare(self, rule: Indicator) -> None:
        """Put the signals that a cross rule reads into the connection."""
        names = sorted(reads_from(rule, self.desk.book.indicators))
        for name in names:
            if name not in self._seen:
                self._seen[name] = flag(
                    self.desk.book.indicators[name], self.tables, self.as_of, contracts=self.desk.contracts
                ).signals
        if names:
            put_signals(self.tables, [signal for name in names for signal in self._seen[name]])


@contextmanager
def on_lake(desk: Desk, as_of: date | None = None) -> Iterator[OnLake]:
    """Open the lake for an author. Raises NothingFound when nothing was imported yet."""
    desk.must_hold_records()
    with desk.tables() as (tables, _):
        yield OnLake(desk, tables, as_of or desk.lake.horizon(desk.today))
