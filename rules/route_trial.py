"""A route's own tests, run on the real reasoner with that route alone."""

from rules.compiled import ROUTES, open_reasoner
from rules.reasoner import Fact
from rules.route import Route, RouteTest
from rules.routing import held_of
from rules.states import conclude
from rules.trial import TrialResult

HASTENED = "hastened"


def try_route(route: Route) -> list[TrialResult]:
    """Every test of the route, each with what went wrong."""
    routes = {route.id: route.model_copy(update={"status": "live"})}
    states = [given_facts(test) for test in route.tests]
    with open_reasoner({}, routes) as reasoner:
        firings = conclude(reasoner, ROUTES, states)
    results = []
    for test, state, fired in zip(route.tests, states, firings, strict=True):
        takes = sorted({one.office or HASTENED for one in held_of(routes, state, fired)})
        passed = takes == sorted(test.takes)
        results.append(TrialResult(route.id, test.name, passed, "" if passed else f"takes {takes}, not {sorted(test.takes)}"))
    return results


def given_facts(test: RouteTest) -> list[Fact]:
    """The facts of a test; there is always one alert and one unit, empty when the test says nothing of them."""
    given = test.given
    return [
        {"fact": "alert", **given.alert},
        {"fact": "unit", **given.unit},
        *({"fact": "official", **one} for one in given.officials),
        *({"fact": "signal", **one} for one in given.signals),
    ]
