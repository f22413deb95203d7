"""Proving the audit log (审计日志): every entry against the key, and the whole against an anchor kept elsewhere.

Whoever has the database alone can change rows and recompute plain hashes, but not keyed ones; a cut tail leaves a sound chain,
so its end is written down once a day in a file that is kept on another machine: the anchor.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Refusal
from service.store.event import NOTHING_BEFORE, Event, right

What = Literal["missing", "reordered", "edited", "unproven", "recomputed", "cut"]


@dataclass(frozen=True)
class Anchor:
    """Where the log ended at a time; `mac` proves that the holder of the key wrote it."""

    seq: int
    digest: str
    at: str
    mac: str


@dataclass(frozen=True)
class Fault:
    """What is wrong, and at which entry."""

    seq: int
    what: What


def anchor(session: Session, key: bytes, path: Path, now: datetime) -> Anchor | None:
    """Add a line to the anchor file: where the log ends now; None while the log is empty."""
    last = session.execute(select(Event.seq, Event.digest).order_by(Event.seq.desc()).limit(1)).first()
    if last is None:
        return None
    made = Anchor(last[0], last[1], now.isoformat(), _mac(key, last[0], last[1], now.isoformat()))
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps(asdict(made)) + "\n")
    return made


def read_anchors(path: Path, key: bytes) -> list[Anchor]:
    """The lines of an anchor file. Raises Refusal, with the line, for one that the holder of the key did not write."""
    found = []
    for number, line in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        try:
            one = Anchor(**json.loads(line))
            proven = hmac.compare_digest(one.mac, _mac(key, one.seq, one.digest, one.at))
        except (ValueError, TypeError) as error:
            raise Refusal("audit.anchor", path=path, line=number) from error
        if not proven:
            raise Refusal("audit.anchor", path=path, line=number)
        found.append(one)
    return found


def verify(session: Session, key: bytes, anchors: list[Anchor]) -> list[Fault]:
    """Everything wrong with the log, in its order; nothing when it is whole. O(entries) time, constant memory."""
    known = {one.seq: one for one in anchors}
    return sorted(_faults(session, key, known), key=lambda fault: fault.seq)


def _faults(session: Session, key: bytes, known: dict[int, Anchor]) -> Iterator[Fault]:
    previous, expected, keyed, last = NOTHING_BEFORE, 1, False, 0
    for entry in session.scalars(select(Event).order_by(Event.seq).execution_options(yield_per=1000)):
        if entry.seq > expected:
            yield Fault(expected, "missing")
        elif entry.previous != previous:
            yield Fault(entry.seq, "reordered")
        if not right(entry, key):
            yield Fault(entry.seq, "edited")
        elif keyed and not entry.keyed:  # a forger without the key can only write entries that claim to need none
            yield Fault(entry.seq, "unproven")
        if entry.seq in known and entry.digest != known[entry.seq].digest:
            yield Fault(entry.seq, "recomputed")
        previous, expected, keyed, last = entry.digest, entry.seq + 1, keyed or entry.keyed, entry.seq
    if known and max(known) > last:
        yield Fault(last + 1, "cut")


def _mac(key: bytes, seq: int, digest: str, at: str) -> str:
    return hmac.digest(key, f"{seq}|{digest}|{at}".encode(), "sha256").hex()
