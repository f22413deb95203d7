"""Extending a time limit (延期): of what was assigned, supervised (交办 督办) or handed down from above; asked for by one, approved by another.

Once for each limit, by the extension that the period table has (检举控告工作规则 21: three months more with approval; more only by the
organ that handed it down).
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.casework.course import Acting, advance, hold, not_the_same
from service.errors import NothingFound, Refusal
from service.store.case import CaseLimit
from service.store.case_work import CaseExtension, CaseTask

EXTENDED = ("task", "handed_down")
"""Periods that may be extended; those of the rules for disposal may not."""
PERIOD = "extension"


def ask_extension(
    session: Session, acting: Acting, case_id: int, version: int, limit_id: int, due_on: date, reason: str
) -> CaseExtension:
    """Ask for a later day.

    Raises NothingFound for no open limit of this case file that may be extended; Refusal without a reason, for a day that is none later
    or beyond what is allowed, while one waits, or where one was granted; Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "ask_extension")
    limit = next((one for one in extendable(session, case_id) if one.limit_id == limit_id), None)
    if limit is None:
        raise NothingFound("casework.wrong.no_limit")
    if not reason.strip():
        raise Refusal("casework.wrong.reason")
    latest = acting.periods.due(PERIOD, limit.due_on).due_on
    if not max(limit.due_on, acting.today) < due_on <= latest:
        raise Refusal("casework.wrong.extension_day", most=latest)
    made = CaseExtension(
        case_id=case_id, limit_id=limit_id, due_before=limit.due_on, due_on=due_on, reason=reason.strip(), asked_by=acting.name,
        asked_at=acting.now, granted=None, decided_by=None, decided_at=None, decision_reason=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    advance(session, acting, case, "ask_extension", extension=made.extension_id, limit=limit_id, due_on=due_on.isoformat())
    return made


def decide_extension(
    session: Session, acting: Acting, case_id: int, version: int, extension_id: int, *, grant: bool, reason: str
) -> CaseExtension:
    """Grant it, from when on the later day counts; or refuse it with a reason.

    Raises NothingFound when it does not wait, or when the limit to be extended was met meanwhile: what was done late does not become in time.
    Raises Refusal for whoever asked, without a reason, and to grant a day that is over; Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "decide_extension")
    asked = next(
        (one for one in extensions_of(session, case_id) if one.extension_id == extension_id and one.granted is None), None
    )
    if asked is None:
        raise NothingFound("casework.wrong.no_extension")
    not_the_same(acting.name, asked.asked_by)
    if not grant and not reason.strip():
        raise Refusal("casework.wrong.reason")
    if grant:
        _extend(session, acting, asked)
    asked.granted, asked.decided_by, asked.decided_at = grant, acting.name, acting.now
    asked.decision_reason = reason.strip() or None
    advance(session, acting, case, "decide_extension", extension=extension_id, granted=grant)
    return asked


def extendable(session: Session, case_id: int) -> list[CaseLimit]:
    """Open limits that may be extended, and for which nothing waits or was granted."""
    taken = select(CaseExtension.limit_id).where(CaseExtension.case_id == case_id, CaseExtension.granted.is_not(False))
    mine = select(CaseLimit).where(
        CaseLimit.case_id == case_id, CaseLimit.met_at.is_(None), CaseLimit.period.in_(EXTENDED), CaseLimit.limit_id.not_in(taken)
    )
    return list(session.scalars(mine.order_by(CaseLimit.due_on, CaseLimit.limit_id)))


def extensions_of(session: Session, case_id: int) -> list[CaseExtension]:
    """Every extension that was asked for, the oldest first."""
    mine = select(CaseExtension).where(CaseExtension.case_id == case_id)
    return list(session.scalars(mine.order_by(CaseExtension.extension_id)))


def _extend(session: Session, acting: Acting, asked: CaseExtension) -> None:
    limit = session.get_one(CaseLimit, asked.limit_id)
    if limit.met_at is not None:
        raise NothingFound("casework.wrong.no_limit")
    if asked.due_on < acting.today:
        raise Refusal("casework.wrong.extension_over", day=asked.due_on)
    by = acting.periods.due(PERIOD, asked.due_before).why
    limit.due_on, limit.provisional = asked.due_on, False
    limit.why = {**limit.why, "extended": {"from": asked.due_before.isoformat(), "law": by["law"], "article": by["article"]}}
    kind, _, number = limit.about.partition(":")
    if kind == "task" and number:
        task = session.get_one(CaseTask, int(number))
        task.due_on, task.due_provisional = asked.due_on, False
