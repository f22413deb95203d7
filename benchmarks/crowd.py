"""A store as it is after years: the alerts of a small city multiplied, each with its signals, and what offices made of them."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.orm import Session

from datasets.city.build import build
from service.desk import Desk
from service.pipeline import run, take_in
from service.search.index import write_down
from service.settings import Settings
from service.store import event
from service.store.alert import ACCEPTED, OPEN, Alert, AlertLink, AlertSignal
from service.store.assignment import Assignment
from service.store.case import CaseAlert, CaseClaim, CaseFile, CaseLimit
from service.store.copying import copy_rows
from service.store.database import Store
from service.store.event import Happening
from service.store.record import Record
from service.store.rectifying import Rectification
from service.store.search import AlertText
from service.store.signal import SignalVersion
from service.store.verdict import Verdict

AT_ONCE = 5000
Row = dict[str, Any]
JUDGED = {"substantiated": 0.15, "cleared": 0.1, "wrong_data": 0.03}
"""Of the alerts, how many were decided how: enough are left for the queue, and verdicts are what the whole is counted from."""
STATUS = {"substantiated": "accepted", "cleared": "cleared", "wrong_data": "returned"}
CASES, ITEMS = 0.03, 0.02
"""Case files and items of rectification for each alert."""
GIVEN = {
    "title": {"zh": "核实期限", "en": "to verify"},
    "amount": 60,
    "unit": "working_day",
    "law": "",
    "article": "",
    "known": "own",
}
"""A time limit that a person set, as case files keep it."""
STAGES = ("opened", "distributed", "verifying", "drafted", "lead", "closed", "closed")


@dataclass
class Small:
    """The rows of the small city that the crowd is like."""

    alerts: list[Row]
    signals: dict[str, Row]
    own: dict[str, list[Row]]
    links: dict[str, list[Row]]
    leads: dict[str, list[Row]]
    said: dict[str, str]
    number: int
    """The last assignment."""

    @classmethod
    def of(cls, session: Session) -> "Small":
        return cls(
            rows_of(session, Alert), {one["signal_id"]: one for one in rows_of(session, SignalVersion)}, _by_alert(session, AlertSignal),
            _by_alert(session, AlertLink), _by_alert(session, Assignment), {one.fingerprint: one.said for one in session.scalars(select(AlertText))},
            session.scalar(select(func.max(Assignment.assignment_id))) or 0,
        )  # fmt: skip


@dataclass
class Crowd:
    """What is added, by record; parents before children."""

    made: dict[type[Record], list[Row]] = field(
        default_factory=lambda: {
            one: []
            for one in (SignalVersion, Alert, AlertSignal, AlertLink, Assignment, Verdict, CaseFile, CaseAlert, CaseClaim, CaseLimit, Rectification)
        }
    )  # fmt: skip
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    said: dict[str, str] = field(default_factory=dict)
    happened: list[Happening] = field(default_factory=list)


def multiply(store: Store, wanted: int, seed: int = 1) -> None:
    """Alerts like those there are, until there are so many, with other priorities, days, units and offices, and with work done on some."""
    rng = random.Random(seed)
    with store.look() as session:
        small = Small.of(session)
    crowd = Crowd()
    for count in range(wanted - len(small.alerts)):
        lead = _alert(crowd, small, count, rng)
        if lead is not None and rng.random() < CASES:
            _case(crowd, crowd.made[Alert][-1], lead, rng)
        if lead is not None and rng.random() < ITEMS:
            _item(crowd, crowd.made[Alert][-1], lead, rng)
    for record, rows in crowd.made.items():
        for some in _slices(rows):
            with store.change() as session:
                session.execute(insert(record), some)
    for some in _slices(crowd.happened):
        with store.change() as session:
            event.append(session, some, "bench", crowd.now)
    for names in _slices(sorted(crowd.said)):
        with store.change() as session:
            write_down(session, {name: crowd.said[name] for name in names}, dict.fromkeys(names, "bench"))
    store.count_up()  # as every run does


def _alert(crowd: Crowd, small: Small, count: int, rng: random.Random) -> Row | None:
    """Add an alert with all that hangs on it; returns its lead, if an office has it."""
    like, name = small.alerts[count % len(small.alerts)], f"AL{count:016x}"
    where = rng.choice(small.alerts)
    outcome = next(iter(rng.choices([*JUDGED, ""], [*JUDGED.values(), 1 - sum(JUDGED.values())])))
    status = STATUS.get(outcome, "open")
    opened = crowd.now - timedelta(days=rng.randint(0, 500))
    crowd.made[Alert].append(
        {
            **like, "fingerprint": name, "priority": round(rng.uniform(5, 90), 2), "unit_id": where["unit_id"], "area_id": where["area_id"],
            "opened_at": opened, "status": status, "holder": "person:bench" if status == "accepted" else None,
        }
    )  # fmt: skip
    facts: Row = {}
    for one in small.own.get(like["fingerprint"], []):
        own = f"{one['signal_id']}.{count:x}"
        crowd.made[SignalVersion].append({**small.signals[one["signal_id"]], "signal_id": own})
        crowd.made[AlertSignal].append({**one, "fingerprint": name, "signal_id": own})
        facts[own] = {"content": one["version"], "material": {"amount": 1.0}}
    crowd.made[AlertLink] += [{**one, "fingerprint": name} for one in small.links.get(like["fingerprint"], [])]
    for one in small.leads.get(like["fingerprint"], []):
        small.number += 1
        due = one["due_on"] and one["due_on"] + timedelta(days=rng.randint(-10, 60))
        crowd.made[Assignment].append({**one, "fingerprint": name, "assignment_id": small.number, "due_on": due})
    crowd.said[name] = small.said[like["fingerprint"]]
    crowd.happened.append(Happening("alert.opened", name, {"severity": like["severity"]}))
    if outcome:
        at = opened + timedelta(days=rng.randint(1, 40))
        crowd.made[Verdict].append(
            {"fingerprint": name, "outcome": outcome, "reason": "核对原始材料后认定", "decided_by": "person:bench", "decided_at": at, "expires_on": None, "facts": facts}
        )  # fmt: skip
        crowd.happened.append(Happening("alert.accepted", name, {}))
    return next(
        (one for one in crowd.made[Assignment][-4:] if (one["fingerprint"], one["role"]) == (name, "lead") and one["office_id"]),
        None,
    )


def _case(crowd: Crowd, alert: Row, lead: Row, rng: random.Random) -> None:
    """A case file on an alert, which somebody must have accepted before."""
    if alert["status"] == OPEN:
        alert["status"] = ACCEPTED
    number, status = len(crowd.made[CaseFile]) + 1, rng.choice(STAGES)
    since, due = alert["opened_at"], crowd.now.date() + timedelta(days=rng.randint(-20, 90))
    closed = since + timedelta(days=60) if status == "closed" else None
    crowd.made[CaseFile].append(
        {
            "case_id": number, "title": f"承办件 {number}", "source": "alert", "source_ref": alert["fingerprint"], "status": status, "subject_kind": alert["subject_kind"],
            "subject_id": alert["subject_id"], "unit_id": alert["unit_id"], "area_id": alert["area_id"], "office_id": lead["office_id"], "stream": lead["stream"],
            "handler": "person:bench", "received_on": since.date(), "opened_by": "person:bench", "opened_at": since, "due_on": due, "due_provisional": False,
            "outcome": "general" if closed else None, "closed_by": None, "closed_at": closed, "version": 1,
        }
    )  # fmt: skip
    added = {"case_id": number, "fingerprint": alert["fingerprint"], "added_by": "person:bench", "added_at": since}
    crowd.made[CaseAlert].append(added)
    if not closed:
        crowd.made[CaseClaim].append({"kind": "alert", "key": alert["fingerprint"], "case_id": number})
    crowd.made[CaseLimit].append(
        {
            "case_id": number, "period": "given", "about": "case", "starts_on": since.date(), "due_on": due, "provisional": False, "why": GIVEN, "met_at": closed,
            "urged": 0,
        }
    )  # fmt: skip


def _item(crowd: Crowd, alert: Row, lead: Row, rng: random.Random) -> None:
    status, office = rng.choice(("given", "reported", "verified", "closed")), lead["office_id"]
    closed = crowd.now if status == "closed" else None
    crowd.made[Rectification].append(
        {
            "case_id": None, "status": status, "problem": "补贴发放审核不严", "measure": "逐户复核", "standard": "差错清零", "responsible": "分管副局长",
            "unit_id": alert["unit_id"] or "UN", "supervising_unit_id": None, "stationed_office_id": office, "room_office_id": None, "office_id": office,
            "stream": lead["stream"], "area_id": alert["area_id"], "rules": [], "round": 1, "due_on": crowd.now.date() + timedelta(days=rng.randint(-30, 60)),
            "due_provisional": False, "urged": 0, "score": None, "recheck_on": None, "opened_by": "person:bench", "opened_at": alert["opened_at"],
            "given_by": "person:bench", "given_at": alert["opened_at"], "closed_by": None, "closed_at": closed, "version": 1,
        }
    )  # fmt: skip


def _slices(rows: list[Any]) -> Iterable[list[Any]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def rows_of(session: Session, record: type[Record]) -> list[Row]:
    """Every row, as keyword -> value."""
    keys = [one.key for one in inspect(record).column_attrs]
    return [
        {key: getattr(one, key) for key in keys} for one in session.scalars(select(record).execution_options(yield_per=AT_ONCE))
    ]


def _by_alert(session: Session, record: type[Record]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows_of(session, record):
        found.setdefault(row["fingerprint"], []).append(row)
    return found


def made_city(folder: Path, people: int) -> None:
    """A home with a city's records and one run."""
    build(7, people, 2, folder / "files", "clean", lambda step, share: None)
    with desk_of(folder) as desk:
        take_in(desk, [folder / "files"])
        run(desk)


def desk_of(folder: Path, url: str | None = None) -> Desk:
    """The desk of a folder, on its own SQLite or on another database."""
    variables = {"GUANTONG_HOME": str(folder / "home"), "GUANTONG_KEY_FILE": str(folder / "key"), "GUANTONG_LANG": "zh"}
    settings = Settings.from_environment({**variables, **({"GUANTONG_DATABASE_URL": url} if url else {})})
    return Desk(settings, clock=lambda: datetime.now(UTC))


def copied(here: Store, there: Store) -> None:
    """Everything, from one database into another that is empty; then counted up, as PostgreSQL does by itself a minute later."""
    copy_rows(here.engine, there.engine)
    with there.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
