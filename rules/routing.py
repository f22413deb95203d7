"""Routing (分派): each alert gets one leading office, assisting ones and a department that checks first, concluded by the reasoner from the routes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ibis.backends.duckdb import Backend

from rules.alert import Alert, Assignment, Recused
from rules.compiled import LEFT_TO, ROUTES
from rules.facts import NOBODY, Facts, Ground, facts_of
from rules.laid import outranked
from rules.offices import NO_ROUND
from rules.reasoner import Fact, Reasoner
from rules.recusal import TIES
from rules.route import Assigns, Route
from rules.signal import Signal
from rules.states import Firing, conclude
from rules.terms import Terms


@dataclass(frozen=True)
class Routed:
    """Who leads and assists, who was passed over and why, and the fingerprints of alerts that only the default route took."""

    assignments: list[Assignment] = field(default_factory=list)
    recusals: list[Recused] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Held:
    """A route that held for an alert, with the office (or department) it gives; sorts by preference within one route."""

    route: Route
    left_to: bool
    """Whether every office of its stream is recused and another takes over."""
    places: tuple[int, ...]
    office: str


class NoLead(Exception):
    """No route leads: the routes read have no default."""


def route(
    routes: Mapping[str, Route],
    alerts: Sequence[Alert],
    signals: Sequence[Signal],
    tables: Backend,
    as_of: date,
    reasoner: Reasoner,
    terms: Terms,
) -> Routed:
    """Assign every alert, as of a day: exactly one lead each.

    `signals`: at least those the alerts rest on; `tables`: the lake's tables; `reasoner`: opened with these routes
    (rules.compiled.open_reasoner); `terms`: rules.terms.read_terms. Raises ReasonerFailed; NoLead when no route is the default.
    """
    facts, ground = facts_of(alerts, {signal.signal_id: signal for signal in signals}, tables, as_of, terms)
    firings = conclude(reasoner, ROUTES, [one.facts for one in facts])
    below = outranked(routes.values())
    routed = Routed()
    for one, fired in zip(facts, firings, strict=True):
        held = held_of(routes, one.facts, fired)
        lead = leading(held, below)
        if lead is None:
            raise NoLead(one.alert.fingerprint)
        routed.assignments.extend(_assignments(one, lead, held, ground))
        routed.recusals.extend(_recusal(one.alert, office, ties, ground) for office, ties in sorted(one.passed_over.items()))
        if lead[0].route.default:
            routed.gaps.append(one.alert.fingerprint)
    return routed


def held_of(routes: Mapping[str, Route], facts: Sequence[Fact], firings: Sequence[Firing]) -> list[Held]:
    """The routes that fired, each with its office ('' for routes that hasten), in the order of preference within a route."""
    held = []
    for rule, places in firings:
        said = routes[rule.removesuffix(LEFT_TO)]
        path = said.then.when_recused if rule.endswith(LEFT_TO) else said.then.target
        office = ""
        if path is not None:
            kind, name = path.split(".")
            office = str(facts[places[said.kinds.index(kind)]][name])
        held.append(Held(said, rule.endswith(LEFT_TO), places, office))
    return sorted(held, key=lambda one: (one.route.id, one.left_to, one.places))


def leading(held: Sequence[Held], below: Mapping[str, frozenset[str]]) -> list[Held] | None:
    """What the highest leading route gives, the first of it leads: no other route that holds outranks it. None: none leads."""
    leads = [one for one in held if one.route.then.role == "lead"]
    named = {one.route.id for one in leads}
    ordinary = {one.route.id for one in leads if not one.route.default} or named
    highest = sorted(name for name in ordinary if not any(name in below[other] for other in ordinary))
    return [one for one in leads if one.route.id == highest[0]] if highest else None


def _assignments(facts: Facts, lead: Sequence[Held], held: Sequence[Held], ground: Ground) -> list[Assignment]:
    """The lead, then each other office once: of the leading route where it names several, and of those that assist."""
    hastened = [one.route.then for one in held if one.route.then.role == "hasten"]
    urgent = any(one.channel == "urgent" for one in hastened)
    given: dict[str, Assignment] = {}
    for one in (*lead, *(one for one in held if one.route.then.role == "assist")):
        if one.office in given or (given and one.office == NOBODY):
            continue
        then = one.route.then
        given[one.office] = Assignment(
            fingerprint=facts.alert.fingerprint,
            stream="coordination" if one.left_to else then.stream or "coordination",
            office_id=one.office,
            role="assist" if given else "lead",
            route=one.route.id,
            because=_because(one, facts, ground),
            due_days=min([then.due_days, *(each.due_days for each in hastened)]),
            channel="urgent" if urgent else then.channel,
        )
    return [*given.values(), *_handling(facts, lead[0], held, hastened, ground)]


def _handling(facts: Facts, lead: Held, held: Sequence[Held], hastened: Sequence[Assigns], ground: Ground) -> list[Assignment]:
    """The departments that check first, each once, under the stream of the leading office."""
    given: dict[str, Assignment] = {}
    for one in held:
        then = one.route.then
        if then.role == "handle" and one.office not in given:
            given[one.office] = Assignment(
                fingerprint=facts.alert.fingerprint,
                stream="coordination" if lead.left_to else lead.route.then.stream or "coordination",
                office_id=None, unit_id=one.office, role="handle", route=one.route.id, because=_because(one, facts, ground),
                due_days=min([then.due_days, *(each.due_days for each in hastened)]),
                channel="urgent" if any(each.channel == "urgent" for each in hastened) else then.channel,
            )  # fmt: skip
    return list(given.values())


def _because(held: Held, facts: Facts, ground: Ground) -> dict[str, str]:
    unit_id = facts.alert.unit_id or ""
    unit = ground.offices.units.get(unit_id)
    office = ground.offices.offices.get(held.office)
    made = {}
    for language, nobody, barred in (
        ("zh", "党风政风监督室", "；该监督类别的机构均须回避"),
        ("en", "the coordinating office", "; every office of the stream is recused"),
    ):
        text: str = getattr(held.route.because, language)
        named = {
            "unit": unit.name if unit else unit_id or ("（无责任单位）" if language == "zh" else "(no accountable unit)"),
            "office": office.name if office else nobody if held.office == NOBODY else held.office,
            "department": ground.departments.names.get(held.office, held.office),
            "round": ground.offices.rounds.get(unit_id) or ground.offices.coming.get(unit_id, NO_ROUND).round_id,
        }
        made[language] = text.format(**named) + (barred if held.left_to else "")
    return made


def _recusal(alert: Alert, office_id: str, ties: Sequence[str], ground: Ground) -> Recused:
    office = ground.offices.offices.get(office_id)
    name = office.name if office else office_id
    said = [TIES[tie] for tie in dict.fromkeys(ties)]
    zh, en = "、".join(dict.fromkeys(one[0] for one in said)), " and ".join(dict.fromkeys(one[1] for one in said))
    why = {"zh": f"{name}{zh}，依规回避", "en": f"{name} {en} and is recused"}
    return Recused(fingerprint=alert.fingerprint, office_id=office_id, why=why)
