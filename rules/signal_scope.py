"""Which signals a cross rule reads: literal rule ids or topics, written beside every `signal` of its SELECT."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlglot import exp

from rules.dialect import Fault, place
from rules.select import parsed


class Wanted(NamedTuple):
    """Signals of one rule, or of all rules of one topic; `start` is the offset of the literal in the text."""

    column: str
    value: str
    start: int


def wanted_signals(sql: str) -> tuple[list[Wanted], list[Fault]]:
    """What a SELECT reads from `signal`, and the places where it does not say so."""
    found: list[Wanted] = []
    faults: list[Fault] = []
    for table in parsed(sql).find_all(exp.Table):
        if table.name.lower() != "signal":
            continue
        select = table.find_ancestor(exp.Select)
        said = (
            []
            if select is None
            else [one for test in _tests(select) for one in _literals(test, table.alias_or_name, _alone(select))]
        )
        found += said
        if not said:
            faults.append(
                Fault(
                    place(table),
                    "signals are read without saying which",
                    "add WHERE s.rule = 'id', s.rule IN (…), s.topic = 'subsidy' or s.topic IN (…)",
                )
            )
    return found, faults


def _alone(select: exp.Select) -> bool:
    return not select.args.get("joins")


def _tests(select: exp.Select) -> Iterator[exp.Expr]:
    """What must all be true of a row: the parts of WHERE and ON that AND ties together."""
    clauses: Iterable[exp.Expr | None] = [
        select.args.get("where"),
        *(join.args.get("on") for join in select.args.get("joins") or []),
    ]
    for clause in clauses:
        body = clause.this if isinstance(clause, exp.Where) else clause
        if body is not None:
            yield from (part.unnest() for part in (body.unnest().flatten() if isinstance(body.unnest(), exp.And) else [body]))


def _literals(test: exp.Expr, alias: str, alone: bool) -> list[Wanted]:
    if isinstance(test, exp.EQ):
        column, values = test.this, [test.expression]
        if isinstance(test.expression, exp.Column):
            column, values = test.expression, [test.this]
    elif isinstance(test, exp.In) and test.expressions:
        column, values = test.this, test.expressions
    else:
        return []
    if not isinstance(column, exp.Column) or column.name.lower() not in ("rule", "topic"):
        return []
    if column.table.lower() != alias.lower() and not (alone and not column.table):
        return []
    if not all(isinstance(value, exp.Literal) and value.is_string for value in values):
        return []
    return [Wanted(column.name.lower(), value.name, place(value)) for value in values]
