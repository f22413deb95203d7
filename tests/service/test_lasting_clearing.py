"""A lasting clearing: asked for by one, approved by another, protects within its scope and time, and lets through what is new beyond it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, select
from sqlalchemy.event import listen, remove

from service import pipeline
from service.access import signing_in
from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.casework.course import Acting
from service.casework.protecting import Scope, ask_clearing, decide_clearing, lift_clearing
from service.clearing import signals_of
from service.desk import Desk
from service.errors import Conflict, IllegalMove, NothingFound, Refusal
from service.rectifying.seat import sit_down
from service.site import create_site
from service.store import event
from service.store.alert import CLEARED, OPEN, Alert
from service.store.clearing import Clearing, protections
from service.store.event import Event
from service.store.notice import Notice
from service.triage.deciding import dismiss
from service.triage.moving import By
from tests.service import village
from tests.service.conftest import NOW, Office

MAY, AUGUST = ("2024-05",), ("2024-08",)
PASSWORD = "一壶清茶，四十件预警，逐件过目"


def person(login: str, role: str = "triager", office: str | None = None) -> Caller:
    return Caller(f"person:{login}", "person", (Held(roles()[role], Bounds(office_id=office)),))


def at(desk: Desk, login: str, role: str = "triager", office: str | None = None) -> Acting:
    return sit_down(desk, person(login, role, office)).acting


def paid_after_death(desk: Desk) -> str:
    """An alert about somebody dead, closed as no problem."""
    with desk.store.change() as session:
        found = session.scalars(select(Alert).where(Alert.subject_kind == "person").order_by(Alert.fingerprint)).all()
        alert = next(one for one in found if any(s.rule == "paid_after_death" for s in signals_of(session, one)))
        dismiss(session, By(person("li"), NOW), alert.fingerprint, alert.version, "死亡登记有误，本人健在")
        return alert.fingerprint


def scope(desk: Desk, name: str, until: date = date(2024, 6, 30)) -> Scope:
    with desk.store.look() as session:
        rules = tuple(sorted({one.rule for one in signals_of(session, session.get_one(Alert, name))}))
    return Scope(until, "同名同姓，死亡登记张冠李戴", "派出所更正函，已上门见到本人", rules)


def paid_in(office: Office, months: tuple[str, ...], as_of: date) -> None:
    office.take_in({"subsidy_payment": village.payments(months)["subsidy_payment"]}, name=months[0])
    office.run(as_of)


def status(office: Office, name: str) -> str:
    with office.desk() as desk, desk.store.look() as session:
        return session.get_one(Alert, name).status


def test_a_cleared_person_is_not_flagged_again_within_the_scope_and_is_beyond_it(office: Office) -> None:
    office.take_in(village.places(), village.people(), village.payments())
    office.run()
    with office.desk() as desk:
        name = paid_after_death(desk)
        with desk.store.change() as session:
            asked = ask_clearing(session, at(desk, "li"), name, scope(desk, name))
            number, seen = asked.clearing_id, asked.version
        with desk.store.change() as session:
            assert not protections(session, desk.today).by_subject, "nothing is protected before the second person"
            with pytest.raises(NothingFound):
                decide_clearing(session, at(desk, "wang"), number, seen, agree=True, reason="")
            with pytest.raises(Refusal, match="另一位"):
                decide_clearing(session, at(desk, "li", "leader"), number, seen, agree=True, reason="")
            with pytest.raises(Conflict):
                decide_clearing(session, at(desk, "head", "office_head"), number, seen + 1, agree=True, reason="")
            decide_clearing(session, at(desk, "head", "office_head"), number, seen, agree=True, reason="")
        with desk.store.change() as session, pytest.raises(IllegalMove):
            decide_clearing(session, at(desk, "chief", "leader"), number, seen + 1, agree=True, reason="")
    paid_in(office, MAY, date(2024, 5, 31))
    assert status(office, name) == CLEARED, "a later payment within the scope"
    paid_in(office, AUGUST, date(2024, 8, 31))
    assert status(office, name) == OPEN, "a payment after the records that were cleared"
    with office.desk() as desk, desk.store.look() as session:
        assert event.first_broken(session) is None
        kinds = session.scalars(
            select(Event.kind).where(Event.about == name, Event.kind.startswith("clearing.")).order_by(Event.seq)
        )
        assert list(kinds) == ["clearing.asked", "clearing.approved"]
        assert "clearing.approved" in session.scalars(select(Notice.kind).where(Notice.about == name)).all()
        bodies = session.scalars(select(Event.body).where(Event.kind == "clearing.approved")).all()
        assert set(bodies[0]) == {"clearing", "records_until", "expires_on"}


def test_without_a_clearing_the_same_later_payment_opens_it_again_and_lifting_one_lets_it_through(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people(), village.payments())
    embedded.run()
    with embedded.desk() as desk:
        name = paid_after_death(desk)
        with desk.store.change() as session:
            number = ask_clearing(session, at(desk, "li"), name, scope(desk, name)).clearing_id
            decide_clearing(session, at(desk, "head", "office_head"), number, 1, agree=True, reason="")
    paid_in(embedded, MAY, date(2024, 5, 31))
    assert status(embedded, name) == CLEARED
    with embedded.desk() as desk:
        with desk.store.change() as session, pytest.raises(Refusal, match="理由"):
            lift_clearing(session, at(desk, "head", "office_head"), number, 2, " ")
        with desk.store.change() as session:
            lift_clearing(session, at(desk, "head", "office_head"), number, 2, "更正函系伪造")
    embedded.run(date(2024, 5, 31))
    assert status(embedded, name) == OPEN


def test_a_clearing_that_is_over_protects_no_more(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people(), village.payments())
    embedded.run()
    with embedded.desk() as desk:
        name, today = paid_after_death(desk), desk.today
        said = replace(scope(desk, name), expires_on=today + timedelta(days=30))
        with desk.store.change() as session:
            number = ask_clearing(session, at(desk, "li"), name, said).clearing_id
            decide_clearing(session, at(desk, "head", "office_head"), number, 1, agree=True, reason="")
        with desk.store.look() as session:
            assert protections(session, today + timedelta(days=30)).by_subject
            assert not protections(session, today + timedelta(days=31)).by_subject
        desk.clock = lambda: NOW + timedelta(days=31)
        embedded.take_in({"subsidy_payment": village.payments(MAY)["subsidy_payment"]}, name="may")
        pipeline.run(desk, date(2024, 5, 31))
    assert status(embedded, name) == OPEN


def test_what_does_not_fit_is_refused(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people(), village.payments())
    embedded.run()
    with embedded.desk() as desk:
        with desk.store.look() as session:
            living = session.scalars(select(Alert.fingerprint).where(Alert.status == OPEN).limit(1)).one()
        with desk.store.change() as session, pytest.raises(IllegalMove, match="销号"):
            ask_clearing(session, at(desk, "li"), living, Scope(desk.today, "甲", "乙", ("x",)))
        name = paid_after_death(desk)
        good = scope(desk, name)
        longest = at(desk, "li").periods.due("clearing", desk.today).due_on
        wrong = {
            "理由和依据": replace(good, proof=" "),
            "只能选": replace(good, rules=("split_purchases",)),
            "最长到": replace(good, expires_on=longest + timedelta(days=1)),
            "要有先后": replace(good, records_from=date(2024, 7, 1)),
            "大于零": replace(good, most=Decimal(0)),
        }
        for said, one in wrong.items():
            with desk.store.change() as session, pytest.raises(Refusal, match=said):
                ask_clearing(session, at(desk, "li"), name, one)
        with desk.store.change() as session, pytest.raises(NothingFound):
            ask_clearing(session, at(desk, "stranger", office="OF-NOWHERE"), name, good)
        with desk.store.change() as session:
            ask_clearing(session, at(desk, "li"), name, good)
        with desk.store.change() as session, pytest.raises(Refusal, match="已经有一项"):
            ask_clearing(session, at(desk, "wang"), name, good)


def test_it_covers_the_same_subject_unit_rules_records_and_amount_and_nothing_else(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people(), village.payments())
    embedded.run()
    with embedded.desk() as desk:
        name = paid_after_death(desk)
        with desk.store.change() as session:
            made = ask_clearing(session, at(desk, "li"), name, replace(scope(desk, name), records_from=date(2024, 1, 1)))
            signal = next(one for one in signals_of(session, session.get_one(Alert, name)) if one.first_on is not None)
            assert made.covers(signal) and isinstance(made, Clearing)
            others = ({"subject_id": "rid_other"}, {"unit_id": "U9999"}, {"rule": "other_rule"}, {"last_on": date(2024, 7, 1)},
                      {"first_on": date(2023, 12, 31)})  # fmt: skip
            assert not any(made.covers(signal.model_copy(update=other)) for other in others)
            made.most = signal.amount
            assert made.covers(signal)
            assert signal.amount is not None
            assert not made.covers(signal.model_copy(update={"amount": signal.amount + 1}))
            made.most = None
            undated = signal.model_copy(update={"first_on": None, "last_on": None})
            assert made.covers(undated), "known, and no more than then"
            assert not made.covers(undated.model_copy(update={"signal_id": "SGnew"}))


def test_a_list_of_clearings_asks_the_database_as_often_for_many_as_for_one(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people(), village.payments())
    embedded.run()
    with embedded.desk() as desk:
        name = paid_after_death(desk)
        with desk.store.change() as session:
            ask_clearing(session, at(desk, "li"), name, scope(desk, name))
            member = signing_in.enrol(session, "chief", "陈书记", PASSWORD, by="test", now=NOW)
            signing_in.grant(session, member, "leader", Bounds(), by="test", now=NOW)
        token = signing_in.enter(desk.store, "chief", PASSWORD, NOW)
        with TestClient(create_site(desk), cookies={"guantong": token}) as calling:

            def asked() -> tuple[int, int]:
                """Entries on the page, and SELECTs that it took."""
                said: list[str] = []
                listener = lambda *told: said.append(told[2])  # noqa: E731 - as SQLAlchemy calls it
                listen(desk.store.engine, "before_cursor_execute", listener)
                page = calling.get("/clearings").raise_for_status().text
                remove(desk.store.engine, "before_cursor_execute", listener)
                return page.count('<article class="stands">'), sum(one.startswith("SELECT") for one in said)

            asked()
            one, few = asked()
            with desk.store.change() as session:
                like = session.scalars(select(Clearing)).one()
                values = {
                    each.key: getattr(like, each.key) for each in inspect(Clearing).column_attrs if each.key != "clearing_id"
                }
                for alert in session.scalars(select(Alert).where(Alert.fingerprint != name)):
                    about = {"subject_kind": alert.subject_kind, "subject_id": alert.subject_id, "unit_id": alert.unit_id}
                    session.add(Clearing(**{**values, **about, "fingerprint": alert.fingerprint}))
            many, same = asked()
    assert one == 1 and many > 3 and same == few
