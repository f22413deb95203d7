"""Signals into the store: a new version of the facts is a new row, facts seen before only count the run."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from rules.signal import Signal
from service.signal_version import version_of
from service.store.bulk import upsert
from service.store.signal import SignalVersion

COLUMNS = (
    "signal_id", "rule", "rule_hash", "topic", "severity", "subject_kind", "subject_id", "unit_id", "area_id", "first_on", "last_on",
)  # fmt: skip


def keep_signals(session: Session, run_id: int, signals: Sequence[Signal]) -> dict[str, str]:
    """Write the signals of a run; returns signal_id -> version."""
    versions: dict[str, str] = {}
    rows = []
    for signal in signals:
        body = signal.model_dump(mode="json")
        versions[signal.signal_id] = version = version_of(signal)
        row = {name: getattr(signal, name) for name in COLUMNS}
        rows.append(
            {**row, "version": version, "amount_fen": signal.amount, "body": body, "first_run": run_id, "last_run": run_id}
        )
    upsert(session, SignalVersion, rows, update=["last_run"])
    return versions
