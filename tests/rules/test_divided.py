"""An alert divided in two: each says what its own signals say, and neither is about more people than the whole was."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import rules
from rules.alert import Alert
from rules.chain import GivenSignal
from rules.chain_check import read_chains
from rules.chain_trial import signal_of
from rules.concluded import Concluded, alerts_of
from rules.divided import Part, divided, remaining, taken
from rules.signal import Signal

CHAINS = {name: chain for name, chain in read_chains([Path(rules.__path__[0])]).items() if chain.status == "live"}
DEFAULT = next(name for name, chain in sorted(CHAINS.items()) if chain.default)
PATTERN = "systemic_unit"


def signal(name: str, **said: Any) -> Signal:
    return signal_of(GivenSignal(**{"signal_id": name, **said}))


def whole(signals: dict[str, Signal], chain: str, about: tuple[str, str, str | None] | None = None) -> Alert:
    (made,) = alerts_of(CHAINS, signals, [Concluded(chain, tuple(signals), tuple(signals) if about else (), about)], {})
    return made


def test_what_is_taken_out_and_what_stays_say_what_their_own_signals_say() -> None:
    signals = {
        one.signal_id: one for one in (signal("A", amount=Decimal(10)), signal("B", rule="other_rule", amount=Decimal(90)))
    }
    origin = whole(signals, DEFAULT)
    part, rest = taken(origin, ["B"], "ALpart", CHAINS, signals, {}), remaining(origin, ["A"], CHAINS, signals, {})
    assert (part.signals, part.amount, part.fingerprint) == (("B",), Decimal(90), "ALpart")
    assert (rest.signals, rest.amount, rest.fingerprint) == (("A",), Decimal(10), origin.fingerprint)
    again = divided([origin], [Part("ALpart", origin.fingerprint, frozenset({"B"}), frozenset())], CHAINS, signals, {})
    assert {one.fingerprint: one.signals for one in again} == {"ALpart": ("B",), origin.fingerprint: ("A",)}


def test_people_of_what_a_pattern_rests_on_are_none_of_its_parts() -> None:
    signals = {
        one.signal_id: one
        for one in (
            signal("A", subject_id="P1", officials=("O1",), parties=(("person", "X1"),)),
            signal("B", subject_id="P2", rule="other_rule", officials=("O2",), parties=(("person", "X2"),)),
        )
    }
    origin = whole(signals, PATTERN, ("pattern", "kinds", "U1"))
    assert (origin.officials, origin.parties) == ((), ())
    for part in (taken(origin, ["B"], "ALpart", CHAINS, signals, {}), remaining(origin, ["A"], CHAINS, signals, {})):
        assert (part.officials, part.parties) == ((), ())
