"""Alerts about patterns and matters in the store: cleared as a whole, named from run to run, said in English too."""

from pathlib import Path

from sqlalchemy import select

import rules
from rules.chain_check import alert_kinds, read_chains
from rules.kinds import read_kinds
from service.clearing import clear
from service.keeping.matters import named
from service.scored import findings
from service.store.alert import Alert
from service.store.verdict import tallies
from tests.service import village
from tests.service.conftest import NOW, Office

SHIPPED = Path(rules.__path__[0])
AT_ONCE = """
id: found_often
title: {zh: 共性, en: Common}
when:
  found: {fact: pattern, pattern: common, units: {at_least: 2}}
then:
  alert: 共性问题疑点
  severity: medium
  title: {zh: "{units}家：{rule}", en: "{units} units: {rule}"}
  merge: [found]
why: {zh: 测试, en: test}
tests:
  - name: two
    given: [{signal_id: A, unit_id: V1}, {signal_id: B, unit_id: V2}]
    units: [{unit_id: V1, above: T}, {unit_id: V2, above: T}]
    alerts: [{signals: [A, B]}]
  - name: one
    given: [{signal_id: A, unit_id: V1}]
    units: [{unit_id: V1, above: T}]
    alerts: []
"""


def with_pattern(office: Office) -> Office:
    """Two townships below one county pay the same persons twice; two are enough for a pattern here."""
    own = office.folder / "own" / "chains" / "found_often.yml"
    own.parent.mkdir(parents=True)
    own.write_text(AT_ONCE, encoding="utf-8")
    office.variables["GUANTONG_BOOK"] = str(office.folder / "own")
    places = village.places()
    for unit in places["unit"]:
        unit["parent_id"] = village.COMMISSION if unit["kind"] == "township" else None
    office.take_in(places, village.people(), village.payments(), village.complaints())
    return office


def test_a_pattern_is_an_alert_of_its_own_that_swallows_none(embedded: Office) -> None:
    with_pattern(embedded).run()
    with embedded.desk() as desk, desk.store.look() as session:
        [pattern] = session.scalars(select(Alert).where(Alert.subject_kind == "pattern")).all()
        assert pattern.subject_id == "duplicate_across_towns|township" and pattern.unit_id == village.COMMISSION
        told = findings(session, desk.book)
        resting = [one for one in told if one.alert == pattern.fingerprint]
        assert resting and all(one.again for one in resting), "its signals are at home in alerts of their own"
        assert {one.subject for one in resting} <= {one.subject for one in told if not one.again}
        assert not pattern.parties and not pattern.officials


def test_a_pattern_that_was_cleared_stays_closed_until_it_rests_on_more(embedded: Office) -> None:
    with_pattern(embedded).run()
    with embedded.desk() as desk, desk.store.change() as session:
        [pattern] = session.scalars(select(Alert).where(Alert.subject_kind == "pattern")).all()
        clear(session, pattern, reason="制度已改", decided_by="张三", now=NOW)
        fingerprint = pattern.fingerprint
    outcome = embedded.run()
    assert (outcome.counts["kept_closed"], outcome.counts["reopened"]) == (1, 0)
    with embedded.desk() as desk, desk.store.look() as session:
        assert session.get_one(Alert, fingerprint).status == "cleared"
        assert session.scalars(select(Alert).where(Alert.status == "open", Alert.subject_kind == "person")).all()
        assert tallies(session) == {}, "clearing a pattern says nothing about the single findings"


def test_every_kind_that_the_chains_make_has_an_english_name() -> None:
    assert set(alert_kinds(read_chains([SHIPPED]))) <= set(read_kinds([SHIPPED]))


def test_a_matter_keeps_its_name_as_long_as_most_of_it_stays_together() -> None:
    first = named([("a", "b", "c"), ("x", "y")], {})
    assert first["a"] == first["b"] == first["c"] != first["x"] == first["y"]
    grown = named([("a", "b", "c", "d"), ("x", "y")], dict(first))
    assert grown["d"] == first["a"] and grown["x"] == first["x"]
    split = named([("a", "b"), ("c", "n")], dict(first))
    assert split["a"] == first["a"] and split["c"] not in first.values()
    joined = named([("a", "b", "c", "x", "y")], dict(first))
    assert set(joined.values()) == {first["a"]}, "the larger part names it"


def test_alerts_about_one_person_at_two_units_are_one_matter(office: Office) -> None:
    office.take_in(village.places(), village.people(), village.payments())
    office.run()
    with office.desk() as desk, desk.store.look() as session:
        alerts = session.scalars(select(Alert).where(Alert.subject_kind == "person")).all()
        by_person: dict[str, set[str | None]] = {}
        for alert in alerts:
            by_person.setdefault(alert.subject_id, set()).add(alert.matter)
        twice = {person for person in by_person if sum(alert.subject_id == person for alert in alerts) > 1}
        assert twice and all(len(by_person[person]) == 1 and None not in by_person[person] for person in twice)
