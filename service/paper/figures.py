"""The figures of a paper, each by one query over the alerts that the caller sees: what came, what it turned out to be, where it waits.

Amounts are sums over alerts: one payment may stand in several, so a sum says how much is to be looked at, not how much is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import Session

from service.paper.period import Period
from service.store.alert import ACCEPTED, LEVELS, OPEN
from service.store.report import Report
from service.store.standing import CONFIRMED, NOT_RIGHT, WAITING
from service.words import say


@dataclass(frozen=True)
class Compared:
    """A number of this period and that of the one before."""

    now: int
    before: int

    @property
    def change(self) -> str:
        """比上期增加3件（上升25.0%）."""
        if self.now == self.before:
            return say("paper.change.none")
        if not self.before:
            return say("paper.change.first")
        more = self.now > self.before
        share = f"{abs(self.now - self.before) / self.before:.1%}"
        return say("paper.change.up" if more else "paper.change.down", count=abs(self.now - self.before), share=share)


@dataclass(frozen=True)
class Share:
    """A row of a table: one stream, town, topic or level, in this period."""

    key: str
    came: Compared
    amount: Decimal
    confirmed: int
    cleared: int
    waiting: int
    """Still to be decided, whenever it came."""
    name: str = ""


@dataclass(frozen=True)
class Totals:
    """The same of everything."""

    came: Compared
    amount: Decimal
    confirmed: Compared
    cleared: Compared
    waiting: int
    to_judge: int
    accepted: int
    overdue: int
    recovered: Decimal
    recovered_before: Decimal
    levels: dict[str, int]

    @property
    def judged(self) -> int:
        return self.confirmed.now + self.cleared.now

    @property
    def precision(self) -> str:
        """Share of what was decided that was right."""
        return f"{self.confirmed.now / self.judged:.1%}" if self.judged else say("paper.none_judged")


@dataclass(frozen=True)
class Waiting:
    """Where undecided alerts wait: an office, and how many of them."""

    key: str
    to_judge: int
    accepted: int
    overdue: int
    name: str = ""


def totals(session: Session, facts: Subquery, period: Period, today: date) -> Totals:
    """All figures of the period at once."""
    row = _row(session, facts, period, today)
    by_level = select(facts.c.level, func.count()).where(_within(facts.c.opened_at, period)).group_by(facts.c.level)
    levels = {str(level): int(count) for level, count in session.execute(by_level)}
    return Totals(
        came=Compared(row.came, row.before), amount=row.amount or Decimal(0),
        confirmed=Compared(row.confirmed, row.confirmed_before), cleared=Compared(row.cleared, row.cleared_before),
        waiting=row.to_judge + row.accepted, to_judge=row.to_judge, accepted=row.accepted, overdue=row.overdue,
        recovered=recovered(session, facts, period), recovered_before=recovered(session, facts, period.before),
        levels={level: levels.get(level, 0) for level in LEVELS},
    )  # fmt: skip


def _row(session: Session, facts: Subquery, period: Period, today: date) -> Any:
    return session.execute(
        select(
            _count(_within(facts.c.opened_at, period)).label("came"),
            _count(_within(facts.c.opened_at, period.before)).label("before"),
            func.sum(case((_within(facts.c.opened_at, period), facts.c.amount))).label("amount"),
            *(_count(_judged(facts, right, days)).label(name) for name, right, days in (
                ("confirmed", True, period), ("confirmed_before", True, period.before),
                ("cleared", False, period), ("cleared_before", False, period.before),
            )),
            _count(facts.c.state == OPEN).label("to_judge"), _count(facts.c.state == ACCEPTED).label("accepted"),
            _count(_late(facts, today)).label("overdue"),
        ).select_from(facts)
    ).one()  # fmt: skip


def shares(session: Session, facts: Subquery, by: str, period: Period) -> list[Share]:
    """The period's figures by `stream`, `town`, `topic` or `level`: rows with anything in them, most alerts first."""
    key = facts.c[by]
    came, before = _count(_within(facts.c.opened_at, period)), _count(_within(facts.c.opened_at, period.before))
    rows = session.execute(
        select(
            key, came, before, func.sum(case((_within(facts.c.opened_at, period), facts.c.amount))),
            _count(_judged(facts, True, period)), _count(_judged(facts, False, period)), _count(_undecided(facts)),
        )
        .select_from(facts)
        .group_by(key).order_by(came.desc(), before.desc(), key)
    ).all()  # fmt: skip
    made = [Share(str(name), Compared(now, past), amount or Decimal(0), *rest) for name, now, past, amount, *rest in rows]
    return [one for one in made if one.came.now or one.came.before or one.confirmed or one.cleared or one.waiting]


def waiting(session: Session, facts: Subquery, today: date) -> list[Waiting]:
    """Undecided alerts by lead office: those with most overdue first."""
    late = _count(_late(facts, today))
    rows = session.execute(
        select(facts.c.office, _count(facts.c.state == OPEN), _count(facts.c.state == ACCEPTED), late)
        .where(_undecided(facts))
        .group_by(facts.c.office)
        .order_by(late.desc(), func.count().desc(), facts.c.office)
    )
    return [Waiting(str(office), *counts) for office, *counts in rows]


def late(session: Session, facts: Subquery, today: date, most: int) -> Sequence[str]:
    """Fingerprints of undecided alerts past their due day, the longest overdue first."""
    query = select(facts.c.fingerprint).where(_late(facts, today))
    return session.scalars(query.order_by(facts.c.due_on, facts.c.priority.desc(), facts.c.fingerprint).limit(most)).all()


def gravest(session: Session, facts: Subquery, period: Period, most: int) -> Sequence[str]:
    """Fingerprints of what came in the period and is not cleared, the highest priority first."""
    query = select(facts.c.fingerprint).where(_within(facts.c.opened_at, period), facts.c.state.in_((*WAITING, CONFIRMED)))
    return session.scalars(query.order_by(facts.c.priority.desc(), facts.c.fingerprint).limit(most)).all()


def recovered(session: Session, facts: Subquery, period: Period) -> Decimal:
    """Money that came back by what platforms reported: of each of their references the newest version counts."""
    newest = (
        select(Report.fingerprint, Report.reported_by, Report.reference, func.max(Report.version).label("version"))
        .group_by(Report.fingerprint, Report.reported_by, Report.reference).subquery()
    )  # fmt: skip
    same = and_(*(newest.c[name] == getattr(Report, name) for name in ("fingerprint", "reported_by", "reference", "version")))
    decided = and_(Report.decided_on >= period.first, Report.decided_on <= period.last)
    undated = and_(Report.decided_on.is_(None), _within(Report.reported_at, period))
    total = session.scalar(
        select(func.sum(Report.recovered))
        .join(newest, same)
        .where(Report.fingerprint.in_(select(facts.c.fingerprint)), or_(decided, undated))
    )
    return total or Decimal(0)


def _judged(facts: Subquery, right: bool, period: Period) -> ColumnElement[bool]:
    """Decided in the period, by the verdict that stands."""
    states = (CONFIRMED,) if right else NOT_RIGHT
    return and_(facts.c.state.in_(states), _within(facts.c.decided_at, period))


def _within(moment: Any, period: Period) -> ColumnElement[bool]:
    return and_(moment >= period.opens, moment < period.closes)


def _undecided(facts: Subquery) -> ColumnElement[bool]:
    return facts.c.state.in_(WAITING)


def _late(facts: Subquery, today: date) -> ColumnElement[bool]:
    return and_(_undecided(facts), facts.c.due_on < today)


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((which, 1), else_=0)), 0)
