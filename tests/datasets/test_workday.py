"""Working days are counted by the official holiday table, and a year it does not hold is said to be provisional."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.contract import read_contracts
from datasets.strict_yaml import Mistakes
from datasets.workday import FIRST, LAST, SHIPPED, BeyondCalendar, read_calendar, shipped_calendar

DAYS = st.dates(FIRST, date(2034, 12, 31))


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_every_official_day_agrees_with_the_package_that_knows_them() -> None:
    calendar = shipped_calendar()
    days = [FIRST + timedelta(days=day) for day in range((date(2026, 12, 31) - FIRST).days + 1)]
    assert not [day for day in days if calendar.is_working(day) != chinese_calendar.is_workday(day)]


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2024, 3, 4), 1, date(2024, 3, 5)),
        (date(2024, 3, 8), 1, date(2024, 3, 11)),  # Friday to Monday
        (date(2024, 3, 9), 1, date(2024, 3, 11)),  # from a Saturday
        (date(2024, 9, 30), 1, date(2024, 10, 8)),  # over the National Day week
        (date(2024, 2, 9), 5, date(2024, 2, 22)),  # Spring Festival, and the Sunday of 18 February worked
        (date(2024, 3, 4), 0, date(2024, 3, 4)),
    ],
)
def test_a_period_runs_from_the_next_working_day(start: date, days: int, end: date) -> None:
    assert shipped_calendar().after(start, days) == end


def test_single_source_notices_are_counted_by_subtracting_numbers() -> None:
    # 2024-04-30 (Tuesday) to 2024-05-08: Labour Day from 1 to 5 May, so 6, 7 and 8 May are worked
    calendar = shipped_calendar()
    assert calendar.between(date(2024, 4, 30), date(2024, 5, 8)) == 3
    assert calendar.between(date(2024, 5, 8), date(2024, 4, 30)) == -3


@given(DAYS, st.integers(1, 200))
def test_after_is_the_first_day_by_which_so_many_have_passed(start: date, days: int) -> None:
    calendar = shipped_calendar()
    end = calendar.after(start, days)
    assert calendar.is_working(end)
    assert calendar.between(start, end) == days
    assert calendar.between(start, end - timedelta(days=1)) == days - 1


def test_the_table_holds_every_day_with_the_contracts_columns() -> None:
    rows = shipped_calendar().table()
    contract = read_contracts()["workday"]
    assert tuple(rows.column_names) == tuple(contract.columns)
    assert (rows.num_rows, rows["day_on"][0].as_py(), rows["day_on"][-1].as_py()) == ((LAST - FIRST).days + 1, FIRST, LAST)
    assert rows["number"][3].as_py() == 1  # 1 to 3 January 2010 were off, the 4th was worked
    assert rows.filter([day == date(2027, 1, 1) for day in rows["day_on"].to_pylist()])["provisional"].to_pylist() == [True]


def test_a_year_without_a_notice_counts_weekends_only_and_says_so() -> None:
    calendar = shipped_calendar()
    assert calendar.is_working(date(2030, 10, 1)) and not calendar.is_working(date(2030, 10, 5))
    assert calendar.is_provisional(date(2026, 12, 31), date(2027, 1, 1))
    assert not calendar.is_provisional(date(2010, 1, 1), date(2026, 12, 31))


def test_an_office_adds_the_next_year_in_a_table_of_its_own(tmp_path: Path) -> None:
    own = table(
        tmp_path / "own.yml", "years:\n  - year: 2027\n    off: [{zh: 元旦, en: New Year, first: 2027-01-01, last: 2027-01-03}]\n"
    )
    calendar = read_calendar(SHIPPED, own)
    assert not calendar.is_working(date(2027, 1, 1))
    assert not calendar.is_provisional(date(2026, 12, 31), date(2027, 12, 31))


def test_a_year_entered_ahead_of_the_notice_stays_provisional(tmp_path: Path) -> None:
    text = "years:\n  - {year: 2027, off: [{zh: 元旦, en: New Year, first: 2027-01-01, last: 2027-01-01}], provisional: true}\n"
    calendar = read_calendar(SHIPPED, table(tmp_path / "own.yml", text))
    assert not calendar.is_working(date(2027, 1, 1)) and calendar.is_provisional(date(2027, 1, 1), date(2027, 1, 1))


def test_all_mistakes_of_a_table_come_at_once(tmp_path: Path) -> None:
    text = """\
years:
  - year: 2027
    off:
      - {zh: 元旦, en: New Year, first: 2027-01-03, last: 2027-01-01}
      - {zh: 春节, en: Spring Festival, first: 2027-02-06, last: 2027-02-12}
    worked: [2027-02-06, 2027-02-15, 2026-02-14]
  - year: 2027
    off: []
"""
    path = table(tmp_path / "holidays.yml", text)
    with pytest.raises(Mistakes) as found:
        read_calendar(path)
    assert [str(one).replace(f"{path}:", "") for one in found.value.mistakes] == [
        "4: 元旦: 2027-01-03 to 2027-01-01 is no run of days of 2027",
        "6: 2027-02-06 is a day off in the same table",
        "6: 2027-02-15 is no Saturday or Sunday of 2027: only those are worked instead",
        "6: 2026-02-14 is no Saturday or Sunday of 2027: only those are worked instead",
        "7: the year 2027 stands here twice",
    ]


def test_a_day_outside_the_calendar_is_refused_by_name() -> None:
    calendar = shipped_calendar()
    with pytest.raises(BeyondCalendar, match="2009-12-31 lies outside the calendar, which runs from 2010-01-01 to 2035-12-31"):
        calendar.is_working(date(2009, 12, 31))
    with pytest.raises(BeyondCalendar, match="90 working days after 2035-12-01"):
        calendar.after(date(2035, 12, 1), 90)
    with pytest.raises(ValueError, match="a period runs forward"):
        calendar.after(date(2024, 1, 1), -1)
