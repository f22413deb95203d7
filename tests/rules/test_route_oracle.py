"""What the reasoner concludes from routes is what a naive evaluator of the same routes concludes."""

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import rules
from rules.compiled import ROUTES, open_reasoner
from rules.laid import outranked
from rules.reasoner import Fact, Reasoner
from rules.route import DEPARTMENT, FIELDS, FLAG, NUMBER, OFFICE, RECUSED, Route
from rules.route_check import ALLOWED, DEPARTMENTS, OFFICES, read_routes
from rules.routing import held_of, leading
from rules.states import conclude
from tests.rules import route_oracle

# making a failing case smaller takes minutes, with a process for each try
WHOLE = (Phase.explicit, Phase.reuse, Phase.generate)
SHIPPED = read_routes([Path(rules.__path__[0])])
_KEPT: list[Reasoner] = []


def reasoner_of_shipped() -> Reasoner:
    if not _KEPT:
        _KEPT.append(open_reasoner({}, SHIPPED))
    return _KEPT[0]


def teardown_module() -> None:
    for reasoner in _KEPT:
        reasoner.close()


def values(path: str) -> st.SearchStrategy[Any]:
    """Values of a field, few, so that they often meet."""
    kind, field = path.split(".")
    said = FIELDS[kind][field]
    if said == FLAG:
        return st.booleans()
    if said == NUMBER:
        return st.sampled_from((0, 1, 2.5))
    return st.sampled_from(
        ALLOWED[path][:3] if path in ALLOWED else ("OF1", "OF2") if said in (OFFICE, DEPARTMENT) else ("a", "b")
    )


@st.composite
def fact(draw: st.DrawFn, kind: str) -> Fact:
    """One fact with some of its fields; an office's field is there, or said to be recused, or neither."""
    made: Fact = {"fact": kind}
    for field, said in FIELDS[kind].items():
        shown = draw(st.integers(0, 2))
        if shown == 0:
            made[field] = draw(values(f"{kind}.{field}"))
        elif shown == 1 and said == OFFICE:
            made[field + RECUSED] = True
    return made


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """One alert, one unit, some officials and signals."""
    made = [draw(fact("alert")), draw(fact("unit"))]
    made += [draw(fact("official")) for _ in range(draw(st.integers(0, 3)))]
    return made + [draw(fact("signal")) for _ in range(draw(st.integers(0, 2)))]


@st.composite
def condition(draw: st.DrawFn, path: str) -> Any:
    said = FIELDS[path.split(".")[0]][path.split(".")[1]]
    word = draw(st.sampled_from(("is", "one_of", "none_of", "present", "absent")))
    if said == NUMBER:
        return word if word in ("present", "absent") else {draw(st.sampled_from(("at_least", "at_most"))): draw(values(path))}
    if word == "is":
        return draw(values(path))
    return {word: draw(st.lists(values(path), min_size=1, max_size=2))} if word in ("one_of", "none_of") else word


TEXTS = (
    "alert.unit_id",
    "alert.area_id",
    "unit.unit_id",
    "unit.area_id",
    "official.unit_id",
    "official.official_id",
    "alert.subject_id",
)
PATHS = sorted(f"{kind}.{field}" for kind, fields in FIELDS.items() for field in fields)


@st.composite
def route(draw: st.DrawFn, number: int) -> Route:
    when: dict[str, Any] = {}
    for path in draw(st.lists(st.sampled_from(PATHS), max_size=3, unique=True)):
        when[path] = draw(condition(path))
    if draw(st.booleans()):
        one = draw(st.sampled_from(TEXTS))
        other = draw(st.sampled_from([path for path in TEXTS if path.split(".")[0] != one.split(".")[0]]))
        when[one] = other
    role = draw(st.sampled_from(("lead", "lead", "assist", "handle", "hasten")))
    then: dict[str, Any] = {"role": role, "due_days": 5, "channel": "routine"}
    if role == "handle":
        then["department"] = draw(st.sampled_from(DEPARTMENTS))
    if role in ("lead", "assist"):
        then |= {"stream": "discipline", "office": draw(st.sampled_from(OFFICES))}
        if draw(st.booleans()):
            then["when_recused"] = draw(st.sampled_from(OFFICES))
    words = {"zh": "因", "en": "why"}
    return Route.model_validate({
        "id": f"route_{number}", "title": words, "when": when, "then": then, "because": words, "why": words,
        "outranks": [f"route_{above}" for above in range(number) if draw(st.booleans())],
        "basis": [{"name": "法", "known": "recalled"}],
        "tests": [{"name": "a", "given": {}, "takes": ["OF1"]}, {"name": "b", "given": {}, "takes": []}],
    }, strict=False)  # fmt: skip


@st.composite
def some_routes(draw: st.DrawFn) -> dict[str, Route]:
    made = [draw(route(number)) for number in range(draw(st.integers(1, 4)))]
    return {one.id: one for one in made}


def agree(routes: dict[str, Route], states: list[list[Fact]], reasoner: Reasoner) -> None:
    """What each route gives, and which of them leads, are the oracle's."""
    for state, fired in zip(states, conclude(reasoner, ROUTES, states), strict=True):
        held = held_of(routes, state, fired)
        found = {(one.route.id, one.left_to, one.office) for one in held}
        assert found == route_oracle.found(list(routes.values()), state)
        lead = leading(held, outranked(routes.values()))
        assert (lead[0].route.id if lead else None) == route_oracle.lead(list(routes.values()), found)


@settings(max_examples=80, deadline=None, phases=WHOLE, suppress_health_check=[HealthCheck.too_slow])
@given(routes=some_routes(), states=st.lists(facts(), min_size=1, max_size=4))
def test_any_routes_conclude_as_the_naive_evaluator_does(routes: dict[str, Route], states: list[list[Fact]]) -> None:
    with open_reasoner({}, routes) as reasoner:
        agree(routes, states, reasoner)


@settings(max_examples=60, deadline=None, phases=WHOLE)
@given(states=st.lists(facts(), min_size=1, max_size=4))
def test_the_shipped_routes_conclude_as_the_naive_evaluator_does(states: list[list[Fact]]) -> None:
    agree(SHIPPED, states, reasoner_of_shipped())
