"""Sums, dates and credit codes read out of texts as what they mean."""

import pytest

from datasets.forms import credit_check
from models.mention_figure import figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("收了18.5万元", ("money", "185000.00")),
        ("骗走老人八千五百元", ("money", "8500.00")),
        ("交了12,300.50元", ("money", "12300.50")),
        ("补贴少了两百块钱", ("money", "200.00")),
        ("工程款5万多元", ("money", "50000.00")),
        ("一百零五块", ("money", "105.00")),
        ("2024年3月5日来的", ("date", "2024-03-05")),
        ("从2024年3月起", ("date", "2024-03")),
        ("2024-03-05到账", ("date", "2024-03-05")),
    ],
)
def test_a_figure_is_read_as_what_it_means(text: str, expected: tuple[str, str]) -> None:
    found = list(figures(text))
    assert [(kind, value) for kind, value, _, _ in found] == [expected]
    assert text[found[0][2] : found[0][3]] in text


@pytest.mark.parametrize("text", ["2024年13月5日", "三个月没发", "3楼2单元", "2024-02-30", "一二元"])
def test_what_is_no_figure_is_left(text: str) -> None:
    assert list(figures(text)) == []


def test_a_credit_code_needs_its_check_character() -> None:
    body = "91320612MA1ABCDE5"
    good = body + credit_check(body)
    assert [found[:2] for found in figures(f"代码{good}。")] == [("credit_code", good)]
    assert list(figures(f"代码{body}{'1' if good[-1] != '1' else '2'}。")) == []


def test_spans_are_those_of_the_text() -> None:
    text = "村里2024年3月5日收了两千元"
    assert [text[start:end] for _, _, start, end in figures(text)] == ["两千元", "2024年3月5日"]
