"""What durable-rules 2.0.28 bears, counted on the rules before they are loaded: beyond it it hangs, or concludes nothing.

The tests of all patterns form one tree; patterns that begin with the same tests share its branches. Tried, each in a
process of its own: 512 different tests after one test hang, the 129th absence or alternative and the 257th pattern
that end at one test are refused, and a fact that waits at more than 64 tests at once raises error 303.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.ruleset import Patterns

RULES = 500
CHILDREN = 500
OPEN_CHILDREN = 120
ENDS = 250
STACK = 64
PATTERNS = 16
TESTS = 28
FIELDS = 255
GUESSES = 5_000

Term = dict[str, Any]


@dataclass
class Node:
    """A test in the tree: `term` None is the root, or the point where alternatives meet again."""

    term: Term | None
    children: dict[str, "Node"] = field(default_factory=dict)
    open_children: list["Node"] = field(default_factory=list)
    """Absences and meetings of alternatives: kept apart by the library."""
    ends: int = 0


def excess(rules: Mapping[str, Patterns]) -> str | None:
    """One sentence on what the rules ask beyond the limits, or None when they may be loaded."""
    if len(rules) > RULES:
        return f"{len(rules)} rules in one set; durable-rules bears {RULES}"
    root = Node(None)
    for name, patterns in rules.items():
        if len(patterns) > PATTERNS:
            return f"{name} needs {len(patterns)} facts at once; durable-rules bears {PATTERNS}"
        for index, pattern in enumerate(patterns):
            [said] = pattern.values()
            if len(said["$and"]) > TESTS:
                return f"{name} tests one fact {len(said['$and'])} times; durable-rules bears {TESTS}"
            _grow(root, said["$and"], f"{name}/{index}")
    return _too_wide(root) or _too_many_at_once(root)


def _grow(root: Node, terms: list[Term], owner: str) -> None:
    node = root
    for number, term in enumerate(terms):
        [(word, value)] = term.items()
        if word == "$or":
            meeting = Node(None)
            for alternative in value:
                _child(node, alternative, f"{owner}/{number}").open_children.append(meeting)
            node = meeting
        elif word == "$nex":
            node = _open_child(node, term)
        else:
            node = _child(node, term, f"{owner}/{number}")
    node.ends += 1


def _child(node: Node, term: Term, owner: str) -> Node:
    joined = any(isinstance(value, dict) for word, value in term.items() if word[0] != "$")
    key = json.dumps([term, owner if joined else ""], sort_keys=True)  # a join is never shared
    return node.children.setdefault(key, Node(term))


def _open_child(node: Node, term: Term) -> Node:
    for child in node.open_children:
        if child.term == term:
            return child
    node.open_children.append(Node(term))
    return node.open_children[-1]


def _all(node: Node, seen: set[int]) -> Iterator[Node]:
    if id(node) not in seen:
        seen.add(id(node))
        yield node
        for child in (*node.children.values(), *node.open_children):
            yield from _all(child, seen)


def _too_wide(root: Node) -> str | None:
    for node in _all(root, set()):
        counts = ((len(node.children), CHILDREN, "different tests follow"), (len(node.open_children), OPEN_CHILDREN, "absences or alternatives follow"),
                  (node.ends, ENDS, "facts are complete after"))  # fmt: skip
        for count, limit, what in counts:
            if count > limit:
                return f"{count} {what} one test {node.term or ''}; durable-rules bears {limit}"
    return None


def _too_many_at_once(root: Node) -> str | None:
    """Whether some fact could wait at more than STACK tests at once: branches on fields until every case is within."""
    values = _values(root)
    open_cases: list[dict[str, Any]] = [{}]
    guesses = 0
    while open_cases:
        case = open_cases.pop()
        guesses += 1
        depth, reached = _depth(root, case)
        if depth <= STACK:
            continue
        unknown = [name for name in values if name not in case and name in reached]
        if not unknown or guesses > GUESSES:
            return f"one fact could meet {depth} conditions at once; durable-rules bears {STACK}"
        name = max(unknown, key=lambda one: (len(values[one]), one))
        open_cases += [{**case, name: value} for value in (*sorted(values[name], key=str), "~", None)]
    return None


def _values(root: Node) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = {}
    for node in _all(root, set()):
        for word, value in (node.term or {}).items():
            if word == "$neq":
                [(name, literal)] = value.items()
                found.setdefault(name, set()).add(literal)
            elif word in ("$ex", "$nex"):
                found.setdefault(next(iter(value)), set())
            elif word[0] != "$" and not isinstance(value, dict):
                found.setdefault(word, set()).add(value)
    return found


def _depth(root: Node, case: dict[str, Any]) -> tuple[int, set[str]]:
    """How many tests wait at most, walking as the library does; fields not in the case pass. And the fields met."""
    stack, deepest, met = [root], 1, set()
    while stack:
        node = stack.pop()
        children = [*node.open_children, *node.children.values()]
        met |= {_field(child.term) for child in children if child.term}
        stack += [child for child in children if child.term is None or _may_hold(child.term, case)]
        deepest = max(deepest, len(stack))
    return deepest, met


def _field(term: Term) -> str:
    [(word, value)] = term.items()
    return str(next(iter(value))) if word[0] == "$" else word


def _may_hold(term: Term, case: dict[str, Any]) -> bool:
    [(word, value)] = term.items()
    name = _field(term)
    if name not in case:
        return True
    held = case[name]
    if word == "$nex":
        return held is None
    if held is None:
        return False
    if word == "$neq":
        return bool(value[name] != held)
    return word[0] == "$" or isinstance(value, dict) or bool(value == held)
