"""Items of the ledger: drafted by one person, given to the unit by another; supervised (督办) when they are overdue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight import cases_seen, narrowed
from service.casework.course import Acting, not_the_same
from service.casework.periods import Reckoned
from service.casework.ties import alerts_of
from service.errors import NothingFound, Refusal
from service.rectifying.course import WORK, advance, hold, made
from service.rectifying.seat import Unit
from service.store import questions
from service.store.alert import Alert
from service.store.case import CaseFile
from service.store.case_work import Draft, Verification
from service.store.rectifying import Rectification, RectificationAlert, RectificationUrge

LONGEST = 400
"""Days ahead that a deadline can lie at most."""


@dataclass(frozen=True)
class Item:
    """What a unit is to put right, in words that are written for the unit."""

    problem: str
    measure: str
    standard: str
    responsible: str
    due_on: date | None = None
    """None: by the period."""
    stationed_office_id: str | None = None
    """Who verifies; None: the unit's stationed group."""
    room_office_id: str | None = None
    rules: Sequence[str] = field(default_factory=tuple)
    """Beside those of the case's alerts."""


def open_item(
    session: Session,
    acting: Acting,
    unit: Unit,
    office_id: str,
    said: Item,
    case_id: int | None = None,
    reply: Reckoned | None = None,
) -> Rectification:
    """Put an item into the ledger, not yet told to the unit. `reply`: the day by the period.

    Raises Refusal for an office that is not the caller's or none, a text or day that is missing, a case that found nothing;
    NothingFound for a case that is not the caller's.
    """
    if not acting.speaks_for(office_id, WORK):
        raise Refusal("casework.wrong.not_your_office")
    office, stationed = acting.office(office_id), said.stationed_office_id or unit.stationed_office_id
    if not all(one.strip() for one in (said.problem, said.measure, said.standard, said.responsible)):
        raise Refusal("rectifying.wrong.item_parts")
    if stationed is None:
        raise Refusal("rectifying.wrong.no_verifier", unit=unit.name)
    acting.office(stationed)
    if said.room_office_id is not None:
        acting.office(said.room_office_id)
    reckoned = reply or acting.periods.due("rectify", acting.today)
    due_on, provisional = (said.due_on, False) if said.due_on else (reckoned.due_on, reckoned.provisional)
    ahead(acting, due_on)
    prints = [] if case_id is None else _found_something(session, acting, case_id)
    item = Rectification(
        case_id=case_id, status="drafted", problem=said.problem.strip(), measure=said.measure.strip(), standard=said.standard.strip(),
        responsible=said.responsible.strip(), unit_id=unit.unit_id, supervising_unit_id=unit.supervising_unit_id,
        stationed_office_id=stationed, room_office_id=said.room_office_id, office_id=office_id, stream=office.stream,
        area_id=unit.area_id, rules=sorted({*said.rules, *rules_of(session, prints)}), round=1, due_on=due_on, due_provisional=provisional,
        urged=0, score=None, recheck_on=None, opened_by=acting.name, opened_at=acting.now, given_by=None, given_at=None, closed_by=None,
        closed_at=None, version=1,
    )  # fmt: skip
    made(session, acting, item, office=office_id, unit=unit.unit_id, case=case_id, due_on=due_on.isoformat())
    session.add_all(RectificationAlert(item_id=item.item_id, fingerprint=one, again=False, added_at=acting.now) for one in prints)
    return item


def give(session: Session, acting: Acting, item_id: int, version: int) -> Rectification:
    """Tell the unit (下达). Raises Refusal for whoever drafted it or who does not assess for its office; NothingFound, Conflict, IllegalMove."""
    item = hold(session, acting, Rectification, item_id, version, "give")
    for_office(acting, item.office_id, "rectification.assess")
    not_the_same(acting.name, item.opened_by)
    item.given_by, item.given_at = acting.name, acting.now
    advance(session, acting, item, "give", unit=item.unit_id, due_on=item.due_on.isoformat())
    return item


def withdraw(session: Session, acting: Acting, item_id: int, version: int) -> Rectification:
    """Take a draft back. Raises NothingFound, Conflict, IllegalMove, Refusal for another office."""
    item = hold(session, acting, Rectification, item_id, version, "withdraw")
    for_office(acting, item.office_id, WORK)
    advance(session, acting, item, "withdraw")
    return item


def urge_item(session: Session, acting: Acting, item_id: int, version: int, demand: str, due_on: date) -> RectificationUrge:
    """Supervise what is overdue (督办): what is demanded, and a new day; the missed one stays on record.

    Raises Refusal when it is not overdue, nothing is demanded or the day is no day ahead; NothingFound, Conflict, IllegalMove.
    """
    item = hold(session, acting, Rectification, item_id, version, "urge")
    for_office(acting, item.office_id, WORK)
    if item.due_on >= acting.today:
        raise Refusal("casework.wrong.nothing_late")
    if not demand.strip():
        raise Refusal("casework.wrong.demand")
    ahead(acting, due_on)
    kept = RectificationUrge(
        item_id=item_id, demand=demand.strip(), missed_on=item.due_on, due_on=due_on, made_by=acting.name, made_at=acting.now
    )
    session.add(kept)
    item.due_on, item.due_provisional, item.urged = due_on, False, item.urged + 1
    advance(session, acting, item, "urge", missed_on=kept.missed_on.isoformat(), due_on=due_on.isoformat())
    return kept


def for_office(acting: Acting, office_id: str, verb: str) -> None:
    """Raises Refusal unless the caller does this for an office."""
    if not acting.speaks_for(office_id, verb):
        raise Refusal("rectifying.wrong.other_office")


def ahead(acting: Acting, due_on: date) -> None:
    """Raises Refusal for a deadline that is over, or absurdly far away."""
    if not 0 < (due_on - acting.today).days <= LONGEST:
        raise Refusal("rectifying.wrong.due_on", most=LONGEST)


def rules_of(session: Session, fingerprints: Sequence[str]) -> set[str]:
    """Rules that these alerts rest on now."""
    found = questions.present_signals(session, list(fingerprints))
    return {one.rule for signals in found.values() for one in signals}


def drafted_in(session: Session, case_id: int) -> Draft | None:
    """The case's newest draft, to write from."""
    mine = select(Draft).where(Draft.case_id == case_id)
    return session.scalar(mine.order_by(Draft.draft_id.desc()).limit(1))


def my_case(session: Session, acting: Acting, case_id: int, verb: str = "casework.read") -> CaseFile:
    """A case file that the caller sees. Raises NothingFound."""
    case = session.scalar(select(CaseFile).where(CaseFile.case_id == case_id, cases_seen(acting.caller, verb)))
    if case is None:
        raise NothingFound("casework.wrong.not_yours", case=case_id)
    return case


def _found_something(session: Session, acting: Acting, case_id: int) -> list[str]:
    """The case's alerts, when a check found that something is wrong: nothing else is told to a unit."""
    case = my_case(session, acting, case_id)
    results = select(Verification.result).where(Verification.case_id == case_id)
    if not {"substantiated", "partly"} & set(session.scalars(results)):
        raise Refusal("rectifying.wrong.nothing_found")
    prints = alerts_of(session, case)
    return list(session.scalars(narrowed(select(Alert.fingerprint), acting.caller).where(Alert.fingerprint.in_(prints))))
