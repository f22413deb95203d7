"""Priority (优先级): which alerts come first, as a number from 0 to 100 with the reasons it is made of.

number = points of precision x sureness + sureness x (severity + amount + kinds of record + officials)
         - (1 - sureness of the surest rule) x flood - blindness

The sureness of an alert is the chance that one of its rules is right: 1 - product of (1 - precision x independence),
where a rule's precision is the mean of the Beta distribution of its verdicts, begun with what its file expects. Where a
model has learned from verdicts how often such alerts are right, its chance takes the place of the sureness, with a reason
of its own. Levels are given by place among all open alerts and by floors:
rules/standing.py.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rules.alert import Alert
from rules.reason import Priority, Reason, reason
from rules.severity import highest, rank
from rules.signal import Signal
from rules.signal_facts import about
from rules.weights import Weights


@dataclass(frozen=True)
class RuleRecord:
    """What is known of a rule: its name, what it expects of itself, verdicts so far, and what it cannot judge."""

    title: Mapping[str, str]
    prior: float | None = None
    right: int = 0
    judged: int = 0
    population: int = 0
    blind: int = 0


class Part(NamedTuple):
    """What one rule gives an alert: its precision, the sureness it adds, and the sureness without it."""

    rule: str
    precision: float
    adds: float


class Facts(NamedTuple):
    """What a priority is made of, before any weight: what a model learns the chance of an alert from."""

    fingerprint: str
    sure: float
    """Of its rules, without the alert's own verdict."""
    severity: int
    """0 low to 3 critical."""
    amount: float
    """Place among the alerts of its rule, or on the log scale; 0 to 1."""
    records: int
    """Kinds of record."""
    officials: int
    rules: int
    flood: float
    """How far the surest rule floods, 0 to 1."""
    blindness: float
    """What share of its subjects the surest rule cannot judge."""
    experience: float
    """Share right of the verdicts on its rules, the best of them, without what the rules expect of themselves and the alert's own verdict."""


class Learned(NamedTuple):
    """What a model learned of an alert: the chance that it is right, from how many verdicts, and what moved it, as (zh, en)."""

    chance: float
    verdicts: int
    moved_by: tuple[str, str]


UNKNOWN = RuleRecord({})
THIN = 2.0
"""Verdicts that the share right of all rules is worth beside those on one rule."""


def prioritise(
    alerts: Sequence[Alert],
    signals: Mapping[str, Signal],
    rules: Mapping[str, RuleRecord],
    weights: Weights,
    learned: Mapping[str, Learned] | None = None,
) -> list[Priority]:
    """The priority of each alert of a run, in their order. `signals`: at least those they rest on, by id; `learned` by fingerprint."""
    return Ranking(alerts, signals, rules, weights).all(learned or {})


