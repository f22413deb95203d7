"""The list of SQL words whose values are the same on every engine (dialect.yml), and what a SELECT uses outside of it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlglot import exp
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from datasets import strict_yaml
from datasets.contract import Declared
from rules.select import called_tables, ctes_of, tokens_of

# Words that stand before a parenthesis and call nothing; type names with a size among them.
NO_CALL = frozenset(
    "all and any as between by case char decimal distinct else except exists filter from group having in intersect join lateral not numeric on or order "
    "over partition qualify select some then union using values varchar when where with within recursive materialized semi anti inner left right".split()
)  # fmt: skip
AMBIGUOUS = frozenset({"left", "right"})
"""Functions as well as words of a join."""


class Fault(NamedTuple):
    """Something wrong in a SELECT: the offset of the character where it stands, what is wrong, what would be right."""

    start: int
    message: str
    hint: str = ""


class Reason(Declared):
    """Why a word is refused, and what to write instead."""

    why: str
    instead: str


class Functions(Declared):
    """Function names as an author writes them."""

    proven: tuple[str, ...]
    standard: tuple[str, ...]
    different: dict[str, Reason]
    refused: dict[str, Reason]


class Constructs(Declared):
    """Names of SQLGlot's node classes."""

    proven: tuple[str, ...]
    refused: dict[str, Reason]


class Dialect(Declared):
    """The whole list."""

    functions: Functions
    constructs: Constructs
    reserved: tuple[str, ...]

    @property
    def callable(self) -> frozenset[str]:
        return frozenset((*self.functions.proven, *self.functions.standard))


@cache
def the_dialect() -> Dialect:
    """The shipped list. Raises strict_yaml.Mistakes when it is faulty."""
    return strict_yaml.read(Path(__file__).with_name("dialect.yml"), Dialect)[0]


def place(node: exp.Expr) -> int:
    """The offset of a node in its text: its own, or that of the first word below it, or above it."""
    starts = [found.meta["start"] for found in node.walk() if "start" in found.meta]
    if starts:
        return int(min(starts))
    return place(node.parent) if node.parent else 0


def outside(sql: str, tree: exp.Expr) -> Iterator[Fault]:
    """Every function and construct of a SELECT that is not on the list, and every alias that is reserved somewhere."""
    yield from _functions(sql, tree)
    yield from _constructs(tree)
    for alias in tree.find_all(exp.Alias, exp.TableAlias, exp.CTE):
        if alias.alias.lower() in the_dialect().reserved:
            yield Fault(
                place(alias.args["alias"]) if alias.args.get("alias") else place(alias),
                f"alias {alias.alias!r} is a reserved word of some engine",
            )


def _functions(sql: str, tree: exp.Expr) -> Iterator[Fault]:
    dialect = the_dialect()
    for token in called(sql, ctes_of(tree) | called_tables(tree)):
        name = token.text.lower()
        reason = dialect.functions.refused.get(name) or dialect.functions.different.get(name)
        if reason:
            kind = "is refused" if name in dialect.functions.refused else "is silently different from engine to engine"
            yield Fault(token.start, f"{name}() {kind}: {reason.why}", f"use {reason.instead}")
        elif name not in dialect.callable:
            yield Fault(
                token.start,
                f"{name}() is not among the functions proven on every engine",
                strict_yaml.did_you_mean(name, dialect.callable),
            )


def called(sql: str, defined: set[str]) -> list[Token]:
    """The words of a text that call a function: a name with a parenthesis after it."""
    try:
        tokens = tokens_of(sql)
    except TokenError:
        return []
    found = []
    for index, (token, after) in enumerate(zip(tokens, tokens[1:], strict=False)):
        name = token.text.lower()
        if after.token_type is not TokenType.L_PAREN or not re.fullmatch(r"[a-z_]\w*", name) or name in defined:
            continue
        if name not in NO_CALL or (name in AMBIGUOUS and tokens[index + 1].start == token.end + 1):
            found.append(token)
    return found


def _constructs(tree: exp.Expr) -> Iterator[Fault]:
    dialect = the_dialect()
    for node in tree.walk():
        name = type(node).__name__
        if isinstance(node, exp.CurrentDate | exp.CurrentTimestamp | exp.CurrentTime | exp.Localtimestamp):
            clock = dialect.functions.refused["current_date"]
            yield Fault(place(node), f"{node.sql(dialect='duckdb').lower()} is refused: {clock.why}", f"use {clock.instead}")
        elif reason := dialect.constructs.refused.get(name):
            yield Fault(place(node), f"{name.upper()} is refused: {reason.why}", f"use {reason.instead}")
        elif not isinstance(node, exp.Func) and name not in dialect.constructs.proven:
            yield Fault(place(node), f"{name} is not among the constructs proven on every engine")
