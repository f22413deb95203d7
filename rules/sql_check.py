"""A rule's SELECT checked before anything runs: one SELECT, contract tables and columns, types, the dialect, params."""

from collections.abc import Iterator
from typing import NamedTuple

import duckdb
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokenizer_core import TokenType

from datasets.contract import Contracts
from rules.columns import Known, unknown_columns, unknown_tables
from rules.comparisons import mistyped, typed
from rules.dialect import Fault, outside
from rules.empty_tables import bind_fault, result_types
from rules.forms import misformed
from rules.select import Value, parsed, tokens_of
from rules.thresholds import misnamed
from rules.words_check import unknown_words


class Checked(NamedTuple):
    """What the check of one SELECT found: faults, and (when there are none) the types of its output columns and its resolved tree."""

    faults: list[Fault]
    types: dict[str, str]
    resolved: exp.Expr | None = None


def check_select(
    sql: str, known: Known, params: dict[str, Value], connection: duckdb.DuckDBPyConnection, contracts: Contracts
) -> Checked:
    """Check one SELECT; `known` are the tables it may read, `params` the values its $names may take.

    Faults come at offsets of the text. The connection holds the known tables, empty.
    """
    try:
        tree = parsed(sql)
    except ParseError as error:
        return Checked([_unreadable(error, sql)], {})
    except (TokenError, ValueError) as error:
        return Checked([Fault(0, f"cannot be read: {str(error).splitlines()[0]}")], {})
    faults = list(_structure(sql, tree, known, contracts))
    resolved = typed(tree, known, params) if not faults else None
    if resolved is not None:
        faults += mistyped(resolved)
    if faults:
        return Checked(_once(faults), {})
    text = spliced(sql, params)
    try:
        return Checked([], result_types(connection, text), resolved)
    except duckdb.Error as error:
        return Checked([bind_fault(error, text)], {})


def _structure(sql: str, tree: exp.Expr, known: Known, contracts: Contracts) -> Iterator[Fault]:
    yield from misformed(tree)
    yield from outside(sql, tree)
    yield from unknown_tables(tree, known)
    yield from unknown_columns(tree, known)
    yield from unknown_words(tree, contracts)
    yield from misnamed(tree)


def _once(faults: list[Fault]) -> list[Fault]:
    return sorted(dict.fromkeys(faults))


def _unreadable(error: ParseError, sql: str) -> Fault:
    first = error.errors[0] if error.errors else {}
    line = int(first.get("line") or 1)
    start = sum(len(one) for one in sql.splitlines(keepends=True)[: line - 1])
    near = str(first.get("highlight") or "").strip()
    return Fault(
        start,
        f"cannot be read as SQL: {str(first.get('description') or error).rstrip('.')}" + (f" near {near!r}" if near else ""),
    )


def spliced(sql: str, params: dict[str, Value]) -> str:
    """The text as the author wrote it, line by line, with literals made by SQLGlot where the params stand: for binding only."""
    parts: list[str] = []
    end = 0
    for start, stop, name in param_places(sql):
        if name in params:
            parts += [sql[end:start], exp.convert(params[name]).sql(dialect="duckdb")]
            end = stop
    return "".join((*parts, sql[end:]))


def param_places(sql: str) -> list[tuple[int, int, str]]:
    """Start, end and name of every $name of a text."""
    tokens = tokens_of(sql)
    return [
        (one.start, two.end + 1, two.text)
        for one, two in zip(tokens, tokens[1:], strict=False)
        if one.token_type is TokenType.PARAMETER and two.start == one.end + 1
    ]
