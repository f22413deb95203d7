"""Which items of rectification, letters, outside leads, tasks and what follows a case a caller sees (service.access.sight decides on alerts and cases).

A unit's own clerk sees what was given to that unit and nothing else; a clerk of the supervising department what was given to its units.
Neither sees the case, the alerts or the complaints behind it: those columns are in no view of theirs (service.rectifying.unit_view).
Offices see what they gave, verify or follow. Who is recused from a case, or whom it concerns, sees nothing that came of it.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from service.access.caller import Bounds, Caller
from service.access.sight import case_not_about, cases_seen
from service.store.case import CaseFile
from service.store.questions import stem
from service.store.rectifying import Rectification
from service.store.rectifying_after import Revisit, SupervisionTask
from service.store.rectifying_files import ReportFile
from service.store.rectifying_letters import OutsideLead, Recommendation

READ = "rectification.read"
REPORT, OPINE, BRING, CALL = "rectification.report", "rectification.opine", "leads.bring", "revisits.report"
UNSEEN = ("drafted", "withdrawn")
"""Items that no unit hears of."""


def items_seen(caller: Caller, verb: str = READ) -> ColumnElement[bool]:
    """What must hold of an item for the caller to see it by the roles that allow the verb."""
    if verb in (REPORT, OPINE):
        column = Rectification.unit_id if verb == REPORT else Rectification.supervising_unit_id
        units = [one.bounds.unit_id for one in caller.within(verb) if one.bounds.unit_id is not None]
        return and_(column.in_(units), Rectification.status.not_in(UNSEEN))
    parts = [_item_within(one.bounds) for one in caller.within(verb) if one.bounds.unit_id is None]
    return and_(or_(false(), *parts), _of_my_cases(Rectification.case_id, caller))


def files_seen(caller: Caller, *verbs: str) -> ColumnElement[bool]:
    """What must hold of a file of a unit's report: that the caller sees its item by one of the verbs, and names if it is another's report."""
    verbs = tuple(one for one in verbs if one != READ or caller.sees_names)
    return ReportFile.item_id.in_(select(Rectification.item_id).where(or_(false(), *(items_seen(caller, one) for one in verbs))))


def letters_seen(caller: Caller, verb: str = "letters.read") -> ColumnElement[bool]:
    """What must hold of a letter for the caller to see it."""
    return and_(_by_office(Recommendation, caller, verb), _of_my_cases(Recommendation.case_id, caller))


def tasks_seen(caller: Caller, verb: str = READ) -> ColumnElement[bool]:
    """What must hold of a line of a supervision list for the caller to see it."""
    return _by_office(SupervisionTask, caller, verb)


def outside_seen(caller: Caller, verb: str = READ) -> ColumnElement[bool]:
    """What must hold of an outside lead: its sender sees it; of our people those of its office, and who is bound to none."""
    if verb == BRING:
        return OutsideLead.made_by == caller.name if caller.may(BRING) else false()
    held = [one.bounds for one in caller.within(verb) if one.bounds.unit_id is None]
    parts = [true() if one.office_id is None and one.everywhere else OutsideLead.office_id == one.office_id for one in held]
    return and_(or_(false(), *parts), _of_my_cases(OutsideLead.case_id, caller))


def follows_seen(caller: Caller, case_id: Any, verb: str = "casework.read") -> ColumnElement[bool]:
    """What follows a case is seen by whoever sees the case."""
    seen: ColumnElement[bool] = case_id.in_(select(CaseFile.case_id).where(cases_seen(caller, verb)))
    return seen


def calls_seen(caller: Caller) -> ColumnElement[bool]:
    """Re-visits of callers, for the platform that handles the orders."""
    return Revisit.kind == "caller" if caller.may(CALL) else false()


def _item_within(bounds: Bounds) -> ColumnElement[bool]:
    held: list[ColumnElement[bool]] = [true()]
    if bounds.office_id is not None:
        offices = (Rectification.office_id, Rectification.stationed_office_id, Rectification.room_office_id)
        held.append(or_(*(one == bounds.office_id for one in offices)))
    if bounds.stream is not None:
        held.append(Rectification.stream == bounds.stream)
    if bounds.area_id is not None:
        held.append(func.coalesce(Rectification.area_id, "").startswith(stem(bounds.area_id), autoescape=True))
    return and_(*held)


def _by_office(record: Any, caller: Caller, verb: str) -> ColumnElement[bool]:
    parts = []
    for bounds in (one.bounds for one in caller.within(verb) if one.bounds.unit_id is None and one.bounds.area_id is None):
        held: list[ColumnElement[bool]] = [true()]
        if bounds.office_id is not None:
            held.append(record.office_id == bounds.office_id)
        if bounds.stream is not None:
            held.append(record.stream == bounds.stream)
        parts.append(and_(*held))
    return or_(false(), *parts)


def _of_my_cases(case_id: Any, caller: Caller) -> ColumnElement[bool]:
    """Whether it comes of no case, or of one that neither concerns the caller nor has them recused."""
    return or_(case_id.is_(None), case_id.in_(select(CaseFile.case_id).where(case_not_about(caller))))
