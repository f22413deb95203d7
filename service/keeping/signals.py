"""Signals into the store: a new version of the facts is a new row, facts seen before only count the run."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from rules.signal import Signal
from service.store.signal import SignalVersion

COLUMNS = (
    "signal_id", "rule", "rule_hash", "topic", "severity", "subject_kind", "subject_id", "unit_id", "area_id", "first_on", "last_on",
)  # fmt: skip


def keep_signals(session: Session, run_id: int, signals: Sequence[Signal], version_of: Callable[[Signal], str]) -> dict[str, str]:
    """Write the signals of a run; returns signal_id -> version."""
    versions = {signal.signal_id: version_of(signal) for signal in signals}
    known = {tuple(row) for row in session.execute(select(SignalVersion.signal_id, SignalVersion.version))}
    fresh = [signal for signal in signals if (signal.signal_id, versions[signal.signal_id]) not in known]
    again = [pair for pair in versions.items() if pair in known]
    if again:
        session.execute(
            update(SignalVersion), [{"signal_id": one, "version": version, "last_run": run_id} for one, version in again]
        )
    if fresh:
        session.execute(insert(SignalVersion), [_row(signal, versions[signal.signal_id], run_id) for signal in fresh])
    return versions


def _row(signal: Signal, version: str, run_id: int) -> dict[str, Any]:
    facts = {name: getattr(signal, name) for name in (*COLUMNS, "amount")}
    return {**facts, "version": version, "body": signal.model_dump(mode="json"), "first_run": run_id, "last_run": run_id}
