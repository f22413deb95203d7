"""What a person decided about an alert (研判结论), with the facts it was decided on."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.alert import CLEARED, Alert
from service.store.record import Record
from service.store.signal import SignalVersion

Material = Mapping[str, float]
PATTERN = "alert|"
"""How the keys of such facts begin that are about an alert as a whole."""
RIGHT = frozenset({"substantiated"})
WRONG = frozenset({"cleared", "wrong_data", "wrong_rule"})
"""Outcomes that say whether an alert was right; any other leaves it open."""


class Verdict(Record):
    """A decision; a clearing protects its signals until what their rules call material grows, or until it expires."""

    __tablename__ = "verdict"
    __table_args__ = (Index(None, "fingerprint"),)

    verdict_id: Mapped[int] = mapped_column(primary_key=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("alert.fingerprint"))
    outcome: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    expires_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]]
    """signal_id -> {"content": hash of the facts, "material": {name: value}} at the time of the decision."""


def cleared_facts(session: Session, as_of: date) -> dict[str, Any]:
    """signal_id -> facts under the newest clearing that is in force on `as_of`."""
    clearings = session.execute(
        select(Verdict.facts, Verdict.expires_on)
        .join(Alert, Alert.fingerprint == Verdict.fingerprint)
        .where(Alert.status == CLEARED, Verdict.outcome == "cleared")
        .order_by(Verdict.verdict_id)
    )
    found: dict[str, Any] = {}
    for facts, expires_on in clearings:
        if expires_on is None or as_of <= expires_on:
            found.update(facts)
    return found


def decided(session: Session) -> dict[str, Verdict]:
    """Fingerprint -> the newest verdict that says whether the alert was right."""
    judged = select(Verdict).where(Verdict.outcome.in_(RIGHT | WRONG)).order_by(Verdict.verdict_id)
    return {verdict.fingerprint: verdict for verdict in session.scalars(judged)}


def tallies(session: Session) -> dict[str, tuple[int, int]]:
    """Rule -> (alerts that were right, alerts judged), by the newest verdict of each alert that says so."""
    newest = decided(session)
    rule_of = {}
    if newest:
        for signal, rule in session.execute(select(SignalVersion.signal_id, SignalVersion.rule).distinct()):
            rule_of[signal] = rule
    found: dict[str, tuple[int, int]] = {}
    for verdict in newest.values():
        for rule in {rule_of[signal] for signal in verdict.facts if signal in rule_of}:
            right, judged = found.get(rule, (0, 0))
            found[rule] = right + (verdict.outcome in RIGHT), judged + 1
    return found


def verified(session: Session) -> list[tuple[str, str, date]]:
    """Rule, unit and day of every finding that people found to be right, sorted."""
    right = select(Verdict.facts, Verdict.decided_at, Alert.unit_id).join(Alert, Alert.fingerprint == Verdict.fingerprint)
    rows = session.execute(right.where(Verdict.outcome.in_(RIGHT), Alert.unit_id.is_not(None))).all()
    rule_of = {}
    if rows:
        for signal, rule in session.execute(select(SignalVersion.signal_id, SignalVersion.rule).distinct()):
            rule_of[signal] = rule
    return sorted({(rule_of[signal], str(unit), at.date()) for facts, at, unit in rows for signal in facts if signal in rule_of})


def has_grown(before: Mapping[str, Any] | None, content: str, material: Material) -> bool:
    """Whether a signal is new to a clearing or its material grew; without any material, whether its facts changed."""
    if before is None:
        return True
    if not material:
        return bool(content != before["content"])
    return any(value > before["material"].get(name, float("-inf")) for name, value in material.items())


def rests(fingerprint: str, signals: int) -> dict[str, Any]:
    """What a verdict keeps of an alert that has no signals of its own: how many it rests on."""
    return {f"{PATTERN}{fingerprint}": {"content": "", "material": {"signals": signals}}}


def facts_of(signals: Iterable[Any]) -> dict[str, Any]:
    """What a verdict keeps of the signals (rules.signal.Signal) it was decided on."""
    return {signal.signal_id: {"content": signal.content_hash, "material": dict(signal.material)} for signal in signals}
