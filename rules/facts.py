"""Facts for routing: each alert with its unit, the officials it implicates and its rules, and the offices no tie bars.

An office is passed over (回避) when it sits in the accountable unit, or when the subject, an implicated official or
near kin of theirs heads it: the next office of the same stream takes its place in the facts, and the tie is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ibis.backends.duckdb import Backend

from rules.alert import Alert
from rules.offices import Offices, Place, offices_of, ties_of_heads
from rules.officials import Post, post_at, posts_of
from rules.reasoner import Fact
from rules.route import RECUSED
from rules.signal import Signal
from rules.signal_facts import about, gravest_first

NOBODY = "coordination"
"""Stands for the coordinating office where the records name none, or where ties bar them all."""
UNIT_STREAMS = {"stationed_group": "stationed", "inspection_group": "inspection", "discipline_office": "discipline",
                "supervisory_office": "supervisory", "coordinating_office": "coordination"}  # fmt: skip
OFFICIAL_STREAMS = {"discipline_office": "discipline", "supervisory_office": "supervisory"}


@dataclass
class Facts:
    """What routes may ask about one alert, and the offices passed over: office -> ties (`sits_there`, `head`, a relation)."""

    alert: Alert
    facts: list[Fact]
    passed_over: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Ground:
    """What is looked up once for all alerts of a run."""

    offices: Offices
    ties: dict[str, list[tuple[str, str]]]
    posts: dict[str, list[Post]]


def facts_of(alerts: Sequence[Alert], signals: Mapping[str, Signal], tables: Backend, as_of: date) -> tuple[list[Facts], Ground]:
    """The facts of each alert in their order, and what they were made from."""
    posts = posts_of((official for alert in alerts for official in alert.officials), tables, as_of)
    places: set[Place] = {(alert.unit_id, alert.area_id) for alert in alerts}
    for alert in alerts:
        places |= {(post_at(posts.get(official, ()), alert.unit_id).unit_id, alert.area_id) for official in alert.officials}
    offices = offices_of(places, tables, as_of)
    ground = Ground(offices, ties_of_heads(offices.offices, tables), posts)
    return [_facts(alert, [signals[one] for one in alert.signals], ground) for alert in alerts], ground


def _facts(alert: Alert, signals: Sequence[Signal], ground: Ground) -> Facts:
    made = Facts(alert, [_alert(alert, signals)])
    barred = _barred(alert, ground)
    unit = ground.offices.units.get(alert.unit_id or "")
    said = {"unit_id": alert.unit_id}
    if unit is not None:
        said |= {
            "kind": unit.kind,
            "admin_level": unit.admin_level,
            "area_id": unit.area_id,
            "inspection_round": ground.offices.rounds.get(unit.unit_id),
        }
    streams = {name: stream for name, stream in UNIT_STREAMS.items() if _open(stream, alert, ground)}
    made.facts.append(_fact("unit", said, _offices(made, streams, (alert.unit_id, alert.area_id), barred, ground)))
    made.facts += _officials(made, signals, barred, ground)
    rules = sorted({(signal.rule, signal.topic, signal.severity) for signal in signals})
    made.facts += [{"fact": "signal", "rule": rule, "topic": topic, "severity": severity} for rule, topic, severity in rules]
    return made


def _alert(alert: Alert, signals: Sequence[Signal]) -> Fact:
    own = [signal for signal in signals if about(signal) == (alert.subject_kind, alert.subject_id, alert.unit_id)]
    said = {
        "kind": alert.kind, "severity": alert.severity, "topic": gravest_first(own or signals)[0].topic, "unit_id": alert.unit_id,
        "subject_kind": alert.subject_kind, "subject_id": alert.subject_id, "area_id": alert.area_id,
    }  # fmt: skip
    numbers = {"signals": len(alert.signals), **({} if alert.amount is None else {"amount": float(alert.amount)})}
    return _fact("alert", said, numbers)


def _fact(kind: str, said: Mapping[str, str | None], more: Mapping[str, str | int | float | bool]) -> Fact:
    return {"fact": kind, **{name: value for name, value in said.items() if value}, **more}


def _open(stream: str, alert: Alert, ground: Ground) -> bool:
    """A stationed group covers units that have one, an inspection group those in a round, whatever else they cover."""
    if stream == "stationed":
        return alert.unit_id in ground.offices.stationed
    return stream != "inspection" or alert.unit_id in ground.offices.rounds


def _barred(alert: Alert, ground: Ground) -> dict[str, list[str]]:
    """Office -> ties to the accountable unit, the subject and the officials."""
    barred: dict[str, list[str]] = {}
    persons = {*alert.officials, *([alert.subject_id] if alert.subject_kind == "person" else [])}
    for person in sorted(persons):
        for office, tie in ground.ties.get(person, ()):
            barred.setdefault(office, []).append(tie)
    for office in ground.offices.sitting.get(alert.unit_id or "", ()):
        barred.setdefault(office, []).append("sits_there")
    return barred


def _offices(
    made: Facts, streams: Mapping[str, str], place: Place, barred: Mapping[str, list[str]], ground: Ground
) -> dict[str, str | int | float | bool]:
    """The first office of each stream that no tie bars; those passed over on the way are noted."""
    found: dict[str, str | int | float | bool] = {}
    for name, stream in streams.items():
        candidates = ground.offices.covering[place].get(stream, [])
        free = next((office for office in candidates if office not in barred), None)
        for office in candidates[: candidates.index(free) if free else None]:
            made.passed_over[office] = barred[office]
        if free:
            found[name] = free
        elif candidates:
            found[name + RECUSED] = True
    if "coordinating_office" in streams:
        found.setdefault("coordinating_office", NOBODY)
    return found


def _officials(made: Facts, signals: Sequence[Signal], barred: Mapping[str, list[str]], ground: Ground) -> Iterable[Fact]:
    """A fact for each official and topic, those of the accountable unit first: the first one decides where several could."""
    alert = made.alert
    named = {(official, signal.topic) for signal in signals for official in signal.officials}
    chosen = {official: post_at(ground.posts.get(official, ()), alert.unit_id) for official, _ in named}
    for official, topic in sorted(named, key=lambda one: (chosen[one[0]].unit_id != alert.unit_id, one)):
        post = chosen[official]
        said = {"official_id": official, "topic": topic, "party_member": post.party_member, "rank": post.rank,
                "managed_at": post.managed_at, "unit_id": post.unit_id}  # fmt: skip
        # somebody on no list is covered by whoever covers the accountable unit
        place = (post.unit_id, alert.area_id) if post.unit_id else (alert.unit_id, alert.area_id)
        flags = {
            "is_subject": alert.subject_kind == "person" and official == alert.subject_id,
            "village_cadre": post.village_cadre,
        }
        yield _fact("official", said, {**flags, **_offices(made, OFFICIAL_STREAMS, place, barred, ground)})
