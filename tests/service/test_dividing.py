"""Dividing an alert: findings become an alert of their own with the same offices, runs keep it so, merging back undoes it."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import signing_in
from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.alert_view import merging
from service.desk import Desk
from service.errors import Conflict, NothingFound, Refusal
from service.roll.alerts import Roll
from service.roll.kept import Rolls
from service.site import create_site
from service.store import event, questions
from service.store.alert import MERGED, OPEN, Alert
from service.store.event import Event
from service.triage.deciding import dismiss
from service.triage.dividing import divide
from service.triage.moving import By
from service.triage.undoing import undo_last
from tests.service import village
from tests.service.conftest import NOW, Office

PASSWORD = "一壶清茶，四十件预警，逐件过目"


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
        before = other.version
        merging.merge(session, li(), part, one.version, name, "还是一件事")
        assert rests(session, name) == whole
        with pytest.raises(Conflict):
            dismiss(session, li(), name, before, "没看到并回来的发现")
        merging.split(session, li(), part, one.version)
        assert other.version == before + 2
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


def test_the_roll_and_the_search_know_what_was_divided_and_merged_back(office: Office, desk: Desk) -> None:
    rolls = Rolls()
    with desk.store.look() as session:
        alert = richest(session)
        name, version = alert.fingerprint, alert.version
        by_rule = {one.rule: one.signal_id for one in questions.present_signals(session, [name])[name]}
        assert len(by_rule) > 1
        rule, signal = sorted(by_rule.items())[0]
        assert of_rule(rolls.now(session), rule, name)
    member = signing_in_as_leader(desk)
    with TestClient(create_site(desk), cookies={"guantong": member}, headers={"Sec-Fetch-Site": "same-origin"}) as calling:
        said = {"version": version, "signal": signal, "reason": "两件事"}
        made = calling.post(f"/alerts/{name}/divide", data=said).headers["HX-Redirect"].rpartition("/")[2]
        assert f'id="row-{made}"' in calling.get("/", params={"q": made}).text, "found by its number at once"
    with desk.store.look() as session:
        assert of_rule(rolls.now(session), rule, made) and not of_rule(rolls.now(session), rule, name)
    with desk.store.change() as session:
        merging.merge(session, li(), made, session.get_one(Alert, made).version, name, "还是一件事")
    with desk.store.look() as session:
        assert of_rule(rolls.now(session), rule, name), "the rule is the alert's again, in every process"


def of_rule(roll: Roll, rule: str, name: str) -> bool:
    return bool(roll.coded["rule"].within([rule], roll.size)[roll.place_of[name]])


def signing_in_as_leader(desk: Desk) -> str:
    with desk.store.change() as session:
        member = signing_in.enrol(session, "chief", "陈书记", PASSWORD, by="test", now=NOW)
        signing_in.grant(session, member, "leader", Bounds(), by="test", now=NOW)
    with desk.store.change() as session:
        return signing_in.sign_in(session, "chief", PASSWORD, NOW)
