"""Distribution (分办 交办) with acknowledgement, and supervision of what is late (督办)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.casework.course import Acting, advance, hold, meet, start_limit
from service.casework.periods import Reckoned, limit
from service.casework.ties import refuse_tied, refuse_tied_office
from service.errors import NothingFound, Refusal
from service.store.case import CaseFile, CaseLimit
from service.store.case_work import CaseTask

MODES = ("distribute", "assign")
"""分办: to somebody as it is; 交办: with demands of what is to be found out."""
LONGEST = 120
"""Working days that can be given at most: half a year."""


@dataclass(frozen=True)
class Order:
    """What is given to whom: handler None lets the office choose."""

    mode: str
    office_id: str
    handler: str | None
    demand: str
    due_days: int


def distribute(session: Session, acting: Acting, case_id: int, version: int, order: Order) -> CaseTask:
    """Give a case file to an office and its handler, who acknowledge it; an earlier task is replaced.

    Raises Refusal for a mode, office or time that is not possible, for who is recused or tied; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "distribute")
    if order.mode not in MODES or (order.mode == "assign" and not order.demand.strip()):
        raise Refusal("casework.wrong.demand")
    acting.office(order.office_id)
    refuse_tied_office(session, acting, case, order.office_id)
    if order.handler is not None:
        refuse_tied(session, acting, case, order.handler)
    for one in living_tasks(session, case_id):
        one.answer, one.answered_at = "replaced", acting.now
        meet(session, case, acting.now, about=[f"task:{one.task_id}"])
    task = _task(session, acting, case, order)
    start_limit(session, acting, case, "receipt", f"task:{task.task_id}", acting.today)
    case.handler = order.handler
    advance(
        session, acting, case, "distribute", task=task.task_id, mode=order.mode, office=order.office_id, handler=order.handler
    )
    return task


def acknowledge(session: Session, acting: Acting, case_id: int, version: int) -> CaseFile:
    """Sign for what was given (签收): by the handler, or by anybody of the office where none was named.

    Raises NothingFound when nothing waits for the caller, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "acknowledge")
    task = _waiting_for(session, acting, case)
    task.answer, task.answered_by, task.answered_at = "taken", acting.name, acting.now
    case.handler = acting.name
    meet(session, case, acting.now, period="receipt", about=[f"task:{task.task_id}"])
    advance(session, acting, case, "acknowledge", task=task.task_id)
    return case


def decline(session: Session, acting: Acting, case_id: int, version: int, reason: str) -> CaseFile:
    """Send back what was given, with a reason. Raises as acknowledging does, and Refusal without a reason."""
    case = hold(session, acting, case_id, version, "decline")
    task = _waiting_for(session, acting, case)
    if not reason.strip():
        raise Refusal("casework.wrong.reason")
    task.answer, task.answered_by, task.answered_at, task.answer_reason = "declined", acting.name, acting.now, reason.strip()
    case.handler = None
    meet(session, case, acting.now, about=[f"task:{task.task_id}"])
    advance(session, acting, case, "decline", task=task.task_id)
    return case


def urge(session: Session, acting: Acting, case_id: int, version: int, demand: str, due_days: int) -> CaseTask:
    """Supervise what is late (督办): a new day, on record beside the one that was missed.

    Raises Refusal when nothing is late or nothing is demanded; NothingFound, Conflict, IllegalMove.
    """
    case = hold(session, acting, case_id, version, "urge")
    late = overdue(session, acting, case)
    if not late:
        raise Refusal("casework.wrong.nothing_late")
    if not demand.strip():
        raise Refusal("casework.wrong.demand")
    for one in late:
        one.urged += 1
    order = Order("supervise", case.office_id, case.handler, demand, due_days)
    task = _task(session, acting, case, order)
    task.answer, task.answered_by, task.answered_at = "taken", acting.name, acting.now  # an order of supervision needs no consent
    advance(session, acting, case, "urge", task=task.task_id, limits=[one.limit_id for one in late])
    return task


def overdue(session: Session, acting: Acting, case: CaseFile) -> list[CaseLimit]:
    """Open limits whose day is over."""
    late = select(CaseLimit).where(CaseLimit.case_id == case.case_id, CaseLimit.met_at.is_(None), CaseLimit.due_on < acting.today)
    return list(session.scalars(late.order_by(CaseLimit.due_on)))


def living_tasks(session: Session, case_id: int) -> list[CaseTask]:
    """Tasks that were given or taken and not replaced since."""
    mine = select(CaseTask).where(CaseTask.case_id == case_id, (CaseTask.answer.is_(None)) | (CaseTask.answer == "taken"))
    return list(session.scalars(mine.order_by(CaseTask.task_id)))


def _waiting_for(session: Session, acting: Acting, case: CaseFile) -> CaseTask:
    waiting = next((one for one in living_tasks(session, case.case_id) if one.answer is None), None)
    named = waiting is not None and waiting.handler in (None, acting.name)
    if waiting is None or not named or not acting.speaks_for(waiting.office_id):
        raise NothingFound("casework.wrong.no_task")
    return waiting


def _task(session: Session, acting: Acting, case: CaseFile, order: Order) -> CaseTask:
    if not 0 < order.due_days <= LONGEST:
        raise Refusal("casework.wrong.days", most=LONGEST)
    due = acting.periods.given(order.due_days, acting.today)
    task = CaseTask(
        case_id=case.case_id, mode=order.mode, office_id=order.office_id, handler=order.handler, demand=order.demand.strip(),
        given_by=acting.name, given_at=acting.now, due_days=order.due_days, due_on=due.due_on, due_provisional=due.provisional,
        answer=None, answered_by=None, answered_at=None, answer_reason=None,
    )  # fmt: skip
    session.add(task)
    session.flush()
    session.add(limit(case.case_id, "task", f"task:{task.task_id}", acting.today, _titled(acting, due)))
    return task


def _titled(acting: Acting, due: Reckoned) -> Reckoned:
    return Reckoned(due.due_on, due.provisional, {**due.why, "title": acting.periods.periods["task"].title.model_dump()})
