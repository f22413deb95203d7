"""One small city in the clean form, made once for all tests that look at it."""

import csv
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import duckdb

from datasets.city.build import build


@cache
def shelf() -> Path:
    """Folder of a city of 6,000 people and two years."""
    out = Path(mkdtemp(prefix="city"))
    build(11, 6000, 2, out, "clean")
    return out


@cache
def lake() -> duckdb.DuckDBPyConnection:
    """The city's tables as views."""
    connection = duckdb.connect()
    for path in sorted((shelf() / "files").glob("*.parquet")):
        connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")
    return connection


def rows(sql: str) -> list[tuple[object, ...]]:
    return lake().execute(sql).fetchall()


def first(sql: str) -> set[str]:
    """The first column of a result as a set of texts."""
    return {str(row[0]) for row in rows(sql)}


@cache
def truth() -> tuple[dict[str, str], ...]:
    with (shelf() / "truth.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def subjects(rule: str, *kinds: str) -> set[str]:
    """Subjects of a rule's cases of some kinds."""
    return {row["subject"] for row in truth() if row["rule"] == rule and row["kind"] in kinds}


def evidence(row: dict[str, str]) -> list[tuple[str, list[str]]]:
    parts = [part.partition(":") for part in row["evidence"].split(";") if part]
    return [(table, keys.split("|")) for table, _, keys in parts]
