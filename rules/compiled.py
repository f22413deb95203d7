"""Chains and routes as rulesets for the reasoner (编译)."""

from collections.abc import Iterable, Mapping

from rules.chain import Chain
from rules.condition import Condition
from rules.reasoner import SECONDS, TRIES, Reasoner
from rules.route import RECUSED, Route
from rules.ruleset import KEY, Patterns, Ruleset, pattern

CHAINS, ROUTES = "chains", "routes"
LEFT_TO = "!recused"
"""Ending of the rule for a route whose offices are all recused."""


def open_reasoner(
    chains: Mapping[str, Chain], routes: Mapping[str, Route], *, tries: int = TRIES, seconds: int = SECONDS
) -> Reasoner:
    """The reasoner of these chains and routes; use as a context manager."""
    rulesets = {CHAINS: chain_ruleset(chains.values()), ROUTES: route_ruleset(routes.values())}
    return Reasoner(rulesets, tries=tries, seconds=seconds)


def chain_ruleset(chains: Iterable[Chain]) -> Ruleset:
    """Live chains: each pattern is fact f0, f1 …; after a pattern with `within` comes the fact that says the two are near."""
    ruleset = Ruleset()
    for chain in chains:
        if chain.status == "live":
            ruleset.rules[chain.id] = _chain_patterns(chain, ruleset)
    return ruleset


def _chain_patterns(chain: Chain, ruleset: Ruleset) -> Patterns:
    alias = {name: f"f{index}" for index, name in enumerate(chain.when)}
    patterns: Patterns = []
    for name, said in chain.when.items():
        joins = []
        for field, (other, theirs) in said.joins.items():
            mine, theirs = _join_field(chain, name, field), _join_field(chain, other, theirs)
            joins.append((mine, alias[other], theirs))
            ruleset.read(said.fact, [mine])
            ruleset.read(chain.when[other].fact, [theirs])
        literal = [(field, condition) for field, condition in said.conditions.items() if condition.word != "same_as"]
        patterns.append(pattern(alias[name], said.fact, literal, joins))
        ruleset.add_words(condition for _, condition in literal)
        ruleset.read(said.fact, [field for field, _ in literal])
        if said.within:
            # named, so that the nearness of one `within` is no business of another
            of = ("chain", Condition.of("is", near_name(chain.id, name)))
            patterns.append(
                pattern(f"n{alias[name]}", "near", [of], [("left", alias[said.within.of], KEY), ("right", alias[name], KEY)])
            )
            ruleset.add_words([of[1]])
            ruleset.read("near", ["chain", "left", "right"])
            ruleset.read("signal", [KEY])
    return patterns


def _join_field(chain: Chain, name: str, field: str) -> str:
    """A signal's own id is its key."""
    return KEY if field == "signal_id" and chain.when[name].fact == "signal" else field


def near_name(chain: str, name: str) -> str:
    """What a fact of nearness belongs to: one `within` of one chain."""
    return f"{chain}:{name}"


def route_ruleset(routes: Iterable[Route]) -> Ruleset:
    """Live routes: one rule each, and one more for those that say who takes over when all offices are recused."""
    ruleset = Ruleset()
    present = Condition.of("present")
    for route in routes:
        if route.status != "live":
            continue
        office, instead = route.then.target, route.then.when_recused
        ruleset.rules[route.id] = _route_patterns(route, ruleset, [(office, present)] if office else [])
        if office and instead:
            barred = [(office + RECUSED, present), (instead, present), (office, Condition.of("absent"))]
            ruleset.rules[route.id + LEFT_TO] = _route_patterns(route, ruleset, barred)
    return ruleset


def _route_patterns(route: Route, ruleset: Ruleset, implied: list[tuple[str, Condition]]) -> Patterns:
    alias = {kind: f"f{index}" for index, kind in enumerate(route.kinds)}
    tests: dict[str, list[tuple[str, Condition]]] = {kind: [] for kind in alias}
    joins: dict[str, list[tuple[str, str, str]]] = {kind: [] for kind in alias}
    for path, condition in [*implied, *route.when.items()]:
        kind, field = path.split(".")
        ruleset.read(kind, [field])
        if condition.word != "same_as":
            tests[kind].append((field, condition))
            continue
        other, theirs = map(str, condition.values)
        ruleset.read(other, [theirs])
        if list(alias).index(other) > list(alias).index(kind):
            kind, field, other, theirs = other, theirs, kind, field
        joins[kind].append((field, alias[other], theirs))
    ruleset.add_words(condition for said in tests.values() for _, condition in said)
    return [pattern(alias[kind], kind, tests[kind], joins[kind]) for kind in alias]
