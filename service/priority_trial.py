"""What verdicts would teach (模拟研判试验): on the alerts of a city's run, judged step by step as an office would, from its truth.

Half of the alerts, drawn anew each time, is judged: nine of ten from the top of the list as it then stands, one at random. The
other half is never judged; on it the order and the chances are measured. Nothing is written.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from datasets.city.scoring import worth_of_alerts
from datasets.city.truth_file import read_truth
from datasets.city.verdicts import PRACTICE, conclude
from datasets.key import Key
from models.calibration import calibration_error, first_precision
from rules.alert import Alert
from rules.priority import RuleRecord, prioritise
from rules.reason import Priority
from rules.signal import Signal
from rules.weights import Weights
from service.desk import Desk
from service.errors import NothingFound
from service.learned_priority import Past, alert_of, learn
from service.scored import findings
from service.steps import Watch
from service.store import judged, questions
from service.store.alert import OPEN
from service.store.questions import Wanted
from service.store.run import Run

BUDGETS = (0, 50, 100, 200, 400, 800)
"""Verdicts given when it is measured."""
DRAWS = 5
AT_RANDOM = 0.1
SHARES = {"practice": PRACTICE, "every_problem": None}
"""Of which verdicts: at practice's rates, and as if every problem were proven."""


@dataclass(frozen=True)
class Bench:
    """The alerts of the newest run, their signals, the book's rules without verdicts, and what the truth says of the alerts."""

    alerts: Sequence[Alert]
    signals: Mapping[str, Signal]
    rules: Mapping[str, RuleRecord]
    weights: Weights
    worth: Mapping[str, str]

    def rules_of(self, alert: Alert) -> set[str]:
        """The rules an alert rests on."""
        return {self.signals[name].rule for name in alert.signals}


def try_verdicts(desk: Desk, truth: Path, watch: Watch, draws: int = DRAWS) -> dict[str, object]:
    """Figures by kind of verdicts and number given. Raises NothingFound without a run, ValueError for a file that is no truth."""
    bench = _bench(desk, truth)
    told: dict[str, object] = {"alerts": len(bench.alerts), "draws": draws}
    for at, (name, share) in enumerate(SHARES.items()):
        of_budget: dict[int, list[tuple[_Array, _Array, _Array]]] = {budget: [] for budget in BUDGETS}
        for seed in range(draws):
            watch(name, at * draws + seed, len(SHARES) * draws)
            for budget, measured in _one_draw(bench, seed, share).items():
                of_budget[budget].append(measured)
        told[name] = {f"after_{budget}": _figures(measured) for budget, measured in of_budget.items()}
    return told


_Array = np.ndarray[tuple[int], np.dtype[np.float64]]


def _bench(desk: Desk, truth: Path) -> Bench:
    cases = read_truth(truth, desk.contracts, Key.from_file(desk.settings.key_file))
    with desk.store.look() as session:
        run = Run.newest(session)
        if run is None:
            raise NothingFound("city.no_run")
        worth = worth_of_alerts(cases, findings(session, desk.book))
        alerts, signals = _open_alerts(session)
        counted = session.scalars(select(judged.Blindness).where(judged.Blindness.run_id == run.run_id))
        blind = {one.rule: one.body for one in counted}
    rules = {
        name: RuleRecord(
            title={"zh": rule.title.zh, "en": rule.title.en}, prior=rule.prior.precision if rule.prior else None,
            population=blind.get(name, {}).get("population", 0), blind=blind.get(name, {}).get("blind", 0),
        )
        for name, rule in desk.book.indicators.items()
    }  # fmt: skip
    return Bench([one for one in alerts if one.fingerprint in worth], signals, rules, desk.weights, worth)


def _open_alerts(session: Session) -> tuple[list[Alert], dict[str, Signal]]:
    rows = questions.alerts_wanted(session, Wanted(status=OPEN))
    resting = questions.present_signals(session, [row.fingerprint for row in rows])
    alerts = [alert_of(row, [one.signal_id for one in resting[row.fingerprint]]) for row in rows if resting[row.fingerprint]]
    signals = {one.signal_id: Signal.model_validate(one.body) for some in resting.values() for one in some}
    return alerts, signals


def _one_draw(bench: Bench, seed: int, share: float | None) -> dict[int, tuple[_Array, _Array, _Array]]:
    """Number of verdicts -> chances, numbers and truth of the half that is never judged."""
    dice = np.random.default_rng(seed)
    right = conclude(bench.worth, {one.fingerprint: sorted(bench.rules_of(one)) for one in bench.alerts}, seed, share)
    mixed = [bench.alerts[at] for at in dice.permutation(len(bench.alerts))]
    ours, theirs = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
    truth = np.array([float(right[one.fingerprint]) for one in theirs])
    given: dict[str, Alert] = {}
    measured = {}
    for budget in BUDGETS:
        _judge(bench, ours, given, right, budget, dice)
        told = _ranked(bench, theirs, given, right)
        measured[budget] = (np.array([one.sure for one in told]), np.array([one.number for one in told]), truth)
    return measured


def _judge(
    bench: Bench,
    ours: Sequence[Alert],
    given: dict[str, Alert],
    right: Mapping[str, bool],
    budget: int,
    dice: np.random.Generator,
) -> None:
    """Give verdicts up to a number: from the top of the list of what is not judged yet, and some at random."""
    left = [one for one in ours if one.fingerprint not in given]
    wanted = min(budget - len(given), len(left))
    if wanted <= 0:
        return
    ranked = sorted(zip(_ranked(bench, left, given, right), left, strict=True), key=lambda one: -one[0].number)
    first = [one for _, one in ranked[: round(wanted * (1 - AT_RANDOM))]]
    rest = [one for _, one in ranked[len(first) :]]
    chosen = dice.choice(len(rest), wanted - len(first), replace=False)
    given.update({one.fingerprint: one for one in [*first, *(rest[at] for at in chosen)]})


def _ranked(bench: Bench, alerts: Sequence[Alert], given: Mapping[str, Alert], right: Mapping[str, bool]) -> list[Priority]:
    """The priorities of alerts after the verdicts given."""
    judged_of, right_of = Counter[str](), Counter[str]()
    for name, one in given.items():
        judged_of.update(bench.rules_of(one))
        right_of.update(bench.rules_of(one) if right[name] else ())
    rules = {name: replace(one, right=right_of[name], judged=judged_of[name]) for name, one in bench.rules.items()}
    past = Past(list(given.values()), bench.signals, {name: right[name] for name in given})
    learned = learn(alerts, bench.signals, rules, bench.weights, past)
    return prioritise(alerts, bench.signals, rules, bench.weights, learned)


def _figures(measured: Sequence[tuple[_Array, _Array, _Array]]) -> dict[str, float]:
    """Means over the draws, and the calibration error of all draws together."""
    each = [
        (calibration_error(chance, truth), first_precision(number, truth), truth.mean()) for chance, number, truth in measured
    ]
    error, first, share = np.array(each).mean(axis=0)
    chances, truths = (np.concatenate([one[at] for one in measured]) for at in (0, 2))
    return {
        "first_100": float(first), "calibration_error": float(error), "calibration_error_together": calibration_error(chances, truths),
        "share_right": float(share),
    }  # fmt: skip
