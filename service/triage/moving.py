"""Putting a move on record: the row that lets it be undone, and the entry in the audit log."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.store import event
from service.store.alert import Alert
from service.store.event import Happening
from service.store.triage import Move


@dataclass(frozen=True)
class By:
    """Who moves, when; several alerts moved at once share the mark `together`."""

    caller: Caller
    now: datetime
    together: str | None = None


@dataclass
class Before:
    """An alert as it was before a move; `made` gets the numbers of the rows that the move makes and ends."""

    status: str
    holder: str | None
    made: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, alert: Alert) -> "Before":
        return cls(alert.status, alert.holder)


def moved(
    session: Session, alert: Alert, by: By, verb: str, before: Before, *, reason: str = "", happening: Happening | None = None
) -> Move:
    """Write the move, and the happening when nothing else has written it; the alert has moved already."""
    move = Move(
        fingerprint=alert.fingerprint, verb=verb, reason=reason, moved_by=by.caller.name, moved_at=by.now, together=by.together,
        before=vars(before), version=alert.version,
    )  # fmt: skip
    session.add(move)
    session.flush()
    if happening is not None:
        event.append(session, [happening], by.caller.name, by.now)
    return move
