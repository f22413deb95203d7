"""Priorities in the store: the order of the list, what verdicts teach, what falls quiet, and what the log is told."""

from datetime import date

from sqlalchemy import select

from datasets.withdraw import withdraw
from service.clearing import clear
from service.store import questions
from service.store.alert import Alert
from service.store.event import Event
from service.store.questions import Wanted
from service.store.verdict import tallies
from tests.service import village
from tests.service.conftest import NOW, Office


def taken_in(office: Office) -> Office:
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    return office


def test_alerts_come_in_the_order_of_their_priority_each_with_its_reasons(office: Office) -> None:
    taken_in(office).run()
    with office.desk() as desk, desk.store.look() as session:
        alerts = questions.alerts_wanted(session, Wanted(status="open"))
        numbers = [alert.priority for alert in alerts]
        assert numbers == sorted(numbers, reverse=True) and numbers[0] > numbers[-1] > 0
        assert all(abs(sum(one["points"] for one in alert.reasons) - alert.priority) < 0.1 for alert in alerts)
        assert {alert.level for alert in alerts} > {"low"} or {alert.level for alert in alerts} <= {"critical", "high", "medium"}
        high = questions.alerts_wanted(session, Wanted(level="high"))
        assert high and {alert.level for alert in high} == {"high"}


def test_a_rule_that_people_found_wrong_sinks_with_the_next_run(embedded: Office) -> None:
    taken_in(embedded).run()
    with embedded.desk() as desk, desk.store.change() as session:
        told = questions.alerts_wanted(session, Wanted(rule="duplicate_across_towns", status="open"))
        before = told[0].priority
        for alert in told[1:]:
            clear(session, alert, reason="两镇分担，已核", decided_by="张三", now=NOW)
        first = told[0].fingerprint
    embedded.run()
    with embedded.desk() as desk, desk.store.look() as session:
        right, judged = tallies(session)["duplicate_across_towns"]
        assert (right, judged) == (0, len(told) - 1) and judged > 0
        assert session.get_one(Alert, first).priority < before


def test_an_alert_that_falls_quiet_goes_behind_and_says_so(embedded: Office) -> None:
    taken_in(embedded).run()
    with embedded.desk() as desk, desk.store.look() as session:
        before = {alert.fingerprint: alert.priority for alert in session.scalars(select(Alert))}
    with embedded.desk() as desk:
        paid = next(batch for batch in desk.lake.batches() if batch.table == "subsidy_payment")
        withdraw(desk.lake, paid.batch_id, "导错了")
    embedded.run(date(2024, 5, 31))
    with embedded.desk() as desk, desk.store.look() as session:
        quiet = session.scalars(select(Alert).where(Alert.quiet_since.is_not(None))).all()
        assert quiet and all(alert.priority < before[alert.fingerprint] for alert in quiet)
        assert {alert.reasons[-1]["kind"] for alert in quiet} == {"quiet"}
        told = session.scalars(select(Event.about).where(Event.kind == "alert.level")).all()
        assert set(told) >= {alert.fingerprint for alert in quiet if alert.level == "low"}
    embedded.run(date(2024, 5, 31))
    with embedded.desk() as desk, desk.store.look() as session:
        again = session.scalars(select(Alert).where(Alert.quiet_since.is_not(None))).all()
        assert [alert.priority for alert in again] == [alert.priority for alert in quiet], "it sinks once"
