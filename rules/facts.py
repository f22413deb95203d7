"""Facts for routing: each alert with its unit, the officials it implicates and its rules, and the offices no tie bars.

An office is passed over (回避) when it sits in the accountable unit, or when the subject, an implicated official or
near kin or an earlier colleague of theirs heads it: the next office of the same stream takes its place in the facts, and the tie is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ibis.backends.duckdb import Backend

from rules.alert import Alert
from rules.departments import Departments, departments_of, fields_of, implicated, persons_of
from rules.offices import Offices, Place, offices_of
from rules.officials import Post, post_at, posts_of
from rules.reasoner import Fact
from rules.recusal import ties_of_heads
from rules.route import RECUSED
from rules.signal import Signal
from rules.signal_facts import about, gravest_first
from rules.terms import Terms

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
    departments: Departments
    as_of: date


def facts_of(
    alerts: Sequence[Alert], signals: Mapping[str, Signal], tables: Backend, as_of: date, terms: Terms
) -> tuple[list[Facts], Ground]:
    """The facts of each alert in their order, and what they were made from."""
    posts = posts_of((person for alert in alerts for person in persons_of(alert)), tables, as_of)
    places: set[Place] = {(alert.unit_id, alert.area_id) for alert in alerts}
    for alert in alerts:
        places |= {(post_at(posts.get(official, ()), alert.unit_id).unit_id, alert.area_id) for official in alert.officials}
    offices = offices_of(places, tables, as_of)
    concerned = {person for alert in alerts for person in _concerned(alert)}
    ties = ties_of_heads(offices.offices, concerned, tables, as_of, terms.earlier_colleagues.years)
    topics = {str(topic): said for topic, said in terms.departments.items()}
    departments = departments_of((alert.unit_id for alert in alerts if alert.unit_id), topics, tables)
    ground = Ground(offices, ties, posts, departments, as_of)
    return [_facts(alert, [signals[one] for one in alert.signals], ground) for alert in alerts], ground


def _facts(alert: Alert, signals: Sequence[Signal], ground: Ground) -> Facts:
    made = Facts(alert, [_alert(alert, signals, ground.as_of)])
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
    place = (alert.unit_id, alert.area_id)
    streams = {name: stream for name, stream in UNIT_STREAMS.items() if _open(stream, alert, ground)}
    more = _offices(made, streams, place, barred, ground) | _elsewhere(alert, place, barred, ground)
    bodies = implicated(alert, signals, ground.posts)
    said |= fields_of(alert, str(made.facts[0]["topic"]), bodies, ground.departments)
    made.facts.append(_fact("unit", said, more))
    made.facts += _officials(made, signals, barred, ground)
    rules = sorted({(signal.rule, signal.topic, signal.severity) for signal in signals})
    made.facts += [{"fact": "signal", "rule": rule, "topic": topic, "severity": severity} for rule, topic, severity in rules]
    return made


def _alert(alert: Alert, signals: Sequence[Signal], as_of: date) -> Fact:
    own = [signal for signal in signals if about(signal) == (alert.subject_kind, alert.subject_id, alert.unit_id)]
    said = {
        "kind": alert.kind, "severity": alert.severity, "topic": gravest_first(own or signals)[0].topic, "unit_id": alert.unit_id,
        "subject_kind": alert.subject_kind, "subject_id": alert.subject_id, "area_id": alert.area_id,
    }  # fmt: skip
    numbers: dict[str, str | int | float | bool] = {"signals": len(alert.signals)}
    if alert.amount is not None:
        numbers["amount"] = float(alert.amount)
    if alert.officials:
        numbers["officials"] = len(alert.officials)
    if days := [day for one in own if (day := one.last_on or one.first_on)]:
        numbers["days_since_last"] = max(0, (as_of - max(days)).days)
    return _fact("alert", said, numbers)


def _fact(kind: str, said: Mapping[str, str | None], more: Mapping[str, str | int | float | bool]) -> Fact:
    return {"fact": kind, **{name: value for name, value in said.items() if value}, **more}


def _open(stream: str, alert: Alert, ground: Ground) -> bool:
    """A stationed group covers units that have one, an inspection group those in a round, whatever else they cover."""
    if stream == "stationed":
        return alert.unit_id in ground.offices.stationed
    return stream != "inspection" or alert.unit_id in ground.offices.rounds


def _concerned(alert: Alert) -> set[str]:
    """The persons whose ties bar an office: the officials, and the subject where it is a person."""
    return {*alert.officials, *([alert.subject_id] if alert.subject_kind == "person" else [])}


def _barred(alert: Alert, ground: Ground) -> dict[str, list[str]]:
    """Office -> ties to the accountable unit, the subject and the officials."""
    barred: dict[str, list[str]] = {}
    for person in sorted(_concerned(alert)):
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


def _elsewhere(
    alert: Alert, place: Place, barred: Mapping[str, list[str]], ground: Ground
) -> dict[str, str | int | float | bool]:
    """Offices that do not cover the place: an inspection body, neighbours of the rooms, the group of the coming round."""
    known, covering = ground.offices, ground.offices.covering[place]
    found: dict[str, str | int | float | bool] = {}
    candidates = {"inspection_office": covering.get("inspection") or known.of_stream.get("inspection", [])}
    for name, stream in OFFICIAL_STREAMS.items():
        candidates[f"neighbour_{name}"] = [one for one in known.of_stream.get(stream, []) if one not in covering.get(stream, [])]
    if coming := known.coming.get(alert.unit_id or ""):
        found |= {"coming_round": coming.round_id, "days_to_round": coming.days}
        candidates["coming_inspection_group"] = [coming.office_id]
    for name, offices in candidates.items():
        if free := next((office for office in offices if office not in barred), None):
            found[name] = free
    return found


def _officials(made: Facts, signals: Sequence[Signal], barred: Mapping[str, list[str]], ground: Ground) -> Iterable[Fact]:
    """A fact for each official and topic, those of the accountable unit first: the first one decides where several could."""
    alert = made.alert
    # those of the alert: an alert about a pattern rests on signals whose officials are no business of the pattern
    named = {(official, signal.topic) for signal in signals for official in signal.officials if official in alert.officials}
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
