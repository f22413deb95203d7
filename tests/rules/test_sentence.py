"""Numbers and other values as people write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from datasets.contract import Words
from rules.says import placeholders
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


def test_a_share_is_said_as_a_percentage() -> None:
    write = writer("占{share:%}，各为{shares:%}，界限{bound:%}", "zh")
    assert write({"share": 0.9491, "shares": [0.5, Decimal("0.0016")], "bound": 1}) == "占94.91%，各为50%、0.16%，界限100%"
    assert writer("{share:%}", "zh")({"share": None}) == writer("{share:%}", "zh")({"share": float("nan")}) == "—"


def test_a_part_with_a_condition_stands_only_when_it_holds() -> None:
    write = writer("已办结[copied?，答复与别件相同][!copied?，答复不同][times?，共{times}件]", "zh")
    assert write({"copied": True, "times": 5}) == "已办结，答复与别件相同，共5件"
    assert write({"copied": False, "times": 0}) == "已办结，答复不同"
    assert write({"copied": None, "times": None}) == "已办结"


@pytest.mark.parametrize("text", ["{a:.2f}", "{a!r}", "{}", "{A}"])
def test_a_brace_holds_one_name_and_at_most_a_percent_sign(text: str) -> None:
    with pytest.raises(ValueError, match="one name"):
        placeholders(text)


def test_the_names_of_conditions_are_names_too() -> None:
    assert placeholders("{a}[!b?，{c:%}]") == ["a", "b", "c"]


def test_a_part_in_brackets_falls_away_when_its_value_is_empty() -> None:
    write = writer("{tickets}件投诉[（{callers}人）]点名", "zh")
    assert write({"tickets": 1, "callers": None}) == "1件投诉点名"
    assert write({"tickets": 2, "callers": 1}) == "2件投诉（1人）点名"
