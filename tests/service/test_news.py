"""The outbox: notices are written with the change they tell, without holes, in the order of the commits, and name nobody."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from service.access.caller import Bounds
from service.access.role import verbs
from service.clearing import clear
from service.news.cloud import cloud, kind_of, source_of, type_of
from service.news.feed import read
from service.news.owner import caller_named
from service.store.alert import Alert
from service.store.event import Event, Happening, append
from service.store.member import ApiKey
from service.store.notice import Notice
from service.store.outbox import kinds
from tests.service.newsroom import Newsroom, newsroom


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[Newsroom]:
    with newsroom(tmp_path, database_url) as opened:
        yield opened


def test_what_is_undone_was_never_told(room: Newsroom) -> None:
    room.open_alert("A1")
    with pytest.raises(ZeroDivisionError), room.desk.store.change() as session:
        append(session, [Happening("alert.quiet", "A1", {})], "run", room.clock())
        assert session.scalars(select(Notice.seq).order_by(Notice.seq)).all() == [1, 2]
        1 / 0  # noqa: B018 - something goes wrong in the middle
    assert len(room.told()) == 1


def test_what_concerns_nobody_outside_is_on_record_but_not_told(room: Newsroom) -> None:
    room.happen("member.signed_in", "li")
    room.happen("recusal", "A1", office="OF-A")
    with room.desk.store.look() as session:
        assert len(session.scalars(select(Event)).all()) == 2
    assert room.told() == []


def test_clearing_an_alert_is_told_without_its_reason(room: Newsroom) -> None:
    room.open_alert("A1")
    with room.desk.store.change() as session:
        clear(session, session.get_one(Alert, "A1"), reason="王秀兰 已退回", decided_by="person:li", now=room.clock())
    with room.desk.store.look() as session:
        last = session.scalars(select(Notice).order_by(Notice.seq.desc())).first()
        assert last is not None and (last.kind, last.about) == ("alert.cleared", "A1")
        assert "王秀兰" not in json.dumps(last.body, ensure_ascii=False)


def test_many_writers_leave_no_hole_and_no_reader_misses_one(room: Newsroom) -> None:
    """Readers that keep the highest number they saw have seen everything below it, while eight writers commit."""
    ending, seen = threading.Event(), [0]

    def write(number: int) -> None:
        for turn in range(12):
            room.happen("batch.imported", f"B{number}-{turn}", rows=turn)

    def follow() -> None:
        while True:
            last_turn = ending.is_set()
            with room.desk.store.look() as session:
                seen.extend(session.scalars(select(Notice.seq).where(Notice.seq > seen[-1]).order_by(Notice.seq)))
            if last_turn:
                return

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for one in (reader, *writers):
        one.start()
    for one in writers:
        one.join()
    ending.set()
    reader.join()
    assert seen == list(range(8 * 12 + 1))


def test_an_event_has_the_form_of_cloudevents_and_holds_references_only(room: Newsroom) -> None:
    room.open_alert("A1")
    room.happen("alert.again", "A1", changed={"subject_id": ["rid_00000000000000000001", "rid_00000000000000000000"]})
    name, _ = room.key("leader")
    with room.desk.store.look() as session:
        caller = caller_named(session, name, room.clock())
        assert caller is not None
        first, second = [
            cloud(one, caller, source_of(room.desk.key)) for one in session.scalars(select(Notice).order_by(Notice.seq))
        ]
    plain = first.model_dump(mode="json")
    assert set(plain) == {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"}
    assert (plain["specversion"], plain["type"], plain["subject"]) == ("1.0", "cn.guantong.alert.opened.v1", "A1")
    assert plain["data"] == {"alert": "A1", "severity": "high"}
    assert plain["source"].startswith("urn:guantong:") and len(plain["source"]) > len("urn:guantong:")
    assert second.data == {"alert": "A1", "changed": ["subject_id"]}


def test_every_kind_needs_a_verb_that_some_role_has_and_is_found_by_its_type() -> None:
    assert {kind.needs for kind in kinds().values()} <= verbs()
    assert all(kind_of(type_of(name)) == name for name in kinds())
    assert kind_of("alert.opened") is None and kind_of("cn.guantong.recusal.v1") is None


def hears(room: Newsroom, name: str) -> list[str]:
    with room.desk.store.look() as session:
        caller = caller_named(session, name, room.clock())
        assert caller is not None
        return [one.subject for _, one in read(session, caller, "urn:x", 0, 500).events]


def test_each_hears_of_what_it_may_see_and_of_nothing_else(room: Newsroom) -> None:
    room.open_alert("A1", "OF-A")
    room.open_alert("B1", "OF-B")
    office, _ = room.key("platform", Bounds(office_id="OF-A"))
    room.happen("batch.imported", "mine", actor=office, rows=3)
    room.happen("batch.imported", "theirs", actor="key:other", rows=4)
    room.happen("run.done", "1", as_of="2026-01-01", opened=2)
    assert hears(room, office) == ["A1", "mine", "1"]
    assert hears(room, room.key("platform")[0]) == ["A1", "B1", "mine", "theirs", "1"]
    assert hears(room, room.key("administrator")[0]) == []
    assert hears(room, room.key("platform", scopes=("events.read", "runs.read"))[0]) == ["1"]
    assert hears(room, room.key("platform", scopes=("alerts.read",))[0]) == []


def test_the_counts_of_a_run_are_told_to_those_only_who_are_bound_to_no_place(room: Newsroom) -> None:
    room.happen("run.done", "1", as_of="2026-01-01", opened=2)
    for bounds, told in (
        (Bounds(), {"run": "1", "as_of": "2026-01-01", "opened": 2}),
        (Bounds(office_id="OF-A"), {"run": "1", "as_of": "2026-01-01"}),
    ):
        name, _ = room.key("platform", bounds)
        with room.desk.store.look() as session:
            caller = caller_named(session, name, room.clock())
            assert caller is not None
            assert read(session, caller, "urn:x", 0, 5).events[0][1].data == told


def test_an_ended_key_is_nobody(room: Newsroom) -> None:
    name, _ = room.key("platform")
    with room.desk.store.change() as session:
        session.get_one(ApiKey, name.removeprefix("key:")).revoked_at = room.clock()
    with room.desk.store.look() as session:
        assert caller_named(session, name, room.clock()) is None
        assert caller_named(session, "person:nobody", room.clock()) is None
        assert caller_named(session, "run", room.clock()) is None