class Ranking:
    """Weighs the alerts of one run against each other."""

    def __init__(
        self,
        alerts: Sequence[Alert],
        signals: Mapping[str, Signal],
        rules: Mapping[str, RuleRecord],
        weights: Weights,
        decided: Mapping[str, bool] | None = None,
    ) -> None:
        """`decided`: fingerprint -> right, of alerts whose own verdict is among those counted in `rules`: it does not speak of itself."""
        self._alerts, self._signals, self._rules, self._weights = alerts, signals, rules, weights
        self._decided = decided or {}
        self._kind_of = {table: name for name, kind in weights.records.kinds.items() for table in kind.of}
        self._parts = {alert.fingerprint: self._parts_of(alert) for alert in alerts}
        self._given = Counter(part.rule for parts in self._parts.values() for part in parts)
        self._amounts: dict[str, list[float]] = defaultdict(list)
        for alert in alerts:
            if alert.amount is not None:
                self._amounts[self._parts[alert.fingerprint][0].rule].append(float(alert.amount))
        for amounts in self._amounts.values():
            amounts.sort()

    def all(self, learned: Mapping[str, Learned]) -> list[Priority]:
        """Each alert's priority, in their order."""
        return [self._priority(alert, learned.get(alert.fingerprint)) for alert in self._alerts]

    def facts(self) -> list[Facts]:
        """What each alert's priority is made of, in their order."""
        return [self._facts(alert) for alert in self._alerts]

    def precision(self, rule: str, severity: str, own: bool | None = None) -> float:
        """The share of a rule's alerts that are right: mean of Beta(prior x n + right, (1 - prior) x n + wrong), less one's own verdict."""
        said, known = self._weights.precision, self._rules.get(rule, UNKNOWN)
        usual: Mapping[str, float] = {str(name): share for name, share in said.prior.items()}
        prior = usual[severity] if known.prior is None else known.prior
        right, judged = (known.right, known.judged) if own is None else (known.right - own, known.judged - 1)
        return (prior * said.prior_verdicts + max(right, 0)) / (said.prior_verdicts + max(judged, 0))

    def _experience(self, rule: str, own: bool | None) -> float:
        known = self._rules.get(rule, UNKNOWN)
        right, judged = (known.right, known.judged) if own is None else (known.right - own, known.judged - 1)
        usual = (sum(self._decided.values()) + 1) / (len(self._decided) + 2)
        return (usual * THIN + max(right, 0)) / (THIN + max(judged, 0))

    def _parts_of(self, alert: Alert) -> list[Part]:
        """The rules of an alert, the surest first: each adds what it sees that those before it could not."""
        of_rule: dict[str, list[Signal]] = defaultdict(list)
        for one in alert.signals:
            of_rule[self._signals[one].rule].append(self._signals[one])
        here = (alert.subject_kind, alert.subject_id, alert.unit_id)
        verdict = self._decided.get(alert.fingerprint)
        told = [
            (
                any(about(one) == here for one in found),
                self.precision(rule, highest(one.severity for one in found), verdict),
                rule,
            )
            for rule, found in of_rule.items()
        ]
        if not any(own for own, _, _ in told):
            told = [(True, precision, rule) for _, precision, rule in told]  # a pattern is about nothing but what it rests on
        parts: list[Part] = []
        doubt, seen = 1.0, set[str]()
        for own, precision, rule in sorted(told, key=lambda one: (not one[0], -one[1], one[2])):
            kinds = self._kinds(of_rule[rule])
            share = 1.0 if own else self._weights.precision.other_subject
            if parts and own and kinds <= seen:
                share = self._weights.precision.same_records
            adds = doubt * precision * share
            parts.append(Part(rule, precision, adds))
            doubt, seen = doubt - adds, seen | kinds
        return parts

    def _kinds(self, signals: Iterable[Signal]) -> set[str]:
        return {self._kind_of[table] for one in signals for table in one.evidence if table in self._kind_of}

    def _facts(self, alert: Alert) -> Facts:
        parts = self._parts[alert.fingerprint]
        return Facts(
            fingerprint=alert.fingerprint, sure=sum(part.adds for part in parts), severity=rank(alert.severity),
            amount=self._share_of_amount(alert), records=len(self._kinds(self._signals[one] for one in alert.signals)),
            officials=len(alert.officials), rules=len(parts), flood=self._share_of_flood(parts[0]), blindness=self._blind(parts[0]),
            experience=max(self._experience(part.rule, self._decided.get(alert.fingerprint)) for part in parts),
        )  # fmt: skip

    def _priority(self, alert: Alert, learned: Learned | None) -> Priority:
        parts = self._parts[alert.fingerprint]
        sure = sum(part.adds for part in parts)
        reasons: list[Reason | None] = [self._right(part) for part in parts]
        reasons += [self._flood(parts[0]), self._blindness(parts[0])]
        if learned is not None:
            reasons.append(self._learned(learned, sure))
            sure = learned.chance
        reasons += [
            self._severity(alert, sure),
            self._amount(alert, sure),
            self._records(alert, sure),
            self._officials(alert, sure),
        ]
        kept = sorted((one for one in reasons if one and round(one.points, 2)), key=lambda one: (-abs(one.points), one.kind))
        number = min(100.0, max(0.0, sum(one.points for one in kept)))
        return Priority(fingerprint=alert.fingerprint, number=round(number, 2), sure=round(sure, 4), reasons=tuple(kept))

    def _right(self, part: Part) -> Reason:
        known, said = self._rules.get(part.rule, UNKNOWN), self._weights.precision
        ground = (
            ("尚无研判结论，按起始估计", "an estimate, no verdicts yet")
            if not known.judged
            else (f"已研判{known.judged}条", f"{known.judged} verdicts so far")
        )
        return reason(
            "precision", said.points * part.adds, said.says, percent=round(100 * part.precision),
            rule=(known.title.get("zh", part.rule), known.title.get("en", part.rule)), ground=ground,
        )  # fmt: skip

    def _learned(self, learned: Learned, sure: float) -> Reason:
        """What the verdicts on alerts like this one add to what its rules say of themselves, or take from it."""
        return reason(
            "learned", self._weights.precision.points * (learned.chance - sure), self._weights.learned.says,
            percent=round(100 * learned.chance), verdicts=learned.verdicts, moved_by=learned.moved_by,
        )  # fmt: skip

    def _severity(self, alert: Alert, sure: float) -> Reason:
        said = self._weights.severity
        word = said.words[alert.severity]
        return reason("severity", sure * said.points[alert.severity], said.says, severity=(word.zh, word.en))

    def _amount(self, alert: Alert, sure: float) -> Reason | None:
        if alert.amount is None or alert.amount <= 0:
            return None
        said, amount, share = self._weights.amount, float(alert.amount), self._share_of_amount(alert)
        if len(self._peers(alert)) <= said.peers:
            return reason("amount", sure * said.points * share, said.says_alone, amount=f"{amount:,.2f}")
        return reason("amount", sure * said.points * share, said.says, amount=f"{amount:,.2f}", percent=round(100 * share))

    def _peers(self, alert: Alert) -> list[float]:
        """Amounts of the alerts of the same rule, sorted."""
        return self._amounts[self._parts[alert.fingerprint][0].rule]

    def _share_of_amount(self, alert: Alert) -> float:
        said, amount, peers = self._weights.amount, float(alert.amount or 0), self._peers(alert)
        if amount <= 0:
            return 0.0
        if len(peers) <= said.peers:
            return min(1.0, math.log(max(amount, said.low) / said.low) / math.log(said.high / said.low))
        return bisect_left(peers, amount) / (len(peers) - 1)

    def _records(self, alert: Alert, sure: float) -> Reason | None:
        said = self._weights.records
        kinds = sorted(self._kinds(self._signals[one] for one in alert.signals))
        if len(kinds) < 2:
            return None
        named = [said.kinds[kind] for kind in kinds]
        points = said.points * min(len(kinds) - 1, said.at_most)
        return reason(
            "records", sure * points, said.says, kinds=("、".join(one.zh for one in named), ", ".join(one.en for one in named))
        )

    def _officials(self, alert: Alert, sure: float) -> Reason | None:
        said = self._weights.officials
        return reason("officials", sure * said.points, said.says, count=len(alert.officials)) if alert.officials else None

    def _share_of_flood(self, surest: Part) -> float:
        said, count = self._weights.flood, self._given[surest.rule]
        share = count / len(self._alerts)
        if count <= said.free or share <= said.low:
            return 0.0
        return min(1.0, (share - said.low) / (said.high - said.low))

    def _flood(self, surest: Part) -> Reason | None:
        """What the surest rule loses for giving so many; the others are counted by what they add."""
        said, count, weight = self._weights.flood, self._given[surest.rule], self._share_of_flood(surest)
        if not weight:
            return None
        percent = round(100 * count / len(self._alerts))
        return reason("flood", -said.points * weight * (1 - surest.precision), said.says, count=count, percent=percent)

    def _blind(self, surest: Part) -> float:
        known = self._rules.get(surest.rule, UNKNOWN)
        return min(1.0, known.blind / known.population) if known.population else 0.0

    def _blindness(self, surest: Part) -> Reason | None:
        said, share = self._weights.blindness, self._blind(surest)
        return reason("blindness", -said.points * share, said.says, percent=round(100 * share) or "<1") if share else None
