"""Asking for more (补充材料): an office or a unit with a login gets the request and answers it; anybody else's answer is noted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access.role import roles
from service.access.sight import complained_of
from service.access.sight_of_demands import demands_for
from service.access.sight_of_rectification import REPORT
from service.alert_view.checks import mine
from service.errors import NothingFound, Refusal
from service.store import questions
from service.store.alert import ACCEPTED, MERGED, OPEN, Alert
from service.store.alert_work import Demand
from service.store.event import Happening, append
from service.store.member import Member, RoleGrant
from service.store.sealed import Accused
from service.triage.moving import By
from service.working_days import day_of

LONGEST = 200
"""Days ahead that an answer can be due at most."""


@dataclass(frozen=True)
class Sent:
    """Where a request goes: an office or a unit, or neither (asked for outside the system)."""

    office: str | None = None
    unit: str | None = None


def ask(session: Session, by: By, fingerprint: str, of_whom: str, what: str, due_on: date, sent: Sent = Sent()) -> Demand:
    """Ask for something. Raises NothingFound, Refusal for a decided alert, what says nothing, a day that is over, an office that is recused,
    a unit nobody signs in for, and for any unit while the alert rests on a complaint: that there is one reaches no unit.
    """
    mine(session, by, fingerprint)
    if not of_whom.strip() or not what.strip():
        raise Refusal("alert.demand_empty")
    if not 0 <= (due_on - day_of(by.now)).days <= LONGEST:
        raise Refusal("alert.demand_due", most=LONGEST)
    if sent.office is not None and sent.office in recused(session, fingerprint):
        raise Refusal("alert.demand_recused", office=of_whom.strip())
    if sent.unit is not None:
        _may_hear(session, by, fingerprint, sent.unit)
    made = Demand(
        fingerprint=fingerprint, of_whom=of_whom.strip(), what=what.strip(), due_on=due_on, asked_by=by.caller.name, asked_at=by.now,
        answer=None, answered_by=None, answered_at=None, to_office=sent.office, to_unit=sent.unit,
    )  # fmt: skip
    session.add(made)
    session.flush()
    told = {"demand": made.demand_id, "due_on": due_on.isoformat(), "office": sent.office, "unit_id": sent.unit}
    kept = {name: value for name, value in told.items() if value is not None}
    append(session, [Happening("demand.made", fingerprint, kept)], by.caller.name, by.now)
    return made


def answer(session: Session, by: By, fingerprint: str, demand_id: int, text: str) -> Demand:
    """Note what came. Raises NothingFound, Refusal for an empty answer or one that was given."""
    mine(session, by, fingerprint)
    made = session.get(Demand, demand_id, with_for_update=True)
    if made is None or made.fingerprint != fingerprint:
        raise NothingFound("alert.no_demand")
    return _answered(session, by, made, text)


def reply(session: Session, by: By, demand_id: int, text: str) -> Demand:
    """Answer a request that was sent to the caller's office or unit. Raises NothingFound, Refusal for an empty answer."""
    sent = select(Demand).where(Demand.demand_id == demand_id, demands_for(by.caller))
    made = session.scalar(sent.with_for_update().execution_options(populate_existing=True))
    if made is None:
        raise NothingFound("alert.no_demand")
    return _answered(session, by, made, text)


def demands_of(session: Session, fingerprint: str) -> list[Demand]:
    """What was asked for, the oldest first."""
    return list(session.scalars(select(Demand).where(Demand.fingerprint == fingerprint).order_by(Demand.demand_id)))


def demands_waiting(session: Session, by: By) -> list[Demand]:
    """Requests that the caller's office or unit is to answer, those due first; none about what has been closed meanwhile (不是问题、退回数据组)."""
    living = select(Alert.fingerprint).where(Alert.status.in_((OPEN, ACCEPTED, MERGED)))
    open_ = select(Demand).where(Demand.answer.is_(None), Demand.fingerprint.in_(living), demands_for(by.caller))
    return list(session.scalars(open_.order_by(Demand.due_on, Demand.demand_id).limit(200)))


def units_reached(session: Session, today: date) -> Sequence[str]:
    """Units for which somebody signs in today: a request reaches them."""
    able = [name for name, role in roles().items() if REPORT in role.may]
    living = (
        select(RoleGrant.unit_id).join(Member, Member.member_id == RoleGrant.member_id)
        .where(Member.active.is_(True), RoleGrant.role.in_(able), RoleGrant.unit_id.is_not(None), RoleGrant.starts_on <= today)
        .where((RoleGrant.ends_on.is_(None)) | (RoleGrant.ends_on >= today))
    )  # fmt: skip
    return sorted({str(one) for one in session.scalars(living)})


def recused(session: Session, fingerprint: str) -> set[str]:
    """Offices that must keep out of an alert (回避): they are asked for nothing."""
    return {one.office_id for one in questions.present_recusals(session, fingerprint)}


def may_ask_units(session: Session, fingerprint: str) -> bool:
    """Whether no complaint stands behind an alert, so that a unit may hear that something is looked at."""
    if session.get_one(Alert, fingerprint).by_hand:
        return False  # somebody called or wrote
    accused = select(Accused.fingerprint).where(Accused.fingerprint == fingerprint)  # of a part: by what it was taken out of
    resting = select(Alert.fingerprint).where(Alert.fingerprint == fingerprint, or_(complained_of(""), accused.exists()))
    return session.scalar(resting) is None


def _may_hear(session: Session, by: By, fingerprint: str, unit: str) -> None:
    if unit not in units_reached(session, day_of(by.now)):
        raise Refusal("alert.demand_clerk")
    if not may_ask_units(session, fingerprint):
        raise Refusal("alert.demand_complaint")


def _answered(session: Session, by: By, made: Demand, text: str) -> Demand:
    if made.answer is not None:
        raise NothingFound("alert.no_demand")
    if not text.strip():
        raise Refusal("alert.demand_empty")
    made.answer, made.answered_by, made.answered_at = text.strip(), by.caller.name, by.now
    append(session, [Happening("demand.answered", made.fingerprint, {"demand": made.demand_id})], by.caller.name, by.now)
    return made
