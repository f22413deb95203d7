"""Numbers and other values as people write them."""

from datetime import date, datetime
from decimal import Decimal

import pytest

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
