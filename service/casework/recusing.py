"""Recusal of persons (回避; 监察法 67): declared by themselves, asked for by others, or found in the records; granted by a third."""

from sqlalchemy.orm import Session

from service.casework.course import EARLY, Acting, advance, hold, not_the_same
from service.casework.ties import is_recused
from service.errors import NothingFound, Refusal
from service.store.case import CaseFile
from service.store.case_people import CaseRecusal

GROUNDS = ("kin", "colleague", "unit", "witness", "interest", "other")
"""近亲属, 曾经共事, 本单位, 证人, 利害关系, 其他可能影响公正的."""
FOUND = ("declared", "asked", "system")


def recuse(session: Session, acting: Acting, case_id: int, version: int, who: str, ground: str, reason: str) -> CaseRecusal:
    """Declare one's own recusal, which holds at once, or ask for somebody's, which holds when granted.

    Raises Refusal for an unknown ground, without a reason, or when it was said already; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "recuse")
    if ground not in GROUNDS or not reason.strip() or is_recused(session, case_id, who):
        raise Refusal("casework.wrong.recusal")
    said = CaseRecusal(
        case_id=case_id, caller=who, ground=ground, found="declared" if who == acting.name else "asked", reason=reason.strip(),
        said_by=acting.name, said_at=acting.now, granted=None, decided_by=None, decided_at=None,
    )  # fmt: skip
    session.add(said)
    session.flush()
    advance(session, acting, case, "recuse", recusal=said.recusal_id, who=who, ground=ground)
    return said


def decide_recusal(session: Session, acting: Acting, case_id: int, version: int, recusal: int, *, grant: bool) -> CaseFile:
    """Grant a recusal or not: a handler who is recused has it no longer, and before a draft it is distributed anew.

    Raises NothingFound when nothing waits, Refusal for whom it is about and whoever said it; Conflict, IllegalMove.
    """
    said = session.get(CaseRecusal, recusal)
    if said is None or said.case_id != case_id or said.granted is not None:
        raise NothingFound("casework.wrong.nothing_asked")
    case = hold(session, acting, case_id, version, "decide_recusal")
    not_the_same(acting.name, said.caller, said.said_by)
    said.granted, said.decided_by, said.decided_at = grant, acting.name, acting.now
    leaves = grant and case.handler == said.caller
    if leaves:
        case.handler = None
    step = "leave_early" if leaves and case.status in EARLY else "decide_recusal"
    advance(session, acting, case, step, recusal=recusal, granted=grant)
    return case
