"""Cells the way offices write them, read as values; what cannot be read says why."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets import reading
from datasets.reading import Unreadable, plain, plain_text


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1,234.50", "1234.50"), ("１２３４", "1234.00"), ("1.2万元", "12000.00"), ("￥300", "300.00"), ("(50.5)", "-50.50"),
        ("人民币 88元整", "88.00"), ("2亿", "200000000.00"), ("-3", "-3.00"), ("12.345", "12.35"), ("1.5E3", "1500.00"),
    ],
)  # fmt: skip
def test_money_is_yuan_to_the_cent(text: str, yuan: str) -> None:
    assert reading.read_money(plain(text) or "") == Decimal(yuan)


def test_a_bare_number_takes_the_unit_of_its_column_and_a_written_unit_is_stronger() -> None:
    assert reading.read_money("1.5", 10_000) == Decimal("15000.00")
    assert reading.read_money("1.5万", 10_000) == Decimal("15000.00")
    assert reading.read_money("300元", 10_000) == Decimal("300.00")


@pytest.mark.parametrize(
    "text", ["2024-03-05", "2024/3/5", "2024.3.5", "20240305", "2024年3月5日", "45356", "２０２４年３月５日", "2024-3-5 00:00:00"]
)
def test_a_day_is_read_from_every_spelling(text: str) -> None:
    assert reading.read_date(plain(text) or "") == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-05 10:20", datetime(2024, 3, 5, 10, 20)), ("2024年3月5日 10时20分", datetime(2024, 3, 5, 10, 20)),
        ("45356.5", datetime(2024, 3, 5, 12)), ("2024-03-05T10:20:30.5", datetime(2024, 3, 5, 10, 20, 30, 500_000)),
        ("2024-03-05T02:20:00Z", datetime(2024, 3, 5, 10, 20)), ("2024-03-05 23:00:00+09:00", datetime(2024, 3, 5, 22)),
        ("2024/3/5 下午 3:20", datetime(2024, 3, 5, 15, 20)), ("20240305102000", datetime(2024, 3, 5, 10, 20)),
    ],
)  # fmt: skip
def test_a_time_is_local_time(text: str, moment: datetime) -> None:
    assert reading.read_timestamp(text) == moment


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (reading.read_date, "2024-02-30", "not_a_date"), (reading.read_date, "2024-03", "not_a_date"),
        (reading.read_date, "昨天", "not_a_date"), (reading.read_date, "1899-12-31", "out_of_range"),
        (reading.read_date, "2910-01-01", "out_of_range"), (reading.read_date, "2024-03-05 25:00", "not_a_date"),
        (reading.read_money, "六百", "not_a_number"), (reading.read_money, "", "not_a_number"),
        (reading.read_money, "1" * 17, "out_of_range"), (reading.read_integer, "1.5", "not_a_number"),
        (reading.read_integer, "9" * 19, "out_of_range"), (reading.read_boolean, "也许", "not_allowed"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(read: object, text: str, code: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read(text)  # type: ignore[operator]
    assert fault.value.code == code


@pytest.mark.parametrize(
    ("text", "value"), [("是", True), ("√", True), ("Y", True), ("1", True), ("否", False), ("无", False), ("0", False)]
)
def test_yes_and_no(text: str, value: bool) -> None:
    assert reading.read_boolean(text) is value


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024年3月", "2024-03"),
        ("202403", "2024-03"),
        ("2024.3", "2024-03"),
        ("2024年度", "2024"),
        ("2024-03-01", "2024-03"),
        ("一季度", "一季度"),
    ],
)
def test_a_period_is_a_month_or_a_year(text: str, period: str) -> None:
    assert reading.read_period(text) == period


def test_units_behind_a_measure_are_dropped() -> None:
    assert reading.read_quantity("5.6亩") == Decimal("5.6000") and reading.read_integer("2024年") == 2024


@pytest.mark.parametrize("text", ["", "  ", "/", "-", "——", "NULL", "　", "\ufeff"])
def test_what_offices_write_into_empty_cells_is_empty(text: str) -> None:
    assert plain(text) is None


def test_running_text_keeps_its_punctuation_and_gets_narrow_digits() -> None:
    assert plain_text("电话：１３８，谢谢（急）") == "电话：138，谢谢（急）"
    assert plain("（集团）公司１") == "(集团)公司1"


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=2))
def test_every_amount_survives_being_written_with_separators(amount: Decimal) -> None:
    assert reading.read_money(f"{amount:,.2f}") == amount


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_survives_every_spelling(day: date) -> None:
    spelled = [
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        day.strftime("%Y%m%d"),
        day.isoformat(),
    ]
    assert {reading.read_date(text) for text in spelled} == {day}


@given(st.text(max_size=20))
def test_no_text_makes_reading_fall_over(text: str) -> None:
    for read in (reading.read_money, reading.read_integer, reading.read_quantity, reading.read_number, reading.read_timestamp):
        try:
            assert read(plain(text) or "") is not None
        except Unreadable as fault:
            assert fault.code in ("not_a_number", "not_a_date", "out_of_range")
