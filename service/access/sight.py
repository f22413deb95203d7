"""Which alerts a caller sees: the one place that decides it, for pages, API, exports, events and letters alike.

An office sees what it has, a stream what it leads, an area what happened there. A unit's own people see only what was sent to the unit
to check first, never what is about the unit itself or names it, and nothing that rests on a complaint: not whose it is, not what it says,
not that there is one (检举控告工作规则 47(二)). What a complaint says of whom can stand in its text alone, so no program may judge which
of them such people could safely see. Nobody sees what is about them, or what rests on a complaint that names them.
"""

from typing import TypeVar

from sqlalchemy import ColumnElement, Select, String, and_, cast, false, func, or_, select, true

from service.access.caller import Bounds, Caller
from service.store.alert import Alert, AlertLink, AlertSignal
from service.store.assignment import Assignment
from service.store.case import CaseAlert, CaseFile, CaseOffice
from service.store.case_people import CaseHelper, CaseRecusal, CaseTransfer, Expert
from service.store.case_work import CaseTask, Consultation
from service.store.questions import stem
from service.store.sealed import Accused
from service.store.signal import SignalVersion

R = TypeVar("R")
PERSONAL = ("official", "person")
COMPLAINTS = ("ticket", "ticket_flow", "ticket_matter", "mention", "hotspot_ticket")
"""Tables of complaints and of what is made of them: a signal whose evidence is there rests on a complaint."""
BELOW = "signal"
"""Evidence that is other signals, which may rest on complaints."""


def narrowed(query: Select[R], caller: Caller, verb: str = "alerts.read") -> Select[R]:
    """The query over alerts, with those only that the caller sees by the roles that allow the verb."""
    return query.where(seen(caller, verb))


def seen(caller: Caller, verb: str = "alerts.read") -> ColumnElement[bool]:
    """What must hold of an alert for the caller to see it."""
    parts = [
        true() if one.role.sees == "all" and one.bounds.everywhere else _within(one.bounds)
        for one in caller.within(verb)
        if one.role.sees != "none"
    ]
    return and_(or_(false(), *parts), not_about(caller))


def _within(bounds: Bounds) -> ColumnElement[bool]:
    if bounds.everywhere:
        return true()
    held: list[ColumnElement[bool]] = []
    if bounds.office_id is not None:
        held.append(_assigned(Assignment.office_id == bounds.office_id))
    if bounds.stream is not None:
        held.append(_assigned(Assignment.stream == bounds.stream))
    if bounds.area_id is not None:
        held.append(Alert.area_id.startswith(stem(bounds.area_id), autoescape=True))
    if bounds.unit_id is not None:
        held += [_assigned(Assignment.unit_id == bounds.unit_id), shown_to_unit(bounds.unit_id)]
    return and_(*held)


def shown_to_unit(unit: str) -> ColumnElement[bool]:
    """Whether a unit's own people may see an alert at all, were it sent to them: what may not be seen here is told to them by letter."""
    return and_(~_names(unit), ~complained_of(unit))


