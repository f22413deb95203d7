"""Where the work stands: case files by stage, with how many are overdue; bounded by what the caller sees."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight import cases_seen
from service.store.case import CaseFile

CLOSED = "closed"
STAGES = ("opened", "distributed", "verifying", "drafted", "consulting", "prominent", "lead", "deciding", "disposing", "reported")
"""Stages of a living case file, in the order of the work."""


@dataclass(frozen=True)
class Stage:
    """How many case files stand there, and how many of them are past their due day."""

    key: str
    count: int
    overdue: int


def stages(session: Session, caller: Caller, today: date, unit: str | None = None) -> list[Stage]:
    """Living case files by stage, then the closed ones; stages without any are left out."""
    if not caller.may("casework.read"):
        return []
    late: ColumnElement[int] = func.sum(case((CaseFile.due_on < today, 1), else_=0))
    query = select(CaseFile.status, func.count(), late).where(cases_seen(caller)).group_by(CaseFile.status)
    if unit is not None:
        query = query.where(CaseFile.unit_id == unit)
    found = {str(status): (int(count), int(overdue or 0)) for status, count, overdue in session.execute(query)}
    order = [*STAGES, *sorted(set(found) - {*STAGES, CLOSED}), CLOSED]
    return [Stage(one, found[one][0], 0 if one == CLOSED else found[one][1]) for one in order if one in found]
