"""An alert that a person divided (拆分): what stays with it and what became an alert of its own, said anew of each from its signals."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rules.alert import Alert
from rules.chain import Chain
from rules.concluded import Concluded, restated
from rules.signal import Signal


class Part(NamedTuple):
    """An alert taken out of another one: these signals, and whatever these rules find about the same."""

    fingerprint: str
    origin: str
    signals: frozenset[str]
    rules: frozenset[str]

    def takes(self, signal: Signal) -> bool:
        return signal.signal_id in self.signals or signal.rule in self.rules


def divided(
    alerts: Sequence[Alert],
    parts: Sequence[Part],
    chains: Mapping[str, Chain],
    signals: Mapping[str, Signal],
    titles: Mapping[str, Mapping[str, str]],
) -> list[Alert]:
    """The alerts of a run as people divided them, sorted by fingerprint; of parts of parts the older stands first in `parts`."""
    found = {one.fingerprint: one for one in alerts}
    for part in parts:
        if part.origin not in found:
            continue
        origin = found[part.origin]
        moved = [one for one in origin.signals if part.takes(signals[one])]
        left = [one for one in origin.signals if one not in set(moved)]
        if not moved:
            continue
        found[part.fingerprint] = taken(origin, moved, part.fingerprint, chains, signals, titles)
        if left:
            found[part.origin] = remaining(origin, left, chains, signals, titles)
        else:
            del found[part.origin]
    return sorted(found.values(), key=lambda one: one.fingerprint)


def taken(
    origin: Alert, ids: Sequence[str], fingerprint: str, chains: Mapping[str, Chain], signals: Mapping[str, Signal],
    titles: Mapping[str, Mapping[str, str]],
) -> Alert:  # fmt: skip
    """The new alert: no chain joins what a person took out, so it is concluded as single signals are."""
    alone = [Concluded(name, tuple(ids), ()) for name, chain in sorted(chains.items()) if chain.default]
    return _of_its_people(origin, restated(chains, signals, origin, ids, alone, titles), fingerprint=fingerprint)


def remaining(
    origin: Alert, ids: Sequence[str], chains: Mapping[str, Chain], signals: Mapping[str, Signal],
    titles: Mapping[str, Mapping[str, str]],
) -> Alert:  # fmt: skip
    """What stays: as grave as it was, for nobody but a person may say that it is less."""
    known = [Concluded(name, tuple(ids), ()) for name in origin.chains if name in chains]
    if not known:
        return origin.model_copy(update={"signals": tuple(ids)})
    again = restated(chains, signals, origin, ids, known, titles)
    return _of_its_people(origin, again, fingerprint=origin.fingerprint, severity=origin.severity, chains=origin.chains)


def _of_its_people(origin: Alert, again: Alert, **kept: object) -> Alert:
    """Officials and parties that the whole had: what a pattern rests on speaks of others, who are none of a part of it either."""
    officials = tuple(one for one in again.officials if one in origin.officials)
    parties = tuple(one for one in again.parties if one in origin.parties)
    return again.model_copy(update={"officials": officials, "parties": parties, **kept})
