"""Opening a case file (立承办件): from accepted alerts, from another body's lead, or by hand (a call, a letter)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.sight import narrowed
from service.casework.claims import Key, claim, keys_of, subject_key
from service.casework.course import WORK, Acting, advance, hold, settle_due, start_limit
from service.errors import IllegalMove, NothingFound, Refusal
from service.store.alert import ACCEPTED, Alert
from service.store.case import CaseAlert, CaseFile
from service.store.event import Happening, append

BY_HAND = ("hand", "outside", "again", "handed_down")


@dataclass(frozen=True)
class Matter:
    """What a case file that rests on no alert is about."""

    title: str
    source: str
    """hand, outside, again, or handed_down (上级交办), which has a limit of its own."""
    received_on: date
    source_ref: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    unit_id: str | None = None
    area_id: str | None = None


def open_from_alerts(session: Session, acting: Acting, office_id: str, fingerprints: Sequence[str], title: str = "") -> CaseFile:
    """A case file on accepted alerts, the first one being what it is about.

    Raises NothingFound for an alert that is not the caller's, IllegalMove for one that is not accepted, Taken when another
    case file has the alert, its matter or its subject, Refusal for an office that is not the caller's.
    """
    alerts = [_accepted(session, acting, one) for one in dict.fromkeys(fingerprints)]
    if not alerts:
        raise Refusal("casework.wrong.no_alert")
    first = alerts[0]
    case = _new(acting, office_id, title or str(first.title.get("zh") or first.kind), "alert", acting.today)
    case.subject_kind, case.subject_id = first.subject_kind, first.subject_id
    case.unit_id, case.area_id = first.unit_id, first.area_id
    _keep(session, acting, case, [key for one in alerts for key in keys_of(one)])
    for one in alerts:
        _tie(session, acting, case, one)
    _told(session, acting, case, alerts)
    return case


def open_by_hand(session: Session, acting: Acting, office_id: str, matter: Matter) -> CaseFile:
    """A case file on what did not come as an alert; the disposal opinion is due from the day it was received.

    Raises Taken when another case file has the subject, Refusal for an office that is not the caller's or an unknown source.
    """
    if matter.source not in BY_HAND or not matter.title.strip():
        raise Refusal("casework.wrong.no_title")
    case = _new(acting, office_id, matter.title.strip(), matter.source, matter.received_on)
    for name in ("source_ref", "subject_kind", "subject_id", "unit_id", "area_id"):
        setattr(case, name, getattr(matter, name))
    keys = [("subject", subject_key(case.subject_kind, case.subject_id))] if case.subject_kind and case.subject_id else []
    _keep(session, acting, case, keys)
    start_limit(session, acting, case, "opinion", "case", matter.received_on)
    if matter.source == "handed_down":
        start_limit(session, acting, case, "handed_down", "case", matter.received_on)
    session.flush()
    settle_due(session, case)
    _told(session, acting, case, [])
    return case


def add_alert(session: Session, acting: Acting, case_id: int, version: int, fingerprint: str) -> CaseFile:
    """One more accepted alert into a case file (并案). Raises as opening does."""
    case = hold(session, acting, case_id, version, "add_alert")
    alert = _accepted(session, acting, fingerprint)
    claim(session, acting, case, keys_of(alert))
    _tie(session, acting, case, alert)
    advance(session, acting, case, "add_alert", alert=fingerprint)
    append(session, [Happening("alert.in_case", fingerprint, {"case": case.name})], acting.name, acting.now)
    return case


def _accepted(session: Session, acting: Acting, fingerprint: str) -> Alert:
    alert = session.scalar(narrowed(select(Alert), acting.caller, WORK).where(Alert.fingerprint == fingerprint).with_for_update())
    if alert is None:
        raise NothingFound("casework.wrong.no_such_alert", alert=fingerprint)
    if alert.status != ACCEPTED:
        raise IllegalMove("casework.wrong.not_accepted", alert=fingerprint)
    return alert


def _new(acting: Acting, office_id: str, title: str, source: str, received_on: date) -> CaseFile:
    if not acting.speaks_for(office_id):
        raise Refusal("casework.wrong.not_your_office")
    if received_on > acting.today:
        raise Refusal("casework.wrong.in_future", day=received_on)
    office = acting.office(office_id)
    return CaseFile(
        title=title, source=source, source_ref=None, status="opened", subject_kind=None, subject_id=None, unit_id=None, area_id=None,
        office_id=office_id, stream=office.stream, handler=None, received_on=received_on, opened_by=acting.name, opened_at=acting.now,
        due_on=None, due_provisional=False, outcome=None, closed_by=None, closed_at=None, version=1,
    )  # fmt: skip


def _keep(session: Session, acting: Acting, case: CaseFile, keys: Sequence[Key]) -> None:
    session.add(case)
    session.flush()
    claim(session, acting, case, keys)


def _tie(session: Session, acting: Acting, case: CaseFile, alert: Alert) -> None:
    if session.get(CaseAlert, (case.case_id, alert.fingerprint)) is None:
        session.add(CaseAlert(case_id=case.case_id, fingerprint=alert.fingerprint, added_by=acting.name, added_at=acting.now))
    alert.version += 1  # so that its acceptance cannot be undone under the case file
    session.flush()


def _told(session: Session, acting: Acting, case: CaseFile, alerts: Sequence[Alert]) -> None:
    body = {"status": case.status, "office": case.office_id, "source": case.source, "alerts": [one.fingerprint for one in alerts]}
    opened = Happening("case.opened", case.name, body)
    append(
        session,
        [opened, *(Happening("alert.in_case", one.fingerprint, {"case": case.name}) for one in alerts)],
        acting.name,
        acting.now,
    )
