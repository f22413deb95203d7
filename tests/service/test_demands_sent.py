"""What is asked for reaches the office or the unit, is answered there without the alert being seen, and stands in its history."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access import signing_in
from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.access.sight import complained_of
from service.alert_view import demands
from service.alert_view.demands import Sent
from service.alert_view.history import history_of
from service.desk import Desk
from service.errors import NothingFound, Refusal
from service.reading import reading
from service.store.alert import OPEN, Alert
from service.store.assignment import Recusal
from service.store.event import first_broken
from service.store.notice import Notice
from service.store.sealed import Accused
from service.triage.deciding import dismiss
from service.triage.moving import By
from service.triage.undoing import undo_last
from tests.service import village
from tests.service.api_client import kept_office
from tests.service.conftest import NOW

DUE = NOW.date() + timedelta(days=5)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with kept_office(tmp_path_factory.mktemp("demands")).desk() as opened:
        with opened.store.change() as session:
            member = signing_in.enrol(session, "clerk", "小李", "一壶清茶，四十件预警，逐件过目", by="test", now=NOW)
            signing_in.grant(session, member, "unit_clerk", Bounds(unit_id=village.TOWNSHIP), by="test", now=NOW)
        yield opened


def who(login: str, role: str, bounds: Bounds | None = None, person_id: str | None = None) -> By:
    return By(Caller(f"person:{login}", "person", (Held(roles()[role], bounds or Bounds()),), person_id=person_id), NOW)


LEADER = who("chief", "leader")
GROUP, ROOM = who("zhao", "office_member", Bounds(office_id="OF-PZ01")), who("wang", "office_member", Bounds(office_id="OF-XT01"))
CLERK, OTHER_CLERK = (who("clerk", "unit_clerk", Bounds(unit_id=one)) for one in (village.TOWNSHIP, village.OTHER_TOWNSHIP))


def alert_of(session: Session, *, complained: bool) -> str:
    resting = complained_of("")
    query = select(Alert.fingerprint).where(Alert.status == OPEN, resting if complained else ~resting).order_by(Alert.fingerprint)
    return session.scalars(query.limit(1)).one()


def test_an_office_gets_the_request_and_answers_it_once_without_having_the_alert(desk: Desk) -> None:
    with desk.store.change() as session:
        alert = alert_of(session, complained=True)
        number = demands.ask(
            session, LEADER, alert, "驻县民政局纪检监察组", "低保发放审批表", DUE, Sent(office="OF-PZ01")
        ).demand_id
        assert [one.demand_id for one in demands.demands_waiting(session, GROUP)] == [number]
        assert demands.demands_waiting(session, ROOM) == demands.demands_waiting(session, CLERK) == []
        for stranger in (ROOM, CLERK):
            with pytest.raises(NothingFound):
                demands.reply(session, stranger, number, "我来答")
        with pytest.raises(Refusal):
            demands.reply(session, GROUP, number, "  ")
        demands.reply(session, GROUP, number, "审批表共三份，第二份没有签字")
        assert demands.demands_waiting(session, GROUP) == []
        with pytest.raises(NothingFound):
            demands.reply(session, GROUP, number, "再答一次")
    with reading(desk) as seen:
        told = [one.what for one in history_of(seen, alert)]
        assert {"要求补充", "补充材料已到"} <= set(told)
        assert first_broken(seen.session) is None
        kinds = seen.session.scalars(select(Notice.kind).where(Notice.about == alert)).all()
        assert {"demand.made", "demand.answered"} <= set(kinds)
        bodies = seen.session.scalars(select(Notice.body).where(Notice.kind == "demand.answered")).all()
        assert all("审批表" not in str(body) for body in bodies)


def test_a_unit_is_asked_through_its_clerk_and_never_where_a_complaint_stands_behind_it(desk: Desk) -> None:
    with desk.store.change() as session:
        quiet, loud = alert_of(session, complained=False), alert_of(session, complained=True)
        sent = Sent(unit=village.TOWNSHIP)
        with pytest.raises(Refusal, match="群众反映"):
            demands.ask(session, LEADER, loud, "平潮镇", "名册", DUE, sent)
        with pytest.raises(Refusal, match="经办人"):
            demands.ask(session, LEADER, quiet, "石港镇", "名册", DUE, Sent(unit=village.OTHER_TOWNSHIP))
        with pytest.raises(Refusal, match="期限"):
            demands.ask(session, LEADER, quiet, "平潮镇", "名册", NOW.date() - timedelta(days=1), sent)
        number = demands.ask(session, LEADER, quiet, "平潮镇", "发放名册", DUE, sent).demand_id
        assert [one.demand_id for one in demands.demands_waiting(session, CLERK)] == [number]
        assert demands.demands_waiting(session, OTHER_CLERK) == demands.demands_waiting(session, GROUP) == []
        with pytest.raises(NothingFound):
            demands.reply(session, OTHER_CLERK, number, "不归我")
        assert demands.reply(session, CLERK, number, "名册见附件编号3").answered_by == "person:clerk"


def test_whoever_an_alert_is_about_is_not_asked(desk: Desk) -> None:
    with desk.store.change() as session:
        alert = session.scalars(select(Alert).where(Alert.subject_kind == "person", Alert.status == OPEN).limit(1)).one()
        demands.ask(session, LEADER, alert.fingerprint, "驻县民政局纪检监察组", "说明", DUE, Sent(office="OF-PZ01"))
        same = who("zhao", "office_member", Bounds(office_id="OF-PZ01"), alert.subject_id)
        asked = {one.fingerprint for one in demands.demands_waiting(session, same)}
        assert alert.fingerprint not in asked
        assert alert.fingerprint in {one.fingerprint for one in demands.demands_waiting(session, GROUP)}


def test_what_was_closed_meanwhile_is_asked_of_nobody_any_more(desk: Desk) -> None:
    with desk.store.change() as session:
        alert = session.scalars(select(Alert).where(Alert.status == OPEN).order_by(Alert.fingerprint.desc()).limit(1)).one()
        number = demands.ask(
            session, LEADER, alert.fingerprint, "驻县民政局纪检监察组", "台账", DUE, Sent(office="OF-PZ01")
        ).demand_id
        assert number in {one.demand_id for one in demands.demands_waiting(session, GROUP)}
        dismiss(session, LEADER, alert.fingerprint, alert.version, "登记有误")
        assert number not in {one.demand_id for one in demands.demands_waiting(session, GROUP)}
        undo_last(session, LEADER)
        assert number in {one.demand_id for one in demands.demands_waiting(session, GROUP)}


def test_an_office_that_is_recused_is_asked_for_nothing_and_hears_no_more_of_what_was_asked_before(desk: Desk) -> None:
    with desk.store.change() as session:
        alert = alert_of(session, complained=False)
        number = demands.ask(session, LEADER, alert, "第一监督检查室", "台账", DUE, Sent(office="OF-JD01")).demand_id
        room = who("wang", "office_member", Bounds(office_id="OF-JD01"))
        assert number in {one.demand_id for one in demands.demands_waiting(session, room)}
        why = {"zh": "负责人与对象曾经共事", "en": "worked together"}
        session.add(Recusal(fingerprint=alert, office_id="OF-JD01", why=why, given_run=1, ended_run=None))
        session.flush()
        with pytest.raises(Refusal, match="回避"):
            demands.ask(session, LEADER, alert, "第一监督检查室", "台账", DUE, Sent(office="OF-JD01"))
        assert number not in {one.demand_id for one in demands.demands_waiting(session, room)}
        with pytest.raises(NothingFound):
            demands.reply(session, room, number, "我来答")
        assert number in {one.demand_id for one in demands.demands_waiting(session, LEADER)}
    with reading(desk) as seen:
        asked = next(one for one in history_of(seen, alert) if one.what == "要求补充")
        assert "机构：第一监督检查室" in asked.details, "asked, and not handed over"


def test_a_part_of_what_rests_on_a_complaint_is_no_unit_s_to_hear_of(desk: Desk) -> None:
    with desk.store.change() as session:
        part = session.get_one(Alert, alert_of(session, complained=False)).fingerprint
        assert demands.may_ask_units(session, part)
        session.add(Accused(fingerprint=part, kind="unit", entity_id=village.TOWNSHIP))  # as dividing hands it on
        session.flush()
        with pytest.raises(Refusal, match="群众反映"):
            demands.ask(session, LEADER, part, "平潮镇", "名册", DUE, Sent(unit=village.TOWNSHIP))
