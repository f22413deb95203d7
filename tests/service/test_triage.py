"""Triage: taking, dismissing, giving back, handing over and undoing, each with its lock, its record and its sight."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.desk import Desk
from service.errors import Conflict, IllegalMove, NothingFound, Refusal
from service.store import event
from service.store.alert import ACCEPTED, CLEARED, OPEN, RETURNED, Alert
from service.store.assignment import Assignment, Recusal
from service.store.event import Event
from service.store.notice import Notice
from service.store.verdict import Verdict
from service.triage.deciding import accept, dismiss, give_back
from service.triage.many import each
from service.triage.moving import By
from service.triage.offices import Office as To
from service.triage.transferring import answer, transfer, waiting
from service.triage.undoing import undo, undo_last
from tests.service import village
from tests.service.conftest import NOW, Office


def person(login: str, role: str = "triager", office: str | None = None) -> Caller:
    return Caller(f"person:{login}", "person", (Held(roles()[role], Bounds(office_id=office)),))


GROUP = To("OF-PZ01", "驻县民政局纪检监察组", "stationed")


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    """An office with one run kept, on SQLite and on PostgreSQL."""
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    with office.desk() as opened:
        yield opened


def first(session: Session, office: str | None = None) -> Alert:
    """The first alert, of those that an office leads."""
    query = select(Alert).order_by(Alert.priority.desc(), Alert.fingerprint)
    if office is not None:
        led = select(Assignment.fingerprint).where(Assignment.office_id == office, Assignment.role == "lead")
        query = query.where(Alert.fingerprint.in_(led))
    return session.scalars(query.limit(1)).one()


def lead_of(session: Session, fingerprint: str) -> Assignment:
    living = select(Assignment).where(
        Assignment.fingerprint == fingerprint, Assignment.ended_run.is_(None), Assignment.role == "lead"
    )
    return session.scalars(living).one()


def test_triage_from_taking_to_undoing(desk: Desk) -> None:
    """One office through the whole of it, because a run is slow: every step is asserted."""
    li, wang = By(person("li"), NOW), By(person("wang"), NOW)
    with desk.store.change() as session:
        alert = first(session)
        seen, name = alert.version, alert.fingerprint
        move = accept(session, li, name, seen)
        assert (alert.status, alert.holder, alert.version) == (ACCEPTED, "person:li", seen + 1)
        number = move.move_id
    with desk.store.change() as session, pytest.raises(Conflict, match="li于17:30“受理”"):
        dismiss(session, wang, name, seen, "看过")
    with desk.store.change() as session:
        assert session.get_one(Alert, name).status == ACCEPTED
        with pytest.raises(Refusal, match="没有可以撤销"):
            undo(session, wang, number)
        with pytest.raises(Refusal, match="10"):
            undo(session, By(li.caller, NOW + timedelta(seconds=14)), number)
    with desk.store.change() as session:
        undo(session, By(li.caller, NOW + timedelta(seconds=9)), number)
        alert = session.get_one(Alert, name)
        assert (alert.status, alert.holder, alert.version) == (OPEN, None, seen + 2)
        dismiss(session, li, name, alert.version, "已核实，死亡登记有误")
        assert session.get_one(Alert, name).status == CLEARED
        assert session.scalars(select(Verdict.outcome).where(Verdict.fingerprint == name)).all() == ["cleared"]
        undo_last(session, li)
        assert session.scalars(select(Verdict)).all() == []
        version = session.get_one(Alert, name).version
        give_back(session, li, name, version, "wrong_data", "死亡日期录错")
        assert session.get_one(Alert, name).status == RETURNED
        with pytest.raises(IllegalMove):
            accept(session, li, name, version + 1)
        assert event.first_broken(session) is None
        kinds = session.scalars(
            select(Event.kind).where(Event.about == name, Event.actor == "person:li").order_by(Event.seq)
        ).all()
        assert kinds == ["alert.accepted", "alert.undone", "alert.cleared", "alert.undone", "alert.returned"]
        told = session.scalars(select(Notice.kind).where(Notice.about == name).order_by(Notice.seq)).all()
        assert told[-5:] == kinds


def test_an_alert_handed_over_is_seen_by_both_until_it_is_taken_and_no_run_takes_it_back(desk: Desk, office: Office) -> None:
    leader = By(person("leader", "leader"), NOW)
    with desk.store.change() as session:
        alert = session.scalars(
            select(Alert).join(Assignment, Assignment.fingerprint == Alert.fingerprint)
            .where(Assignment.role == "lead", Assignment.office_id != GROUP.office_id, Assignment.office_id.is_not(None)).limit(1)
        ).one()  # fmt: skip
        name, origin = alert.fingerprint, lead_of(session, alert.fingerprint).office_id
        sender = By(person("sender", office=origin), NOW)
        session.query(Recusal).filter_by(fingerprint=name).delete()
        with pytest.raises(Refusal, match="主办"):
            transfer(session, sender, name, alert.version, To(str(origin), "自己", "discipline"), "试", desk.handover)
        move = transfer(session, sender, name, alert.version, GROUP, "属派驻监督范围", desk.handover)
        assert lead_of(session, name).office_id == GROUP.office_id and lead_of(session, name).due_on is not None
        undo(session, sender, move.move_id)
        assert lead_of(session, name).office_id == origin and waiting(session, name) is None
        transfer(session, sender, name, session.get_one(Alert, name).version, GROUP, "属派驻监督范围", desk.handover)
        version = session.get_one(Alert, name).version
        with pytest.raises(NothingFound, match="没有等待签收"):
            answer(session, sender, name, version, take=True)
        answer(session, By(person("taker", office=GROUP.office_id), NOW), name, version, take=True)
    office.run()
    with desk.store.change() as session:
        assert lead_of(session, name).office_id == GROUP.office_id
        with pytest.raises(NothingFound):
            accept(session, sender, name, session.get_one(Alert, name).version)
        back = transfer(
            session,
            leader,
            name,
            session.get_one(Alert, name).version,
            To(str(origin), "原处", "discipline"),
            "退",
            desk.handover,
        )
        assert back.version == session.get_one(Alert, name).version
        answer(session, sender, name, back.version, take=False, reason="不属我室范围")
        assert lead_of(session, name).office_id == GROUP.office_id


def test_many_at_once_moves_those_it_can_and_undoes_them_together(desk: Desk) -> None:
    li = By(person("li"), NOW)
    with desk.store.change() as session:
        some = [(one.fingerprint, one.version) for one in session.scalars(select(Alert).limit(3))]
        stale = [some[0], some[1], (some[2][0], some[2][1] + 7)]
        done = each(session, li, stale, lambda by, name, version: accept(session, by, name, version))
        assert len(done.moves) == 2 and set(done.refused) == {some[2][0]}
        undone = undo(session, li, done.moves[0].move_id)
        assert len(undone) == 2
        assert {one.status for one in session.scalars(select(Alert))} == {OPEN}
