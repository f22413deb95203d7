"""Facts grouped in states (推理单元) and handed to the reasoner: each state by itself, and equal ones once.

Facts that could never meet in one rule are in different states, so that each stays small. Two states whose facts
differ in nothing that any rule tests draw the same conclusions: they are asked once, and the answer is shared.
"""

from collections.abc import Sequence

from rules.reasoner import Fact, Reasoner
from rules.ruleset import TOKEN, Ruleset

Firing = tuple[str, tuple[int, ...]]
"""A rule that fired, and the positions (in the state as it was given) of the facts that met its patterns."""
Canonical = tuple[tuple[tuple[str, str | int | float | bool], ...], ...]


def conclude(reasoner: Reasoner, name: str, states: Sequence[Sequence[Fact]]) -> list[list[Firing]]:
    """The firings of the ruleset `name` in each state, sorted; facts hold `fact` (their kind) and fields that are not empty.

    Raises ReasonerFailed.
    """
    ruleset = reasoner.rulesets[name]
    asked: dict[Canonical, int] = {}
    wanted: list[tuple[int, list[int]]] = []
    for state in states:
        form, order = canonical(state, ruleset)
        wanted.append((asked.setdefault(form, len(asked)), order))
    answers = reasoner.conclude(name, [[{**dict(fact), "id": f"f{index}"} for index, fact in enumerate(form)] for form in asked])
    firings = [[(rule, [int(one[1:]) for one in ids]) for rule, ids in answer] for answer in answers]
    return [
        sorted({(rule, tuple(order[place] for place in places)) for rule, places in firings[number]}) for number, order in wanted
    ]


def canonical(state: Sequence[Fact], ruleset: Ruleset) -> tuple[Canonical, list[int]]:
    """The facts with only the fields that rules read, texts that no literal names as tokens, in an order of their own.

    Also the order: which fact of the state stands at each place. Equal forms mean equal conclusions.
    """
    shapes = [_shape(fact, ruleset) for fact in state]
    order = sorted(range(len(state)), key=lambda index: (shapes[index], _tie(state[index], shapes[index])))
    tokens: dict[str, str] = {}
    form = []
    for index in order:
        fact = state[index]
        fields = [(name, _value(fact[name], ruleset, tokens)) for name, _ in shapes[index][1:]]
        form.append((("fact", fact["fact"]), *fields))
    return tuple(form), order


def _shape(fact: Fact, ruleset: Ruleset) -> tuple[tuple[str, str], ...]:
    kind = str(fact["fact"])
    read = ruleset.fields.get(kind, set())
    return (("fact", kind), *sorted((name, _seen(value, ruleset)) for name, value in fact.items() if name in read))


def _seen(value: str | int | float | bool, ruleset: Ruleset) -> str:
    return TOKEN if isinstance(value, str) and value not in ruleset.words else repr(value)


def _tie(fact: Fact, shape: tuple[tuple[str, str], ...]) -> list[str]:
    return [str(fact[name]) for name, _ in shape]


def _value(value: str | int | float | bool, ruleset: Ruleset, tokens: dict[str, str]) -> str | int | float | bool:
    if not isinstance(value, str) or value in ruleset.words:
        return value
    return tokens.setdefault(value, f"{TOKEN}{len(tokens)}")
