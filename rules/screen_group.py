"""Groups (分组): questions that few records decide, those that many decide, and those for which the tables are better read whole."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from rules.screen_follow import Following
from rules.screen_question import Question
from rules.screen_steps import TooWide

HANDFUL, FEW = 250, 5_000
"""Records up to which questions share the small tables with others of their kind: more would slow those down, and add what is
not about their own subjects."""
WHOLE_FROM = 100_000
"""Records from which on it costs less to ask a question of the whole tables than to gather them."""


@dataclass
class Group:
    """Questions asked of one filling: those that may find something, those that may be blind, and the steps they rest on."""

    found: list[Question] = field(default_factory=list)
    blind: list[Question] = field(default_factory=list)
    steps: set[int] = field(default_factory=set)
    many: bool = False
    """Whether so many records decide that plans are made for them."""


def grouped(asking: Sequence[Question], following: Following) -> tuple[list[Group], list[Question]]:
    """Questions by how many records decide, and those that more decide than the following allows; what nothing can answer is in none."""
    handful, few, many = Group(), Group(), Group(many=True)
    wide = []
    for question in asking:
        try:
            can, size = _weighed(question, following)
        except TooWide:
            wide.append(question)
            continue
        group = handful if size <= HANDFUL else few if size <= FEW else many
        group.found += [question] if can else []
        blind = bool(size and question.about) and question.lacks.may_be(following)
        group.blind += [question] if blind else []
        group.steps |= (question.steps if can else frozenset()) | (question.about if blind else frozenset())
    return [group for group in (handful, few, many) if group.found or group.blind], wide


def wide_group(wide: Sequence[Question]) -> Group:
    """Questions to be asked of the whole tables."""
    return Group(list(wide), [question for question in wide if question.about])


def _weighed(question: Question, following: Following) -> tuple[bool, int]:
    """Whether anything can be found, and how many records decide. Raises TooWide."""
    if not len(following.keys(question.subjects)):
        return False, 0
    can = question.possible.holds(following.count)
    size = following.size((question.steps if can else frozenset()) | question.about)
    if following.most is not None and size > following.most:
        raise TooWide(question.rule.id)
    return can, max(size, 1)  # a calendar alone is no record of anybody, and still a question


@contextmanager
def laid_over(connection: duckdb.DuckDBPyConnection, table: str, key: Sequence[str], rows: pa.Table) -> Iterator[None]:
    """Have a table of the connection stand with incoming rows laid over it."""
    names = ", ".join(f'"{name}"' for name in rows.column_names)  # of contracts, as all names here
    same = " AND ".join(f'i."{name}" = t."{name}"' for name in key)
    connection.register("incoming_rows", rows)
    connection.execute("CREATE OR REPLACE TEMP TABLE screened_rows AS SELECT * FROM incoming_rows")
    connection.unregister("incoming_rows")
    over = f'SELECT {names} FROM main."{table}" t ANTI JOIN screened_rows i ON {same} UNION ALL SELECT {names} FROM screened_rows'  # noqa: S608
    connection.execute(f'CREATE TEMP TABLE "{table}" AS {over}')
    try:
        yield
    finally:
        connection.execute(f'DROP TABLE temp."{table}"')
        connection.execute("DROP TABLE temp.screened_rows")
