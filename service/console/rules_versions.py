"""What two versions of a rule found, set against each other from what runs kept."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.rule_history import JudgedBy
from service.store.signal import SignalVersion


class Difference(NamedTuple):
    """Findings of the newer version in its first run that the older had not in its last (gained), the other way (lost), and both had."""

    gained: int
    lost: int
    changed: int
    """Found by both, with another amount or severity."""
    kept: int
    by_severity: Mapping[str, tuple[int, int]]
    """Severity -> gained, lost."""


def between(session: Session, rule: str, old: JudgedBy, new: JudgedBy) -> Difference:
    """The difference; a finding that paused between two runs of one version counts as seen in between."""
    before, after = _found(session, rule, old.hash, old.last_run), _found(session, rule, new.hash, new.first_run)
    gained, lost, both = after.keys() - before.keys(), before.keys() - after.keys(), before.keys() & after.keys()
    changed = sum(before[one] != after[one] for one in both)
    severities: dict[str, tuple[int, int]] = {}
    for place, ids, found in ((0, gained, after), (1, lost, before)):
        for one in ids:
            more, fewer = severities.get(found[one][0], (0, 0))
            severities[found[one][0]] = (more + (place == 0), fewer + (place == 1))
    return Difference(len(gained), len(lost), changed, len(both) - changed, dict(sorted(severities.items())))


def _found(session: Session, rule: str, version: str, run: int) -> dict[str, tuple[str, object]]:
    query = select(SignalVersion.signal_id, SignalVersion.severity, SignalVersion.amount).where(
        SignalVersion.rule == rule, SignalVersion.rule_hash == version,
        SignalVersion.first_run <= run, SignalVersion.last_run >= run,
    )  # fmt: skip
    return {one: (severity, amount) for one, severity, amount in session.execute(query)}
