"""Numbers and other values as people write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from datasets.contract import Words
from rules.sentence import shown, writer


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("1000.00"), "1000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("12.50"), "12.5"),
        (Decimal("-0.00"), "0"),
        (1234567.891, "1234567.89"),
        (1e21, "1000000000000000000000"),
        (0.98765, "0.9877"),
        (1.05, "1.05"),
        (1e-9, "0"),
        (float("nan"), "—"),
        (7, "7"),
        (None, "—"),
        (True, "yes"),
        (date(2024, 3, 1), "2024-03-01"),
        (datetime(2024, 3, 1, 9, 5, 30), "2024-03-01 09:05"),
        (["a", None, "b"], "a, —, b"),
        ("U1", "U1"),
    ],
)
def test_a_value_is_shown_tidily(value: object, text: str) -> None:
    assert shown(value, "en") == text


def test_braces_and_repeated_names_are_written_as_meant() -> None:
    assert writer("{{{n}}} {n}次 {flag}", "zh")({"n": 2, "flag": False}) == "{2} 2次 否"


def test_codes_are_said_by_their_words_and_money_as_money() -> None:
    words = {"method": {"open": Words(zh="公开招标", en="open tender")}}
    values = {"method": "open", "amount": Decimal("1234567.50"), "methods": ["open"]}
    assert writer("{method}{amount}元", "zh", words)(values) == "公开招标1,234,567.50元"
    assert writer("{method}: {amount} yuan", "en", words)(values) == "open tender: 1,234,567.50 yuan"
    assert writer("{methods}", "zh", words)(values) == "open", "the words of one column are not those of another"


def test_a_part_in_brackets_falls_away_when_its_value_is_empty() -> None:
    write = writer("{tickets}件投诉[（{callers}人）]点名", "zh")
    assert write({"tickets": 1, "callers": None}) == "1件投诉点名"
    assert write({"tickets": 2, "callers": 1}) == "2件投诉（1人）点名"
