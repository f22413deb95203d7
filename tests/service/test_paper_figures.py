"""The figures of a paper agree with the alerts they count, with each other, and with what the caller may see."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.paper import figures
from service.paper.period import Period
from service.paper.scope import Scope, facts
from service.store.alert import Alert, AlertSignal
from service.store.assignment import Assignment
from service.store.database import Store
from service.store.report import Report
from service.store.signal import SignalVersion
from service.store.verdict import Verdict
from service.working_days import LOCAL
from tests.service.casework_office import HOME, OTHER
from tests.service.casework_office import facts as said_of

TODAY, ALL = date(2026, 1, 15), Scope()
PERIOD = Period(date(2026, 1, 9), TODAY)
LEADER = Caller("person:chief", "person", (Held(roles()["leader"], Bounds()),))
TOPICS = ("subsidy", "procurement", "hotline")
TOWNS = ("320612001001", "320612001002", "320612002001", None)


def member(office: str) -> Caller:
    return Caller("person:wang", "person", (Held(roles()["office_member"], Bounds(office_id=office)),))


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LOCAL)


@pytest.fixture
def kept(store: Store) -> Iterator[Store]:
    """Forty alerts of two offices over four weeks: some right, some wrong, some late, some of nobody."""
    with store.change() as session:
        for number in range(40):
            opened = at(TODAY - timedelta(days=number % 28), hour=number % 24)
            town = TOWNS[number % 4]
            told = said_of(
                f"A{number:02d}", area_id=town, amount=Decimal(number) * 100 if number % 5 else None, unit_id=f"U{number % 3}"
            )
            one = Alert.open(told, 1, opened.date(), opened)
            one.priority, one.level = float(number), ("critical", "high", "medium", "low")[number % 4]
            session.add(one)
            session.flush()
            for place in range(1 + number % 2):
                signal = SignalVersion(
                    signal_id=f"S{number:02d}{place}", version="v", rule="r", rule_hash="h", topic=TOPICS[(number + place) % 3],
                    severity=("high", "critical")[place], subject_kind="person", subject_id="P", unit_id=None, area_id=None, amount=None,
                    first_on=None, last_on=None, body={"evidence": {}}, first_run=1, last_run=1,
                )  # fmt: skip
                session.add(signal)
                session.flush()
                session.add(
                    AlertSignal(fingerprint=one.fingerprint, signal_id=signal.signal_id, version="v", first_run=1, last_run=1)
                )
            if number % 7:
                session.add(
                    Assignment(fingerprint=one.fingerprint, stream=("stationed", "discipline")[number % 2], office_id=(HOME, OTHER)[number % 2],
                               unit_id=None, role="lead", route="t", because={}, due_days=10, channel="urgent", batch_on=None,
                               due_on=TODAY + timedelta(days=number % 9 - 4), due_provisional=False, given_run=1, ended_run=None)
                )  # fmt: skip
            if number % 3 == 0:
                outcome = ("substantiated", "cleared", "wrong_rule")[number // 3 % 3]
                decided = min(opened + timedelta(days=2), at(TODAY))
                for said in ("cleared", outcome) if number % 2 else (outcome,):  # the newest verdict counts
                    session.add(
                        Verdict(
                            fingerprint=one.fingerprint,
                            outcome=said,
                            reason="因",
                            decided_by="p",
                            decided_at=decided,
                            expires_on=None,
                            facts={},
                        )
                    )
                {"substantiated": lambda one=one: one.accept("p"), "cleared": one.clear, "wrong_rule": one.give_back}[outcome]()
            if number % 4 == 0:
                for version in (1, 2):  # a report told again replaces the first
                    session.add(
                        Report(report_id=f"R{number}{version}", fingerprint=one.fingerprint, reported_by="k", reference="x", version=version,
                               outcome="recovered", decided_on=opened.date(), recovered=Decimal(version * 10), note=None, reported_at=opened)
                    )  # fmt: skip
    yield store


def seen_in(store: Store, caller: Caller, scope: Scope = ALL) -> list[Alert]:
    with store.look() as session:
        base = facts(session, caller, scope)
        return list(session.query(Alert).filter(Alert.fingerprint.in_(session.query(base.c.fingerprint))))


@pytest.mark.parametrize("caller", [LEADER, member(HOME), member(OTHER)], ids=["leader", "home", "other"])
def test_totals_are_the_lists_counted_and_every_table_adds_up_to_them(kept: Store, caller: Caller) -> None:
    alerts = seen_in(kept, caller)
    came = [one for one in alerts if PERIOD.first <= one.opened_at.astimezone(LOCAL).date() <= PERIOD.last]
    before = [one for one in alerts if PERIOD.before.first <= one.opened_at.astimezone(LOCAL).date() <= PERIOD.before.last]
    waiting = [one for one in alerts if one.status == "open"]  # accepted ones were all found right
    with kept.look() as session:
        base = facts(session, caller, Scope())
        whole = figures.totals(session, base, PERIOD, TODAY)
        tables = {by: figures.shares(session, base, by, PERIOD) for by in ("stream", "town", "topic", "level")}
        offices = figures.waiting(session, base, TODAY)
        late = figures.late(session, base, TODAY, 100)
        gravest = figures.gravest(session, base, PERIOD, 100)
    assert (whole.came.now, whole.came.before) == (len(came), len(before))
    assert whole.amount == sum((one.amount for one in came if one.amount is not None), Decimal(0))
    assert whole.waiting == len(waiting) == sum(one.to_judge + one.accepted for one in offices)
    assert whole.overdue == len(late) == sum(one.overdue for one in offices)
    assert sum(whole.levels.values()) == len(came)
    for by, rows in tables.items():
        assert sum(one.came.now for one in rows) == whole.came.now, by
        assert sum(one.came.before for one in rows) == whole.came.before, by
        assert sum(one.amount for one in rows) == whole.amount, by
        assert sum(one.confirmed for one in rows) == whole.confirmed.now, by
        assert sum(one.cleared for one in rows) == whole.cleared.now, by
        assert sum(one.waiting for one in rows) == whole.waiting, by
    order = {one.fingerprint: one.priority for one in came if one.status in ("open", "accepted")}
    assert list(gravest) == sorted(order, key=lambda one: -order[one])


def test_two_offices_and_what_nobody_has_make_up_the_whole(kept: Store) -> None:
    mine, theirs, everything = (seen_in(kept, caller) for caller in (member(HOME), member(OTHER), LEADER))
    assert len(everything) == 40 and mine and theirs
    assert not {one.fingerprint for one in mine} & {one.fingerprint for one in theirs}
    with kept.look() as session:
        rows = figures.waiting(session, facts(session, LEADER, Scope()), TODAY)
    assert {one.key for one in rows} == {HOME, OTHER, ""}


def test_a_verdict_that_replaced_another_counts_alone_and_a_report_told_again_once(kept: Store) -> None:
    with kept.look() as session:
        whole = figures.totals(session, facts(session, LEADER, Scope()), Period(date(2025, 12, 1), TODAY), TODAY)
    assert whole.confirmed.now == len([one for one in range(0, 40, 3) if one // 3 % 3 == 0])
    assert whole.judged == len(range(0, 40, 3))
    assert whole.recovered == Decimal(20) * len(range(0, 40, 4))
    assert whole.precision == f"{whole.confirmed.now / whole.judged:.1%}"


@pytest.mark.parametrize(
    "scope",
    [
        Scope(unit="U1"),
        Scope(area="320612001000"),
        Scope(stream="stationed"),
        Scope(topic="hotline"),
        Scope(rule="r"),
        Scope(rule="x"),
    ],
)
def test_a_narrower_paper_counts_a_part_of_the_whole(kept: Store, scope: Scope) -> None:
    part, whole = seen_in(kept, LEADER, scope), seen_in(kept, LEADER)
    assert {one.fingerprint for one in part} <= {one.fingerprint for one in whole}
    assert (len(part) == len(whole)) == (scope.rule == "r")
    assert bool(part) == (scope.rule != "x")


def test_an_alert_of_two_topics_counts_once_under_the_graver(kept: Store) -> None:
    with kept.look() as session:
        base = facts(session, LEADER, Scope())
        topic = dict(session.query(base.c.fingerprint, base.c.topic).all())
    assert topic["A01"] == TOPICS[2]  # its second signal is critical
    assert topic["A02"] == TOPICS[2]


@pytest.mark.parametrize(
    ("length", "until", "days", "before"),
    [
        ("week", date(2026, 1, 15), (date(2026, 1, 9), date(2026, 1, 15)), (date(2026, 1, 2), date(2026, 1, 8))),
        ("month", date(2026, 3, 31), (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 28))),
        ("month", date(2026, 3, 20), (date(2026, 3, 1), date(2026, 3, 20)), (date(2026, 2, 1), date(2026, 2, 20))),
        ("month", date(2026, 3, 5), (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 1, 1), date(2026, 1, 31))),
        ("years", date(2024, 2, 29), (date(2021, 3, 1), date(2024, 2, 29)), (date(2018, 3, 1), date(2021, 2, 28))),
    ],
)
def test_a_period_is_compared_with_the_one_of_its_length_before(
    length: str, until: date, days: tuple[date, date], before: tuple[date, date]
) -> None:
    made = Period.ending(length, until)  # type: ignore[arg-type]
    assert (made.first, made.last) == days
    assert (made.before.first, made.before.last) == before


def test_a_comparison_is_said_as_people_say_it() -> None:
    assert figures.Compared(5, 4).change == "比上期增加1件（上升25.0%）"
    assert figures.Compared(3, 4).change == "比上期减少1件（下降25.0%）"
    assert figures.Compared(4, 4).change == "与上期持平"
    assert figures.Compared(4, 0).change == "上期没有"
