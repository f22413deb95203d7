"""What came of like alerts (相似预警): same rule, same kind of subject, that people have decided; within what the caller sees."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import ColumnElement, case, func, literal, select, union_all

from service.access import sight
from service.access.caller import Caller
from service.reading import Reading
from service.store.alert import Alert, AlertSignal
from service.store.signal import SignalVersion
from service.store.verdict import Verdict
from service.words import either, say, spoken, texts

SHOWN = 5


class Like(BaseModel):
    """One alert of the past."""

    alert: str
    title: str
    subject: str
    unit: str
    outcome: str
    reason: str
    decided_at: datetime


class Likes(BaseModel):
    """How many were decided how, in one sentence, and the nearest and newest of them."""

    says: str
    shown: list[Like]


def likes_of(seen: Reading, alert: Alert, rules: Sequence[str], caller: Caller) -> Likes:
    """Past verdicts on alerts of these rules about such subjects. Texts hold pseudonyms, which the caller masks."""
    if not rules:
        return Likes(says=say("alert.likes.none"), shown=[])
    counts, chosen = _counted(seen, alert, rules, caller)
    if not counts:
        return Likes(says=say("alert.likes.none"), shown=[])
    both = select(Verdict, Alert).join(Alert, Alert.fingerprint == Verdict.fingerprint).where(Verdict.verdict_id.in_(chosen))
    found = {verdict.verdict_id: (verdict, other) for verdict, other in seen.session.execute(both)}
    nearest = [found[one] for one in chosen]
    told = say("alert.likes.and").join(
        say("alert.likes.count", what=_outcome(str(one)), count=count) for one, count in sorted(counts.items())
    )
    shown = [
        Like(
            alert=other.fingerprint, title=either(other.title), subject=seen.titles.into(seen.names.short(other.subject_kind, other.subject_id)),
            unit=seen.names.short("unit", other.unit_id) if other.unit_id else "", outcome=_outcome(verdict.outcome), reason=verdict.reason,
            decided_at=verdict.decided_at,
        )
        for verdict, other in nearest
    ]  # fmt: skip
    return Likes(says=say("alert.likes.says", count=sum(counts.values()), what=told), shown=shown)


def _counted(seen: Reading, alert: Alert, rules: Sequence[str], caller: Caller) -> tuple[dict[str, int], list[int]]:
    """Outcome -> how many alerts; the nearest and newest verdicts. One query, so that the many are gone through once."""
    here = func.coalesce(Alert.unit_id, "") == (alert.unit_id or "")
    columns = (
        Verdict.verdict_id,
        Verdict.fingerprint,
        Verdict.outcome,
        Verdict.decided_at,
        case((here, 0), else_=1).label("away"),
    )
    both = select(*columns).join(Alert, Alert.fingerprint == Verdict.fingerprint)
    alike = both.where(*_alike(alert, rules, caller)).cte("alike")
    tally = select(alike.c.outcome, func.count(alike.c.fingerprint.distinct()), literal(0)).group_by(alike.c.outcome)
    order = func.row_number().over(order_by=(alike.c.away, alike.c.decided_at.desc(), alike.c.verdict_id.desc()))
    ranked = select(alike.c.verdict_id, order.label("place")).subquery()
    near = select(literal(""), ranked.c.verdict_id, ranked.c.place).where(ranked.c.place <= SHOWN)
    rows = [(str(outcome), int(number), int(place)) for outcome, number, place in seen.session.execute(union_all(tally, near))]
    chosen = sorted((place, number) for _, number, place in rows if place)
    return {outcome: count for outcome, count, place in rows if not place}, [number for _, number in chosen]


def _alike(alert: Alert, rules: Sequence[str], caller: Caller) -> tuple[ColumnElement[bool], ...]:
    """What must hold of a verdict's alert: same rule, same kind of subject, and the caller sees it."""
    same = (
        select(AlertSignal.fingerprint)
        .join(SignalVersion, (SignalVersion.signal_id == AlertSignal.signal_id) & (SignalVersion.version == AlertSignal.version))
        .where(AlertSignal.fingerprint == Verdict.fingerprint, SignalVersion.rule.in_(rules))
    )
    other = (Verdict.fingerprint != alert.fingerprint, Alert.subject_kind == alert.subject_kind)
    return (*other, same.exists(), sight.seen(caller))


def _outcome(outcome: str) -> str:
    return texts(spoken()).get(f"alert.outcome.{outcome}", outcome)
