"""Assignments and recusals into the store: what a run repeats stays, what it changes ends the old row and adds a new one."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from rules.alert import Assignment as Given
from rules.alert import Recused
from service.handover import Handover
from service.keeping.alerts import Moment
from service.store.assignment import TRANSFERRED, Assignment, Recusal
from service.store.event import Happening
from service.store.run import Run
from service.working_days import day_of

A = TypeVar("A", Assignment, Recusal)
KEY = ("fingerprint", "office_id", "unit_id", "role", "stream", "route", "channel")
"""What makes an assignment another one: it is ended, and a new one is given."""


def keep_assignments(session: Session, moment: Moment, given: Iterable[Given], handover: Handover) -> list[Happening]:
    """Write who leads, assists and checks first, and by when; returns the entries for the log.

    Alerts that did not fire, and those that people handed on, keep what they had. What a run repeats keeps its day, unless that was reckoned without a
    holiday table and there is one now.
    """
    today = day_of(moment.now)
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    handed = select(Assignment.fingerprint).where(Assignment.ended_run.is_(None), Assignment.route == TRANSFERRED)
    by_people = set(session.scalars(handed))
    for one in given:
        if one.fingerprint in by_people:
            continue
        row: dict[str, Any] = {
            "fingerprint": one.fingerprint, "stream": one.stream, "office_id": one.office_id, "unit_id": one.unit_id,
            "role": one.role, "route": one.route,
            "because": {"zh": one.because["zh"], "en": one.because["en"]}, "due_days": one.due_days, "channel": one.channel,
        }  # fmt: skip
        due = handover.due(one.channel, one.due_days, today)
        row |= {"batch_on": due.batch_on, "due_on": due.due_on, "due_provisional": due.provisional}
        rows[tuple(row[name] for name in KEY)] = row
    added, ended = _replace(session, moment, Assignment, rows, KEY)
    _settle(session, handover)
    moved = {row["fingerprint"] for row in ended}
    return [
        Happening("assignment.changed" if row["fingerprint"] in moved else "assignment.given", row["fingerprint"], _told(row))
        for row in added
    ]


def _settle(session: Session, handover: Handover) -> None:
    """Reckon the days of what has none, and again of what was reckoned without a holiday table."""
    living = select(Assignment, Run.started_at).join(Run, Run.run_id == Assignment.given_run)
    unsettled = living.where(
        Assignment.ended_run.is_(None), Assignment.due_days.is_not(None), Assignment.due_provisional | Assignment.due_on.is_(None)
    )
    for one, given_at in session.execute(unsettled):
        due = handover.due(one.channel, one.due_days or 0, day_of(given_at))
        one.batch_on, one.due_on, one.due_provisional = due


def keep_recusals(session: Session, moment: Moment, recused: Iterable[Recused], concerned: set[str]) -> list[Happening]:
    """Write who was passed over and why, for the alerts `concerned` by this run; returns the entries for the log."""
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in recused:
        why = {"zh": one.why["zh"], "en": one.why["en"]}
        rows[(one.fingerprint, one.office_id)] = {"fingerprint": one.fingerprint, "office_id": one.office_id, "why": why}
    added, _ = _replace(session, moment, Recusal, rows, ("fingerprint", "office_id"), concerned)
    return [Happening("recusal", row["fingerprint"], {"office": row["office_id"]}) for row in added]


def _replace(
    session: Session, moment: Moment, record: type[A], rows: dict[tuple[Any, ...], dict[str, Any]],
    key: tuple[str, ...], concerned: set[str] | None = None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:  # fmt: skip
    """Bring the living rows of the alerts concerned to the rows given; returns those added and those ended."""
    alerts = {row["fingerprint"] for row in rows.values()} if concerned is None else concerned
    number = next(iter(record.__table__.primary_key.columns.keys()))  # type: ignore[attr-defined]
    columns = [getattr(record, name) for name in (number, *key)]
    ended: dict[int, dict[str, Any]] = {}
    for identity, *values in session.execute(select(*columns).where(record.ended_run.is_(None))):
        if values[0] in alerts and rows.pop(tuple(values), None) is None:
            ended[identity] = dict(zip(key, values, strict=True))
    if ended:
        changes = [{number: identity, "ended_run": moment.run_id} for identity in ended]
        session.execute(update(record), changes)
    added = [{**row, "given_run": moment.run_id} for row in rows.values()]
    if added:
        session.execute(insert(record), added)
    return added, list(ended.values())


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("stream", "office_id", "unit_id", "role", "route", "channel")}
