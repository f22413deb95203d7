"""Rules in the form the reasoner takes: patterns of literal tests and equality joins, in durable-rules' own JSON.

Fields of facts reach the engine as they are when a literal names their value, else as tokens (`~0`): two fields are
equal exactly when their tokens are. So no text of an outsider ever reaches the library's C code.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rules.condition import Condition

KEY = "key"
"""The field that identifies a fact in joins. Tried: a join on durable-rules' own `id` reads memory nobody set."""
TOKEN = "~"

Patterns = list[dict[str, Any]]


@dataclass(frozen=True)
class Ruleset:
    """`rules`: name -> patterns; `words`: every literal text; `fields`: kind of fact -> fields that some pattern reads."""

    rules: dict[str, Patterns] = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    fields: dict[str, set[str]] = field(default_factory=dict)

    def read(self, kind: str, names: Iterable[str]) -> None:
        """Note that patterns read these fields of a kind of fact."""
        self.fields.setdefault(kind, set()).update(names)

    def add_words(self, conditions: Iterable[Condition]) -> None:
        """Note the texts that literal tests name."""
        self.words.update(value for condition in conditions for value in condition.literals if isinstance(value, str))


def pattern(
    alias: str, kind: str, conditions: Iterable[tuple[str, Condition]], joins: Iterable[tuple[str, str, str]]
) -> dict[str, Any]:
    """One fact's pattern: its kind, literal tests, equality joins, and alternatives last.

    Tried: the library's evaluation of a join stops at the first `$or`, and what stands after it is silently ignored.

    `conditions`: (field, condition), references passed over; `joins`: (field, alias of an earlier pattern, its field).
    """
    order = ("is", "present", "none_of", "at_least", "at_most", "absent", "one_of")
    tests: list[dict[str, Any]] = [{"fact": kind}]
    ranked: dict[str, list[dict[str, Any]]] = {word: [] for word in order}
    for name, condition in sorted(conditions, key=lambda pair: pair[0]):
        if condition.word in order:
            ranked[condition.word] += _tests(name, condition)
    tests += [test for word in order for test in ranked[word] if "$or" not in test]
    tests += [{name: {other: theirs}} for name, other, theirs in sorted(set(joins))]
    tests += [test for test in ranked["one_of"] if "$or" in test]
    return {alias: {"$and": tests}}


def _tests(name: str, condition: Condition) -> list[dict[str, Any]]:
    values = condition.values
    match condition.word:
        case "is":
            return [{name: values[0]}]
        case "one_of":
            # the alternatives exclude each other: two that hold at once would fire twice
            alternatives = [{name: value} for value in dict.fromkeys(values)]
            return [{"$or": alternatives}] if len(alternatives) > 1 else alternatives
        case "none_of":
            # an inequality does not fire on a missing field; said all the same, so that the meaning stands in the rule
            return [{"$ex": {name: 1}}, *({"$neq": {name: value}} for value in dict.fromkeys(values))]
        case "at_least":
            return [{"$gte": {name: values[0]}}]
        case "at_most":
            return [{"$lte": {name: values[0]}}]
        case "present":
            return [{"$ex": {name: 1}}]
        case "absent":
            return [{"$nex": {name: 1}}]
    raise ValueError(f"{condition.word} is no literal test")
