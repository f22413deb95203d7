"""Steps 6 and 7: signals correlated to alerts, alerts routed to offices, by the reasoner in its process of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from ibis.backends.duckdb import Backend
from pydantic import TypeAdapter

from rules.compiled import open_reasoner
from rules.correlate import Correlated, correlate
from rules.reasoner import Reasoner
from rules.routing import Routed, route
from service.desk import Desk
from service.flagging import Findings
from service.signal_version import version_of
from service.steps import Steps, state_of
from service.words import say

CORRELATED = TypeAdapter(Correlated)
ROUTED = TypeAdapter(Routed)


@dataclass(frozen=True)
class Conclusions:
    """Alerts, and who gets them."""

    correlated: Correlated
    routed: Routed


def conclude(desk: Desk, found: Findings, tables: Backend, tables_state: str, steps: Steps) -> Conclusions:
    """Correlate the signals that no clearing protects, and route the alerts. Raises ReasonerFailed."""
    visible = found.visible
    question = steps.question
    titles = {name: {"zh": rule.title.zh, "en": rule.title.en} for name, rule in desk.book.indicators.items()}
    seen = state_of(question.program, question.book_hash, sorted((one.signal_id, version_of(one)) for one in visible))
    with open_reasoner(desk.chains, desk.routes) as reasoner:
        steps.watch(say("step.correlate"), 0, 2)
        correlated = steps.once(
            "correlate",
            seen,
            lambda: correlate(desk.chains, visible, reasoner, titles=titles),
            CORRELATED,
            lambda one: len(one.alerts),
        )
        steps.watch(say("step.route"), 1, 2)
        given = state_of(seen, tables_state, question.as_of)
        routed = steps.once(
            "route", given, _routing(desk, correlated, found, tables, steps, reasoner), ROUTED, lambda one: len(one.assignments)
        )
    return Conclusions(correlated, routed)


def _routing(
    desk: Desk, correlated: Correlated, found: Findings, tables: Backend, steps: Steps, reasoner: Reasoner
) -> Callable[[], Routed]:
    return lambda: route(desk.routes, correlated.alerts, found.visible, tables, steps.question.as_of, reasoner)
