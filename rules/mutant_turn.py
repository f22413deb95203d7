"""One change of one node of a SELECT's tree, its words, and the SELECT that comes of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.dialect import rename_func
from sqlglot.generators.duckdb import DuckDBGenerator

from rules.dialect import place
from rules.select import parsed

LONGEST = 160
"""Ids longer than this are cut in the middle."""


@dataclass(frozen=True)
class Turn:
    """A change not yet made. `apply` changes the node of a copy that stands where `node` stands in the tree."""

    operator: str
    words: str
    """What is done, to what: the tail of the mutant's id."""
    node: exp.Expr
    old: str
    new: str
    apply: Callable[[exp.Expr], None]

    @property
    def start(self) -> int:
        """Offset of the first word of what is changed."""
        return place(self.node)

    @property
    def id(self) -> str:
        """The words, after the name of the WITH part that holds the node."""
        part = self.node.find_ancestor(exp.CTE)
        return f"{part.alias}/{self.words}" if part is not None else self.words

    def done(self, tree: exp.Expr, bare: exp.Expr) -> str:
        """The changed SELECT as text; `bare` is a copy of the tree to be copied again."""
        at = next(index for index, node in enumerate(tree.walk()) if node is self.node)
        copy = bare.copy()
        self.apply(next(node for index, node in enumerate(copy.walk()) if index == at))
        return _written(copy)


def written(sql: str) -> str:
    """A SELECT as SQLGlot writes it: the mutants of a rule differ from this in nothing but what was changed."""
    return _written(parsed(sql))


def _written(tree: exp.Expr) -> str:
    return str(tree.sql(dialect="duckdb", comments=False))


def ordered(turns: Iterable[Turn]) -> list[Turn]:
    """In the order of the text, so that the same change keeps its number."""
    return sorted(turns, key=lambda turn: turn.start)


class _Readable(DuckDBGenerator):
    """The words of authors: NOT where they put it, and functions by the names of the dialect."""

    TRANSFORMS: ClassVar = {
        **DuckDBGenerator.TRANSFORMS,
        exp.ArgMax: rename_func("MAX_BY"),
        exp.ArgMin: rename_func("MIN_BY"),
        exp.Substring: rename_func("SUBSTR"),
    }

    def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
        written = expression.this.is_string and expression.to.this in (exp.DType.DATE, exp.DType.TIMESTAMP)
        if written and safe_prefix is None:
            return f"{self.sql(expression, 'to')} {self.sql(expression, 'this')}"
        return super().cast_sql(expression, safe_prefix)

    def not_sql(self, expression: exp.Not) -> str:
        inner = expression.this
        if isinstance(inner, exp.Is):
            return f"{self.sql(inner, 'this')} IS NOT {self.sql(inner, 'expression')}"
        if isinstance(inner, exp.In):
            return self.sql(inner).replace(" IN ", " NOT IN ", 1)
        return super().not_sql(expression)


def text(node: exp.Expr) -> str:
    """A node as it is shown: function names in small letters, no comments."""
    return str(_Readable(dialect="duckdb", comments=False, normalize_functions="lower").generate(node))


def short(words: str) -> str:
    """Cut in the middle when too long to be read."""
    return words if len(words) <= LONGEST else f"{words[: LONGEST // 2]} … {words[-LONGEST // 2 + 3 :]}"
