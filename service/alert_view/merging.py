"""Merging alerts that are the same matter (并入), so that one of them is worked on, and splitting them again (拆开)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import narrowed
from service.errors import Refusal
from service.store.alert import ACCEPTED, MERGED, OPEN, Alert
from service.store.event import Happening
from service.store.triage import Move
from service.triage.dividing import PART, merged_back, taken_out_again
from service.triage.hold import JUDGE, hold, hold_free
from service.triage.moving import Before, By, moved

INTO = "into"


def merge(session: Session, by: By, fingerprint: str, version: int, into: str, reason: str) -> Move:
    """Put an alert into another one that is undecided; both must be the caller's to judge.

    Raises NothingFound, Conflict, IllegalMove, and Refusal for an alert into itself, into one that is decided or merged itself, and for one
    that a case file works on.
    """
    alert = hold_free(session, by.caller, fingerprint, version)
    other = narrowed(select(Alert), by.caller, JUDGE).where(Alert.fingerprint == into)
    target = session.scalar(other.with_for_update().execution_options(populate_existing=True))
    if target is None or into == fingerprint or target.status not in (OPEN, ACCEPTED):
        raise Refusal("alert.no_target", alert=into)
    before = Before.of(alert)
    before.made[INTO] = into
    alert.merge()
    before.made[PART] = merged_back(session, alert, target, by.now)
    told = {INTO: into, "reason": reason}
    return moved(session, alert, by, "merge", before, reason=reason, happening=Happening("alert.merged", fingerprint, told))


def split(session: Session, by: By, fingerprint: str, version: int) -> Move:
    """Take an alert out again: it is open as before. Raises NothingFound, Conflict, IllegalMove."""
    alert = hold(session, by.caller, fingerprint, version)
    before = Before.of(alert)
    alert.split()
    taken_out_again(session, alert)
    return moved(session, alert, by, "split", before, happening=Happening("alert.split", fingerprint, {}))


def merged_into(session: Session, caller: Caller, fingerprint: str) -> list[Alert]:
    """The alerts that were merged into this one and that the caller sees."""
    known = select(Move.fingerprint).where(
        Move.verb == "merge", Move.undone_at.is_(None), Move.before["made"][INTO].as_string() == fingerprint
    )
    found = session.scalars(narrowed(select(Alert), caller).where(Alert.status == MERGED, Alert.fingerprint.in_(known)))
    return [one for one in found if target_of(session, one) == fingerprint]


def target_of(session: Session, alert: Alert) -> str | None:
    """What an alert was merged into; None for one that is not."""
    if alert.status != MERGED:
        return None
    last = select(Move).where(Move.fingerprint == alert.fingerprint, Move.verb == "merge", Move.undone_at.is_(None))
    move = session.scalar(last.order_by(Move.move_id.desc()).limit(1))
    return str(move.before["made"][INTO]) if move is not None else None
