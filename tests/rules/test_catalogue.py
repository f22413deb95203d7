"""The catalogue: every row is answered by a live rule or names the record it lacks, and tags are rows."""

from pathlib import Path

import pytest

from datasets.contract import read_contracts
from datasets.strict_yaml import Mistakes
from rules.book import SHIPPED, Book, read_book
from rules.catalogue import coverage, read_catalogue


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book([SHIPPED], read_contracts())


def test_the_catalogue_holds_the_rows_of_practice_and_the_73_red_flags() -> None:
    rows = read_catalogue()
    counts = {
        group: sum(row.group == group for row in rows.values())
        for group in ("subsidy", "procurement", "red_flag", "hotline", "cross")
    }
    assert counts == {"subsidy": 28, "procurement": 32, "red_flag": 73, "hotline": 13, "cross": 12}


def test_every_row_is_answered_by_a_live_rule_or_names_the_record_it_lacks(book: Book) -> None:
    open_rows = [code for code, one in coverage(book, read_catalogue()).items() if not one.accounted_for]
    assert open_rows == []


def test_a_row_that_lacks_its_record_has_no_live_rule(book: Book) -> None:
    found = coverage(book, read_catalogue())
    assert [code for code, one in found.items() if one.row.lacks is not None and one.live] == []


def test_every_tag_of_a_rule_is_a_row_of_the_catalogue(book: Book) -> None:
    rows = read_catalogue()
    assert {tag for rule in book.indicators.values() for tag in rule.tags} - rows.keys() == set()


def test_a_hundred_rules_are_live(book: Book) -> None:
    assert sum(rule.status == "live" for rule in book.indicators.values()) >= 100


def test_a_row_that_is_the_same_as_an_unknown_one_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.yml"
    path.write_text("rows:\n  A1: {group: hotline, zh: 甲, en: one, same: [A2]}\n", encoding="utf-8")
    with pytest.raises(Mistakes, match="A2"):
        read_catalogue(path)
