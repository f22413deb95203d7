"""What comes back says why; time limits are extended once, by two people; somebody leaves the people pool."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from service.casework import distributing, extending, group, opening
from service.casework.seen import see
from service.errors import NothingFound, Refusal
from service.store.case import CaseLimit
from service.store.case_people import Expert
from service.store.case_work import CaseTask
from service.store.database import Store
from service.store.event import first_broken
from tests.service.casework_office import HOME, PERIODS, WAYS, Bureau, bureau_on_sqlite
from tests.service.test_casework import Walk


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Bureau]:
    """On SQLite only: for what does not depend on the database."""
    with bureau_on_sqlite(tmp_path) as made:
        yield made


@pytest.fixture
def bureau(store: Store) -> Bureau:
    """On SQLite and on PostgreSQL."""
    made = Bureau(store)
    made.enrol()
    return made


def test_what_was_sent_back_says_why_until_it_moves_on(small: Bureau) -> None:
    walk = Walk(small)
    walk.does("head", distributing.distribute, distributing.Order("distribute", HOME, "person:wang", "", 5))
    walk.does("wang", distributing.decline, "正在休假")
    with small.store.look() as session:
        back = see(session, small.acting("head"), WAYS, walk.case_id).sent_back
    assert back is not None and back[1] == "正在休假"
    walk.does("head", distributing.distribute, distributing.Order("distribute", HOME, "person:li", "", 5))
    with small.store.look() as session:
        assert see(session, small.acting("head"), WAYS, walk.case_id).sent_back is None


def test_an_assigned_time_is_extended_once_by_a_second_person(bureau: Bureau) -> None:
    walk = Walk(bureau).to_verifying()
    limit = walk.limits()["task"]
    later, latest = limit.due_on + timedelta(days=20), PERIODS.due("extension", limit.due_on).due_on
    for day, said, why in ((limit.due_on, "查账", "晚于"), (latest + timedelta(days=1), "查账", "最晚"), (later, " ", "理由")):
        with pytest.raises(Refusal, match=why):
            walk.does("wang", extending.ask_extension, limit.limit_id, day, said)
    number = walk.does("wang", extending.ask_extension, limit.limit_id, later, "银行流水未回").extension_id
    with pytest.raises(NothingFound):
        walk.does("wang", extending.ask_extension, limit.limit_id, later, "再来一次")
    with pytest.raises((Refusal, NothingFound)):
        walk.does("wang", extending.decide_extension, number, grant=True, reason="")
    with bureau.store.look() as session:
        assert see(session, bureau.acting("head"), WAYS, walk.case_id).offered.first == "decide_extension"
    walk.does("head", extending.decide_extension, number, grant=True, reason="")
    kept = walk.limits()["task"]
    assert (kept.due_on, kept.why["extended"]["from"], walk.case.due_on) == (later, limit.due_on.isoformat(), later)
    with bureau.store.look() as session:
        assert session.scalars(select(CaseTask.due_on)).all() == [later]
        assert first_broken(session) is None
    with pytest.raises(NothingFound, match="每项一次"):
        walk.does("wang", extending.ask_extension, limit.limit_id, later + timedelta(days=1), "再延")


def test_a_refused_extension_leaves_the_day_and_may_be_asked_again(small: Bureau) -> None:
    walk = Walk(small).to_verifying()
    limit = walk.limits()["task"]
    number = walk.does("wang", extending.ask_extension, limit.limit_id, limit.due_on + timedelta(days=5), "出差").extension_id
    with pytest.raises(Refusal, match="理由"):
        walk.does("head", extending.decide_extension, number, grant=False, reason="")
    walk.does("head", extending.decide_extension, number, grant=False, reason="不是理由")
    assert walk.limits()["task"].due_on == limit.due_on
    walk.does("wang", extending.ask_extension, limit.limit_id, limit.due_on + timedelta(days=5), "住院")


def test_what_was_met_late_does_not_become_in_time_and_no_day_that_is_over_is_granted(small: Bureau) -> None:
    walk = Walk(small).to_verifying()
    limit = walk.limits()["task"]
    number = walk.does("wang", extending.ask_extension, limit.limit_id, limit.due_on + timedelta(days=3), "出差").extension_id
    small.forward((limit.due_on - small.today).days + 4)
    with pytest.raises(Refusal, match="已经过了"):
        walk.does("head", extending.decide_extension, number, grant=True, reason="")
    walk.does("head", distributing.distribute, distributing.Order("distribute", HOME, "person:li", "", 5))
    with pytest.raises(NothingFound):
        walk.does("head", extending.decide_extension, number, grant=True, reason="")
    with small.store.look() as session:
        kept = session.get_one(CaseLimit, limit.limit_id)
        assert kept.due_on == limit.due_on and kept.met_at is not None and "extended" not in kept.why
    walk.does("head", extending.decide_extension, number, grant=False, reason="已改交他人")


def test_what_was_handed_down_has_three_months_and_three_more(small: Bureau) -> None:
    matter = opening.Matter("上级交办件", "handed_down", date(2026, 1, 2), "省交〔2026〕1号")
    case = small.do(lambda session: opening.open_by_hand(session, small.acting("wang"), HOME, matter))
    with small.store.look() as session:
        limit = extending.extendable(session, case.case_id)[0]
    assert (limit.period, limit.due_on) == ("handed_down", date(2026, 4, 2))
    asked = small.do(
        lambda session: extending.ask_extension(
            session, small.acting("wang"), case.case_id, 1, limit.limit_id, date(2026, 7, 2), "涉及面广"
        )
    )
    small.do(
        lambda session: extending.decide_extension(
            session, small.acting("head"), case.case_id, 2, asked.extension_id, grant=True, reason=""
        )
    )
    with small.store.look() as session:
        assert session.get_one(CaseLimit, limit.limit_id).due_on == date(2026, 7, 2)


def test_somebody_is_taken_out_of_the_pool_once_no_group_needs_them(small: Bureau) -> None:
    walk = Walk(small)
    expert = Expert(
        name="审计甲", login=None, person_id=None, unit_id=None, area_id=None, skills=["audit"], earlier_units=[], available=True
    )
    number = small.do(lambda session: group.add_expert(session, small.acting("head"), expert)).expert_id
    helper = walk.does("head", group.call_in, number, "audit").helper_id

    def remove(who: str, why: str) -> None:
        small.do(lambda session: group.remove_expert(session, small.acting(who), number, why))

    for who, why, said in (("wang", "调离", "无权"), ("head", "调离", "工作组"), ("head", " ", "理由")):
        with pytest.raises(Refusal, match=said):
            remove(who, why)
    walk.does("head", group.let_go, helper)
    remove("head", "调离本县")
    with small.store.look() as session:
        assert group.match(session, small.acting("head"), walk.case, ["audit"]) == []
        assert session.get_one(Expert, number).removed_because == "调离本县"
    with pytest.raises(NothingFound):
        remove("head", "再来一次")
