"""The audit log (审计日志): append-only, each entry holding the hash of the one before."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.record import Record

NOTHING_BEFORE = "0" * 64


class Happening(NamedTuple):
    """Something to put on record: its kind, what it is about, and plain values."""

    kind: str
    about: str
    body: dict[str, Any]


class Event(Record):
    """One entry."""

    __tablename__ = "event"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]
    previous: Mapped[str]
    digest: Mapped[str]


def append(session: Session, happenings: Iterable[Happening], actor: str, at: datetime) -> int:
    """Write entries at the end of the log; returns how many. The sequence has no holes, so a missing entry shows."""
    last = session.execute(select(Event.seq, Event.digest).order_by(Event.seq.desc()).limit(1)).first()
    seq, previous = (last[0], last[1]) if last else (0, NOTHING_BEFORE)
    rows = []
    for kind, about, body in happenings:
        seq += 1
        row = {"seq": seq, "at": at, "actor": actor, "kind": kind, "about": about, "body": body, "previous": previous}
        previous = digest(row)
        rows.append({**row, "digest": previous})
    if rows:
        session.execute(insert(Event), rows)
    return len(rows)


def digest(row: dict[str, Any]) -> str:
    """SHA-256 over an entry and the hash of the one before."""
    plain = {**row, "at": row["at"].timestamp()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def first_broken(session: Session) -> int | None:
    """The sequence number of the first entry that does not follow from the one before; None when the log is whole."""
    previous, expected = NOTHING_BEFORE, 1
    for event in session.scalars(select(Event).order_by(Event.seq)):
        row = {name: getattr(event, name) for name in ("seq", "at", "actor", "kind", "about", "body", "previous")}
        if event.seq != expected or event.previous != previous or digest(row) != event.digest:
            return expected
        previous, expected = event.digest, expected + 1
    return None
