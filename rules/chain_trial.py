"""A chain's own tests, run on the real reasoner with that chain alone."""

from collections.abc import Sequence

from rules.alert import Alert
from rules.chain import Chain, ChainTest, ExpectedAlert, GivenSignal
from rules.compiled import open_reasoner
from rules.correlate import correlate
from rules.patterns import Bodies, Unit, Verified
from rules.signal import Signal
from rules.trial import TrialResult


def try_chain(chain: Chain) -> list[TrialResult]:
    """Every test of the chain, each with what went wrong."""
    chains = {chain.id: chain.model_copy(update={"status": "live"})}
    with open_reasoner(chains, {}) as reasoner:
        found = [
            correlate(chains, [signal_of(one) for one in test.given], reasoner, bodies=bodies_of_test(test)).alerts
            for test in chain.tests
        ]
    return [_result(chain, test, alerts) for test, alerts in zip(chain.tests, found, strict=True)]


def signal_of(given: GivenSignal) -> Signal:
    """A whole signal from what a test names."""
    return Signal(
        **given.model_dump(),
        content_hash=given.signal_id, rule_hash="", per={}, measures={}, params={}, says={"zh": given.rule, "en": given.rule},
        evidence={}, material={}, baseline=None,
    )  # fmt: skip


def bodies_of_test(test: ChainTest) -> Bodies:
    """The units and verified findings that a test names."""
    return Bodies(
        [Unit(one.unit_id, one.kind, one.above) for one in test.units],
        [Verified(one.rule, one.unit_id, one.decided_on) for one in test.verdicts],
    )


def _result(chain: Chain, test: ChainTest, alerts: Sequence[Alert]) -> TrialResult:
    wrong = [f"no alert {_shown(one)}" for one in test.alerts if not any(_fits(one, alert) for alert in alerts)]
    wrong += [
        f"unexpected alert {'+'.join(alert.signals)} {alert.severity}"
        for alert in alerts
        if not any(_fits(one, alert) for one in test.alerts)
    ]
    return TrialResult(chain.id, test.name, not wrong, "; ".join(wrong))


def _fits(expected: ExpectedAlert, alert: Alert) -> bool:
    said = {"kind": expected.alert, "severity": expected.severity, "subject_id": expected.subject_id}
    return sorted(expected.signals) == list(alert.signals) and all(
        value is None or getattr(alert, name) == value for name, value in said.items()
    )


def _shown(expected: ExpectedAlert) -> str:
    return f"{'+'.join(expected.signals)} {expected.alert or ''} {expected.severity or ''}".strip()
