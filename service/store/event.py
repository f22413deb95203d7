"""The audit log (审计日志): append-only, each entry holding the hash of the one before."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Index, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.outbox import tell
from service.store.record import Record

NOTHING_BEFORE = "0" * 64
KEY = "audit_key"
"""Where a session carries the key of the log."""
ONE_AFTER_ANOTHER = 7_213_002  # any fixed number: PostgreSQL's advisory lock while writing to the log


class Happening(NamedTuple):
    """Something to put on record: its kind, what it is about, and plain values."""

    kind: str
    about: str
    body: dict[str, Any]


class Event(Record):
    """One entry."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "actor", "kind"),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    about: Mapped[str] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]
    previous: Mapped[str]
    digest: Mapped[str]
    keyed: Mapped[bool] = mapped_column(default=False)
    """Whether the digest was made with the office's key."""


def append(session: Session, happenings: Iterable[Happening], actor: str, at: datetime) -> int:
    """Write entries at the end of the log; returns how many. The sequence has no holes, so a missing entry shows.

    What other platforms hear of becomes a notice at the same time (service.store.outbox).
    With the office's key (`session.info[KEY]`) the hash is keyed: whoever holds the database alone cannot make it.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite lets one writer in at a time anyway
        session.execute(select(func.pg_advisory_xact_lock(ONE_AFTER_ANOTHER)))
    last = session.execute(select(Event.seq, Event.digest).order_by(Event.seq.desc()).limit(1)).first()
    seq, previous = (last[0], last[1]) if last else (0, NOTHING_BEFORE)
    key = session.info.get(KEY)
    happenings, rows = list(happenings), []
    for kind, about, body in happenings:
        seq += 1
        row = {"seq": seq, "at": at, "actor": actor, "kind": kind, "about": about, "body": body, "previous": previous}
        previous = digest(row, key)
        rows.append({**row, "digest": previous, "keyed": key is not None})
    if rows:
        session.execute(insert(Event), rows)
        tell(session, happenings, actor, at)
    return len(rows)


def digest(row: dict[str, Any], key: bytes | None = None) -> str:
    """SHA-256 (with the key: HMAC-SHA-256) over an entry and the hash of the one before."""
    plain = {**row, "at": row["at"].timestamp()}
    told = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.sha256(told).hexdigest() if key is None else hmac.digest(key, told, "sha256").hex()


def right(event: Event, key: bytes | None) -> bool:
    """Whether an entry's hash is that of its content; a keyed one cannot be judged without the key, and counts as right."""
    if event.keyed and key is None:
        return True
    row = {name: getattr(event, name) for name in ("seq", "at", "actor", "kind", "about", "body", "previous")}
    return hmac.compare_digest(digest(row, key if event.keyed else None), event.digest)


def first_broken(session: Session) -> int | None:
    """The sequence number of the first entry that does not follow from the one before; None when the log is whole."""
    previous, expected = NOTHING_BEFORE, 1
    for event in session.scalars(select(Event).order_by(Event.seq).execution_options(yield_per=1000)):
        if event.seq != expected or event.previous != previous or not right(event, session.info.get(KEY)):
            return expected
        previous, expected = event.digest, expected + 1
    return None
