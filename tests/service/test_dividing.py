"""Dividing an alert: findings become an alert of their own with the same offices, runs keep it so, merging back undoes it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.alert_view import merging
from service.desk import Desk
from service.errors import Conflict, NothingFound, Refusal
from service.store import event, questions
from service.store.alert import MERGED, OPEN, Alert
from service.store.event import Event
from service.triage.dividing import divide
from service.triage.moving import By
from service.triage.undoing import undo_last
from tests.service import village
from tests.service.conftest import NOW, Office


@pytest.fixture
def office(office: Office) -> Office:
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    return office


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as opened:
        yield opened


def li(role: str = "triager", office: str | None = None) -> By:
    return By(Caller("person:li", "person", (Held(roles()[role], Bounds(office_id=office)),)), NOW)


def rests(session: Session, name: str) -> set[str]:
    return {one.signal_id for one in questions.present_signals(session, [name])[name]}


def richest(session: Session) -> Alert:
    """The alert that rests on the most findings."""
    found = session.scalars(select(Alert).order_by(Alert.fingerprint)).all()
    return max(found, key=lambda one: len(rests(session, one.fingerprint)))


def offices(session: Session, name: str) -> set[tuple[str | None, str]]:
    return {(one.office_id, one.role) for one in questions.present_assignments(session, [name])[name]}


def test_what_is_taken_out_stays_out_in_the_next_run_and_comes_back_by_merging(office: Office, desk: Desk) -> None:
    with desk.store.change() as session:
        alert = richest(session)
        name, version, whole = alert.fingerprint, alert.version, rests(session, alert.fingerprint)
        assert len(whole) > 1
        chosen = [sorted(whole)[0]]
        for wrong, said in (
            (([], "甲"), "一部分"),
            ((sorted(whole), "甲"), "一部分"),
            ((chosen, " "), "理由"),
            ((["SGx"], "甲"), "一部分"),
        ):
            with pytest.raises(Refusal, match=said):
                divide(session, desk, li(), name, version, *wrong)
        with pytest.raises(Conflict):
            divide(session, desk, li(), name, version + 1, chosen, "两件事")
        with pytest.raises(NothingFound):
            divide(session, desk, li(office="OF-NOWHERE"), name, version, chosen, "两件事")
        part = divide(session, desk, li(), name, version, chosen, "两件事").fingerprint
        assert (rests(session, part), rests(session, name)) == (set(chosen), whole - set(chosen))
        assert offices(session, part) == offices(session, name) != set()
        with pytest.raises(Refusal, match="并入"):
            undo_last(session, li())
    office.run()
    with desk.store.change() as session:
        one, other = session.get_one(Alert, part), session.get_one(Alert, name)
        assert (one.status, one.quiet_since, one.fired) == (OPEN, None, 2)
        assert (rests(session, part), rests(session, name)) == (set(chosen), whole - set(chosen))
        kinds = set(session.scalars(select(Event.kind).where(Event.about.in_((name, part)))))
        assert {"alert.divided", "alert.opened"} <= kinds
        merging.merge(session, li(), part, one.version, name, "还是一件事")
        assert rests(session, name) == whole
        merging.split(session, li(), part, one.version)
        assert (rests(session, part), rests(session, name)) == (set(chosen), whole - set(chosen))
        merging.merge(session, li(), part, one.version, name, "还是一件事")
        undo_last(session, li())
        assert (one.status, rests(session, name)) == (OPEN, whole - set(chosen))
        merging.merge(session, li(), part, one.version, name, "还是一件事")
        assert other.status == OPEN
    office.run()
    with desk.store.look() as session:
        assert rests(session, name) == whole
        assert session.get_one(Alert, part).status == MERGED
        assert event.first_broken(session) is None
