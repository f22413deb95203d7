"""What durable-rules concludes behind its fence is what a naive evaluator of the same chains concludes."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import rules
from rules.chain import Chain
from rules.chain_check import read_chains
from rules.compiled import open_reasoner
from rules.correlate import correlate
from rules.patterns import Bodies, patterns_of
from rules.reasoner import Reasoner
from rules.signal import Signal
from tests.rules import chain_cases, chain_oracle, pattern_oracle

# making a failing case smaller takes minutes, with a process for each try
WHOLE = (Phase.explicit, Phase.reuse, Phase.generate)
SHIPPED = read_chains([Path(rules.__path__[0])])


def agree(chains: dict[str, Chain], signals: list[Signal], reasoner: Reasoner, bodies: Bodies) -> None:
    """The alerts, the signals they rest on, their severity and chains are the oracle's."""
    found = {
        alert.fingerprint: {"signals": set(alert.signals), "severity": alert.severity, "chains": set(alert.chains)}
        for alert in correlate(chains, signals, reasoner, bodies=bodies).alerts
    }
    assert found == chain_oracle.alerts(list(chains.values()), signals, bodies)


@settings(max_examples=120, deadline=None, phases=WHOLE, suppress_health_check=[HealthCheck.too_slow])
@given(chains=chain_cases.chains(), signals=st.lists(chain_cases.signals(), min_size=2, max_size=4), bodies=chain_cases.bodies())
def test_any_chains_conclude_as_the_naive_evaluator_does(
    chains: dict[str, Chain], signals: list[list[Signal]], bodies: Bodies
) -> None:
    with open_reasoner(chains, {}) as reasoner:
        for some in signals:
            agree(chains, some, reasoner, bodies)


@settings(max_examples=60, deadline=None, phases=WHOLE)
@given(signals=chain_cases.signals(most=12), bodies=chain_cases.bodies())
def test_the_shipped_chains_conclude_as_the_naive_evaluator_does(signals: list[Signal], bodies: Bodies) -> None:
    agree(SHIPPED, signals, reasoner_of_shipped(), bodies)


@settings(max_examples=150, deadline=None)
@given(signals=chain_cases.signals(most=20), bodies=chain_cases.bodies())
def test_patterns_are_those_of_a_walk_through_every_signal_and_unit(signals: list[Signal], bodies: Bodies) -> None:
    found = [
        (one.about, set(one.signals), {name: value for name, value in one.fact.items() if name not in ("fact", "key")})
        for one in patterns_of({one.signal_id: one for one in signals}, bodies)
    ]
    walked = [
        (about, pattern_oracle.gravest(mine), {name: value for name, value in fields.items() if value is not None})
        for about, mine, fields in pattern_oracle.patterns(signals, bodies)
    ]
    order = repr
    assert sorted(_rounded(found), key=order) == sorted(_rounded(walked), key=order)


def _rounded(found: list[tuple[Any, set[str], dict[str, Any]]]) -> list[Any]:
    return [
        (
            about,
            sorted(ids),
            sorted((name, round(value, 9) if isinstance(value, float) else value) for name, value in said.items()),
        )
        for about, ids, said in found
    ]


_KEPT: list[Reasoner] = []


def reasoner_of_shipped() -> Reasoner:
    """One worker for all examples: it ends with the tests."""
    if not _KEPT:
        _KEPT.append(open_reasoner(SHIPPED, {}))
    return _KEPT[0]


def teardown_module() -> None:
    for reasoner in _KEPT:
        reasoner.close()


@settings(max_examples=30, deadline=None, phases=WHOLE)
@given(signals=chain_cases.signals(most=10), data=st.data())
def test_the_order_of_the_signals_does_not_matter(signals: list[Signal], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(signals))
    assert correlate(SHIPPED, shuffled, reasoner_of_shipped()) == correlate(SHIPPED, signals, reasoner_of_shipped())
