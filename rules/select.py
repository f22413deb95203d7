"""The text of a rule's SELECT: parsed once, its tables, params and output columns, and its params put in as literals."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.tokenizer_core import Token

Value = str | int | float | bool | date


@lru_cache(maxsize=4096)
def parsed(sql: str) -> exp.Expr:
    """The tree of one DuckDB statement, shared: copy it before changing it.

    Raises sqlglot.errors.ParseError (or TokenError) when the text is no SQL, ValueError when it is not one statement.
    """
    trees = sqlglot.parse(sql, read="duckdb")
    if len(trees) != 1 or trees[0] is None:
        raise ValueError(f"{sum(tree is not None for tree in trees) or 'no'} statements: a rule is exactly one SELECT")
    return trees[0]


@lru_cache(maxsize=4096)
def tokens_of(sql: str) -> tuple[Token, ...]:
    """The words of a text, each with its offsets. Raises sqlglot.errors.TokenError."""
    return tuple(sqlglot.tokenize(sql, read="duckdb"))


def canonical(sql: str) -> str:
    """The same words for the same SELECT, whatever its comments, layout and capitals."""
    tree = parsed(sql).copy()
    for name in tree.find_all(exp.Identifier):
        name.set("this", name.name.lower())
        name.set("quoted", False)
    return tree.sql(dialect="duckdb", comments=False)


def bind(sql: str, values: Mapping[str, Value]) -> str:
    """The SELECT with its params put in as literals of the tree, so that no value is ever read as SQL.

    Raises KeyError when a param has no value.
    """

    def fill(node: exp.Expr) -> exp.Expr:
        return exp.convert(values[node.name]) if isinstance(node, exp.Placeholder) else node

    return parsed(sql).copy().transform(fill).sql(dialect="duckdb", comments=False)


def parameters(sql: str) -> set[str]:
    """Names of the params ($name) that a SELECT uses."""
    return {node.name for node in parsed(sql).find_all(exp.Placeholder)}


def ctes_of(tree: exp.Expr) -> set[str]:
    """Names that WITH defines anywhere in the tree."""
    return {cte.alias.lower() for cte in tree.find_all(exp.CTE)}


def called_tables(tree: exp.Expr) -> set[str]:
    """Names that stand before a list of columns, as in `) AS t(a, b)`: they look like calls and are none."""
    return {alias.name.lower() for alias in tree.find_all(exp.TableAlias) if alias.columns}


def tables_of(sql: str) -> set[str]:
    """Names of the tables a SELECT reads, the names that WITH defines left out."""
    tree = parsed(sql)
    return {table.name.lower() for table in tree.find_all(exp.Table)} - ctes_of(tree)


def output_place(sql: str, name: str) -> int:
    """The offset of an output column in the text; 0 when it cannot be told."""
    tree = parsed(sql)
    for select in tree.selects if isinstance(tree, exp.Query) else []:
        if select.alias_or_name.lower() == name:
            word = select.args.get("alias") or select.this
            return int(word.meta.get("start", 0)) if isinstance(word, exp.Expr) else 0
    return 0


def outputs(sql: str) -> list[str]:
    """Names of the output columns, in order."""
    tree = parsed(sql)
    return [name.lower() for name in tree.named_selects] if isinstance(tree, exp.Query) else []
