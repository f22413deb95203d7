"""Protecting somebody who was cleared (疑点澄清): asked for by one person, approved by a second; ends by its day or is lifted before.

Dismissing an alert takes one person and keeps that alert closed. What protects the subject beyond it - later records, other rules of
the same topic - takes two, has a scope and an end, and lets through whatever lies outside.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from rules.signal import Signal
from service.access.caller import Caller
from service.access.sight import narrowed
from service.casework.course import Acting, not_the_same
from service.clearing import signals_of
from service.errors import Conflict, IllegalMove, NothingFound, Refusal
from service.store import event
from service.store.alert import CLEARED, Alert
from service.store.clearing import ASKED, IN_FORCE, LIFTED, REFUSED, Clearing
from service.store.event import Happening
from service.store.verdict import facts_of
from service.triage.hold import JUDGE

READ, APPROVE = "casework.read", "clearings.approve"
PERIOD = "clearing"


@dataclass(frozen=True)
class Scope:
    """What a clearing is to cover, and why."""

    records_until: date
    reason: str
    proof: str
    rules: tuple[str, ...] = field(default_factory=tuple)
    topics: tuple[str, ...] = field(default_factory=tuple)
    records_from: date | None = None
    most: Decimal | None = None
    expires_on: date | None = None
    """None: as long as the period allows."""


def ask_clearing(session: Session, acting: Acting, fingerprint: str, said: Scope) -> Clearing:
    """Ask that a cleared alert's subject be not flagged again within a scope.

    Raises NothingFound, IllegalMove unless the alert is closed as no problem, Refusal for one without findings of its own, a scope
    that is none of the alert's, a day that does not fit, a reason or proof that is missing, or while the same is asked or in force.
    """
    alert = session.scalar(
        narrowed(select(Alert), acting.caller, JUDGE).where(Alert.fingerprint == fingerprint).with_for_update()
    )
    if alert is None:
        raise NothingFound("triage.not_yours", alert=fingerprint)
    if alert.status != CLEARED:
        raise IllegalMove("clearing.wrong.not_cleared")
    own = signals_of(session, alert)
    until, why = _whole(acting, own, said)
    living = select(Clearing.clearing_id).where(Clearing.fingerprint == fingerprint, _alive(acting.today))
    if session.scalar(living.limit(1)) is not None:
        raise Refusal("clearing.wrong.there_already")
    made = Clearing(
        status=ASKED, fingerprint=fingerprint, subject_kind=alert.subject_kind, subject_id=alert.subject_id, unit_id=alert.unit_id,
        rules=sorted(said.rules), topics=sorted(said.topics), records_from=said.records_from, records_until=said.records_until,
        most=said.most, facts=facts_of(own), expires_on=until, why=why, reason=said.reason.strip(), proof=said.proof.strip(),
        asked_by=acting.name, asked_at=acting.now, decided_by=None, decided_at=None, decision_reason=None, lifted_by=None, lifted_at=None,
        lift_reason=None, version=1,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _tell(session, acting, made, "asked")
    return made


def decide_clearing(session: Session, acting: Acting, clearing_id: int, version: int, *, agree: bool, reason: str) -> Clearing:
    """Approve it, from when on it protects; or refuse it with a reason.

    Raises Refusal for whoever asked for it or without a reason to refuse; NothingFound, Conflict, IllegalMove when it is decided
    already, or the alert is open again, or its day is over.
    """
    found = hold_clearing(session, acting, clearing_id, version, ASKED)
    not_the_same(acting.name, found.asked_by)
    if not agree and not reason.strip():
        raise Refusal("casework.wrong.reason")
    if agree and session.get_one(Alert, found.fingerprint).status != CLEARED:
        raise IllegalMove("clearing.wrong.not_cleared")
    if agree and found.expires_on < acting.today:
        raise IllegalMove("clearing.wrong.over")
    found.status = IN_FORCE if agree else REFUSED
    found.decided_by, found.decided_at, found.decision_reason = acting.name, acting.now, reason.strip() or None
    _tell(session, acting, found, "approved" if agree else "refused")
    return found


def lift_clearing(session: Session, acting: Acting, clearing_id: int, version: int, reason: str) -> Clearing:
    """End it before its day: the next run flags again. Raises Refusal without a reason; NothingFound, Conflict, IllegalMove."""
    found = hold_clearing(session, acting, clearing_id, version, IN_FORCE)
    if not reason.strip():
        raise Refusal("casework.wrong.reason")
    found.status, found.lifted_by, found.lifted_at, found.lift_reason = LIFTED, acting.name, acting.now, reason.strip()
    _tell(session, acting, found, "lifted")
    return found


def hold_clearing(session: Session, acting: Acting, clearing_id: int, version: int, status: str) -> Clearing:
    """A clearing that the caller may decide on, locked. Raises NothingFound, Conflict, IllegalMove for another status."""
    mine = select(Clearing).where(Clearing.clearing_id == clearing_id, clearings_seen(acting.caller, APPROVE))
    found = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NothingFound("clearing.wrong.not_yours", number=clearing_id)
    if found.version != version:
        raise Conflict("clearing.wrong.changed")
    if found.status != status:
        raise IllegalMove("clearing.wrong.decided")
    return found


def clearings_seen(caller: Caller, verb: str = READ) -> ColumnElement[bool]:
    """What must hold of a clearing for the caller to see it: they see the alert that it comes from."""
    seen: ColumnElement[bool] = Clearing.fingerprint.in_(narrowed(select(Alert.fingerprint), caller, verb))
    return seen


def _alive(today: date) -> ColumnElement[bool]:
    return or_(Clearing.status == ASKED, (Clearing.status == IN_FORCE) & (Clearing.expires_on >= today))


def _whole(acting: Acting, own: list[Signal], said: Scope) -> tuple[date, dict[str, object]]:
    """Until when it holds, and by which period. Raises Refusal for what does not fit."""
    if not own:
        raise Refusal("clearing.wrong.no_findings")
    if not said.reason.strip() or not said.proof.strip():
        raise Refusal("clearing.wrong.parts")
    known = {one.rule for one in own}, {str(one.topic) for one in own}
    if not (said.rules or said.topics) or not set(said.rules) <= known[0] or not set(said.topics) <= known[1]:
        raise Refusal("clearing.wrong.scope")
    longest = acting.periods.due(PERIOD, acting.today)
    until = said.expires_on or longest.due_on
    if not acting.today < until <= longest.due_on:
        raise Refusal("clearing.wrong.expires_on", most=longest.due_on)
    if said.records_until > until or (said.records_from is not None and said.records_from > said.records_until):
        raise Refusal("clearing.wrong.records")
    if said.most is not None and said.most <= 0:
        raise Refusal("clearing.wrong.most")
    return until, longest.why


def _tell(session: Session, acting: Acting, one: Clearing, what: str) -> None:
    if what != "asked":
        one.version += 1
    session.flush()
    told = {"clearing": one.clearing_id, "records_until": one.records_until.isoformat(), "expires_on": one.expires_on.isoformat()}
    event.append(session, [Happening(f"clearing.{what}", one.fingerprint, told)], acting.name, acting.now)
