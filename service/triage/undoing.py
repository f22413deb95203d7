"""Taking back what one has just done (撤销): within ten seconds, while nobody else has changed the alert."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.errors import Conflict, Refusal
from service.store import event
from service.store.alert import Alert
from service.store.assignment import Assignment
from service.store.event import Happening
from service.store.triage import Move, Transfer
from service.store.verdict import Verdict
from service.triage.dividing import PART, taken_out_again
from service.triage.hold import hold
from service.triage.moving import By

SHOWN = timedelta(seconds=10)
"""How long the page offers it."""
GRACE = timedelta(seconds=3)
"""For the way: who presses in the last second is not refused."""


def undo(session: Session, by: By, move_id: int) -> list[Move]:
    """Take a move back, with all that were made together with it; returns them.

    Raises Refusal for a move that is not one's own, is too old or was undone, Conflict when the alert has changed since.
    """
    asked = session.get(Move, move_id)
    if asked is None or asked.moved_by != by.caller.name or asked.undone_at is not None:
        raise Refusal("triage.nothing_to_undo")
    if by.now > asked.moved_at + SHOWN + GRACE:
        raise Refusal("triage.too_late", seconds=int(SHOWN.total_seconds()))
    moves = [asked]
    if asked.together is not None:
        same = select(Move).where(Move.together == asked.together, Move.moved_by == by.caller.name, Move.undone_at.is_(None))
        moves = list(session.scalars(same.order_by(Move.move_id)))
    for move in moves:
        _take_back(session, by, move)
    return moves


def undo_last(session: Session, by: By) -> list[Move]:
    """Take back what the caller did last. Raises as `undo` does."""
    own = select(Move.move_id).where(Move.moved_by == by.caller.name, Move.undone_at.is_(None))
    last = session.scalar(own.order_by(Move.moved_at.desc(), Move.move_id.desc()).limit(1))
    if last is None:
        raise Refusal("triage.nothing_to_undo")
    return undo(session, by, last)


def _take_back(session: Session, by: By, move: Move) -> None:
    made = move.before["made"]
    if move.verb == "divide":
        raise Refusal("alert.divide_undo")
    alert = _held(session, by, move)
    if made.get(PART) is not None:
        taken_out_again(session, alert)
    if (verdict := made.get("verdict")) is not None:
        session.execute(delete(Verdict).where(Verdict.verdict_id == verdict))
    if (handed := made.get("transfer")) is not None:
        asked = session.get_one(Transfer, handed)
        if asked.answer is not None:
            raise Conflict("triage.answered", alert=move.fingerprint)
        asked.answer, asked.answered_by, asked.answered_at = "undone", by.caller.name, by.now
        session.execute(delete(Assignment).where(Assignment.assignment_id.in_(made["given"])))
        for one in session.scalars(select(Assignment).where(Assignment.assignment_id.in_(made["ended"]))):
            one.ended_run = None
    alert.put_back(move.before["status"], move.before["holder"])
    move.undone_at = by.now
    event.append(session, [Happening("alert.undone", move.fingerprint, {"verb": move.verb})], by.caller.name, by.now)


def _held(session: Session, by: By, move: Move) -> Alert:
    """The alert as the move left it; one who handed it away may still take it back although they see it only until it is taken."""
    return hold(session, by.caller, move.fingerprint, move.version)
