"""Confirmed (查实) is one number: overview, portraits, weekly and monthly paper and the rules' scorecard count the same alerts."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.desk import Desk
from service.paper import figures as papers
from service.paper.period import Length, Period
from service.paper.scope import Scope, facts
from service.roll.alerts import read_roll
from service.settings import Settings
from service.store import event
from service.store.alert import Alert, AlertSignal
from service.store.assignment import Assignment
from service.store.signal import SignalVersion
from service.store.verdict import Verdict
from service.whole import figures
from service.whole.ledger import Ledgers
from service.whole.scorecard import scorecard
from tests.service.api_client import kept_office
from tests.service.casework_office import facts as said_of
from tests.service.conftest import NOW

CHIEF = Caller("person:chief", "person", (Held(roles()["leader"], Bounds()),))
LAST_WEEK = NOW - timedelta(days=8)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Every course an alert can take after it was judged, one alert each; the village's own wait."""
    office = kept_office(tmp_path_factory.mktemp("confirmed"))
    with Desk(Settings.from_environment(office.variables), clock=lambda: NOW) as opened:
        with opened.store.change() as session:
            played(session, [opened_alert(session, number, sorted(opened.book.indicators)[0]) for number in range(8)])
            event.append(session, [event.Happening("run.done", "1", {})], "test", NOW)
        yield opened


def opened_alert(session: Session, number: int, rule: str) -> Alert:
    """An alert on one signal of its own, with an office and a day it is due on."""
    opened, name = NOW - timedelta(days=20), f"A{number:02d}"
    one = Alert.open(said_of(name, unit_id=f"U{number % 3}", amount=Decimal(100)), 1, opened.date(), opened)
    session.add(one)
    session.flush()
    signal = SignalVersion(
        signal_id=f"S{number:02d}", version="v", rule=rule, rule_hash="h", topic="subsidy", severity="high", subject_kind="person", subject_id="P",
        unit_id=None, area_id=None, amount=None, first_on=None, last_on=None, body={"evidence": {}}, first_run=1, last_run=1,
    )  # fmt: skip
    session.add(signal)
    session.flush()
    session.add(AlertSignal(fingerprint=name, signal_id=signal.signal_id, version="v", first_run=1, last_run=1))
    session.add(
        Assignment(fingerprint=name, stream="stationed", office_id="OF-PZ01", unit_id=None, role="lead", route="t", because={}, due_days=10, channel="urgent",
                   batch_on=None, due_on=(NOW - timedelta(days=1)).date(), due_provisional=False, given_run=1, ended_run=None)
    )  # fmt: skip
    return one


def played(session: Session, alerts: Sequence[Alert]) -> None:
    right, earlier, merged, parted, cleared, again, returned, taken = alerts
    for one in (right, earlier, merged, parted, taken):
        one.accept("person:zhou")
    for one, at in ((right, NOW), (earlier, LAST_WEEK), (merged, NOW), (parted, NOW)):
        judge(session, one, "substantiated", at)
    merged.merge()  # worked on with another, and counted with that one
    parted.merge()
    parted.split()  # by itself again: it waits again
    for one in (cleared, again):
        one.clear()
        judge(session, one, "cleared", NOW)
    again.reopen()  # its facts grew
    returned.give_back()
    judge(session, returned, "wrong_rule", NOW)


def judge(session: Session, alert: Alert, outcome: str, at: datetime) -> None:
    told = {alert.fingerprint.replace("A", "S"): {"content": "", "material": {}}}
    said = Verdict(fingerprint=alert.fingerprint, outcome=outcome, reason="已核对", decided_by="person:zhou", decided_at=at, expires_on=None, facts=told)  # fmt: skip
    session.add(said)
    session.flush()


def on_paper(desk: Desk, length: Length) -> papers.Totals:
    with desk.store.look() as session:
        return papers.totals(session, facts(session, CHIEF, Scope()), Period.ending(length, desk.today), desk.today)


def overview(desk: Desk) -> tuple[figures.Share, list[figures.Share]]:
    """The whole, and a row for each unit as its portrait has it."""
    with desk.store.look() as session:
        roll = read_roll(session)
        ledger, visible = Ledgers().of(session, roll), roll.visible(session, CHIEF)
        return figures.total(ledger, visible, desk.today), figures.shares(ledger, visible, "unit", desk.today)


def test_overview_portraits_and_a_paper_over_the_same_days_agree(desk: Desk) -> None:
    whole, units = overview(desk)
    years = on_paper(desk, "years")
    assert whole.of("confirmed") == years.confirmed.now == sum(one.of("confirmed") for one in units) == 2
    assert whole.judged == years.judged == sum(one.judged for one in units) == 4
    assert f"{whole.precision:.1%}" == years.precision == "50.0%"
    assert (whole.waiting, whole.overdue) == (years.waiting, years.overdue)
    assert (whole.of("open"), whole.of("accepted")) == (years.to_judge, years.accepted)


def test_a_weekly_and_a_monthly_paper_differ_only_by_what_was_decided_in_their_days(desk: Desk) -> None:
    week, month, before = on_paper(desk, "week"), on_paper(desk, "month"), Period.ending("month", desk.today)
    assert (week.confirmed.now, week.confirmed.before) == (1, 1)
    expected = sum(before.first <= at.date() <= before.last for at in (NOW, LAST_WEEK))
    assert month.confirmed.now == expected
    assert week.waiting == month.waiting == overview(desk)[0].waiting


def test_a_rules_record_keeps_what_was_said_of_alerts_that_have_since_gone_another_way(desk: Desk) -> None:
    """A rule that was right stays right when its alert is merged: its record is of conclusions, not of where alerts are now."""
    whole, _ = overview(desk)
    score = next(one for one in scorecard(desk) if one.facts.judged)
    assert (score.facts.right, score.facts.judged) == (4, 7)
    assert whole.of("confirmed") == score.facts.right - len(("merged", "parted"))
    assert whole.judged == score.facts.judged - len(("merged", "parted", "again"))
