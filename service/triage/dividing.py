"""Dividing an alert (拆分): some of its findings become an alert of their own; merging that back undoes it. Runs keep it so."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from rules.chain import Chain
from rules.divided import Part, remaining, taken
from rules.signal import Signal
from service.desk import Desk
from service.errors import Refusal
from service.keeping.alerts import facts_of, links_of
from service.learned_priority import alert_of
from service.store import questions
from service.store.alert import ACCEPTED, OPEN, Alert, AlertLink, AlertSignal
from service.store.assignment import Assignment, Recusal
from service.store.bulk import upsert
from service.store.event import Happening, append
from service.store.record import Record
from service.store.sealed import Accused
from service.store.triage import AlertPart
from service.triage.hold import hold_free
from service.triage.moving import Before, By, moved

PART = "part"
"""Among what a merge made: the number of the part that it ended."""


def divide(session: Session, desk: Desk, by: By, fingerprint: str, version: int, chosen: Sequence[str], reason: str) -> Alert:
    """Take findings out of an alert into a new one, which the same offices have.

    Raises NothingFound, Conflict, Refusal for a decided alert or one that a case works on, without a reason, and for findings that are
    not its own or are all of them.
    """
    alert = hold_free(session, by.caller, fingerprint, version)
    present = questions.present_signals(session, [fingerprint])[fingerprint]
    known = {one.signal_id: Signal.model_validate(one.body) for one in present}
    moving = _moving(alert, known, chosen, reason)
    left = [one for one in known if one not in set(moving)]
    before = Before.of(alert)
    found, name = alert_of(alert, list(known)), f"AL{secrets.token_hex(8)}"
    part = taken(found, moving, name, live(desk), known, titles_of(desk))
    rest = remaining(found, left, live(desk), known, titles_of(desk))
    standing = {"priority": alert.priority, "sure": alert.sure, "reasons": list(alert.reasons)}
    made = Alert.open({**facts_of(part), **standing}, alert.last_run, alert.last_seen, by.now)
    made.level, made.first_seen = alert.level, alert.first_seen
    session.add(made)
    session.flush()
    for field, value in facts_of(rest).items():
        setattr(alert, field, value)
    alert.version += 1
    rules = {known[one].rule for one in moving} - {known[one].rule for one in left}
    kept = AlertPart(
        fingerprint=name, origin=fingerprint, signals=sorted(moving), rules=sorted(rules), reason=reason.strip(), made_by=by.caller.name,
        made_at=by.now, ended_at=None,
    )  # fmt: skip
    session.add(kept)
    upsert(session, AlertLink, links_of(part), update=[])
    _give_the_same(session, fingerprint, name)
    session.flush()
    _move_rows(session, alert, made, moving)
    told = {"count": len(moving), "reason": reason.strip()}
    opened = Happening("alert.opened", name, {"severity": made.severity, "from": fingerprint, **told})
    append(session, [opened], by.caller.name, by.now)
    divided = Happening("alert.divided", fingerprint, {"into": name, **told})
    moved(session, alert, by, "divide", before, reason=reason, happening=divided)
    return made


def _moving(alert: Alert, known: Mapping[str, Signal], chosen: Sequence[str], reason: str) -> list[str]:
    """The findings that go, in the alert's order. Raises Refusal for what cannot be divided so."""
    moving = [one for one in known if one in set(chosen)]
    if alert.status not in (OPEN, ACCEPTED):
        raise Refusal("alert.decided", alert=alert.fingerprint)
    if not moving or len(moving) == len(known) or set(chosen) - set(known):
        raise Refusal("alert.divide_some")
    if not reason.strip():
        raise Refusal("casework.wrong.reason")
    return moving


def standing_parts(session: Session) -> list[Part]:
    """Every part that stands, the oldest first."""
    living = select(AlertPart).where(AlertPart.ended_at.is_(None)).order_by(AlertPart.part_id)
    return [Part(one.fingerprint, one.origin, frozenset(one.signals), frozenset(one.rules)) for one in session.scalars(living)]


def merged_back(session: Session, alert: Alert, into: Alert, now: datetime) -> int | None:
    """A part merged into what it was taken from is none any more: its findings are there again. Returns the part's number.

    The other alert is of another version from now on: who is about to decide it has not seen these findings.
    """
    part = part_of(session, alert.fingerprint)
    if part is None or part.origin != into.fingerprint or part.ended_at is not None:
        return None
    part.ended_at = now
    _move_rows(session, alert, into, _present(session, alert), keep=True)
    into.version += 1
    return part.part_id


def taken_out_again(session: Session, alert: Alert) -> None:
    """A part that is worked on by itself again stands again."""
    part = part_of(session, alert.fingerprint)
    if part is None or part.ended_at is None:
        return
    part.ended_at = None
    origin = session.get_one(Alert, part.origin, with_for_update=True)
    here = set(_present(session, origin))
    _move_rows(session, origin, alert, [one for one in part.signals if one in here])
    origin.version += 1


def part_of(session: Session, fingerprint: str) -> AlertPart | None:
    """The part that an alert is, standing or merged back."""
    return session.scalar(select(AlertPart).where(AlertPart.fingerprint == fingerprint))


def parts_from(session: Session, fingerprint: str) -> list[AlertPart]:
    """The parts that were taken out of an alert and stand."""
    mine = select(AlertPart).where(AlertPart.origin == fingerprint, AlertPart.ended_at.is_(None))
    return list(session.scalars(mine.order_by(AlertPart.part_id)))


def live(desk: Desk) -> Mapping[str, Chain]:
    """The chains that conclude."""
    return {name: chain for name, chain in desk.chains.items() if chain.status == "live"}


def titles_of(desk: Desk) -> dict[str, dict[str, str]]:
    """Rule -> its title in both languages."""
    return {name: {"zh": rule.title.zh, "en": rule.title.en} for name, rule in desk.book.indicators.items()}


def _present(session: Session, alert: Alert) -> list[str]:
    return [one.signal_id for one in questions.present_signals(session, [alert.fingerprint])[alert.fingerprint]]


def _move_rows(session: Session, source: Alert, target: Alert, ids: Sequence[str], *, keep: bool = False) -> None:
    """Let one alert rest on what another rested on; that remembers that it once did, for whoever may not hear of it (sight)."""
    mine = select(AlertSignal).where(
        AlertSignal.fingerprint == source.fingerprint,
        AlertSignal.signal_id.in_(list(ids)),
        AlertSignal.last_run == source.last_run,
    )
    rows = list(session.scalars(mine))
    here = {"fingerprint": target.fingerprint, "last_run": target.last_run}
    upsert(
        session, AlertSignal,
        [{"signal_id": one.signal_id, "version": one.version, "first_run": min(one.first_run, target.last_run), **here} for one in rows],
        update=["last_run"],
    )  # fmt: skip
    if not keep:
        for one in rows:
            one.last_run = source.last_run - 1
    session.flush()


def _give_the_same(session: Session, source: str, target: str) -> None:
    """The new alert is where the old one is: offices, those recused, and whom its complaints are about."""
    for given in questions.present_assignments(session, [source])[source]:
        session.add(Assignment(**{**_plain(given, "assignment_id"), "fingerprint": target}))
    for passed_over in questions.present_recusals(session, source):
        session.add(Recusal(**{**_plain(passed_over, "recusal_id"), "fingerprint": target}))
    for whom in session.scalars(select(Accused).where(Accused.fingerprint == source)).all():
        session.add(Accused(fingerprint=target, kind=whom.kind, entity_id=whom.entity_id))


def _plain(row: Record, number: str) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).columns if column.key != number}
