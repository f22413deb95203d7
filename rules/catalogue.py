"""The catalogue (规则目录): every red flag that practice and law know, and which rules of the book answer it.

The rows are data (catalogue.yml): the Chinese lists, the Open Contracting Partnership's 73 red flags (2024), Cardinal's eleven
among them, and Opentender's that are not. A row without a live rule names the record it lacks.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from datasets import strict_yaml
from datasets.contract import Declared, Words
from rules.book import Book

SHIPPED = Path(__file__).parent / "catalogue.yml"
Group = Literal["subsidy", "procurement", "red_flag", "hotline", "cross", "opentender"]


class Row(Words):
    """One red flag: what it is called, and what is missing where no rule can tell it."""

    group: Group
    same: tuple[str, ...] = ()
    """Other rows whose rules answer this one as well."""
    lacks: Words | None = None
    """The record that would be needed, and what comes nearest to it."""


class Catalogue(Declared):
    """All rows by code."""

    rows: dict[str, Row]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if unknown := sorted({code for row in self.rows.values() for code in row.same} - self.rows.keys()):
            raise ValueError(f"same names rows that are not there: {', '.join(unknown)}")
        return self


@dataclass(frozen=True)
class Coverage:
    """How the book answers one row: rules by status, in the order of their ids."""

    row: Row
    live: tuple[str, ...]
    other: tuple[str, ...]

    @property
    def accounted_for(self) -> bool:
        return bool(self.live) or self.row.lacks is not None


def read_catalogue(path: Path = SHIPPED) -> dict[str, Row]:
    """Rows by code, in the file's order. Raises strict_yaml.Mistakes."""
    return strict_yaml.read(path, Catalogue)[0].rows


def coverage(book: Book, rows: dict[str, Row]) -> dict[str, Coverage]:
    """For every row the rules that answer it: those that carry its code, or the code of a row it is the same as, as a tag."""
    tagged: dict[str, list[str]] = defaultdict(list)
    for rule in book.indicators.values():
        for tag in rule.tags:
            tagged[tag].append(rule.id)
    return {code: _covered(book, row, {one for tag in (code, *row.same) for one in tagged[tag]}) for code, row in rows.items()}


def _covered(book: Book, row: Row, rules: set[str]) -> Coverage:
    live = tuple(sorted(one for one in rules if book.indicators[one].status == "live"))
    return Coverage(row, live, tuple(sorted(rules - set(live))))
