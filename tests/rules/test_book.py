"""The shipped book: every file reads without a mistake, names what it shows, and passes its own tests."""

from pathlib import Path

import pytest

from datasets.contract import Contracts, read_contracts
from rules.book import SHIPPED, Book, read_book
from rules.indicator import UNDERSTOOD
from rules.select import outputs
from rules.trial import try_rule

FILES = sorted((SHIPPED / "book").rglob("*.yml"))


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    return read_contracts()


@pytest.fixture(scope="module")
def book(contracts: Contracts) -> Book:
    return read_book([SHIPPED], contracts)


def test_the_book_reads_without_a_mistake_and_holds_every_file(book: Book) -> None:
    assert set(book.indicators) == {path.stem for path in FILES}


def test_whatever_is_shown_of_a_rule_has_a_name_in_both_languages(book: Book) -> None:
    untitled = [
        f"{rule.id}.{name}" for rule in book.indicators.values() for name, param in rule.params.items() if param.title is None
    ]
    shown = {
        rule.id: [one for one in outputs(rule.sql) if not one.startswith(("evidence_", "parties_"))]
        for rule in book.indicators.values()
    }
    unlabelled = [
        f"{rule.id}.{name}"
        for rule in book.indicators.values()
        for name in shown[rule.id]
        if name not in UNDERSTOOD and name not in rule.labels
    ]
    assert (untitled, unlabelled) == ([], [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_passes_its_own_tests(path: Path, book: Book, contracts: Contracts) -> None:
    rule = book.indicators[path.stem]
    assert any(test.flags for test in rule.tests), "no test flags"
    assert any(not test.flags for test in rule.tests), "no test is silent"
    assert [f"{result.test}: {result.message}" for result in try_rule(rule, contracts) if not result.passed] == []
