"""The lists in a paper: the gravest alerts, what is common to units, what is overdue, each line masked as the caller may see it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Subquery, and_, func, select

from service.access.caller import Caller
from service.access.sight import cases_seen
from service.lines import Line, lines
from service.names import PATTERN
from service.paper import figures
from service.paper.period import Period, written
from service.paper.scope import Scope
from service.reading import Reading
from service.store.alert import ACCEPTED, OPEN, Alert
from service.store.case import CaseFile
from service.store.questions import stem
from service.words import say

MOST = 10
"""Rows of a list in a paper: more are for the page, not for reading out."""


class Row(BaseModel):
    """One matter in a list of a paper."""

    title: str
    reason: str
    unit: str
    office: str
    due: str
    amount: Decimal | None = None


class Cases(NamedTuple):
    """Case files: opened and closed in the period; living and overdue now."""

    opened: int
    closed: int
    living: int
    overdue: int


def rows(seen: Reading, caller: Caller, prints: Sequence[str]) -> list[Row]:
    """These alerts in this order."""
    found = {one.fingerprint: one for one in seen.session.scalars(select(Alert).where(Alert.fingerprint.in_(prints)))}
    alerts = [found[one] for one in prints if one in found]
    made = [_row(one, alert, seen.desk.today) for one, alert in zip(lines(seen, alerts), alerts, strict=True)]
    return seen.masked(made) if caller.sees_names else made


def _row(line: Line, alert: Alert, today: date) -> Row:
    lead = next((one for one in line.went_to if one.role == "lead"), None)
    reason = line.sentence.rstrip("。.") + say("paper.stop") if line.sentence else ""
    return Row(
        title=line.title, reason=reason, unit=line.unit if line.unit_id else "—", amount=alert.amount,
        office=lead.office if lead else say("paper.nobody"), due=_due(lead.due_on if lead else None, today),
    )  # fmt: skip


def _due(on: date | None, today: date) -> str:
    """1月12日; with the year when it is another."""
    if on is None:
        return "—"
    return say("paper.month_day", month=on.month, day=on.day) if on.year == today.year else written(on)


def patterns(seen: Reading, caller: Caller, facts: Subquery, period: Period) -> dict[str, list[Row]]:
    """Common, repeated and systemic problems: undecided ones, and those that came in the period."""
    undecided = facts.c.status.in_((OPEN, ACCEPTED))
    came = and_(facts.c.opened_at >= period.opens, facts.c.opened_at < period.closes)
    asked = (
        select(facts.c.fingerprint, facts.c.subject_id)
        .where(facts.c.subject_kind == PATTERN, undecided | came)
        .order_by(facts.c.priority.desc(), facts.c.fingerprint)
    )
    found: dict[str, list[str]] = {"common": [], "repeated": [], "systemic": []}
    for fingerprint, subject in seen.session.execute(asked):
        found[subject if subject in found else "common"].append(fingerprint)
    return {name: rows(seen, caller, prints[:MOST]) for name, prints in found.items()}


def overdue(seen: Reading, caller: Caller, facts: Subquery, scope: Scope, today: date) -> list[Row]:
    """Alerts, then case files, past their due day."""
    alerts = rows(seen, caller, figures.late(seen.session, facts, today, MOST))
    late = select(CaseFile).where(_cases(caller, scope), CaseFile.status != "closed", CaseFile.due_on < today)
    found = seen.session.scalars(late.order_by(CaseFile.due_on, CaseFile.case_id).limit(MOST)).all()
    seen.names.learn("unit", [one.unit_id for one in found])
    seen.names.learn("office", [one.office_id for one in found])
    filed = [
        Row(
            title=say("paper.case", case=one.name, title=one.title), reason="", unit=seen.names.short("unit", one.unit_id) if one.unit_id else "—",
            office=seen.names.short("office", one.office_id), due=_due(one.due_on, today),
        )
        for one in found
    ]  # fmt: skip
    return alerts + (seen.masked(filed) if caller.sees_names else filed)


def cases(seen: Reading, caller: Caller, scope: Scope, period: Period, today: date) -> Cases:
    """How many case files there are of each sort."""

    def count(*which: object) -> int:
        query = select(func.count()).select_from(CaseFile).where(_cases(caller, scope), *which)  # type: ignore[arg-type]
        return seen.session.scalar(query) or 0

    return Cases(
        count(CaseFile.opened_at >= period.opens, CaseFile.opened_at < period.closes),
        count(CaseFile.closed_at >= period.opens, CaseFile.closed_at < period.closes),
        count(CaseFile.status != "closed"),
        count(CaseFile.status != "closed", CaseFile.due_on < today),
    )


def _cases(caller: Caller, scope: Scope) -> ColumnElement[bool]:
    held = [cases_seen(caller)]
    if scope.unit is not None:
        held.append(CaseFile.unit_id == scope.unit)
    if scope.stream is not None:
        held.append(CaseFile.stream == scope.stream)
    if scope.area is not None:
        held.append(func.coalesce(CaseFile.area_id, "").startswith(stem(scope.area), autoescape=True))
    return and_(*held)
