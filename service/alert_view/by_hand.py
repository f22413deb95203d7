"""Opening an alert by hand (人工登记): a call, a letter, a visit; for an office to triage like any other, and no run touches it."""

import secrets
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
from ibis.backends.duckdb import Backend
from sqlalchemy.orm import Session

from datasets.check import Checked
from datasets.diversion import Diversion
from datasets.forms import plain_resident_id
from datasets.free_text import TextSealer
from datasets.sealing import Sealer
from service.desk import Desk
from service.errors import Refusal
from service.store.alert import BY_HAND, SEVERITIES, Alert, AlertLink
from service.store.assignment import Assignment
from service.store.event import Happening, append
from service.triage.moving import By
from service.triage.offices import offices
from service.triage.transferring import DAYS, speaks_for
from service.working_days import day_of

SOURCES = ("call", "letter", "visit", "other")
SUBJECTS = ("unit", "enterprise", "village", "person")
NO_RUN = 0
PRIORITY = {"critical": 80.0, "high": 60.0, "medium": 40.0, "low": 20.0}
"""Where it stands in the queue until it is decided: no rule says how sure it is, so what the person says counts."""
FIND = {
    "unit": "SELECT unit_id FROM unit WHERE unit_id = $what OR name = $what ORDER BY 1 LIMIT 2",
    "enterprise": "SELECT enterprise_id FROM enterprise WHERE enterprise_id = $what OR name = $what ORDER BY 1 LIMIT 2",
    "village": "SELECT area_id FROM area WHERE area_id = $what OR name = $what ORDER BY 1 LIMIT 2",
    "person": "SELECT person_id FROM person WHERE person_id = $what LIMIT 2",
}


@dataclass(frozen=True)
class Told:
    """What somebody told, and what the person who opens the alert makes of it."""

    title: str
    text: str
    source: str
    kind: str
    severity: str
    office_id: str
    unit: str
    """Its name or code."""
    subject_kind: str = "unit"
    subject: str = ""
    """Its name or code (of a person the id number); empty: the unit itself."""


class _About(NamedTuple):
    kind: str
    key: str
    unit_id: str
    area_id: str | None


def open_by_hand(desk: Desk, session: Session, tables: Backend, by: By, told: Told) -> Alert:
    """A new alert of an office of the caller's.

    Raises Refusal for an unknown unit, subject or office, for what says nothing, and for an accusation that may not be entered
    (检举控告工作规则 15): of that nothing is kept. Numbers and names that the text gives away are kept as pseudonyms.
    """
    if not told.title.strip() or not told.text.strip() or told.severity not in SEVERITIES or told.source not in SOURCES:
        raise Refusal("alert.hand.no_title")
    office = offices(tables).get(told.office_id)
    if office is None or not speaks_for(by, told.office_id):
        raise Refusal("alert.hand.no_office")
    about = _about(desk, tables, told)
    _refuse_what_goes_up(desk, tables, told, about)
    title, text = (_sealed(desk, one.strip()) for one in (told.title, told.text))
    facts = {
        "fingerprint": f"AL{secrets.token_hex(8)}", "kind": told.kind, "title": {"zh": title, "en": title}, "severity": told.severity,
        "subject_kind": about.kind, "subject_id": about.key, "unit_id": about.unit_id, "area_id": about.area_id, "amount": None,
        "chains": [BY_HAND], "officials": [], "parties": [], "why": {"zh": text, "en": text}, "priority": PRIORITY[told.severity],
    }  # fmt: skip
    alert = Alert.open(facts, NO_RUN, day_of(by.now), by.now)
    alert.level = told.severity
    session.add(alert)
    session.flush()
    session.add_all(AlertLink(fingerprint=alert.fingerprint, kind=kind, entity_id=key) for kind, key in _touched(about))
    due = desk.handover.due("urgent", DAYS, day_of(by.now))
    session.add(
        Assignment(
            fingerprint=alert.fingerprint, stream=office.stream, office_id=office.office_id, unit_id=None, role="lead", route=BY_HAND,
            because={"zh": "本机构人工登记", "en": "opened by hand at this office"}, due_days=DAYS, channel="urgent", batch_on=None,
            due_on=due.due_on, due_provisional=due.provisional, given_run=NO_RUN, ended_run=None,
        )
    )  # fmt: skip
    body = {"severity": told.severity, "source": told.source, "office": office.office_id}
    append(session, [Happening("alert.opened", alert.fingerprint, body)], by.caller.name, by.now)
    return alert


def _about(desk: Desk, tables: Backend, told: Told) -> _About:
    unit = _one(tables, "unit", told.unit.strip())
    if unit is None:
        raise Refusal("alert.hand.no_unit", what=told.unit.strip() or "-")
    row = tables.con.execute("SELECT area_id FROM unit WHERE unit_id = ?", [unit]).fetchone()
    area = str(row[0]) if row is not None and row[0] is not None else None
    what = told.subject.strip()
    if not what:
        return _About("unit", unit, unit, area)
    if told.subject_kind not in SUBJECTS:
        raise Refusal("alert.hand.no_subject", what=what)
    if told.subject_kind == "person" and desk.key is not None:
        what = Sealer(desk.key).one("resident_id", plain_resident_id(what) or what)
    key = _one(tables, told.subject_kind, what)
    if key is None:
        raise Refusal("alert.hand.no_subject", what="-" if told.subject_kind == "person" else what)
    return _About(told.subject_kind, key, unit, key if told.subject_kind == "village" else area)


def _one(tables: Backend, kind: str, what: str) -> str | None:
    """The id, when exactly one has this code or name."""
    found = tables.con.execute(FIND[kind], {"what": what}).fetchall()
    return str(found[0][0]) if len(found) == 1 else None


def _touched(about: _About) -> set[tuple[str, str]]:
    return {(about.kind, about.key)} - {("unit", about.unit_id)} if about.kind == "unit" else {(about.kind, about.key)}


def _refuse_what_goes_up(desk: Desk, tables: Backend, told: Told, about: _About) -> None:
    """Raises Refusal for an accusation of somebody managed higher up, or of a supervision office's head, by the same test as at import."""
    if desk.key is None:
        return
    accused = None
    if about.kind == "person":
        row = tables.con.execute("SELECT name FROM person WHERE person_id = ?", [about.key]).fetchone()
        accused = str(row[0]) if row is not None and row[0] is not None else None
    columns = {name: pa.array([None], pa.string()) for name in desk.contracts["ticket"].columns}
    said = {"ticket_id": secrets.token_hex(8), "title": told.title, "body": told.text, "accused_name": accused}
    columns |= {name: pa.array([value], pa.string()) for name, value in said.items()}
    if accused is not None:
        columns["regime"] = pa.array(["accusation"], pa.string())  # whoever names a person's conduct accuses
    mask = Diversion(desk.lake, desk.key, None).diverted("ticket", Checked(1, columns))
    if mask is not None and mask[0].as_py():
        raise Refusal("alert.hand.not_here")


def _sealed(desk: Desk, text: str) -> str:
    return TextSealer(Sealer(desk.key)).text(text) if desk.key is not None else text
