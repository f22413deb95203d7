"""Steps 6 and 7: signals correlated to alerts, alerts routed to offices, by the reasoner in its process of its own; and ranked."""

from dataclasses import replace

from ibis.backends.duckdb import Backend
from pydantic import TypeAdapter

from rules.correlate import Correlated, correlate
from rules.divided import divided
from rules.linked import linked
from rules.patterns import Verified, bodies_of
from rules.priority import RuleRecord, prioritise
from rules.reason import Priority
from rules.reasoner import Reasoner
from rules.routing import Routed, route
from service.desk import Desk
from service.flagging import Findings
from service.learned_priority import learn, past_alerts
from service.steps import Steps, state_of
from service.store.verdict import tallies, verified
from service.triage.dividing import live, standing_parts, titles_of
from service.words import say

CORRELATED = TypeAdapter(Correlated)
ROUTED = TypeAdapter(Routed)


def correlate_all(
    desk: Desk, found: Findings, tables: Backend, tables_state: str, reasoner: Reasoner, steps: Steps
) -> Correlated:
    """The alerts that the signals make which no clearing protects. Raises ReasonerFailed."""
    steps.watch(say("step.correlate"), 0, 0)
    signals = found.visible
    titles = titles_of(desk)

    with desk.store.look() as session:
        own = [Verified(*one) for one in verified(session)]

    def work() -> Correlated:
        bodies = bodies_of(tables)
        return correlate(desk.chains, signals, reasoner, titles=titles, bodies=bodies._replace(verified=[*bodies.verified, *own]))

    told = sorted((one.signal_id, found.version(one)) for one in signals)
    state = state_of(steps.question.program, steps.question.book_hash, tables_state, own, told)
    correlated = steps.once("correlate", state, work, CORRELATED, lambda one: len(one.alerts))
    with desk.store.look() as session:
        parts = standing_parts(session)
    if not parts:
        return correlated
    alerts = divided(correlated.alerts, parts, live(desk), {one.signal_id: one for one in signals}, titles)
    return replace(correlated, alerts=alerts, links=linked(alerts))


def route_all(
    desk: Desk, correlated: Correlated, found: Findings, tables: Backend, tables_state: str, reasoner: Reasoner, steps: Steps
) -> Routed:
    """Who leads and who assists. Raises ReasonerFailed."""
    steps.watch(say("step.route"), 0, 0)

    def work() -> Routed:
        return route(desk.routes, correlated.alerts, found.visible, tables, steps.question.as_of, reasoner, desk.terms)

    told = [one.model_dump(mode="json") for one in correlated.alerts]
    state = state_of(steps.question.program, steps.question.book_hash, steps.question.as_of, tables_state, told)
    return steps.once("route", state, work, ROUTED, lambda one: len(one.assignments))


def rank_all(desk: Desk, correlated: Correlated, found: Findings) -> list[Priority]:
    """The priority of every alert, from its signals, what verdicts say of their rules and of such alerts so far, and what the rules cannot judge."""
    with desk.store.look() as session:
        judged, past = tallies(session), past_alerts(session)
    rules = {}
    for name, rule in desk.book.indicators.items():
        right, count = judged.get(name, (0, 0))
        blindness = found.blindness.get(name)
        rules[name] = RuleRecord(
            title={"zh": rule.title.zh, "en": rule.title.en}, prior=rule.prior.precision if rule.prior else None,
            right=right, judged=count,
            population=blindness.population if blindness else 0, blind=blindness.blind if blindness else 0,
        )  # fmt: skip
    signals = {one.signal_id: one for one in found.visible}
    learned = learn(correlated.alerts, signals, rules, desk.weights, past)
    return prioritise(correlated.alerts, signals, rules, desk.weights, learned)
