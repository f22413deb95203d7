"""Pushed rows: stored once, whatever comes again; of two versions the later is current; a crash leaves the old state or the new."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.contract import read_contracts
from datasets.lake import Lake
from datasets.pushing import Push, Taken, take_pushes
from datasets.quarantine import waiting
from datasets.withdraw import withdraw
from tests.datasets.town import KEY, everything, stored

CONTRACTS = read_contracts()
AREA = {"area_id": "320612000000", "name": "通海县", "level": "county"}


def rows(*given: dict[str, str | None]) -> pa.Table:
    names = dict.fromkeys(name for row in given for name in row)
    return pa.table({name: pa.array([row.get(name) for row in given], pa.string()) for name in names})


def area(number: int, name: str = "通海县") -> dict[str, str | None]:
    return {**AREA, "area_id": f"3206120{number:05d}", "name": name}


def push(home: Path, *given: dict[str, str | None], by: str = "key:a") -> Taken:
    (told,), _ = take_pushes(Lake(home, CONTRACTS), KEY, "area", [Push(rows(*given), by)])
    return told


def names(home: Path) -> dict[str, str]:
    return {row["area_id"]: row["name"] for row in stored(home, "area")}


def test_a_push_that_comes_again_changes_nothing(tmp_path: Path) -> None:
    first = push(tmp_path, area(1), area(2), {**area(3), "level": "nowhere"})
    assert (first.rows, first.accepted, first.duplicate, first.rejected, first.here_already) == (3, 2, 0, 1, False)
    before = Lake(tmp_path, CONTRACTS).state()
    again = push(tmp_path, area(1), area(2), {**area(3), "level": "nowhere"}, by="key:b")
    assert (again.accepted, again.duplicate, again.rejected, again.here_already) == (0, 2, 1, True)
    assert (again.push, again.batch_id) == (first.push, first.batch_id)
    assert [(one.row_no, one.column, one.code) for one in again.faults] == [(3, "level", "not_allowed")]
    assert Lake(tmp_path, CONTRACTS).state() == before
    assert len(waiting(Lake(tmp_path, CONTRACTS))) == 1


def test_of_two_versions_of_a_key_the_later_is_current_even_when_it_was_said_before(tmp_path: Path) -> None:
    push(tmp_path, area(1, "旧名"), area(2))
    assert push(tmp_path, area(1, "新名"), area(2)).duplicate == 1
    assert names(tmp_path) == {"320612000001": "新名", "320612000002": "通海县"}
    assert push(tmp_path, area(1, "旧名"), area(2)).accepted == 1
    assert names(tmp_path)["320612000001"] == "旧名"


def test_pushes_grow_one_batch_whose_rows_keep_their_numbers_and_say_who_brought_them(tmp_path: Path) -> None:
    for number in range(4):
        push(tmp_path, area(number), {**area(number), "area_id": f"9{number}", "level": "?"}, by=f"key:{number}")
    (batch,) = Lake(tmp_path, CONTRACTS).living()
    assert (batch.rows, batch.accepted, batch.rejected, batch.lines, batch.codes) == (8, 4, 4, 8, {"not_allowed": 4})
    assert [(one.by, one.first, one.rows) for one in batch.pushes] == [
        (f"key:{number}", 1 + 2 * number, 2) for number in range(4)
    ]
    assert sorted((row["row_no"], row["area_id"]) for row in stored(tmp_path, "area")) == [
        (1 + 2 * number, f"3206120{number:05d}") for number in range(4)
    ]
    assert [one.row_no for one in waiting(Lake(tmp_path, CONTRACTS))] == [2, 4, 6, 8]


def test_a_full_batch_grows_no_more(tmp_path: Path) -> None:
    for first in range(0, 36_000, 12_000):
        push(tmp_path, *(area(number) for number in range(first, first + 12_000)))
    assert [(one.seq, one.rows, one.version) for one in Lake(tmp_path, CONTRACTS).living()] == [(1, 24_000, 2), (2, 12_000, 1)]
    assert len(names(tmp_path)) == 36_000


def test_several_pushes_in_one_commit_are_answered_each(tmp_path: Path) -> None:
    given = [Push(rows(area(1), area(2)), "key:a"), Push(rows(area(2), area(3)), "key:b"), Push(rows(area(1), area(2)), "key:c")]
    told, (batch,) = take_pushes(Lake(tmp_path, CONTRACTS), KEY, "area", given)
    assert [(one.accepted, one.duplicate, one.here_already) for one in told] == [(2, 0, False), (1, 1, False), (0, 2, True)]
    assert batch.version == 1 and len(batch.pushes) == 2


def test_what_was_withdrawn_comes_back_when_it_is_pushed_again(tmp_path: Path) -> None:
    first = push(tmp_path, area(1), {**area(2), "level": "?"})
    assert first.batch_id is not None
    withdraw(Lake(tmp_path, CONTRACTS), first.batch_id, "wrong file")
    assert names(tmp_path) == {} and waiting(Lake(tmp_path, CONTRACTS)) == []
    assert push(tmp_path, area(1), {**area(2), "level": "?"}).accepted == 1
    assert len(names(tmp_path)) == len(waiting(Lake(tmp_path, CONTRACTS))) == 1


class Died(Exception):
    pass


def dies_after(points: int) -> Callable[[str], None]:
    left = [points]

    def step(_: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Died

    return step


def test_a_crash_at_any_point_leaves_the_old_state_or_the_new_and_the_push_is_simply_sent_again(tmp_path: Path) -> None:
    more = area(2), {**area(9), "level": "?"}
    for points in range(100):
        home = tmp_path / str(points)
        push(home, area(1), {**area(8), "level": "?"})
        try:
            take_pushes(Lake(home, CONTRACTS), KEY, "area", [Push(rows(*more), "key:a")], step=dies_after(points))
        except Died:
            assert len(names(home)) in (1, 2)
        else:
            break
        again = push(home, *more)
        assert again.accepted + again.duplicate == 1
        assert len(names(home)) == len(waiting(Lake(home, CONTRACTS))) == 2
    assert 5 < points < 99


def test_no_sealed_value_is_in_clear_below_the_home_folder(tmp_path: Path) -> None:
    person = {"person_id": "320612196503071234", "name": "欧阳建国", "death_known": "true"}
    told, _ = take_pushes(
        Lake(tmp_path, CONTRACTS), KEY, "person",
        [Push(rows(person, {**person, "person_id": "123", "name": "上官婉儿"}), "key:a"), Push(rows({**person, "name": "诸葛明亮"}), "key:a")],
    )  # fmt: skip
    assert [(one.accepted, one.rejected) for one in told] == [(1, 1), (1, 0)]
    assert len(stored(tmp_path, "person")) == 1
    found = everything(tmp_path)
    assert [text for text in ("320612196503071234", "欧阳建国", "上官婉儿", "诸葛明亮") if text.encode() in found] == []


def test_a_growing_vault_holds_each_secret_once(tmp_path: Path) -> None:
    person = {"name": "欧阳建国", "death_known": "true"}
    for number in range(3):
        take_pushes(
            Lake(tmp_path, CONTRACTS),
            KEY,
            "person",
            [Push(rows({**person, "person_id": f"32061219650307{number:04d}"}), "key:a")],
        )
    (batch,) = Lake(tmp_path, CONTRACTS).living()
    tokens = pq.read_table(tmp_path / "lake" / str(batch.vault))["token"].to_pylist()
    assert len(tokens) == len(set(tokens)) == 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.sampled_from("甲乙丙")), min_size=1, max_size=4, unique_by=lambda one: one[0]),
        max_size=7,
    )
)
def test_the_lake_says_what_was_said_last(tmp_path_factory: pytest.TempPathFactory, said: list[list[tuple[int, str]]]) -> None:
    home, expected = tmp_path_factory.mktemp("home"), {}
    for one in said:
        told = push(home, *(area(number, name) for number, name in one))
        new = {f"3206120{number:05d}": name for number, name in one}
        assert told.duplicate == sum(expected.get(key) == name for key, name in new.items())
        assert told.accepted == len(new) - told.duplicate
        expected |= new
    assert names(home) == expected
    assert sum(batch.accepted for batch in Lake(home, CONTRACTS).living()) >= len(expected)
