"""Whether the database plans two SELECTs alike: then they give the same rows on any records.

Only rewritings that do not look at records are left on. A plan that differs proves nothing: the mutant stays one.
"""

import re

import duckdb

LOGICAL = ("expression_rewriter", "filter_pullup", "filter_pushdown", "deliminator")
"""What the database may rewrite when it plans. Tried on DuckDB 2.0: with more, plans cannot be written down."""
PLACES = re.compile(r'"query_location(_length)?":\d+,?')


def plan_only(connection: duckdb.DuckDBPyConnection, kept: tuple[str, ...] = LOGICAL) -> None:
    """Leave only some of the database's optimizers on."""
    known = [str(row[0]) for row in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    connection.execute(f"SET disabled_optimizers = '{','.join(one for one in known if one not in kept)}'")


def plan_of(connection: duckdb.DuckDBPyConnection, select: str) -> str | None:
    """The plan of a SELECT, without places in its text; None when the database cannot write it down."""
    options = "skip_null := true, skip_empty := true, optimize := true"
    found = connection.execute(f"SELECT json_serialize_plan(?, {options})", [select]).fetchall()
    plan = PLACES.sub("", str(found[0][0]))
    return None if plan.startswith('{"error":true') else plan
