"""Who must keep out of a case file (回避) because of a tie: recused offices, the persons themselves, kin, earlier colleagues, the own unit."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from rules.offices import Office as HeadedOffice
from rules.recusal import ties_of_heads
from service.access.sight import PERSONAL
from service.casework.course import Acting
from service.errors import Refusal
from service.store import questions
from service.store.alert import AlertLink
from service.store.case import CaseAlert, CaseFile
from service.store.case_people import CaseRecusal
from service.store.member import Member
from service.words import say

KIN = ("spouse", "parent", "child", "sibling", "in_law")
_SERVES = """
SELECT DISTINCT person_id FROM public_employee
WHERE unit_id = $unit AND person_id IN (SELECT unnest($persons)) AND starts_on <= $as_of AND coalesce(ends_on, $as_of) >= $as_of
"""
_SERVED = """
SELECT DISTINCT person_id FROM public_employee
WHERE unit_id = $unit AND person_id IN (SELECT unnest($persons)) AND ends_on < $as_of AND ends_on >= $as_of - to_years($years)
"""


def refuse_tied(session: Session, acting: Acting, case: CaseFile, handler: str) -> None:
    """Raises Refusal when somebody must not handle this: nobody of ours, recused, or tied to whom it is about."""
    login = handler.partition(":")[2]
    member = session.scalar(select(Member).where(Member.login == login, Member.active.is_(True)))
    if member is None:
        raise Refusal("casework.wrong.nobody", login=login)
    if is_recused(session, case.case_id, handler):
        raise Refusal("casework.wrong.recused", who=member.name)
    grounds = tied(session, acting, case, {handler: member.person_id}).get(handler)
    if grounds:
        raise Refusal("casework.wrong.tied", who=member.name, ground=say(f"casework.ground.{grounds[0]}"))


def refuse_tied_office(session: Session, acting: Acting, case: CaseFile, office_id: str) -> None:
    """Raises Refusal when the routing of one of its alerts passed the office over because of a tie."""
    if office_id in recused_offices(session, case):
        raise Refusal("casework.wrong.office_recused", office=acting.office(office_id).name)


def recused_offices(session: Session, case: CaseFile) -> set[str]:
    """Offices that the routing passed over for an alert of the case file."""
    return {one.office_id for alert in alerts_of(session, case) for one in questions.present_recusals(session, alert)}


def is_recused(session: Session, case_id: int, caller: str) -> bool:
    """Whether somebody keeps out of it: granted, or declared by themselves and not refused."""
    said = select(CaseRecusal).where(CaseRecusal.case_id == case_id, CaseRecusal.caller == caller)
    return any(one.granted or (one.granted is None and one.found == "declared") for one in session.scalars(said))


def tied(session: Session, acting: Acting, case: CaseFile, persons: Mapping[str, str | None]) -> dict[str, list[str]]:
    """Caller -> grounds (kin, colleague, unit, self) of those persons (caller -> person id) that are too near; found in the records."""
    known = {who: person for who, person in persons.items() if person is not None}
    concerned = concerned_by(session, case)
    found: dict[str, set[str]] = {who: {"self"} for who, person in known.items() if person in concerned}
    if acting.tables is None or not known:
        return {who: sorted(grounds) for who, grounds in found.items()}
    # rules.recusal asks of heads of offices: each of our people stands for one
    heads = {who: HeadedOffice(who, who, None, person, "") for who, person in known.items()}
    ties = ties_of_heads(heads, concerned, acting.tables, acting.today, acting.years)
    for person in concerned:
        for who, tie in ties.get(person, ()):
            found.setdefault(who, set()).add("kin" if tie in KIN else "self" if tie == "head" else "colleague")
    if case.unit_id is not None:
        for who, ground in _in_unit(acting, case.unit_id, known):
            found.setdefault(who, set()).add(ground)
    return {who: sorted(grounds) for who, grounds in found.items()}


def concerned_by(session: Session, case: CaseFile) -> set[str]:
    """Persons whom a case file concerns: its subject, and whom its alerts touch."""
    links = select(AlertLink.entity_id).join(CaseAlert, CaseAlert.fingerprint == AlertLink.fingerprint)
    found = set(session.scalars(links.where(CaseAlert.case_id == case.case_id, AlertLink.kind.in_(PERSONAL))))
    if case.subject_kind in PERSONAL and case.subject_id:
        found.add(case.subject_id)
    return found


def alerts_of(session: Session, case: CaseFile) -> list[str]:
    """Fingerprints of a case file's alerts."""
    mine = select(CaseAlert.fingerprint).where(CaseAlert.case_id == case.case_id)
    return list(session.scalars(mine.order_by(CaseAlert.added_at, CaseAlert.fingerprint)))


def _in_unit(acting: Acting, unit: str, known: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    assert acting.tables is not None
    asked = {"unit": unit, "persons": sorted(set(known.values())), "as_of": acting.today}
    serving = {str(one) for (one,) in acting.tables.con.execute(_SERVES, asked).fetchall()}
    served = {str(one) for (one,) in acting.tables.con.execute(_SERVED, {**asked, "years": acting.years}).fetchall()}
    for who, person in known.items():
        if person in serving:
            yield who, "unit"
        elif person in served:
            yield who, "colleague"
