"""The naive evaluator of routes: every combination of facts, no engine; reads the same files' models."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from rules.route import Route
from tests.rules.chain_oracle import holds

Fact = Mapping[str, Any]
Found = tuple[str, bool, str]
"""Route, whether it is left to another office because all are recused, and the office."""


def found(routes: Sequence[Route], facts: Sequence[Fact]) -> set[Found]:
    """What every route gives."""
    made: set[Found] = set()
    for route in routes:
        if route.status != "live":
            continue
        kinds = route.kinds
        for combination in product(*([fact for fact in facts if fact["fact"] == kind] for kind in kinds)):
            met = dict(zip(kinds, combination, strict=True))
            if not all(_holds(path, condition, met) for path, condition in route.when.items()):
                continue
            office = _at(route.then.department if route.then.role == "handle" else route.then.office, met)
            if route.then.role == "hasten":
                made.add((route.id, False, ""))
            elif office is not None:
                made.add((route.id, False, office))
            elif route.then.when_recused and _at(f"{route.then.office}_recused", met) is not None:
                instead = _at(route.then.when_recused, met)
                if instead is not None:
                    made.add((route.id, True, instead))
    return made


def lead(routes: Sequence[Route], given: set[Found]) -> str | None:
    """The route that leads: walk down from every route that holds and strike out what it outranks."""
    named = {route.id: route for route in routes}
    holding = {name for name, _, _ in given if named[name].then.role == "lead"}
    ordinary = {name for name in holding if not named[name].default} or holding
    struck: set[str] = set()
    for name in ordinary:
        ahead, seen = [name], set()
        while ahead:
            here = ahead.pop()
            beaten = {*named[here].outranks, *(other.id for other in routes if here in other.yields_to)} & set(named)
            ahead += beaten - seen
            seen |= beaten
        struck |= seen
    left = sorted(ordinary - struck)
    return left[0] if left else None


def _holds(path: str, condition: Any, met: Mapping[str, Fact]) -> bool:
    value = _at(path, met)
    if condition.word == "same_as":
        return value is not None and value == _at(".".join(condition.values), met)
    return holds(condition, value)


def _at(path: str | None, met: Mapping[str, Fact]) -> Any:
    if path is None:
        return None
    kind, field = path.split(".")
    return met[kind].get(field)
