"""Priority learned from verdicts: alerts that people judged become rows, a model learns from them, and says what it thinks of the others.

Rules and models do not know each other: facts come from rules.priority, the chance from models.verdict_priority.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.verdict_priority import VerdictPriority, chances, moved_by
from rules.alert import Alert
from rules.priority import Learned, Ranking, RuleRecord
from rules.signal import Signal
from rules.weights import Weights
from service.store import alert as stored
from service.store.signal import SignalVersion
from service.store.verdict import RIGHT, Verdict, decided

AT_ONCE = 500


@dataclass(frozen=True)
class Past:
    """Alerts that were judged, the signals they were judged on, and whether they were right, by fingerprint."""

    alerts: Sequence[Alert]
    signals: Mapping[str, Signal]
    right: Mapping[str, bool]


def past_alerts(session: Session) -> Past:
    """Every judged alert that rested on signals; one about a pattern has none of its own and teaches nothing."""
    verdicts = {one: verdict for one, verdict in decided(session).items() if not any("|" in name for name in verdict.facts)}
    signals = signals_of(session, sorted({name for verdict in verdicts.values() for name in verdict.facts}))
    alerts = []
    judged = select(stored.Alert).where(stored.Alert.fingerprint.in_(select(Verdict.fingerprint)))
    for row in session.scalars(judged.order_by(stored.Alert.fingerprint)):
        facts = verdicts[row.fingerprint].facts if row.fingerprint in verdicts else {}
        names = [name for name in facts if name in signals]
        if names:
            alerts.append(alert_of(row, names))
    return Past(alerts, signals, {one.fingerprint: verdicts[one.fingerprint].outcome in RIGHT for one in alerts})


def signals_of(session: Session, names: Sequence[str]) -> dict[str, Signal]:
    """The newest version of each signal."""
    found: dict[str, Signal] = {}
    for start in range(0, len(names), AT_ONCE):
        some = select(SignalVersion).where(SignalVersion.signal_id.in_(names[start : start + AT_ONCE]))
        for one in session.scalars(some.order_by(SignalVersion.last_run, SignalVersion.version)):
            found[one.signal_id] = Signal.model_validate(one.body)
    return found


def alert_of(row: stored.Alert, signals: Sequence[str]) -> Alert:
    """The alert as the rules room knows it."""
    return Alert.model_validate({
        "fingerprint": row.fingerprint, "kind": row.kind, "title": row.title, "severity": row.severity,
        "subject_kind": row.subject_kind, "subject_id": row.subject_id, "unit_id": row.unit_id, "area_id": row.area_id,
        "amount": row.amount, "signals": sorted(signals), "chains": row.chains, "officials": row.officials,
        "parties": row.parties, "why": row.why,
    })  # fmt: skip


def learn(
    alerts: Sequence[Alert], signals: Mapping[str, Signal], rules: Mapping[str, RuleRecord], weights: Weights, past: Past
) -> dict[str, Learned]:
    """What the verdicts so far say of each of these alerts, by fingerprint; nothing while they are few."""
    if len(past.right) < weights.learned.least_verdicts or not alerts:
        return {}
    rows = facts_of(alerts, signals, rules, weights, past)
    learner = VerdictPriority(prior_verdicts=weights.learned.prior_verdicts)
    fitted = learner.fit(rows)
    here = rows.loc[[one.fingerprint for one in alerts]]
    words = [
        (zh, en) for two in moved_by(fitted, here) for zh, en in [("、".join(x for x, _ in two), ", ".join(y for _, y in two))]
    ]
    told = zip(here.index, chances(fitted, here), words, strict=True)
    return {str(one): Learned(float(chance), len(past.right), moved) for one, chance, moved in told}


def facts_of(
    alerts: Sequence[Alert], signals: Mapping[str, Signal], rules: Mapping[str, RuleRecord], weights: Weights, past: Past
) -> pd.DataFrame:
    """Facts of these alerts and of the judged ones that are not among them, by fingerprint; `right` where judged."""
    present = {one.fingerprint for one in alerts}
    everything = [*alerts, *(one for one in past.alerts if one.fingerprint not in present)]
    facts = Ranking(everything, {**past.signals, **signals}, rules, weights, past.right).facts()
    rows = pd.DataFrame(facts).set_index("fingerprint")
    return rows.assign(right=pd.Series({name: float(right) for name, right in past.right.items()}, dtype=float))
