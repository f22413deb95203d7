"""Webhooks against a real receiver that fails in every manner: each event at least once, signed, in order for each alert."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import WebhookVerificationError

from service.access.caller import Bounds
from service.news.subscribing import replay, rotate
from service.store.assignment import Assignment
from service.store.event import Event
from service.store.member import ApiKey
from service.store.notice import Delivery, Notice, Subscription
from tests.service.newsroom import Newsroom, newsroom, variables
from tests.service.receiver import Got, Receiver, receiving, verify
from tests.tree import ROOT


@pytest.fixture
def room(tmp_path: Path, database_url: str) -> Iterator[Newsroom]:
    with newsroom(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as opened:
        yield opened


def test_an_event_arrives_signed_and_is_sent_once(room: Newsroom, receiver: Receiver) -> None:
    made = room.subscribe(receiver.url, room.key()[0])
    room.open_alert("A1")
    assert room.courier().deliver_due() == 1 and room.courier().deliver_due() == 0
    (got,) = receiver.got
    event = verify(made.secret, got)
    assert (event["type"], event["subject"]) == ("cn.guantong.alert.opened.v1", "A1")
    assert got.headers["webhook-id"] == event["id"] == room.told()[0]
    assert got.headers["content-type"] == "application/cloudevents+json"
    with pytest.raises(WebhookVerificationError):
        verify(made.secret, got._replace(body=got.body.replace(b"A1", b"A2")))


def test_only_the_kinds_asked_for_are_sent_and_only_from_then_on(room: Newsroom, receiver: Receiver) -> None:
    room.open_alert("A1")
    room.subscribe(receiver.url, room.key()[0], "alert.quiet", "run.done")
    room.open_alert("A2")
    room.happen("alert.quiet", "A1")
    room.happen("run.done", "7")
    room.courier().deliver_due()
    assert sorted(one.event["subject"] for one in receiver.got) == ["7", "A1"]


def test_the_owners_sight_at_the_time_of_sending_bounds_what_is_sent(room: Newsroom, receiver: Receiver) -> None:
    name, _ = room.key("platform", Bounds(office_id="OF-A"))
    room.subscribe(receiver.url, name)
    for alert, office in (("A1", "OF-A"), ("A2", "OF-A"), ("B1", "OF-B")):
        room.open_alert(alert, office)
    receiver.manner = lambda _: 500
    room.courier().deliver_due()
    assert sorted(receiver.subjects()) == ["A1", "A2"]
    receiver.got.clear()
    receiver.manner = lambda _: 204
    with room.desk.store.change() as session:  # A2 is given to another office before it could be told
        session.scalars(select(Assignment).where(Assignment.fingerprint == "A2")).one().ended_run = 2
    room.clock.forward(minutes=2)
    room.courier().deliver_due()
    assert sorted(receiver.subjects()) == ["A1"]
    assert sorted(room.statuses()) == ["done", "withheld"]


def test_a_receiver_that_was_down_gets_everything_in_the_order_of_each_alert(room: Newsroom) -> None:
    with receiving() as gone:
        port = gone.port
    room.subscribe(gone.url, room.key()[0])
    for alert in ("A1", "A2", "A3"):
        room.open_alert(alert)
    room.courier().deliver_due()
    for alert in ("A1", "A2", "A3"):
        room.happen("alert.quiet", alert)
        room.happen("alert.reopened", alert)
    for _ in range(6):
        room.clock.forward(seconds=20)
        room.courier().deliver_due()
    with receiving(port) as back:
        turns = 0
        while {*room.statuses()} != {"done"} and turns < 20:
            room.clock.forward(minutes=3)
            room.courier().deliver_due()
            turns += 1
        assert back.subjects() == {alert: room.told(alert) for alert in ("A1", "A2", "A3")}
        assert [one.event["id"] for one in back.got if one.event["subject"] == "A1"] == room.told("A1")


@pytest.mark.parametrize("manner", [500, 302, "drop", "sleep", "drip"])
def test_an_attempt_that_fails_in_any_manner_is_made_again(room: Newsroom, receiver: Receiver, manner: int | str) -> None:
    receiver.seconds = 2.0
    receiver.manner = lambda _: manner if len(receiver.got) == 0 else 204
    made = room.subscribe(receiver.url, room.key()[0])
    room.open_alert("A1")
    assert room.courier(0.5).deliver_due() == 1
    with room.desk.store.look() as session:
        (first,) = session.scalars(select(Delivery)).one().log
        assert (first["status"], first["error"]) == (
            (manner, None) if isinstance(manner, int) else (None, "dropped" if manner == "drop" else "timeout")
        )
    room.clock.forward(seconds=10)
    assert room.courier(0.5).deliver_due() == 1
    assert room.statuses() == ["done"]
    assert {got.path for got in receiver.got} == {"/hooks"}  # a redirect was not followed
    assert {got.event["id"] for got in receiver.got} == {room.told()[0]}
    room.clock.forward(seconds=-10)
    assert verify(made.secret, receiver.got[0])["subject"] == "A1"


def test_an_alert_whose_news_fail_holds_up_itself_and_no_other(room: Newsroom, receiver: Receiver) -> None:
    receiver.manner = lambda got: 500 if got.event["subject"] == "A1" else 204
    room.subscribe(receiver.url, room.key()[0])
    for alert in ("A1", "A2", "A3"):
        room.open_alert(alert)
        room.happen("alert.quiet", alert)
        room.happen("alert.reopened", alert)
    for _ in range(3):
        room.courier().deliver_due()
        room.clock.forward(minutes=1)
    assert receiver.subjects() == {"A1": room.told("A1")[:1], "A2": room.told("A2"), "A3": room.told("A3")}
    assert room.statuses() == ["waiting"] * 3 + ["done"] * 6


def test_a_slow_receiver_does_not_hold_up_another(room: Newsroom, receiver: Receiver) -> None:
    with receiving() as slow:
        slow.manner, slow.seconds = lambda _: "sleep", 3.0
        room.subscribe(slow.url, room.key()[0])
        room.subscribe(receiver.url, room.key()[0])
        for number in range(40):
            room.open_alert(f"A{number}")
        ending, courier = threading.Event(), room.courier(2.5)
        working = threading.Thread(target=courier.serve, args=(ending,))
        begun = time.monotonic()
        working.start()
        while len(receiver.got) < 40 and time.monotonic() - begun < 20:
            time.sleep(0.02)
        took = time.monotonic() - begun
        ending.set()
        working.join()
        assert len(receiver.subjects()) == 40
        assert len(slow.got) <= 4 * (took / 2.5 + 1)


def test_after_a_day_of_failures_it_is_given_up_and_the_subscription_paused(room: Newsroom, receiver: Receiver) -> None:
    receiver.manner = lambda _: 503
    room.subscribe(receiver.url, room.key()[0])
    room.open_alert("A1")
    for _ in range(26):
        room.courier().deliver_due()
        room.clock.forward(hours=1, minutes=15)
    assert room.statuses() == ["dead"]
    with room.desk.store.look() as session:
        one = session.scalars(select(Subscription)).one()
        assert (one.active, one.paused_why) == (False, "failing")
        assert session.scalars(select(Event.kind).order_by(Event.seq.desc())).first() == "subscription.paused"
    attempts = len(receiver.got)
    assert 15 <= attempts <= 40
    room.open_alert("A2")
    room.clock.forward(hours=5)
    assert room.courier().deliver_due() == 0
    receiver.manner = lambda _: 204
    with room.desk.store.change() as session:
        one = session.scalars(select(Subscription)).one()
        one.take_up()
        assert replay(session, one, since=None, event=room.told("A1")[0], by="test", now=room.clock())
    room.courier().deliver_due()
    assert room.statuses() == ["done", "done"]
    assert [got.event["subject"] for got in receiver.got[attempts:]] == ["A1", "A2"] or len(receiver.got) == attempts + 2


def test_an_event_that_is_given_up_lets_the_next_of_its_alert_pass(room: Newsroom, receiver: Receiver) -> None:
    receiver.manner = lambda got: 400 if got.event["type"] == "cn.guantong.alert.opened.v1" else 204
    room.subscribe(receiver.url, room.key()[0], "alert.opened", "alert.quiet", "run.done")
    room.open_alert("A1")
    room.happen("alert.quiet", "A1")
    for number in range(26):  # others go through meanwhile, so the receiver is not taken to be down
        room.happen("run.done", str(number))
        room.courier().deliver_due()
        room.clock.forward(hours=1, minutes=15)
    assert room.statuses()[:2] == ["dead", "done"] and set(room.statuses()[2:]) == {"done"}


def test_a_receiver_that_says_it_is_gone_is_left_alone(room: Newsroom, receiver: Receiver) -> None:
    receiver.manner = lambda _: 410
    room.subscribe(receiver.url, room.key()[0])
    room.open_alert("A1")
    room.courier().deliver_due()
    with room.desk.store.look() as session:
        assert session.scalars(select(Subscription.paused_why)).all() == ["gone"]


def test_whose_key_has_ended_is_told_nothing_more(room: Newsroom, receiver: Receiver) -> None:
    name, _ = room.key()
    room.subscribe(receiver.url, name)
    room.open_alert("A1")
    with room.desk.store.change() as session:
        session.get_one(ApiKey, name.removeprefix("key:")).revoked_at = room.clock()
    room.courier().deliver_due()
    assert receiver.got == []
    with room.desk.store.look() as session:
        assert session.scalars(select(Subscription.paused_why)).all() == ["owner"]


def test_while_a_secret_follows_another_both_sign(room: Newsroom, receiver: Receiver) -> None:
    made, key = room.subscribe(receiver.url, room.key()[0]), room.desk.key
    assert key is not None
    with room.desk.store.change() as session:
        one = session.scalars(select(Subscription)).one()
        newer = rotate(session, key, one, hours=1, by="test", now=room.clock())
    room.open_alert("A1")
    room.courier().deliver_due()
    assert verify(made.secret, receiver.got[0]) == verify(newer, receiver.got[0])
    assert len(receiver.got[0].headers["webhook-signature"].split()) == 2
    with room.desk.store.change() as session:  # the overlap is over
        session.scalars(select(Subscription)).one().older_until = room.clock()
    room.open_alert("A2")
    room.courier().deliver_due()
    assert verify(newer, receiver.got[1])["subject"] == "A2"
    with pytest.raises(WebhookVerificationError):
        verify(made.secret, receiver.got[1])


def test_secrets_lie_encrypted_and_open_in_their_own_row_only(room: Newsroom, receiver: Receiver) -> None:
    first, second = (room.subscribe(receiver.url, room.key()[0]) for _ in range(2))
    with room.desk.store.change() as session:
        kept = {one.subscription_id: one for one in session.scalars(select(Subscription))}
        assert first.secret.encode() not in kept[first.subscription.subscription_id].secret
        kept[first.subscription.subscription_id].secret = kept[second.subscription.subscription_id].secret
    room.open_alert("A1")
    room.courier().deliver_due()
    assert [verify(second.secret, got)["subject"] for got in receiver.got] == ["A1"]
    with room.desk.store.look() as session:
        assert session.get_one(Subscription, first.subscription.subscription_id).paused_why == "secret"


def test_everything_since_a_moment_is_sent_again_in_order_under_the_same_ids(room: Newsroom, receiver: Receiver) -> None:
    room.open_alert("A0")
    begun = room.clock()
    room.open_alert("A1")
    room.happen("alert.quiet", "A1")
    room.subscribe(receiver.url, room.key()[0])
    room.happen("alert.reopened", "A1")
    room.courier().deliver_due()
    assert len(receiver.got) == 1
    receiver.got.clear()
    with room.desk.store.change() as session:
        replay(session, session.scalars(select(Subscription)).one(), since=begun, event=None, by="test", now=room.clock())
    room.courier().deliver_due()
    assert [one.event["id"] for one in receiver.got] == room.told("A1")


def test_masked_names_go_to_the_entitled_only_while_their_role_sees_names(room: Newsroom, receiver: Receiver) -> None:
    leader, platform = room.key("leader")[0], room.key("platform")[0]
    room.subscribe(f"{receiver.url}/leader", leader, entitled=True)
    room.subscribe(f"{receiver.url}/plain", leader)
    room.subscribe(f"{receiver.url}/platform", platform, entitled=True)
    room.open_alert("A1", title="死亡后仍领低保")
    room.courier().deliver_due()
    titles = {one.path: one.event["data"].get("title") for one in receiver.got}
    assert titles == {
        "/hooks/leader": {"zh": "死亡后仍领低保", "en": "死亡后仍领低保"}, "/hooks/plain": None, "/hooks/platform": None,
    }  # fmt: skip


@pytest.mark.slow
def test_couriers_killed_again_and_again_lose_nothing_and_keep_the_order(
    room: Newsroom, receiver: Receiver, tmp_path: Path, database_url: str
) -> None:
    """Each courier is killed with SIGKILL while a request is under way: received, but not yet written down as such."""
    room.subscribe(receiver.url, room.key()[0])
    alerts = [f"A{number}" for number in range(12)]
    for alert in alerts:
        room.open_alert(alert)
        for _ in range(4):
            room.happen("alert.again", alert, changed={"severity": ["low", "high"]})
    children: list[subprocess.Popen[bytes]] = []
    turn = threading.Lock()

    def kill_sometimes(got: Got) -> int:
        with turn:
            if len(receiver.got) in (5, 17, 31):
                os.kill(children[-1].pid, signal.SIGKILL)
                time.sleep(0.05)
        return 204

    receiver.manner = kill_sometimes
    environment = {**os.environ, **variables(tmp_path, database_url), "PYTHONPATH": str(ROOT)}
    for number in range(4):
        command = [sys.executable, "-m", "tests.service.courier_child", str(number * 300)]  # the leases of the dead have run out
        children.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        until = time.monotonic() + 60
        while children[-1].poll() is None and set(room.statuses()) != {"done"} and time.monotonic() < until:
            time.sleep(0.05)
        if children[-1].poll() is None:
            children[-1].kill()
        children[-1].wait()
    assert set(room.statuses()) == {"done"}
    assert receiver.subjects() == {alert: room.told(alert) for alert in alerts}
    assert sum(child.returncode == -signal.SIGKILL for child in children) >= 3
    assert len(receiver.got) > len(room.told())  # what was under way came twice, under the same id


def test_two_couriers_share_the_work_and_nothing_is_sent_twice(room: Newsroom, receiver: Receiver) -> None:
    room.subscribe(receiver.url, room.key()[0])
    for number in range(30):
        room.open_alert(f"A{number}")
        room.happen("alert.quiet", f"A{number}")
    couriers = [threading.Thread(target=room.courier().deliver_due) for _ in range(2)]
    for one in couriers:
        one.start()
    for one in couriers:
        one.join()
    room.courier().deliver_due()
    assert len(receiver.got) == 60
    assert receiver.subjects() == {f"A{number}": room.told(f"A{number}") for number in range(30)}
    with room.desk.store.look() as session:
        assert set(session.scalars(select(Notice.seq))) == set(session.scalars(select(Delivery.seq)))
