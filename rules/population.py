"""The population of a rule: the rows its subject comes from, with what is unknown in each, as a SELECT of its own.

The rows are those of the table that holds the subject, under the rule's own conditions on those rows (and on tables joined
straight to them) that do not touch what is needed; needed tables are joined along the references of the contracts.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlglot import exp

from datasets.contract import Contract, Contracts
from rules.comparisons import typed
from rules.empty_tables import known_tables
from rules.indicator import Indicator
from rules.needs import Need
from rules.select import Value, ctes_of, parsed
from rules.trace import Origin, origins


class Population(NamedTuple):
    """A SELECT of subject_id and unknown_0, unknown_1, … for the needs that could be derived, in order."""

    select: str
    needs: list[Need]
    subject_may_be_empty: bool
    """Whether the contract says that a row without a subject is in order (null_means: none)."""


def population_of(rule: Indicator, needs: list[Need], params: Mapping[str, Value], contracts: Contracts,
                  baseline: Mapping[str, str]) -> Population | None:  # fmt: skip
    """The population of a rule; None when its subject comes from no contract table (a signal, a baseline)."""
    known = {**known_tables(contracts), **({rule.baseline_table: baseline} if baseline else {})}
    tree = typed(parsed(rule.sql), known, dict(params))
    found = [origin for origin in origins(tree) if origin.table in contracts] if tree is not None else []
    if not found:
        return None
    derived = [one for one in needs if all(_tie(origin, one, contracts) for origin in found)]
    selects = list(dict.fromkeys(_select(origin, derived, needs, contracts) for origin in found))
    columns = [contracts[origin.table].columns[origin.column] for origin in found]
    return Population(" UNION ALL ".join(selects), derived, all(column.null_means == "none" for column in columns))


def _select(origin: Origin, derived: list[Need], needs: list[Need], contracts: Contracts) -> str:
    joins, aliases = _joins(origin, needs)
    conditions = [
        test.sql(dialect="duckdb", comments=False) for test in _conditions(origin, aliases, _silent(origin, needs, contracts))
    ]
    outputs = [f'{origin.alias}."{origin.column}" AS subject_id']
    for table in dict.fromkeys(one.table for one in derived if one.table != origin.table):
        tie = _tie(origin, next(one for one in derived if one.table == table), contracts)
        joins.append(f'LEFT JOIN "{table}" AS needed_{table} ON {tie.format(alias=f"needed_{table}")}')
    for index, one in enumerate(derived):
        alias = origin.alias if one.table == origin.table else f"needed_{one.table}"
        outputs.append(f"{unknown(alias, one)} AS unknown_{index}")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f'SELECT {", ".join(outputs)} FROM "{origin.table}" AS {origin.alias} {" ".join(joins)}{where}'  # noqa: S608 - names of contracts


def unknown(alias: str, one: Need) -> str:
    """The condition under which a row of a table does not hold what is needed."""
    tests = [f'{alias}."{name}" IS NOT TRUE' if name.endswith("_known") else f'{alias}."{name}" IS NULL' for name in one.columns]
    return f"({' AND '.join(tests)})"


def _joins(origin: Origin, needs: list[Need]) -> tuple[list[str], set[str]]:
    """Joins kept as they are: plain tables tied to the subject's table alone, and not needed themselves."""
    apart = {one.table for one in needs} | ctes_of(origin.select.root())
    kept, aliases = [], {origin.alias}
    first = origin.select.args["from_"].this
    for join in origin.select.args.get("joins") or []:
        table, on = join.this, join.args.get("on")
        plain = isinstance(table, exp.Table) and table.name.lower() not in apart and not join.side and join.kind in ("", "INNER")
        if not plain or on is None or first.alias_or_name != origin.alias or on.find(exp.Query):
            continue
        if {column.table for column in on.find_all(exp.Column)} <= {origin.alias, table.alias_or_name}:
            kept.append(join.sql(dialect="duckdb", comments=False))
            aliases.add(table.alias_or_name)
    return kept, aliases


def _silent(origin: Origin, needs: list[Need], contracts: Contracts) -> list[Need]:
    """What conditions may not speak of: what is needed, and what a needed `…_known` says whether it is known."""
    registers = any(name.endswith("_known") for one in needs if one.table == origin.table for name in one.columns)
    columns = contracts[origin.table].columns if registers else {}
    return [*needs, *(Need(origin.table, (name,)) for name, column in columns.items() if column.null_means == "none")]


def _conditions(origin: Origin, aliases: set[str], needs: list[Need]) -> Iterator[exp.Expr]:
    where = origin.select.args.get("where")
    if where is None:
        return
    body = where.this.unnest()
    for test in body.flatten() if isinstance(body, exp.And) else [body]:
        if _judges_rows(test, origin, aliases, needs):
            yield test


def _judges_rows(test: exp.Expr, origin: Origin, aliases: set[str], needs: list[Need]) -> bool:
    """Whether a condition speaks of the kept rows alone, and not of what is needed."""
    needed = {(one.table, column) for one in needs for column in one.columns}
    if test.find(exp.Query):  # the subject may be looked for elsewhere, but not be asked whether it is known
        needed -= {(origin.table, origin.column)}
    inner = {table.alias_or_name: table.name.lower() for table in test.find_all(exp.Table)}
    if set(inner.values()) & ({one.table for one in needs if one.columns} | ctes_of(origin.select.root())):
        return False
    for column in test.find_all(exp.Column):
        if column.table not in aliases and column.table not in inner:
            return False
        if column.table == origin.alias and (origin.table, column.name.lower()) in needed:
            return False
    return True


def _tie(origin: Origin, one: Need, contracts: Contracts) -> str:
    """How a needed table is joined to the subject's table, by the references of the contracts; empty when they do not say."""
    if one.table == origin.table:
        return "true"
    here, there = contracts[origin.table], contracts[one.table]
    for pairs in (_references(here, there), [(b, a) for a, b in _references(there, here)], _shared(here, there)):
        same = [pair for pair in pairs if pair[0] == pair[1]]
        chosen = same or (pairs if len(pairs) == 1 else [])
        if chosen:
            return f'{origin.alias}."{chosen[0][0]}" = {{alias}}."{chosen[0][1]}"'
    return ""


def _references(one: Contract, other: Contract) -> list[tuple[str, str]]:
    """Pairs of a column of `one` and the column of `other` that it refers to."""
    found = [(name, column.refers.split(".")) for name, column in one.columns.items() if column.refers]
    return [(name, refers[1]) for name, refers in found if refers[0] == other.table]


def _shared(one: Contract, other: Contract) -> list[tuple[str, str]]:
    """Pairs of columns that refer to the same third table, the keys of the first kind of entity first."""
    return [
        (name, twin)
        for name, column in one.columns.items()
        for twin, mate in other.columns.items()
        if column.refers and column.refers == mate.refers and name == twin and not name.startswith(("unit_", "area_"))
    ]
