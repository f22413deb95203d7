"""Signals into the store: a new version of the facts is a new row, facts seen before only count the run."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from rules.signal import Signal
from service.store.bulk import upsert
from service.store.signal import SignalVersion

COLUMNS = (
    "signal_id", "rule", "rule_hash", "topic", "severity", "subject_kind", "subject_id", "unit_id", "area_id", "first_on", "last_on",
)  # fmt: skip


def version_of(signal: Signal) -> str:
    """16 hex digits of everything the signal says: another threshold or wording is another version too."""
    said = _steady(signal.model_dump(mode="json", exclude={"content_hash"}))
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _steady(value: Any) -> Any:
    """The last digits of a fraction change with the order in which an engine adds: they are no other facts."""
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, dict):
        return {name: _steady(one) for name, one in value.items()}
    return [_steady(one) for one in value] if isinstance(value, list) else value


def keep_signals(session: Session, run_id: int, signals: Sequence[Signal]) -> dict[str, str]:
    """Write the signals of a run; returns signal_id -> version."""
    versions: dict[str, str] = {}
    rows = []
    for signal in signals:
        body = signal.model_dump(mode="json")
        versions[signal.signal_id] = version = version_of(signal)
        row = {name: getattr(signal, name) for name in COLUMNS}
        rows.append({**row, "version": version, "amount_fen": signal.amount, "body": body, "first_run": run_id, "last_run": run_id})
    upsert(session, SignalVersion, rows, update=["last_run"])
    return versions
