"""The sentences of the shipped rules read as sentences: a circumstance is named where it holds, a share is a percentage."""

import pytest

from datasets.contract import read_contracts
from rules.book import SHIPPED, Book, read_book
from rules.indicator import Indicator
from rules.says import Part, parts


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book([SHIPPED], read_contracts())


def shown(rule: Indicator, percent: bool) -> set[str]:
    """Names whose values stand in a sentence of the rule, as they are or as percentages."""
    said: list[Part] = [*parts(rule.says.zh), *parts(rule.says.en)]
    return {name for part in said for _, name, as_percent in part.pieces if name is not None and as_percent == percent}


def test_no_sentence_says_yes_or_no(book: Book) -> None:
    truths = {
        rule.id: {name for test in rule.tests for flag in test.flags for name, value in flag.items() if isinstance(value, bool)}
        for rule in book.indicators.values()
    }
    assert sum(map(len, truths.values())) > 20
    assert {name: told for name, rule in book.indicators.items() if (told := truths[name] & shown(rule, percent=False))} == {}


def test_a_share_is_a_percentage(book: Book) -> None:
    for rule in book.indicators.values():
        shares = {name for name, param in rule.params.items() if param.unit == "share"}
        assert not shares & shown(rule, percent=False), rule.id
        assert not {one for one in shown(rule, percent=False) if one == "share" or one.endswith("_share")} - {"min_share"}, (
            rule.id
        )


def test_both_languages_say_the_same_values_and_name_the_same_circumstances(book: Book) -> None:
    for rule in book.indicators.values():
        zh, en = ({(part.flag, part.negated) for part in parts(text) if part.flag} for text in (rule.says.zh, rule.says.en))
        assert zh == en, rule.id
