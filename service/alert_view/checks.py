"""First checks (先查什么) of an alert: ticked off by whoever did them, kept for the alert, on record."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight import narrowed
from service.errors import NothingFound, Refusal
from service.reading import Reading
from service.store.alert import ACCEPTED, OPEN, Alert
from service.store.alert_work import Check
from service.store.event import Happening, append
from service.triage.hold import JUDGE, called
from service.triage.moving import By
from service.words import either


class Step(BaseModel):
    """A check of the list, and who did it when."""

    step: str
    text: str
    done_by: str | None = None
    done_at: datetime | None = None


def step_key(zh: str) -> str:
    """What identifies a step: 12 hex digits of its Chinese words."""
    return hashlib.sha256(zh.encode()).hexdigest()[:12]


def steps_of(seen: Reading, fingerprint: str, rules: Sequence[str]) -> dict[str, list[Step]]:
    """Rule -> its checks in the order of the book, those done marked."""
    living = select(Check).where(Check.fingerprint == fingerprint, Check.undone_at.is_(None))
    done = {(one.rule, one.step): one for one in seen.session.scalars(living)}
    names = called(seen.session, sorted({one.done_by for one in done.values()}))
    found: dict[str, list[Step]] = {}
    for rule in dict.fromkeys(rules):
        known = seen.desk.book.indicators.get(rule)
        found[rule] = []
        for words in known.verify if known else []:
            key = step_key(words.zh)
            tick = done.get((rule, key))
            by, at = (names[tick.done_by], tick.done_at) if tick else (None, None)
            found[rule].append(Step(step=key, text=either(words), done_by=by, done_at=at))
    return found


def tick(session: Session, by: By, fingerprint: str, rule: str, step: str, *, done: bool) -> None:
    """Tick a check off, or take the tick back; the same again changes nothing.

    Raises NothingFound for an alert that the caller may not judge, Refusal for one that is decided.
    """
    alert = mine(session, by, fingerprint)
    open_tick = select(Check).where(
        Check.fingerprint == alert.fingerprint, Check.rule == rule, Check.step == step, Check.undone_at.is_(None)
    )
    before = session.scalar(open_tick)
    if done == (before is not None):
        return
    if before is None:
        session.add(
            Check(
                fingerprint=fingerprint,
                rule=rule,
                step=step,
                done_by=by.caller.name,
                done_at=by.now,
                undone_by=None,
                undone_at=None,
            )
        )
    else:
        before.undone_by, before.undone_at = by.caller.name, by.now
    kind = "check.done" if done else "check.undone"
    append(session, [Happening(kind, fingerprint, {"rule": rule, "step": step})], by.caller.name, by.now)


def mine(session: Session, by: By, fingerprint: str) -> Alert:
    """An alert that the caller may judge, and that is not decided yet. Raises NothingFound, Refusal."""
    alert = session.scalar(narrowed(select(Alert), by.caller, JUDGE).where(Alert.fingerprint == fingerprint))
    if alert is None:
        raise NothingFound("triage.not_yours", alert=fingerprint)
    if alert.status not in (OPEN, ACCEPTED):
        raise Refusal("alert.decided", alert=fingerprint)
    return alert
