"""What the database counts of verdicts is what reading every record and counting by hand gives."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.desk import Desk
from service.store.alert import Alert
from service.store.signal import SignalVersion
from service.store.verdict import RIGHT, WRONG, Verdict, judgements, rests, tallies, verified
from service.whole.scorecard import by_rule
from service.working_days import LOCAL
from tests.service import village
from tests.service.conftest import NOW, Office
from tests.service.village import complaints, payments, people, places

REASONS = ("有合理解释，已核对", "有合理解释；户口已更正", "It has a good reason", "本人已退回", "重复")
OUTCOMES = ("substantiated", "cleared", "cleared", "wrong_rule", "recovered")
"""The last says nothing on whether an alert was right."""


@pytest.fixture
def desk(office: Office) -> Any:
    """A village's alerts, each judged several times, on each kind of database."""
    office.take_in(places(), people(), payments(), complaints())
    office.run(village.AS_OF)
    with office.desk() as opened:
        with opened.store.change() as session:
            _judge(session, random.Random(7))
        yield opened


def _judge(session: Session, rng: random.Random) -> None:
    signals = list(session.scalars(select(SignalVersion.signal_id).order_by(SignalVersion.signal_id)))
    for alert in session.scalars(select(Alert).order_by(Alert.fingerprint)):
        for turn in range(rng.randint(1, 5)):
            facts = {one: {"content": "", "material": {}} for one in rng.sample(signals, rng.randint(1, min(4, len(signals))))}
            facts |= rests(alert.fingerprint, 2) if rng.random() < 0.3 else {"SG-gone": {"content": "", "material": {}}}
            session.add(
                Verdict(
                    fingerprint=alert.fingerprint, outcome=rng.choice(OUTCOMES), reason=rng.choice(REASONS), decided_by="person:zhou",
                    decided_at=NOW + timedelta(days=turn, hours=3 * turn), expires_on=None, facts=facts,
                )
            )  # fmt: skip
            session.flush()


def _by_hand(session: Session) -> tuple[dict[str, tuple[int, int]], Counter[tuple[str, str, str]], set[tuple[str, str, date]]]:
    """Tallies, judgements and verified findings, from whole records in Python."""
    rule_of = {one.signal_id: one.rule for one in session.scalars(select(SignalVersion))}
    unit_of = {one.fingerprint: one.unit_id for one in session.scalars(select(Alert))}
    verdicts = list(session.scalars(select(Verdict).order_by(Verdict.verdict_id)))
    newest = {one.fingerprint: one for one in verdicts if one.outcome in RIGHT | WRONG}
    found, counted = dict[str, tuple[int, int]](), Counter[tuple[str, str, str]]()
    for one in newest.values():
        for rule in {rule_of[signal] for signal in one.facts if signal in rule_of}:
            right, judged = found.get(rule, (0, 0))
            found[rule] = right + (one.outcome in RIGHT), judged + 1
            counted[rule, one.outcome, one.reason] += 1
    sure = {
        (rule_of[signal], str(unit_of[one.fingerprint]), one.decided_at.astimezone(LOCAL).date())
        for one in verdicts
        for signal in one.facts
        if one.outcome in RIGHT and signal in rule_of and unit_of[one.fingerprint] is not None
    }
    return found, counted, sure


def test_verdicts_by_rule_are_the_same_counted_by_the_database_and_by_hand(desk: Desk) -> None:
    with desk.store.look() as session:
        found, counted, sure = _by_hand(session)
        days = [
            (at.astimezone(LOCAL).date(), at)
            for at in session.scalars(select(Verdict.decided_at).where(Verdict.outcome.in_(RIGHT)))
        ]
        assert len(found) > 1 and sum(counted.values()) > 4 and sure
        assert tallies(session) == found
        assert any(day != at.date() for day, at in days), "some were decided between midnight here and midnight in Greenwich"
        told = judgements(session)
        assert {(one.rule, one.outcome, one.reason): one.alerts for one in told} == counted
        assert verified(session) == sorted(sure)
    outcomes, reasons = by_rule(told)
    assert {rule: sum(of.values()) for rule, of in outcomes.items()} == {rule: judged for rule, (_, judged) in found.items()}
    cleared = {rule: of["cleared"] for rule, of in outcomes.items() if of["cleared"]}
    assert cleared and {rule: sum(of.values()) for rule, of in reasons.items()} == cleared
    assert {reason for of in reasons.values() for reason in of} <= {"explained", "duplicate", "written"}


def test_without_verdicts_nothing_is_counted(office: Office) -> None:
    with office.desk() as opened, opened.store.look() as session:
        assert (tallies(session), judgements(session), verified(session)) == ({}, [], [])
