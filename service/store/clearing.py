"""What was cleared and stands on a day: verdicts that close an alert, and lasting clearings (疑点澄清) beyond it.

A lasting clearing says what was found harmless about a subject, for which rules and records, until when; a second person approves it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from rules.signal import Signal
from service.store.record import Record
from service.store.verdict import Subjects, about, cleared_facts, has_grown

ASKED, IN_FORCE, REFUSED, LIFTED = "asked", "in_force", "refused", "lifted"
FEW = 1000
"""Subjects up to which the database is asked for these alone."""


class Clearing(Record):
    """Asked for by one person, in force once another has approved it. `status` changes only through service.casework.protecting."""

    __tablename__ = "clearing"
    __table_args__ = (Index(None, "fingerprint"), Index(None, "status"))

    clearing_id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    """The cleared alert that it comes from: who sees that sees this."""
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    unit_id: Mapped[str | None]
    rules: Mapped[list[Any]]
    topics: Mapped[list[Any]]
    """What is covered: these rules, and every rule of these topics."""
    records_from: Mapped[date | None]
    records_until: Mapped[date]
    """Which records are covered: those dated within, both days included."""
    most: Mapped[Decimal | None] = mapped_column("most_fen")
    """Yuan up to which it holds; None: whatever the amount."""
    facts: Mapped[dict[str, Any]]
    """The signals that it was decided on, as a verdict keeps them: of findings without a day only these are covered."""
    expires_on: Mapped[date]
    why: Mapped[dict[str, Any]]
    """The period by which it may last at most, with its source."""
    reason: Mapped[str]
    proof: Mapped[str]
    """What it rests on."""
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None]
    lifted_by: Mapped[str | None]
    lifted_at: Mapped[datetime | None]
    lift_reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def name(self) -> str:
        """What people call it."""
        return f"CL{self.clearing_id}"

    def covers(self, signal: Signal) -> bool:
        """Whether a finding lies within it: same subject and unit, rule or topic, records and amount."""
        if (signal.subject_kind, signal.subject_id, signal.unit_id) != (self.subject_kind, self.subject_id, self.unit_id):
            return False
        if signal.rule not in self.rules and signal.topic not in self.topics:
            return False
        if self.most is not None and (signal.amount is None or signal.amount > self.most):
            return False
        if signal.first_on is None or signal.last_on is None:
            return not has_grown(self.facts.get(signal.signal_id), signal.content_hash, signal.material)
        return (self.records_from is None or self.records_from <= signal.first_on) and signal.last_on <= self.records_until


@dataclass(frozen=True)
class Protections:
    """Clearings in force, by subject."""

    by_subject: dict[tuple[str, str], list[Clearing]] = field(default_factory=dict)

    def cover(self, signal: Signal) -> bool:
        """Whether some clearing covers a finding."""
        known = self.by_subject.get((signal.subject_kind, signal.subject_id), ())
        return any(one.covers(signal) for one in known)


@dataclass(frozen=True)
class Cleared:
    """What no longer flags: the facts that verdicts closed an alert on, and whom clearings protect beyond one alert."""

    facts: dict[str, Any] = field(default_factory=dict)
    """signal_id -> facts that a person cleared."""
    protections: Protections = field(default_factory=Protections)

    def lets_through(self, signals: Iterable[Signal]) -> list[Signal]:
        """The findings that no clearing covers, in their order."""
        grown = [one for one in signals if has_grown(self.facts.get(one.signal_id), one.content_hash, one.material)]
        if not self.protections.by_subject:  # a run asks before every rule, of every finding
            return grown
        return [one for one in grown if not self.protections.cover(one)]


def cleared(session: Session, as_of: date, today: date, subjects: Subjects | None = None) -> Cleared:
    """What stands for rules that judge as of a day, asked today; with `subjects`, at least all that concerns these.

    A lasting clearing that is over today protects nobody, however early the day that is judged.
    """
    few = subjects if subjects is not None and len(subjects) <= FEW else None
    return Cleared(cleared_facts(session, as_of, few), protections(session, max(as_of, today), few))


def protections(session: Session, on: date, subjects: Subjects | None = None) -> Protections:
    """Clearings that are in force on a day, the last included; with `subjects`, of these alone."""
    standing = select(Clearing).where(Clearing.status == IN_FORCE, Clearing.expires_on >= on)
    return gathered(session.scalars(standing if subjects is None else standing.where(about(Clearing, subjects))))


def gathered(clearings: Iterable[Clearing]) -> Protections:
    """Clearings as a run asks for them."""
    found = Protections()
    for one in clearings:
        found.by_subject.setdefault((one.subject_kind, one.subject_id), []).append(one)
    return found
