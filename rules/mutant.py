"""Mutants (变异体): a rule with one decision of its SELECTs changed, which the rule's own tests must notice.

What is changed, and what not, is the fixed list of docs/guide/mutants.md; one module mutant_*.py for each family.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sqlglot import exp

from datasets.contract import Contracts
from rules.indicator import Indicator
from rules.mutant_aggregates import DECIDING, aggregate_turns, deciding_names
from rules.mutant_conditions import condition_turns
from rules.mutant_constants import constant_turns, moves, shifted, step_of
from rules.mutant_dependence import Dependence
from rules.mutant_groups import group_turns
from rules.mutant_joins import join_turns
from rules.mutant_turn import Turn, ordered, short, written
from rules.select import Value, parameters, parsed


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


def mutants_of(rule: Indicator, contracts: Contracts) -> list[Mutant]:
    """Every mutant of a rule, in the order of its text; those that come out as the same SELECT only once."""
    found: dict[tuple[str, str | None, str | None, Decimal], Mutant] = {}
    for mutant in (*_of_block(rule, "sql", contracts), *_of_block(rule, "baseline", contracts), *_of_params(rule)):
        found.setdefault((mutant.sql, mutant.baseline, mutant.param, mutant.step), mutant)
    return _numbered(list(found.values()))


def turns_of(tree: exp.Expr, dependence: Dependence, outputs: Collection[str] = DECIDING) -> list[Turn]:
    """Every change of a SELECT, in the order of its text; `outputs` are the columns of its result that decide."""
    families = (
        condition_turns(tree),
        join_turns(tree),
        constant_turns(tree),
        aggregate_turns(tree, dependence, outputs),
        group_turns(tree, dependence),
    )
    return ordered(turn for family in families for turn in family)


def _of_block(rule: Indicator, block: str, contracts: Contracts) -> Iterator[Mutant]:
    text = rule.sql if block == "sql" else rule.baseline
    if text is None:
        return
    sql, baseline = texts_of(rule)
    tree = parsed(text)
    bare = tree.copy()
    for node in bare.walk():
        node._meta = None  # offsets are of no use in a copy, and copying them takes most of the time
    own = (rule.baseline_table, parsed(rule.baseline)) if rule.baseline and block == "sql" else None
    outputs = DECIDING if block == "sql" else deciding_names(parsed(rule.sql))
    for turn in turns_of(tree, Dependence(tree, contracts, own), outputs):
        changed = turn.done(tree, bare)
        if changed in (sql, baseline):
            continue
        name = f"{block}/{turn.id}" if block == "baseline" else turn.id
        both = (changed, baseline) if block == "sql" else (sql, changed)
        yield Mutant(name, turn.operator, block, *both, turn.old, turn.new, turn.start)


def texts_of(rule: Indicator) -> tuple[str, str | None]:
    """The rule's SELECT and its baseline's, as SQLGlot writes them: without comments, params as $name."""
    return written(rule.sql), written(rule.baseline) if rule.baseline else None


def _of_params(rule: Indicator) -> Iterator[Mutant]:
    used = parameters(rule.sql) | (parameters(rule.baseline) if rule.baseline else set())
    for name, param in rule.params.items():
        step = step_of(param.value) if name in used else None
        for sign, move in moves(param.value, step) if step is not None else ():
            said = f"param{sign}: ${name}"
            old, new = (f"{name}: {{value: {value}}}" for value in (param.value, shifted(param.value, move)))
            yield Mutant(said, "constant", "params", *texts_of(rule), old, new, param=name, step=move)


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
