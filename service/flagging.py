"""Step 5, flag: every rule of the book, stratum by stratum; each rule is a step of the run of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
from ibis.backends.duckdb import Backend
from pydantic import TypeAdapter
from sqlalchemy import select

from datasets.contract import Contracts
from rules.baseline import Baseline, refresh
from rules.blindness import Blindness
from rules.book import Book
from rules.failure import RuleFailed
from rules.flag import Flagged, flag
from rules.indicator import Indicator
from rules.order import reads_from
from rules.signal import Signal
from rules.signal_table import put_signals
from rules.strata import strata
from service.signal_version import version_of
from service.steps import Steps, state_of
from service.store import judged
from service.store.bulk import upsert
from service.store.clearing import Cleared, cleared
from service.store.run import Run
from service.store.signal import SignalVersion
from service.working_days import day_of

FLAGGED = TypeAdapter(Flagged)


@dataclass
class Findings:
    """What the rules found in one run, what they could not judge, and which rules failed."""

    signals: list[Signal] = field(default_factory=list)
    shadow: list[Signal] = field(default_factory=list)
    """Found by rules on trial: counted and kept, but they open no alert."""
    blindness: dict[str, Blindness] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    cleared: Cleared = field(default_factory=Cleared)
    versions: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    """Rule -> hash of the version that judged."""

    @property
    def visible(self) -> list[Signal]:
        """The signals that no clearing protects."""
        return self.cleared.lets_through(self.signals)

    def version(self, signal: Signal) -> str:
        """Which version of the facts it carries; worked out once, for it costs as much as finding the signal."""
        if signal.signal_id not in self.versions:
            self.versions[signal.signal_id] = version_of(signal)
        return self.versions[signal.signal_id]


@dataclass(frozen=True)
class Flagging:
    """Flags with one connection."""

    book: Book
    contracts: Contracts
    tables: Backend
    tables_state: str
    steps: Steps

    def flag_all(self) -> Findings:
        """Run the whole book.

        A rule that fails is named in `failed` and keeps what it found in the run before.
        """
        with self.steps.store.look() as session:
            as_of = self.steps.question.as_of
            today = day_of(self.steps.clock())
            found = Findings(cleared=cleared(session, as_of, today))
            session.expunge_all()  # asked of every finding from now on
        done, total = 0, len(self.book.running())
        for stratum in strata(self.book):
            if any(reads_from(rule, self.book.indicators) for rule in stratum):
                put_signals(self.tables, found.visible)
            for rule in stratum:
                self.steps.watch(rule.id, done, total)
                self._take(rule, found)
                done += 1
        return found

    def _take(self, rule: Indicator, found: Findings) -> None:
        try:
            flagged = self._flag(rule, found)
        except RuleFailed as failure:
            found.failed[rule.id] = failure.why
            found.signals += self._earlier(rule)
            return
        found.blindness[rule.id], found.hashes[rule.id] = flagged.blindness, rule.hash
        (found.shadow if rule.status == "shadow" else found.signals).extend(flagged.signals)

    def _flag(self, rule: Indicator, found: Findings) -> Flagged:
        reads = reads_from(rule, self.book.indicators)
        seen = [(one.signal_id, found.version(one)) for one in found.visible if one.rule in reads]
        said = [rule.says.model_dump(), {name: label.model_dump() for name, label in rule.labels.items()}]
        state = state_of(self.steps.question.program, self.tables_state, rule.hash, said, self.steps.question.as_of, seen)

        def work() -> Flagged:
            if rule.baseline is not None:
                self._keep_baseline(refresh(rule, self.tables, self.steps.question.as_of))
            return flag(rule, self.tables, self.steps.question.as_of, contracts=self.contracts)

        return self.steps.once(f"flag:{rule.id}", state, work, FLAGGED, lambda flagged: len(flagged.signals))

    def _keep_baseline(self, baseline: Baseline) -> None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, baseline.content.schema) as writer:
            writer.write_table(baseline.content)
        row = {
            "rule": baseline.rule, "version": baseline.version, "made_run": self.steps.run_id,
            "made_at": self.steps.clock(), "content": sink.getvalue().to_pybytes(),
        }  # fmt: skip
        with self.steps.store.change() as session:
            upsert(session, judged.Baseline, [row], update=[])

    def _earlier(self, rule: Indicator) -> Sequence[Signal]:
        with self.steps.store.look() as session:
            before = Run.newest(session)
            if before is None:
                return []
            query = select(SignalVersion.body).where(SignalVersion.rule == rule.id, SignalVersion.last_run == before.run_id)
            return [Signal.model_validate(body) for body in session.scalars(query.order_by(SignalVersion.signal_id))]
