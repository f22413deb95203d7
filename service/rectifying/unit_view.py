"""What those outside the organ see of an item: the unit its task, its reports and why they came back; its supervising department that and its opinions.

These are the only ways to them, and nothing of a case, an alert, a rule, a complaint or of what the organ's people note among
themselves is in it (检举控告工作规则 47(二)).
"""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Caller
from service.access.sight_of_rectification import OPINE, REPORT, items_seen
from service.errors import NothingFound
from service.rectifying.attached import Attached, files_of
from service.store.rectifying import Rectification, RectificationCheck, RectificationUrge, UnitReport


class UnitReportLine(BaseModel):
    """What the unit reported, with its files."""

    round: int
    done: str
    effect: str
    proofs: list[str]
    files: list[Attached]
    made_at: datetime


class SaidByUnit(UnitReportLine):
    """A report as the unit itself sees it: by its number, which what was said of it names."""

    report: int


class SaidToUnit(BaseModel):
    """What was said of a report: verify, assess, recheck; or the department's opinion, to the department only."""

    report: int | None
    kind: str
    good: bool | None
    said: str
    score: int | None
    made_at: datetime


class UrgedUnit(BaseModel):
    """What was demanded when it was overdue."""

    demand: str
    missed_on: date
    due_on: date


class UnitItem(BaseModel):
    """An item as those outside see it."""

    item: int
    version: int
    unit: str
    status: str
    """given, reported, verified, closed."""
    problem: str
    measure: str
    standard: str
    responsible: str
    round: int
    due_on: date
    due_provisional: bool
    given_at: datetime | None
    score: int | None
    mine: bool
    """Whether it is the caller's unit that reports; else the caller's department gives its opinion."""
    reports: list[SaidByUnit]
    said: list[SaidToUnit]
    urged: list[UrgedUnit]


def unit_items(session: Session, caller: Caller) -> list[UnitItem]:
    """The caller's items: those to be reported first, by their day."""
    seen = items_seen(caller, REPORT) | items_seen(caller, OPINE)
    found = session.scalars(select(Rectification).where(seen))
    rank = {"given": 0, "reported": 1, "verified": 1, "closed": 2}
    return [_view(session, caller, one) for one in sorted(found, key=lambda one: (rank[one.status], one.due_on, one.item_id))]


def unit_item(session: Session, caller: Caller, item_id: int) -> UnitItem:
    """One of them. Raises NothingFound."""
    seen = items_seen(caller, REPORT) | items_seen(caller, OPINE)
    found = session.scalar(select(Rectification).where(Rectification.item_id == item_id, seen))
    if found is None:
        raise NothingFound("rectifying.wrong.not_yours", number=item_id)
    return _view(session, caller, found)


def _view(session: Session, caller: Caller, item: Rectification) -> UnitItem:
    mine = item.unit_id in {one.bounds.unit_id for one in caller.within(REPORT)}
    kinds = ("verify", "assess", "recheck")
    reports, checks, urges = (_all(session, one, item) for one in (UnitReport, RectificationCheck, RectificationUrge))
    files = files_of(session, item.item_id, True)
    told = [one for one in checks if one.kind in kinds or (not mine and one.party == "department")]
    return UnitItem(
        item=item.item_id, version=item.version, unit=item.unit_id, status=item.status, problem=item.problem, measure=item.measure,
        standard=item.standard, responsible=item.responsible, round=item.round, due_on=item.due_on, due_provisional=item.due_provisional,
        given_at=item.given_at, score=item.score, mine=mine,
        reports=[
            SaidByUnit(report=one.report_id, round=one.round, done=one.done, effect=one.effect, proofs=one.proofs,
                       files=files.get(one.report_id, []), made_at=one.made_at)
            for one in reports
        ],
        said=[
            SaidToUnit(report=one.report_id, kind=one.kind, good=one.good, said=one.said, score=one.score, made_at=one.made_at)
            for one in told
        ],
        urged=[UrgedUnit(demand=one.demand, missed_on=one.missed_on, due_on=one.due_on) for one in urges],
    )  # fmt: skip


def _all(session: Session, record: Any, item: Rectification) -> list[Any]:
    key = next(iter(record.__table__.primary_key.columns))
    return list(session.scalars(select(record).where(record.item_id == item.item_id).order_by(key)))
