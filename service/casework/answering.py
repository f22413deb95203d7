"""Case files that wait for the caller's answer: what stands in all of them is read at once, not one file after the other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import exists, inspect, or_, select
from sqlalchemy.orm import Session

from service.access.sight import cases_seen
from service.casework.course import Acting
from service.casework.disposing import entitled
from service.casework.offered import ANSWERS, offered
from service.casework.ways import Ways
from service.store.case import CaseFile, CaseOffice
from service.store.case_lead import Disposal
from service.store.case_people import CaseRecusal, CaseTransfer
from service.store.case_work import CaseExtension, CaseTask, Consultation, Draft, Opinion, Verification
from service.store.record import Record

R = TypeVar("R", bound=Record)


AT_ONCE = 200
"""Case files looked at together: among those that wait for somebody, the caller's may stand far behind."""


def to_answer(session: Session, acting: Acting, ways: Ways, limit: int = 200, at_once: int = AT_ONCE) -> list[CaseFile]:
    """Open case files whose next act is the caller's answer to somebody: to sign, to approve, to take; those due first."""
    offices = [one.bounds.office_id for one in acting.caller.held if one.bounds.office_id is not None]
    given = exists().where(CaseTask.case_id == CaseFile.case_id, CaseTask.answer.is_(None))
    asked = [
        given.where(or_(CaseTask.handler == acting.name, CaseTask.handler.is_(None) & CaseTask.office_id.in_(offices))),
        CaseFile.status.in_(("consulting", "deciding", "reported")),
        exists().where(CaseTransfer.case_id == CaseFile.case_id, CaseTransfer.answer.is_(None)),
        exists().where(CaseRecusal.case_id == CaseFile.case_id, CaseRecusal.granted.is_(None)),
        exists().where(CaseOffice.case_id == CaseFile.case_id, CaseOffice.status == "asked"),
        exists().where(CaseExtension.case_id == CaseFile.case_id, CaseExtension.granted.is_(None)),
    ]
    living = select(CaseFile).where(cases_seen(acting.caller), CaseFile.status != "closed", or_(*asked))
    ordered = living.order_by(CaseFile.due_on.is_(None), CaseFile.due_on, CaseFile.case_id.desc())
    found: list[CaseFile] = []
    for start in count(0, at_once):
        some = session.scalars(ordered.offset(start).limit(at_once)).all()
        found += _answerable(session, acting, ways, some)
        if len(found) >= limit or len(some) < at_once:
            break
    return found[:limit]


def _answerable(session: Session, acting: Acting, ways: Ways, cases: Sequence[CaseFile]) -> list[CaseFile]:
    """Those whose likely act is an answer. What is overdue or may be extended changes no likely act, so it is not read."""
    ids = [one.case_id for one in cases]
    tasks, verifications, drafts = (_by_case(session, one, ids) for one in (CaseTask, Verification, Draft))
    called, disposals, recusals = (_by_case(session, one, ids) for one in (Consultation, Disposal, CaseRecusal))
    joining, transfers, extensions = (_by_case(session, one, ids) for one in (CaseOffice, CaseTransfer, CaseExtension))
    said = _opinions(session, [one.consultation_id for several in called.values() for one in several])
    approves = frozenset(name for name, way in ways.ways.items() if entitled(acting, way.approved_by))
    found = []
    for case in cases:
        at = case.case_id
        acts = offered(
            acting, case, tasks=tasks[at], verifications=verifications[at], drafts=drafts[at],
            consultations=[(one, said[one.consultation_id]) for one in called[at]], disposals=disposals[at], recusals=recusals[at],
            joining=joining[at], late=False, transfer=next((one for one in transfers[at] if one.answer is None), None),
            extensions=extensions[at], extendable=False, approves=approves,
        )  # fmt: skip
        if acts.first in ANSWERS:
            found.append(case)
    return found


def _by_case(session: Session, record: type[R], ids: Sequence[int]) -> Mapping[int, list[Any]]:
    """Case file -> its records, oldest first."""
    number: Any = inspect(record).primary_key[0]
    case: Any = record.case_id  # type: ignore[attr-defined]
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for one in session.scalars(select(record).where(case.in_(ids)).order_by(number)):
        found[one.case_id].append(one)  # type: ignore[attr-defined]
    return found


def _opinions(session: Session, consultations: Sequence[int]) -> Mapping[int, list[Opinion]]:
    """Consultation -> what was said and signed."""
    found: defaultdict[int, list[Opinion]] = defaultdict(list)
    for one in session.scalars(
        select(Opinion).where(Opinion.consultation_id.in_(consultations)).order_by(Opinion.signed_at, Opinion.caller)
    ):
        found[one.consultation_id].append(one)
    return found
