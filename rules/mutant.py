"""Mutants (变异体): a rule with one decision of its SELECTs changed, which the rule's own tests must notice.

What is changed, and what not, is the fixed list of docs/guide/mutants.md; one module mutant_*.py for each family.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sqlglot import exp

from rules.indicator import Indicator
from rules.mutant_aggregates import aggregate_turns
from rules.mutant_conditions import condition_turns
from rules.mutant_constants import constant_turns, shifted, step_of
from rules.mutant_groups import group_turns
from rules.mutant_joins import join_turns
from rules.mutant_turn import Turn, ordered, short
from rules.select import Value, parameters, parsed

FAMILIES: tuple[Callable[[exp.Expr], Iterator[Turn]], ...] = (
    condition_turns, join_turns, constant_turns, aggregate_turns, group_turns,
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of a rule; the SELECT that is not changed is the rule's own."""

    id: str
    """Readable, and the same whatever the layout of the file: what `equivalent` names it by."""
    operator: str
    block: str
    """`sql`, `baseline` or `params`: where the file says what is changed."""
    sql: str
    baseline: str | None
    old: str
    new: str
    start: int = 0
    """Offset in the block of the first word of what is changed."""
    param: str | None = None
    step: Decimal = field(default=Decimal(0))

    def values(self, values: dict[str, Value]) -> dict[str, Value]:
        """The params it runs with, given those of the rule or of a test."""
        if self.param is None:
            return values
        return {**values, self.param: shifted(values[self.param], self.step)}


def mutants_of(rule: Indicator) -> list[Mutant]:
    """Every mutant of a rule, in the order of its text; those that come out as the same SELECT only once."""
    found: dict[tuple[str, str | None, str], Mutant] = {}
    for mutant in (*_of_block(rule, "sql"), *_of_block(rule, "baseline"), *_of_params(rule)):
        key = (mutant.sql, mutant.baseline, f"{mutant.param} {mutant.step}" if mutant.param else "")
        if (mutant.sql, mutant.baseline) != (rule.sql, rule.baseline) or mutant.param:
            found.setdefault(key, mutant)
    return _numbered(list(found.values()))


def _of_block(rule: Indicator, block: str) -> Iterator[Mutant]:
    text = rule.sql if block == "sql" else rule.baseline
    if text is None:
        return
    tree = parsed(text)
    bare = tree.copy()
    for node in bare.walk():
        node.meta.clear()  # offsets are of no use in a copy, and copying them takes most of the time
    same = written(tree)
    for turn in ordered(turn for family in FAMILIES for turn in family(tree)):
        changed = turn.done(tree, bare)
        if changed == same:
            continue
        name = f"{block}/{turn.id}" if block == "baseline" else turn.id
        sql, baseline = (changed, rule.baseline) if block == "sql" else (rule.sql, changed)
        yield Mutant(name, turn.operator, block, sql, baseline, turn.old, turn.new, turn.start)


def written(tree: exp.Expr) -> str:
    """A tree as DuckDB reads it."""
    return str(tree.sql(dialect="duckdb", comments=False))


def _of_params(rule: Indicator) -> Iterator[Mutant]:
    used = parameters(rule.sql) | (parameters(rule.baseline) if rule.baseline else set())
    for name, param in rule.params.items():
        if name not in used or (step := step_of(param.value)) is None:
            continue
        for sign, move in (("+", step), ("-", -step)) if not isinstance(param.value, bool) else (("!", step),):
            said = f"param{sign}{step if sign != '!' else ''}: ${name}"
            old, new = (f"{name}: {{value: {value}}}" for value in (param.value, shifted(param.value, move)))
            yield Mutant(said, "constant", "params", rule.sql, rule.baseline, old, new, param=name, step=move)


def _numbered(mutants: list[Mutant]) -> list[Mutant]:
    """Ids made unique: the second of the same words is #2."""
    seen: Counter[str] = Counter()
    numbered = []
    for mutant in mutants:
        name = short(mutant.id)
        seen[name] += 1
        unique = name if seen[name] == 1 else f"{name} #{seen[name]}"
        numbered.append(Mutant(**{**mutant.__dict__, "id": unique}))
    return numbered
