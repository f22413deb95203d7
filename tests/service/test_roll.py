"""The roll that pages count from is what the records say, however it is read; it is ready before somebody asks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.console.ready import Ready
from service.desk import Desk
from service.roll.alerts import DESKS, NEVER, Roll, read_roll
from service.roll.kept import Rolls
from service.site import create_site
from service.store import event
from service.store.alert import Alert
from service.store.assignment import Assignment
from service.store.event import Happening
from service.store.questions import present_signals
from service.store.run import DONE, Run
from service.store.search import AlertText
from tests.service import village
from tests.service.api_client import kept_office
from tests.service.conftest import NOW, Office


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    """A village's alerts, on each kind of database."""
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    with office.desk() as opened:
        yield opened


def assert_as_the_records_say(roll: Roll, session: Session) -> None:
    alerts = list(session.scalars(select(Alert).order_by(Alert.priority.desc(), Alert.fingerprint)))
    prints = [one.fingerprint for one in alerts]
    assert roll.prints.tolist() == prints and len(prints) > 3
    leads = {
        one.fingerprint: one
        for one in session.scalars(select(Assignment).where(Assignment.ended_run.is_(None), Assignment.role == "lead"))
    }
    signals = present_signals(session, prints)
    wanted = {
        "status": [one.status for one in alerts], "severity": [one.severity for one in alerts], "level": [one.level for one in alerts],
        "unit": [one.unit_id for one in alerts], "area": [one.area_id and one.area_id[:9] for one in alerts], "holder": [one.holder for one in alerts],
        "stream": [leads[one].stream if one in leads else None for one in prints],
        "office": [leads[one].office_id if one in leads else None for one in prints],
    }  # fmt: skip
    for name, values in wanted.items():
        column = roll.coded[name]
        assert [column.values[code] if code >= 0 else None for code in column.codes] == values, name
    for name in ("rule", "topic"):
        column = roll.coded[name]
        assert column.owner is not None
        pairs = Counter((int(owner), column.values[code]) for owner, code in zip(column.owner, column.codes, strict=True))
        assert pairs == Counter({(at, getattr(one, name)) for at, alert in enumerate(prints) for one in signals[alert]})
    days = [leads[one].due_on if one in leads else None for one in prints]
    assert roll.due.tolist() == [day.toordinal() if day else NEVER for day in days]
    texts = {one.fingerprint: one.text_id for one in session.scalars(select(AlertText))}
    assert roll.texts.tolist() == [texts.get(one, -1) for one in prints]


def test_the_roll_is_what_the_records_say_read_whole_and_brought_up(desk: Desk) -> None:
    rolls = Rolls()
    with desk.store.look() as session:
        assert_as_the_records_say(rolls.now(session), session)
    with desk.store.change() as session:
        first, second, third, *_ = session.scalars(select(Alert).order_by(Alert.fingerprint))
        first.accept("person:zhou")
        second.clear()
        lead = session.scalars(
            select(Assignment).where(Assignment.fingerprint == third.fingerprint, Assignment.role == "lead")
        ).one()
        lead.due_on = NOW.date() + timedelta(days=3)
        log = [
            Happening(kind, one.fingerprint, {})
            for kind, one in (("alert.accepted", first), ("alert.cleared", second), ("assignment.changed", third))
        ]
        event.append(session, log, "person:zhou", NOW)
    with desk.store.look() as session:
        assert_as_the_records_say(rolls.now(session), session)
        assert_as_the_records_say(read_roll(session), session)


class Forgetful(dict[tuple[object, ...], Any]):
    """As when another thread lets everything go at once."""

    def __setitem__(self, key: tuple[object, ...], value: Any) -> None:
        """Kept for no time at all."""


def test_what_a_caller_sees_is_told_while_other_threads_let_it_go_and_more_people_than_are_remembered_look(
    embedded: Office,
) -> None:
    embedded.take_in(village.places(), village.people(), village.payments(), village.complaints())
    embedded.run()
    with embedded.desk() as opened, opened.store.look() as session:
        roll = read_roll(session)
        callers = [
            Caller(f"person:{n}", "person", (Held(roles()["leader"], Bounds()),), person_id=f"P{n}") for n in range(DESKS + 3)
        ]
        assert all(roll.visible(session, one).all() for one in callers) and len(roll.seen) == DESKS
        assert callers[-1].person_id in str(list(roll.seen)[-1]) and callers[0].person_id not in {key[2] for key in roll.seen}
        forgetful = replace(roll, seen=Forgetful())
        assert forgetful.visible(session, callers[0]).all() and forgetful.seen == {}
        rolls = Rolls(_labels=Forgetful())
        assert rolls.labels(("zh",), roll, lambda: {"status": {"open": "待研判"}}) == {"status": {"open": "待研判"}}


def test_of_no_alerts_there_is_a_roll_without_places(office: Office) -> None:
    with office.desk() as opened, opened.store.look() as session:
        roll = read_roll(session)
        assert roll.size == 0 and roll.coded["rule"].counts(roll.of([])) == {}


def test_a_process_reads_after_every_run_and_not_without_one(embedded: Office) -> None:
    with embedded.desk() as opened:
        site = create_site(opened)
        ready = Ready(site)
        assert not ready.look(), "there was no run yet"
    embedded.take_in(village.places(), village.people(), village.payments(), village.complaints())
    embedded.run()
    assert ready.look() and not ready.look()
    held = site.state.rolls._newest
    assert held is not None and held.size > 3 and site.state.ledgers._newest.roll is held
    with opened.store.change() as session:
        newest = Run.newest(session)
        assert newest is not None
        session.add(
            Run(
                status=DONE,
                as_of=newest.as_of,
                book_hash="",
                program="",
                started_at=NOW,
                finished_at=NOW,
                lake_state=None,
                counts={},
            )
        )
        event.append(session, [Happening("run.done", "2", {})], "run", NOW)
    assert ready.look() and site.state.rolls._newest is not held
    opened.store.close()


def test_the_thread_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with kept_office(tmp_path).desk() as opened:
        site = create_site(opened)
        ready = Ready(site, pause=0.01)
        ready.start()
        try:
            for _ in range(1000):
                if site.state.rolls._newest is not None:
                    break
                ready.over.wait(0.01)
            assert site.state.rolls._newest is not None
        finally:
            ready.over.set()
            ready.join(timeout=30)
        assert not ready.is_alive()
