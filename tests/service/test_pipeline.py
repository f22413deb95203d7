"""A run from files to kept alerts, and what later runs add to it, on SQLite and on a real PostgreSQL."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from datasets.withdraw import withdraw
from datasets.workday import FIRST, shipped_calendar
from service.clearing import clear
from service.pipeline import run
from service.scoring import MAKERS, given_tables
from service.store import event
from service.store.alert import Alert, AlertSignal
from service.store.assignment import Assignment
from service.store.event import Event
from service.store.run import Run, RunStep
from service.store.signal import SignalVersion
from tests.service import village
from tests.service.conftest import NOW, Office


def whole_place(office: Office) -> None:
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())


def test_a_run_opens_alerts_each_with_one_lead_and_its_signals(office: Office) -> None:
    whole_place(office)
    outcome = office.run()
    assert outcome.counts["opened"] > 0 and outcome.counts["again"] == 0
    assert outcome.found["paid_after_death"] == 2 and outcome.found["duplicate_across_towns"] == 6
    with office.desk() as desk, desk.store.look() as session:
        alerts = session.scalars(select(Alert)).all()
        assert len(alerts) == outcome.counts["opened"]
        leads = session.execute(
            select(Assignment.fingerprint, func.count()).where(Assignment.role == "lead").group_by(Assignment.fingerprint)
        )
        assert {count for _, count in leads} == {1}
        assert session.scalar(select(func.count(func.distinct(AlertSignal.fingerprint)))) == len(alerts)
        assert session.scalars(select(Run.status)).all() == ["done"]


def test_a_second_run_adds_to_the_living_alerts_and_opens_nothing_twice(office: Office) -> None:
    whole_place(office)
    first = office.run()
    second = office.run()
    assert (second.counts["opened"], second.counts["again"]) == (0, first.counts["opened"])
    with office.desk() as desk, desk.store.look() as session:
        assert set(session.scalars(select(Alert.fired))) == {2}
        assert session.scalar(select(func.count()).select_from(SignalVersion)) == first.counts["signals"]
        assert set(session.scalars(select(Assignment.ended_run))) == {None}
        assert event.first_broken(session) is None


def test_the_day_of_a_run_is_the_last_day_the_records_reach(embedded: Office) -> None:
    whole_place(embedded)
    with embedded.desk() as desk:
        assert run(desk).as_of == date(2024, 4, 15)


def test_an_alert_that_no_longer_fires_stays_with_the_day_it_was_last_seen(office: Office) -> None:
    whole_place(office)
    office.run()
    with office.desk() as desk:
        paid = next(batch for batch in desk.lake.batches() if batch.table == "subsidy_payment")
        withdraw(desk.lake, paid.batch_id, "导错了")
    outcome = office.run(date(2024, 5, 31))
    assert outcome.counts["quiet"] > 0 and outcome.counts["opened"] == 0
    with office.desk() as desk, desk.store.look() as session:
        quiet = session.scalars(select(Alert).where(Alert.subject_kind == "person")).all()
        assert quiet and {alert.last_seen for alert in quiet} == {village.AS_OF}
        assert {alert.status for alert in quiet} == {"open"}
    assert office.run(date(2024, 5, 31)).counts["quiet"] == 0, "it falls quiet once"


def test_a_cleared_alert_stays_closed_until_its_material_grows(office: Office) -> None:
    whole_place(office)
    office.run()
    with office.desk() as desk, desk.store.change() as session:
        alert = _of_the_dead(session)
        clear(session, alert, reason="丧葬登记有误", decided_by="张三", now=NOW)
        fingerprint = alert.fingerprint
    outcome = office.run()
    assert (outcome.counts["kept_closed"], outcome.counts["reopened"]) == (1, 0)
    with office.desk() as desk, desk.store.look() as session:
        kept = session.get_one(Alert, fingerprint)
        assert (kept.status, kept.fired) == ("cleared", 2)
    office.take_in(village.payments(["2024-05"]), name="may")
    outcome = office.run(date(2024, 5, 31))
    assert outcome.counts["reopened"] == 1
    with office.desk() as desk, desk.store.look() as session:
        grown = session.get_one(Alert, fingerprint)
        assert (grown.status, grown.fired, str(grown.amount)) == ("open", 3, "2600.00")
        kinds = session.scalars(select(Event.kind).where(Event.about == fingerprint).order_by(Event.seq)).all()
        assert kinds[-1] == "alert.reopened" and "alert.cleared" in kinds


def test_a_clearing_that_expired_protects_no_longer(embedded: Office) -> None:
    whole_place(embedded)
    embedded.run()
    with embedded.desk() as desk, desk.store.change() as session:
        clear(session, _of_the_dead(session), reason="待复核", decided_by="张三", now=NOW, expires_on=date(2024, 5, 1))
    assert embedded.run(date(2024, 5, 1)).counts["kept_closed"] == 1
    assert embedded.run(date(2024, 5, 2)).counts["reopened"] == 1


def test_new_facts_make_a_new_version_of_the_signal_and_keep_the_old_one(embedded: Office) -> None:
    whole_place(embedded)
    embedded.run()
    embedded.take_in(village.payments(["2024-05"]), name="may")
    embedded.run(date(2024, 5, 31))
    with embedded.desk() as desk, desk.store.look() as session:
        versions = select(SignalVersion.signal_id, func.count()).where(SignalVersion.rule == "paid_after_death")
        assert {count for _, count in session.execute(versions.group_by(SignalVersion.signal_id))} == {2}


def test_what_models_made_is_not_made_again_while_its_input_stays(embedded: Office) -> None:
    whole_place(embedded)
    embedded.run()
    with embedded.desk() as desk:
        before, made = desk.lake.state(), len(MAKERS) + len(given_tables([]))
        embedded.run()
        assert desk.lake.state() == before
        with desk.store.look() as session:
            assert session.scalars(select(RunStep.run_id).where(RunStep.step.startswith("score:"))).all() == [1] * made


def test_periods_of_the_law_and_working_days_are_tables_and_an_offices_own_come_in(embedded: Office) -> None:
    whole_place(embedded)
    own = embedded.folder / "own"
    (own / "law").mkdir(parents=True)
    text = "id: local\nkind: document\nname: 本市办法\ntitle: Local\nissuer: 市政府\nstatus: in_force\nknown: verified\n"
    text += "starts_on: 2024-01-01\narticles:\n  第一条: {zh: 要旨, en: gist}\n"
    text += "periods:\n  - {id: local_period, article: 第一条, amount: 9, unit: day, zh: 期限, en: period}\n"
    (own / "law" / "local.yml").write_text(text, encoding="utf-8")
    embedded.run()
    embedded.variables["GUANTONG_BOOK"] = str(own)
    embedded.run()
    with embedded.desk() as desk, desk.tables() as (tables, _):
        ids = {row[0] for row in tables.con.execute("SELECT period_id FROM legal_period").fetchall()}
        days = tables.con.execute("SELECT count(*), max(number) FROM workday WHERE NOT provisional").fetchone()
    assert {"local_period", "signing"} <= ids
    assert days == (6209, shipped_calendar().between(FIRST, date(2026, 12, 31)))


ONE_PAYMENT_EACH = """
id: paid_at_all
title: {zh: 领了一次, en: Paid once}
topic: subsidy
status: live
severity: low
owner: 测试
basis: [{name: 社会救助暂行办法, known: verified}]
why: {zh: 测试, en: test}
innocent: {zh: 测试, en: test}
verify: [{zh: 测试, en: test}]
subject: person
material: [amount]
sql: |
  SELECT p.person_id AS subject_id, p.unit_id, p.amount, list_sort(list(p.payment_id)) AS evidence_subsidy_payment
  FROM subsidy_payment p
  WHERE p.amount > 600
  GROUP BY p.person_id, p.unit_id, p.amount, p.payment_id
