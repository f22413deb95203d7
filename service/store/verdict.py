"""What a person decided about an alert (研判结论), with the facts it was decided on."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, func, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.alert import CLEARED, Alert
from service.store.record import Record
from service.store.signal import SignalVersion
from service.working_days import day_of

Material = Mapping[str, float]
Subjects = Collection[tuple[str, str]]
"""Pairs of kind and id."""
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


def cleared_facts(session: Session, as_of: date, subjects: Subjects | None = None) -> dict[str, Any]:
    """signal_id -> facts under the newest clearing that is in force on `as_of`; with `subjects`, of alerts about these alone."""
    clearings = (
        select(Verdict.facts, Verdict.expires_on)
        .join(Alert, Alert.fingerprint == Verdict.fingerprint)
        .where(Alert.status == CLEARED, Verdict.outcome == "cleared")
        .order_by(Verdict.verdict_id)
    )
    if subjects is not None:
        clearings = clearings.where(about(Alert, subjects))
    found: dict[str, Any] = {}
    for facts, expires_on in session.execute(clearings):
        if expires_on is None or as_of <= expires_on:
            found.update(facts)
    return found


def about(record: Any, subjects: Subjects) -> ColumnElement[bool]:
    """What must hold of a record that is about one of these, in a form that finds them by the index over both columns.

    It also holds of an id that only another kind has.
    """
    found: ColumnElement[bool] = record.subject_kind.in_({kind for kind, _ in subjects}) & record.subject_id.in_(
        {one for _, one in subjects}
    )
    return found


def decided(session: Session) -> dict[str, Verdict]:
    """Fingerprint -> the newest verdict that says whether the alert was right."""
    judged = select(Verdict).where(Verdict.outcome.in_(RIGHT | WRONG)).order_by(Verdict.verdict_id)
    return {verdict.fingerprint: verdict for verdict in session.scalars(judged)}


class Judgement(NamedTuple):
    """What was judged of alerts that rest on a rule: how, why, and of how many."""

    rule: str
    outcome: str
    reason: str
    alerts: int


def judgements(session: Session) -> list[Judgement]:
    """By rule, outcome and reason, from the newest verdict of each alert that says whether it was right: counted by the database."""
    newest = select(func.max(Verdict.verdict_id)).where(Verdict.outcome.in_(RIGHT | WRONG)).group_by(Verdict.fingerprint)
    by = (SignalVersion.rule, Verdict.outcome, Verdict.reason)
    query = _by_rule(session, *by, func.count(Verdict.verdict_id.distinct())).where(Verdict.verdict_id.in_(newest))
    return [Judgement(*row) for row in session.execute(query.group_by(*by).order_by(*by))]


def tallies(session: Session) -> dict[str, tuple[int, int]]:
    """Rule -> (alerts that were right, alerts judged), by the newest verdict of each alert that says so."""
    return tallied(judgements(session))


def tallied(judged: Iterable[Judgement]) -> dict[str, tuple[int, int]]:
    """Rule -> (alerts that were right, alerts judged)."""
    found: dict[str, tuple[int, int]] = {}
    for rule, outcome, _, alerts in judged:
        right, of = found.get(rule, (0, 0))
        found[rule] = right + (alerts if outcome in RIGHT else 0), of + alerts
    return found


def verified(session: Session) -> list[tuple[str, str, date]]:
    """Rule, unit and day of every finding that people found to be right, sorted."""
    right = _by_rule(session, SignalVersion.rule, Alert.unit_id, Verdict.decided_at).join(
        Alert, Alert.fingerprint == Verdict.fingerprint
    )
    rows = session.execute(right.where(Verdict.outcome.in_(RIGHT), Alert.unit_id.is_not(None)).distinct())
    return sorted({(rule, str(unit), day_of(at)) for rule, unit, at in rows})


def _by_rule(session: Session, *columns: Any) -> Select[Any]:
    """A query over verdicts, each with every signal it was decided on: the keys of its facts."""
    each = func.jsonb_each if session.get_bind().dialect.name == "postgresql" else func.json_each
    key = each(Verdict.facts).table_valued("key", "value").c.key
    signals = select(*columns).select_from(Verdict).join(key.table, true())
    return signals.join(SignalVersion, SignalVersion.signal_id == key)


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
