"""Correlation (关联): signals -> alerts, concluded by the reasoner from the chains."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rules.alert import Alert, Linked
from rules.chain import Chain
from rules.compiled import CHAINS
from rules.concluded import Concluded, alerts_of
from rules.groups import Ties, meets, signal_of, tied
from rules.linked import linked
from rules.patterns import Bodies, patterns_of
from rules.reasoner import Fact, Reasoner
from rules.signal import Signal
from rules.signal_facts import facts_of, party_facts, rules_in_turn
from rules.states import Firing, conclude

NO_BODIES = Bodies()
SIGNALS, PARTIES, NEARS = 600, 2_000, 20_000
"""Facts of each kind that one state may hold; what is beyond is left out of the joint conclusions, and said."""


@dataclass(frozen=True)
class LeftOut:
    """Facts of one kind that a state had no room for: `group` is the least id of its signals."""

    kind: str
    group: str
    count: int


@dataclass(frozen=True)
class Correlated:
    """The alerts, sorted by fingerprint; the ties between them; what was left out."""

    alerts: list[Alert] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    links: list[Linked] = field(default_factory=list)


def correlate(
    chains: Mapping[str, Chain],
    signals: Sequence[Signal],
    reasoner: Reasoner,
    *,
    titles: Mapping[str, Mapping[str, str]] | None = None,
    bodies: Bodies = NO_BODIES,
) -> Correlated:
    """Make alerts of the signals of a run; each signal_id at most once, signals of shadow rules not among them.

    `reasoner`: opened with these chains (rules.compiled.open_reasoner). `titles`: rule -> its title in zh and en, for
    the titles of alerts (default: the rule's id). `bodies`: what patterns need to know of units. Raises ReasonerFailed.
    """
    live = {name: chain for name, chain in chains.items() if chain.status == "live"}
    by_id = {signal.signal_id: signal for signal in signals}
    states, left_out = states_of(live, by_id)
    patterns = patterns_of(by_id, bodies) if any(_is_pattern(chain) for chain in live.values()) else []
    firings = conclude(reasoner, CHAINS, [*states, *([one.fact] for one in patterns)])
    concluded = [one for state, found in zip(states, firings, strict=False) for one in _conclusions(live, state, found)]
    for pattern, found in zip(patterns, firings[len(states) :], strict=True):
        # what a pattern rests on stays an alert of its own: it speaks of more than the pattern
        concluded += [Concluded(rule, pattern.signals, pattern.signals, pattern.about) for rule, _ in found]
    alerts = alerts_of(live, by_id, concluded, titles or {})
    return Correlated(alerts, left_out, linked(alerts))


def states_of(chains: Mapping[str, Chain], signals: Mapping[str, Signal]) -> tuple[list[list[Fact]], list[LeftOut]]:
    """The facts of each group of signals, and what had no room; a signal without room is a state of its own."""
    facts = facts_of(list(signals.values()))
    ties = tied(chains.values(), signals, facts)
    nears = _nears_by_group(ties)
    states: list[list[Fact]] = []
    left_out = [LeftOut("near", name, count) for name, count in ties.nears_left_out.items() if count]
    for group in ties.groups():
        members = [one.signal_id for one in rules_in_turn([signals[one] for one in group])]
        inside, outside = members[:SIGNALS], members[SIGNALS:]
        named = [fact for one in inside for fact in _parties(chains, signals[one])]
        close = [fact for fact in nears.get(group[0], []) if {fact["left"], fact["right"]}.isdisjoint(outside)]
        states.append([*(facts[one] for one in inside), *named[:PARTIES], *close[:NEARS]])
        states += [[facts[one], *_parties(chains, signals[one])] for one in outside]
        counts = (("signal", len(outside)), ("party", len(named[PARTIES:])), ("near", len(close[NEARS:])))
        left_out += [LeftOut(kind, group[0], count) for kind, count in counts if count]
    return states, left_out


def _is_pattern(chain: Chain) -> bool:
    return any(pattern.fact == "pattern" for pattern in chain.when.values())


def _parties(chains: Mapping[str, Chain], signal: Signal) -> list[Fact]:
    wanted = [pattern for chain in chains.values() for pattern in chain.when.values() if pattern.fact == "party"]
    return [fact for fact in party_facts(signal) if any(meets(pattern, fact) for pattern in wanted)] if wanted else []


def _nears_by_group(ties: Ties) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for name, pairs in ties.nears.items():
        for left, right in pairs:
            found[ties.group(left)].append({"fact": "near", "chain": name, "left": left, "right": right})
    return found


def _conclusions(chains: Mapping[str, Chain], state: Sequence[Fact], firings: Sequence[Firing]) -> list[Concluded]:
    """Firings as what they merge; of firings of one chain over one set of signals the first stands for all."""
    found: dict[tuple[str, frozenset[str]], Concluded] = {}
    for rule, places in firings:
        chain = chains[rule]
        facts = [state[place] for place in places if state[place]["fact"] != "near"]
        met = {name: signal_of(fact) for name, fact in zip(chain.when, facts, strict=True)}
        one = Concluded(rule, tuple(met[name] for name in chain.then.merge), tuple(met[name] for name in chain.then.keep), None)
        key = (rule, frozenset(one.merged))
        found[key] = min(found.get(key, one), one)
    return sorted(found.values())