says: {zh: "领{amount}元", en: "{amount} yuan"}
tests:
  - name: paid
    given: {subsidy_payment: [{payment_id: S1, person_id: P1, unit_id: U1, amount: 601}]}
    flags: [{subject_id: P1, amount: 601}]
  - name: not paid enough
    given: {subsidy_payment: [{payment_id: S1, person_id: P1, unit_id: U1, amount: 600}]}
    flags: []
"""


def test_a_rule_that_fails_keeps_what_it_found_before_and_the_run_goes_on(embedded: Office) -> None:
    own = embedded.folder / "book" / "book" / "subsidy" / "paid_at_all.yml"
    own.parent.mkdir(parents=True)
    own.write_text(ONE_PAYMENT_EACH, encoding="utf-8")
    embedded.variables["GUANTONG_BOOK"] = str(embedded.folder / "book")
    embedded.take_in(village.places(), village.people(), village.payments(["2024-02"]))
    first = embedded.run()
    assert first.found["paid_at_all"] == 13 and not first.failed
    embedded.take_in(village.payments(["2024-03"]), name="more")
    second = embedded.run()
    assert set(second.failed) == {"paid_at_all"} and "per" in second.failed["paid_at_all"]
    assert second.found["paid_at_all"] == 13 and second.counts["quiet"] == 0


def _of_the_dead(session: Session) -> Alert:
    resting = select(AlertSignal.fingerprint).join(SignalVersion).where(SignalVersion.rule == "paid_after_death")
    return session.scalars(
        select(Alert).where(Alert.fingerprint.in_(resting)).order_by(Alert.fingerprint)
    ).first() or pytest.fail("none")
