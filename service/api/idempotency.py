"""Idempotency-Key (幂等键): a write that is sent again with its key is not done again; the first answer is told once more.

draft-ietf-httpapi-idempotency-key-header. The key belongs to its caller; answers are kept for two days, encrypted. A server that was
killed in the midst of a write leaves the key unanswered: whoever sends it next has the write done, which stands on its own natural key.
"""

import hashlib
import os
import socket
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from datasets.key import Key
from service.desk import Desk
from service.store.idempotent import Answered

KEPT = timedelta(hours=48)
LONGEST_WRITE = timedelta(minutes=10)
"""After so long a write of another process counts as given up; on this machine it does as soon as that process is gone."""
TOLD = ("content-type", "location", "etag", "content-language")
"""Headers that belong to an answer, not to the moment of its sending."""
_NONCE = 12


@dataclass(frozen=True)
class Write:
    """A write under a key: `request` identifies method, address and body."""

    caller: str
    key: str
    request: str

    @classmethod
    def of(cls, caller: str, key: str, method: str, address: bytes, body: bytes) -> "Write":
        said = hashlib.sha256(method.encode() + b" " + address + b"\n" + body)
        return cls(caller, key, said.hexdigest())


@dataclass(frozen=True)
class Told:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Other(Exception):
    """The key was used for another write."""


class Going(Exception):
    """The write is being done."""


def begin(desk: Desk, write: Write, going: Collection[Write]) -> Told | None:
    """The answer given before, or None: then the write is the caller's to do, and to `end` or `give_up`.

    `going` are the writes that this process is at.

    Raises Other and Going.
    """
    now = desk.clock()
    with desk.store.change() as session:
        session.execute(delete(Answered).where(Answered.at < now - KEPT))
        if _claimed(session, write, now):
            return None
        found = session.get_one(Answered, (write.caller, write.key), with_for_update=True)
        if found.request != write.request:
            raise Other(write.key)
        if found.status:
            return Told(found.status, found.headers, _opened(desk, found))
        if _lives(found, now, write in going):
            raise Going(write.key)
        found.headers, found.at = _holder(), now
        return None


def end(desk: Desk, write: Write, told: Told) -> None:
    """Keep the answer: from now on it is told again."""
    with desk.store.change() as session:
        found = session.get(Answered, (write.caller, write.key), with_for_update=True)
        if found is not None:
            found.status, found.at = told.status, desk.clock()
            found.headers = {name: told.headers[name] for name in TOLD if name in told.headers}
            found.body = _sealed(desk, write, told.body)


def give_up(desk: Desk, write: Write) -> None:
    """The write was not done: the key is free again."""
    with desk.store.change() as session:
        mine = (Answered.caller == write.caller, Answered.key == write.key, Answered.status == 0)
        session.execute(delete(Answered).where(*mine))


def _claimed(session: Session, write: Write, now: datetime) -> bool:
    """Whether the key was free and is ours now."""
    insert = postgres_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    row = {
        "caller": write.caller,
        "key": write.key,
        "request": write.request,
        "status": 0,
        "headers": _holder(),
        "body": None,
        "at": now,
    }
    made = session.execute(insert(Answered).values(row).on_conflict_do_nothing().returning(Answered.key))
    return made.first() is not None


def _started(pid: int) -> str | None:
    """When a process of this machine began, in ticks since the boot: a number that comes again later is another process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return None


def _holder() -> dict[str, Any]:
    pid = os.getpid()
    return {"host": socket.gethostname(), "pid": pid, "started": _started(pid)}


def _lives(found: Answered, now: datetime, here: bool) -> bool:
    holder = found.headers
    if holder == _holder():
        return here
    gone = holder.get("host") == socket.gethostname() and _started(int(holder["pid"])) != holder["started"]
    return not gone and now - found.at < LONGEST_WRITE


def _cipher(desk: Desk) -> AESGCM:
    key = desk.key or Key.from_file(desk.settings.key_file, create=True)
    return AESGCM(key.derived("answers"))


def _sealed(desk: Desk, write: Write, body: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(desk).encrypt(nonce, body, f"{write.caller}|{write.key}".encode())


def _opened(desk: Desk, found: Answered) -> bytes:
    body = found.body or b""
    return _cipher(desk).decrypt(body[:_NONCE], body[_NONCE:], f"{found.caller}|{found.key}".encode())
