"""From conclusions to alerts: everything about one subject and unit becomes one alert, named by its highest chain."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rules.alert import Alert, fingerprint
from rules.chain import ANY, Chain, Conclusion
from rules.indicator import Severity
from rules.laid import outranked
from rules.severity import highest, raised
from rules.signal import Signal
from rules.signal_facts import About, about, gravest_first

LEAST: Severity = "low"
NAMED = 4
"""Rules a title names, the gravest first: more than that is a paragraph nobody reads."""
SENTENCES = 5
"""Signals whose sentences stand in an alert's why; the rest is counted."""


class Concluded(NamedTuple):
    """A chain that fired: the signals it merges, and those of them that stay alerts of their own.

    `about`: what its alert is about; None where that is the subject and unit of the first signal merged.
    """

    chain: str
    merged: tuple[str, ...]
    kept: tuple[str, ...]
    about: About | None = None


def alerts_of(
    chains: Mapping[str, Chain],
    signals: Mapping[str, Signal],
    concluded: Iterable[Concluded],
    titles: Mapping[str, Mapping[str, str]],
) -> list[Alert]:
    """One alert for each subject and unit that a conclusion is about, sorted by fingerprint."""
    conclusions = _without_taken(chains, list(concluded))
    own: dict[About, list[str]] = defaultdict(list)
    for signal in signals.values():
        own[about(signal)].append(signal.signal_id)
    at: dict[About, list[Concluded]] = defaultdict(list)
    for one in conclusions:
        at[one.about or about(signals[one.merged[0]])].append(one)
    order = _order(chains)
    made = [
        _alert(chains, signals, which, own.get(which, []), sorted(found, key=lambda one: order.index(one.chain)), titles)
        for which, found in at.items()
    ]
    return sorted(made, key=lambda alert: alert.fingerprint)


def restated(
    chains: Mapping[str, Chain], signals: Mapping[str, Signal], like: Alert, ids: Sequence[str], concluded: Sequence[Concluded],
    titles: Mapping[str, Mapping[str, str]],
) -> Alert:  # fmt: skip
    """The alert again on some of its signals only, by these conclusions: its title, kind, amount, people and reasons follow from them."""
    which = (like.subject_kind, like.subject_id, like.unit_id)
    own = [one for one in ids if about(signals[one]) == which]
    return _alert(chains, signals, which, own, sorted(concluded, key=lambda one: _order(chains).index(one.chain)), titles)


def _without_taken(chains: Mapping[str, Chain], concluded: Sequence[Concluded]) -> list[Concluded]:
    """Default chains conclude only about signals that no other chain has taken up."""
    taken = {signal for one in concluded if not chains[one.chain].default for signal in set(one.merged) - set(one.kept)}
    return [one for one in concluded if not chains[one.chain].default or taken.isdisjoint(one.merged)]


def _order(chains: Mapping[str, Chain]) -> list[str]:
    """The chains from the highest to the lowest: what outranks stands before what it outranks, then by id."""
    below = outranked(chains.values())
    return sorted(chains, key=lambda name: (chains[name].default, -len(below[name]), name))


def _alert(
    chains: Mapping[str, Chain], signals: Mapping[str, Signal], which: About, own: Sequence[str],
    concluded: Sequence[Concluded], titles: Mapping[str, Mapping[str, str]],
) -> Alert:  # fmt: skip
    kind, subject, unit = which
    mine = gravest_first([signals[one] for one in own])
    ids = sorted({*own, *(one for said in concluded for one in said.merged)})
    merged = gravest_first([signals[one] for one in ids])
    # what a pattern rests on speaks of others: its officials and parties are not this alert's
    joined = [signals[one] for one in sorted({*own, *(one for said in concluded if not said.about for one in said.merged)})]
    officials = {official for one in joined for official in one.officials} | ({subject} if kind == "official" else set())
    top = chains[concluded[0].chain]
    amounts = [one.amount for one in mine if one.amount is not None]
    return Alert(
        fingerprint=fingerprint(*which),
        kind=_kind(top.then, (mine or merged)[0]),
        title=_title(top.then, mine or merged, merged, titles),
        severity=_severity(chains, signals, mine, concluded),
        subject_kind=kind, subject_id=subject, unit_id=unit,
        area_id=next((one.area_id for one in mine if one.area_id), None),
        amount=max(amounts) if amounts else None,
        signals=tuple(ids),
        chains=tuple(sorted({one.chain for one in concluded})),
        officials=tuple(sorted(officials)),
        parties=tuple(sorted({party for one in joined for party in one.parties})),
        why=_why([chains[name] for name in dict.fromkeys(one.chain for one in concluded)], merged),
    )  # fmt: skip


def _kind(then: Conclusion, lead: Signal) -> str:
    kinds: Mapping[str, str] = {str(topic): kind for topic, kind in then.alert.items()}
    return kinds.get(lead.topic) or kinds[ANY]


def _severity(
    chains: Mapping[str, Chain], signals: Mapping[str, Signal], mine: Sequence[Signal], concluded: Sequence[Concluded]
) -> Severity:
    """The gravest that any chain says; never below that of the alert's own signals."""
    here: Severity = highest((LEAST, *(one.severity for one in mine)))
    found = [here]
    for one in concluded:
        said = chains[one.chain].then.severity
        of = highest((here, *(signals[each].severity for each in one.merged)))
        found.append(raised(of) if said == "raised" else of if said == "same" else said)
    return highest(found)


def _title(
    then: Conclusion, mine: Sequence[Signal], merged: Sequence[Signal], titles: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    rules = list(dict.fromkeys(one.rule for one in mine))
    units = len({one.unit_id for one in merged if one.unit_id})
    made = {}
    for language, text, comma, more in (("zh", then.title.zh, "；", "等{}类"), ("en", then.title.en, "; ", " and {} more")):
        named = comma.join(titles.get(rule, {}).get(language, rule) for rule in rules[:NAMED])
        if (left := len(rules) - NAMED) > 0:
            named += more.format(len(rules) if language == "zh" else left)
        made[language] = text.format(rule=named, count=len(merged), units=units)
    return made


def _why(fired: Sequence[Chain], merged: Sequence[Signal]) -> dict[str, str]:
    """Why the signals stand together, and what each of them says."""
    together = [chain for chain in fired if not chain.default]
    made = {}
    for language, stop, comma, more in (("zh", "。", "；", "；另有{}条疑点"), ("en", ". ", "; ", "; and {} more")):
        reasons = [getattr(chain.why, language).strip().rstrip("。. ") for chain in together]
        said = list(dict.fromkeys(one.says.get(language, "") or one.rule for one in merged))
        sentences = comma.join(said[:SENTENCES]) + (more.format(len(said) - SENTENCES) if len(said) > SENTENCES else "")
        made[language] = stop.join([*reasons, sentences])
    return made
