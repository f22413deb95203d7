"""Words of a list and kinds of entity: literals that no record can hold, ids that identify something else than the rule says."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from datasets.contract import Column, Contracts, subject_kinds
from datasets.strict_yaml import did_you_mean
from rules.columns import source_of
from rules.dialect import Fault, place
from rules.indicator import Indicator
from rules.result_check import Said
from rules.trace import origins


def unknown_words(tree: exp.Expr, contracts: Contracts) -> Iterator[Fault]:
    """Literals compared with a column whose contract lists its words, and that are none of them."""
    for scope in traverse_scope(tree):
        for column in scope.columns:
            declared = _declared(column, scope, contracts)
            if declared is None or not declared.allowed:
                continue
            for literal in _compared_with(column):
                if literal.name not in declared.allowed:
                    hint = did_you_mean(literal.name, declared.allowed)
                    yield Fault(place(literal), f"{column.name} is never {literal.name!r}", hint)


def _declared(column: exp.Column, scope: Scope, contracts: Contracts) -> Column | None:
    source = source_of(column, scope)
    if not isinstance(source, exp.Table) or source.name.lower() not in contracts:
        return None
    return contracts[source.name.lower()].columns.get(column.name.lower())


def _compared_with(column: exp.Column) -> list[exp.Literal]:
    """Texts that a column, or coalesce(column, …), is compared with; the second arguments of coalesce among them."""
    node: exp.Expr = column
    found: list[exp.Expr] = []
    if isinstance(node.parent, exp.Coalesce):
        node = node.parent
        found += node.expressions
    outer = node.parent
    if isinstance(outer, exp.EQ | exp.NEQ | exp.NullSafeEQ | exp.NullSafeNEQ):
        found.append(outer.expression if outer.this is node else outer.this)
    elif isinstance(outer, exp.In) and outer.this is node:
        found += outer.expressions
    return [one for one in found if isinstance(one, exp.Literal) and one.is_string]


def wrong_meanings(rule: Indicator, resolved: exp.Expr, contracts: Contracts, outputs: dict[str, str]) -> Iterator[Said]:
    """Output columns of ids whose contract says that they identify another kind of entity, or rows of another table."""
    kinds = {f"{table}.{column}": kind for kind, (table, column) in subject_kinds(contracts).items()}
    wanted = {"subject_id": rule.subject, "unit_id": "unit", "area_id": "village", "officials": "person"}
    for name in outputs:
        kind = wanted.get(name) or (name.removeprefix("parties_") if name.startswith("parties_") else None)
        if kind is None and not name.startswith("evidence_"):
            continue
        for origin in origins(resolved, name):
            if origin.table not in contracts:
                continue
            declared = contracts[origin.table].columns.get(origin.column)
            meaning = (declared and declared.refers) or f"{origin.table}.{origin.column}"
            if kind in kinds.values() and kinds.get(meaning, kind) != kind:
                yield (
                    ("sql", name),
                    f"output column {name} must identify: {kind}; {origin.table}.{origin.column} identifies: {kinds[meaning]}",
                    "",
                )
            elif kind is None and _other_rows(name.removeprefix("evidence_"), meaning, contracts):
                yield ("sql", name), f"output column {name} must hold keys of that table, not {origin.table}.{origin.column}", ""


def _other_rows(table: str, meaning: str, contracts: Contracts) -> bool:
    """Whether a column is known to be the key of another table than the evidence names."""
    single = {f"{name}.{contract.key[0]}": name for name, contract in contracts.items() if len(contract.key) == 1}
    return table in single.values() and single.get(meaning, table) != table
