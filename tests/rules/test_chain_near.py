"""Nearness in time: inclusive, symmetric, found set by set and the same as looking at every pair."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.near import PARTNERS, Period, near

DAY = date(2024, 1, 1)
periods = st.builds(
    lambda number, first, length, equal: Period(f"S{number}", DAY + timedelta(first), DAY + timedelta(first + length), equal),
    st.integers(0, 9), st.integers(0, 40), st.integers(0, 6), st.sampled_from(("a", "b")),
)  # fmt: skip
sides = st.lists(periods, max_size=6, unique_by=lambda one: one.signal_id)


def apart(one: Period, other: Period) -> int:
    return max(0, (other.first_on - one.last_on).days, (one.first_on - other.last_on).days)


@settings(max_examples=100, deadline=None)
@given(left=sides, right=sides, days=st.integers(0, 12))
def test_the_pairs_are_those_of_a_look_at_every_pair(left: list[Period], right: list[Period], days: int) -> None:
    every = {
        (one.signal_id, other.signal_id)
        for one in left
        for other in right
        if one.signal_id != other.signal_id and one.equal == other.equal and apart(one, other) <= days
    }
    found = near(left, right, days)
    assert set(found.pairs) == every
    assert len(found.pairs) == len(every)
    assert found.left_out == 0


def test_beyond_so_many_partners_the_nearest_are_kept_and_the_rest_counted() -> None:
    one = [Period("S", DAY, DAY, "")]
    many = [Period(f"T{number:03d}", DAY + timedelta(number), DAY + timedelta(number), "") for number in range(PARTNERS + 7)]
    found = near(one, many, 1_000)
    assert [other for _, other in found.pairs] == [f"T{number:03d}" for number in range(PARTNERS)]
    assert found.left_out == 7
