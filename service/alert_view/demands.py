"""Asking for more (要求补充): of whom, what, by when; and what came."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.alert_view.checks import mine
from service.errors import NothingFound, Refusal
from service.store.alert_work import Demand
from service.store.event import Happening, append
from service.triage.moving import By


def ask(session: Session, by: By, fingerprint: str, of_whom: str, what: str, due_on: date) -> Demand:
    """Note that something is asked for. Raises NothingFound, Refusal for a decided alert or what says nothing."""
    mine(session, by, fingerprint)
    if not of_whom.strip() or not what.strip():
        raise Refusal("alert.demand_empty")
    made = Demand(
        fingerprint=fingerprint, of_whom=of_whom.strip(), what=what.strip(), due_on=due_on, asked_by=by.caller.name, asked_at=by.now,
        answer=None, answered_by=None, answered_at=None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    told = {"demand": made.demand_id, "due_on": due_on.isoformat()}
    append(session, [Happening("demand.made", fingerprint, told)], by.caller.name, by.now)
    return made


def answer(session: Session, by: By, fingerprint: str, demand_id: int, text: str) -> Demand:
    """Note what came. Raises NothingFound, Refusal for an empty answer or one that was given."""
    mine(session, by, fingerprint)
    made = session.get(Demand, demand_id, with_for_update=True)
    if made is None or made.fingerprint != fingerprint or made.answer is not None:
        raise NothingFound("alert.no_demand")
    if not text.strip():
        raise Refusal("alert.demand_empty")
    made.answer, made.answered_by, made.answered_at = text.strip(), by.caller.name, by.now
    append(session, [Happening("demand.answered", fingerprint, {"demand": demand_id})], by.caller.name, by.now)
    return made


def demands_of(session: Session, fingerprint: str) -> list[Demand]:
    """What was asked for, the oldest first."""
    return list(session.scalars(select(Demand).where(Demand.fingerprint == fingerprint).order_by(Demand.demand_id)))