def _assigned(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return Alert.fingerprint.in_(select(Assignment.fingerprint).where(Assignment.ended_run.is_(None), which))


def _names(unit: str) -> ColumnElement[bool]:
    """Whether an alert is about a unit or names it among its parties."""
    parties = cast(Alert.parties, String)
    named = (
        parties.contains(f'"unit"{gap}"{unit}"', autoescape=True) for gap in (",", ", ")
    )  # SQLite's and PostgreSQL's way to write JSON
    return or_(func.coalesce(Alert.unit_id, "") == unit, and_(Alert.subject_kind == "unit", Alert.subject_id == unit), *named)


def complained_of(unit: str) -> ColumnElement[bool]:
    """Whether an alert rests, in any of its versions, on a complaint: about this unit as far as is known, or about anybody."""
    known = select(Accused.fingerprint).where(Accused.kind == "unit", Accused.entity_id == unit)
    evidence = SignalVersion.body["evidence"]
    resting = or_(SignalVersion.topic == "hotline", *(evidence[table].as_string().is_not(None) for table in (*COMPLAINTS, BELOW)))
    # asked of each alert: as a list it would be read from every signal there is, even for one alert
    signals = select(AlertSignal.signal_id).join(SignalVersion).where(AlertSignal.fingerprint == Alert.fingerprint, resting)
    return or_(Alert.fingerprint.in_(known), signals.correlate(Alert).exists())


def not_about(caller: Caller) -> ColumnElement[bool]:
    """What must hold of an alert that neither is about the caller nor rests on a complaint that names them."""
    if caller.person_id is None:
        return true()
    mine = select(AlertLink.fingerprint).where(AlertLink.kind.in_(PERSONAL), AlertLink.entity_id == caller.person_id)
    named = select(Accused.fingerprint).where(Accused.kind == "person", Accused.entity_id == caller.person_id)
    return and_(Alert.fingerprint.not_in(mine), Alert.fingerprint.not_in(named))


def cases_seen(caller: Caller, verb: str = "casework.read") -> ColumnElement[bool]:
    """What must hold of a case file for the caller to see it.

    Its lead office and those that assist, are given a task of it or are asked to take it over see it; so do whoever is to
    speak at its consultation and its helpers. A unit's own people never do, nor does whoever it concerns or is recused.
    """
    held = [one for one in caller.within(verb) if one.role.sees != "none" and one.bounds.unit_id is None]
    parts = [true() if one.bounds.everywhere else _case_within(one.bounds) for one in held]
    if held:
        asked = select(Consultation.case_id).where(
            cast(Consultation.participants, String).contains(f'"{caller.name}"', autoescape=True)
        )
        login = caller.name.partition(":")[2]
        helping = select(CaseHelper.case_id).join(Expert).where(CaseHelper.ended_at.is_(None), Expert.login == login)
        parts += [CaseFile.case_id.in_(asked), CaseFile.case_id.in_(helping)]
    return and_(or_(false(), *parts), case_not_about(caller))


def _case_within(bounds: Bounds) -> ColumnElement[bool]:
    held: list[ColumnElement[bool]] = []
    if bounds.office_id is not None:
        joined = select(CaseOffice.case_id).where(CaseOffice.office_id == bounds.office_id, CaseOffice.status == "joined")
        given = select(CaseTask.case_id).where(
            CaseTask.office_id == bounds.office_id, or_(CaseTask.answer.is_(None), CaseTask.answer == "taken")
        )
        offered = select(CaseTransfer.case_id).where(CaseTransfer.to_office == bounds.office_id, CaseTransfer.answer.is_(None))
        others = (CaseFile.case_id.in_(which) for which in (joined, given, offered))
        held.append(or_(CaseFile.office_id == bounds.office_id, *others))
    if bounds.stream is not None:
        held.append(CaseFile.stream == bounds.stream)
    if bounds.area_id is not None:
        held.append(func.coalesce(CaseFile.area_id, "").startswith(stem(bounds.area_id), autoescape=True))
    return and_(*held)


def case_not_about(caller: Caller) -> ColumnElement[bool]:
    """What must hold of a case file that neither concerns the caller nor has them recused."""
    out = select(CaseRecusal.case_id).where(
        CaseRecusal.caller == caller.name,
        or_(CaseRecusal.granted.is_(True), and_(CaseRecusal.granted.is_(None), CaseRecusal.found == "declared")),
    )
    parts: list[ColumnElement[bool]] = [CaseFile.case_id.not_in(out)]
    if caller.person_id is not None:
        about = select(CaseAlert.case_id).join(Alert, Alert.fingerprint == CaseAlert.fingerprint).where(~not_about(caller))
        mine = and_(CaseFile.subject_kind.in_(PERSONAL), CaseFile.subject_id == caller.person_id)
        parts += [CaseFile.case_id.not_in(about), ~func.coalesce(mine, false())]
    return and_(*parts)
