"""Working days by the holiday table, batches, and the day by which something is due."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from datasets.strict_yaml import Mistakes
from service.handover import Batches, read_handover
from service.store.assignment import Assignment
from service.working_days import read_working_days
from tests.service import village
from tests.service.conftest import Office

DAYS = read_working_days([])
HANDOVER = read_handover([])
known = st.dates(date(2018, 1, 1), date(2026, 9, 30))


@given(known)
def test_the_table_says_what_the_official_calendar_says(day: date) -> None:
    assert DAYS.working(day) == chinese_calendar.is_workday(day)


@given(known, st.integers(1, 40))
def test_the_day_reckoned_is_a_working_day_with_so_many_working_days_behind_it(day: date, count: int) -> None:
    due = DAYS.after(day, count)
    between = [day + timedelta(days=number) for number in range(1, (due.on - day).days + 1)]
    assert DAYS.working(due.on) and sum(map(DAYS.working, between)) == count
    assert not due.provisional


def test_the_spring_festival_is_left_out_and_a_worked_sunday_is_not() -> None:
    assert DAYS.after(date(2024, 2, 8), 2).on == date(2024, 2, 18), (
        "the 9th and Sunday the 18th are worked, the 10th to 17th are off"
    )


def test_a_year_without_a_table_counts_weekends_only_and_says_so() -> None:
    assert DAYS.after(date(2026, 12, 30), 5) == (date(2027, 1, 6), True)
    assert DAYS.after(date(2026, 12, 24), 3).provisional is False


def test_routine_matters_wait_for_the_batch_and_urgent_ones_do_not() -> None:
    monday = date(2025, 9, 29)
    assert HANDOVER.due("routine", 20, date(2025, 9, 25)).batch_on == monday
    assert HANDOVER.due("routine", 20, monday).batch_on == monday, "the day itself is not too late"
    urgent = HANDOVER.due("urgent", 5, date(2025, 9, 25))
    assert (urgent.batch_on, urgent.due_on) == (None, date(2025, 10, 9)), "a worked Sunday, then the national holidays"


def test_a_batch_on_a_holiday_goes_out_on_the_next_working_day() -> None:
    assert HANDOVER.due("routine", 1, date(2025, 10, 3)).batch_on == date(2025, 10, 9)


@given(known, st.integers(1, 28))
def test_a_monthly_batch_goes_out_on_its_day_of_the_month(day: date, of_month: int) -> None:
    batches = Batches.model_validate({"every": "month", "day": of_month, "why": {"zh": "", "en": ""}})
    found = batches.on_or_after(day)
    assert found.day == of_month and 0 <= (found - day).days <= 31


def test_a_day_that_no_month_has_is_refused(tmp_path: Path) -> None:
    (tmp_path / "handover.yml").write_text('routine: {every: month, day: 31, why: {zh: "", en: ""}}\n', encoding="utf-8")
    with pytest.raises(Mistakes, match=r"handover\.yml:1.*1 to 28"):
        read_handover([tmp_path])


def test_what_was_reckoned_without_a_table_is_reckoned_again_when_the_office_adds_one(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people(), village.payments())
    own = embedded.folder / "own"
    own.mkdir()
    (own / "holidays.yml").write_text("years: [{year: 2026, off: [], provisional: true}]\n", encoding="utf-8")
    embedded.variables["GUANTONG_BOOK"] = str(own)
    embedded.run()
    with embedded.desk() as desk, desk.store.look() as session:
        before = {one.assignment_id: one.due_on for one in session.scalars(select(Assignment))}
        assert set(session.scalars(select(Assignment.due_provisional))) == {True}
    (own / "holidays.yml").write_text(
        "years: [{year: 2026, off: [{zh: 元旦, en: New Year, first: 2026-01-06, last: 2026-01-08}]}]\n", encoding="utf-8"
    )
    embedded.run()
    with embedded.desk() as desk, desk.store.look() as session:
        after = session.scalars(select(Assignment)).all()
        assert {one.due_provisional for one in after} == {False}
        assert len(after) == len(before) and any(one.due_on != before[one.assignment_id] for one in after), (
            "settled, not given again"
        )


def test_the_department_that_checks_first_is_kept_beside_the_office_that_leads(office: Office) -> None:
    office.take_in(village.places(), village.people(), village.payments())
    office.run()
    with office.desk() as desk, desk.store.look() as session:
        checks = session.scalars(select(Assignment).where(Assignment.role == "handle")).all()
        assert checks and all(one.unit_id and one.office_id is None and one.due_on for one in checks)
        leads = session.scalars(select(Assignment).where(Assignment.role == "lead")).all()
        assert {one.fingerprint for one in checks} <= {one.fingerprint for one in leads}
