"""One rule over tables: the signals it makes, what it counts as blind, and what it refuses."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from datasets.contract import Words
from rules.bounds import Limits
from rules.failure import BadResult, EngineRefused, NotUnique, OutOfBounds
from rules.flag import flag
from rules.signal import Signal
from tests.rules.rule_text import CONTRACTS, RULE, indicator, tables, unproven, with_sql

DAY = date(2025, 1, 1)
PERSONS = [{"person_id": "P1", "died_on": "2024-01-01"}, {"person_id": "P2"}, {"person_id": "P3", "death_known": False}]
PAYMENTS = [
    {"payment_id": "S2", "person_id": "P1", "programme_id": "A", "unit_id": "U1", "paid_on": "2024-04-01", "amount": 250.5},
    {"payment_id": "S1", "person_id": "P1", "programme_id": "A", "unit_id": "U1", "paid_on": "2024-03-01", "amount": 100},
    {"payment_id": "S3", "person_id": "P1", "programme_id": "A", "unit_id": "U2", "paid_on": "2024-03-01", "amount": 7},
    {"payment_id": "S4", "person_id": "P2", "programme_id": "A", "unit_id": "U1"},
    {"payment_id": "S5", "person_id": "P3", "programme_id": "A", "unit_id": "U1"},
    {"payment_id": "S6", "person_id": "P4", "programme_id": "A", "unit_id": "U1"},
    {"payment_id": "S7", "person_id": "P2", "programme_id": "A", "unit_id": None},
]


def test_a_signal_carries_all_that_explains_it(tmp_path: Path) -> None:
    rule = indicator(RULE, tmp_path)
    flagged = flag(rule, tables(person=PERSONS, subsidy_payment=PAYMENTS), DAY, contracts=CONTRACTS)
    signal = next(one for one in flagged.signals if one.unit_id == "U1")
    assert (flagged.rule, flagged.status, flagged.rows, len(flagged.signals)) == ("late_payment", "live", 2, 2)
    assert signal.signal_id.startswith("SG")
    assert (signal.rule, signal.rule_hash, signal.topic, signal.severity) == ("late_payment", rule.hash, "subsidy", "high")
    assert (signal.subject_kind, signal.subject_id, signal.unit_id, signal.per) == ("person", "P1", "U1", {"programme_id": "A"})
    assert (signal.amount, signal.first_on, signal.last_on) == (Decimal("350.50"), date(2024, 3, 1), None)
    assert signal.measures == {"payments": 2}
    assert signal.evidence == {"subsidy_payment": ("S1", "S2")}
    assert signal.params == {"max_days": 30}
    assert signal.material == {"payments": 2.0, "amount": 350.5}
    assert signal.says == {"zh": "死后领取2笔350.50元", "en": "2 payments, 350.50 yuan"}


def test_a_signal_goes_to_json_and_back(tmp_path: Path) -> None:
    for signal in flag(
        indicator(RULE, tmp_path), tables(person=PERSONS, subsidy_payment=PAYMENTS), DAY, contracts=CONTRACTS
    ).signals:
        assert Signal.model_validate_json(signal.model_dump_json()) == signal


def test_row_order_does_not_matter(tmp_path: Path) -> None:
    rule = indicator(RULE, tmp_path)
    one = flag(rule, tables(person=PERSONS, subsidy_payment=PAYMENTS), DAY, contracts=CONTRACTS)
    other = flag(rule, tables(person=PERSONS[::-1], subsidy_payment=PAYMENTS[::-1]), DAY, contracts=CONTRACTS)
    assert one.signals == other.signals
    assert one.blindness == other.blindness


def test_the_identity_stays_when_the_facts_change_and_the_content_does_not(tmp_path: Path) -> None:
    rule = indicator(RULE, tmp_path)
    one = flag(rule, tables(person=PERSONS, subsidy_payment=PAYMENTS[2:3]), DAY, contracts=CONTRACTS).signals[0]
    more = flag(rule, tables(person=PERSONS, subsidy_payment=[{**PAYMENTS[2], "amount": 8}]), DAY, contracts=CONTRACTS).signals[0]
    assert one.signal_id == more.signal_id
    assert one.content_hash != more.content_hash


def test_unknown_is_counted_beside_the_findings(tmp_path: Path) -> None:
    blindness = flag(
        indicator(RULE, tmp_path), tables(person=PERSONS, subsidy_payment=PAYMENTS), DAY, contracts=CONTRACTS
    ).blindness
    assert blindness.population == 4
    assert blindness.by_need == {"person.death_known": 2, "subsidy_payment.unit_id": 1}
    assert blindness.blind == 3, "P3's death register was not checked, P4 is no known person, one payment of P2 has no unit"


def test_without_any_record_of_a_needed_table_nothing_is_judged(tmp_path: Path) -> None:
    flagged = flag(indicator(RULE, tmp_path), tables(person=PERSONS), DAY, contracts=CONTRACTS)
    assert flagged.signals == []
    assert flagged.blindness.no_records == ("subsidy_payment",)


def test_only_the_subjects_concerned_are_judged(tmp_path: Path) -> None:
    rule = indicator(RULE, tmp_path)
    more = [*PAYMENTS, {"payment_id": "S8", "person_id": "P5", "paid_on": "2024-05-01"}]
    lake = tables(person=[*PERSONS, {"person_id": "P5", "died_on": "2024-01-01"}], subsidy_payment=more)
    whole = flag(rule, lake, DAY, contracts=CONTRACTS)
    some = flag(rule, lake, DAY, contracts=CONTRACTS, subjects={"P5", "P9"})
    assert {one.subject_id for one in whole.signals} == {"P1", "P5"}
    assert some.signals == [one for one in whole.signals if one.subject_id == "P5"]
    assert flag(rule, lake, DAY, contracts=CONTRACTS, subjects=set()).signals == []


def test_two_findings_for_one_subject_unit_and_per_are_refused(tmp_path: Path) -> None:
    rule = indicator(RULE.replace("per: [programme_id]", "per: []"), tmp_path)
    two = [{**PAYMENTS[0], "programme_id": "A"}, {**PAYMENTS[1], "programme_id": "B"}]
    with pytest.raises(NotUnique, match="rule late_payment: two findings for subject_id P1, unit_id U1"):
        flag(rule, tables(person=PERSONS, subsidy_payment=two), DAY, contracts=CONTRACTS)


def test_a_row_without_a_subject_is_no_signal() -> None:
    sql = "SELECT p.account_id AS subject_id, count(*) AS n, list_sort(list(p.payment_id)) AS evidence_subsidy_payment FROM subsidy_payment p GROUP BY p.account_id"
    rule = unproven(with_sql(sql, subject="account"))
    flagged = flag(rule, tables(subsidy_payment=[{"account_id": None}, {"account_id": "C1"}]), DAY, contracts=CONTRACTS)
    assert [one.subject_id for one in flagged.signals] == ["C1"]
    assert (flagged.rows, flagged.blindness.population, flagged.blindness.rows_without_subject) == (2, 1, 1)


def test_understood_columns_override_and_others_are_measures() -> None:
    sql = """
SELECT p.person_id AS subject_id, 'critical' AS severity, min(p.area_id) AS area_id, max(p.paid_on) AS last_on,
       sum(p.amount) / nullif(3, 0) AS share, bool_or(p.amount > 0) AS paid, max(p.paid_on) AS day, max(p.kind) AS kind,
       list_sort(list(DISTINCT p.programme_id)) AS programmes,
       list_sort(list(DISTINCT p.approver_id)) AS officials, list_sort(list(p.enterprise_id)) AS parties_enterprise,
       list_sort(list(p.payment_id)) AS evidence_subsidy_payment
FROM subsidy_payment p GROUP BY p.person_id"""
    rule = unproven(with_sql(sql, says="{share}|{paid}|{day}|{kind}|{programmes}|{officials}"))
    rows = [
        {
            "payment_id": "S1",
            "person_id": "P1",
            "area_id": "V1",
            "amount": 1000,
            "paid_on": "2024-03-01",
            "approver_id": "O2",
            "programme_id": "B",
        },
        {
            "payment_id": "S2",
            "person_id": "P1",
            "area_id": "V1",
            "amount": 0,
            "paid_on": "2024-02-01",
            "approver_id": "O1",
            "programme_id": "A",
            "enterprise_id": "E1",
        },
    ]
    signal = flag(rule, tables(subsidy_payment=rows), DAY, contracts=CONTRACTS).signals[0]
    assert (signal.severity, signal.area_id, signal.last_on) == ("critical", "V1", date(2024, 3, 1))
    assert signal.officials == ("O1", "O2")
    assert signal.parties == (("enterprise", "E1"),)
    assert signal.measures == {
        "share": pytest.approx(333.333333),
        "paid": True,
        "day": "2024-03-01",
        "kind": None,
        "programmes": "A, B",
    }
    assert signal.says == {"zh": "333.33|是|2024-03-01|—|A、B|O1、O2", "en": "333.33|yes|2024-03-01|—|A, B|O1, O2"}


def test_a_severity_that_is_none_is_refused() -> None:
    sql = "SELECT p.person_id AS subject_id, 'severe' AS severity, list_sort(list(p.payment_id)) AS evidence_subsidy_payment FROM subsidy_payment p GROUP BY p.person_id"
    with pytest.raises(BadResult, match="severity 'severe' is none of critical, high, low, medium"):
        flag(unproven(with_sql(sql)), tables(subsidy_payment=[{"person_id": "P1"}]), DAY, contracts=CONTRACTS)


def test_the_clock_is_the_day_of_the_run_and_stands_among_the_params() -> None:
    sql = "SELECT p.person_id AS subject_id, list_sort(list(p.person_id)) AS evidence_person FROM person p WHERE p.died_on < $as_of GROUP BY p.person_id"
    rule = unproven(with_sql(sql))
    lake = tables(person=PERSONS)
    assert flag(rule, lake, date(2024, 1, 1), contracts=CONTRACTS).signals == []
    assert flag(rule, lake, date(2024, 1, 2), contracts=CONTRACTS).signals[0].params == {"as_of": "2024-01-02"}


def test_a_rule_that_takes_too_long_is_stopped_and_the_next_one_runs() -> None:
    sql = """
SELECT a.person_id AS subject_id, count(*) AS n, list_sort(list(DISTINCT a.person_id)) AS evidence_person
FROM person a CROSS JOIN person b CROSS JOIN person c CROSS JOIN person d CROSS JOIN person e GROUP BY a.person_id HAVING count(DISTINCT b.name || c.name || d.name) > 1"""
    lake = tables(person=[{"person_id": f"P{number}"} for number in range(60)])
    with pytest.raises(OutOfBounds, match="took longer than 0.3 seconds"):
        flag(unproven(with_sql(sql)), lake, DAY, contracts=CONTRACTS, limits=Limits(seconds=0.3))
    assert lake.con.execute("SELECT count(*) FROM person").fetchone() == (60,)


def test_a_rule_reaches_no_file() -> None:
    sql = "SELECT p.person_id AS subject_id, list_sort(list(p.person_id)) AS evidence_person FROM '/etc/hostname' p GROUP BY p.person_id"
    with pytest.raises(EngineRefused):
        flag(unproven(with_sql(sql)), tables(), DAY, contracts=CONTRACTS)


def test_the_sentence_is_not_part_of_the_facts(tmp_path: Path) -> None:
    rule = indicator(RULE, tmp_path)
    other = rule.model_copy(update={"says": Words(zh="甲", en="a")})
    lake = tables(person=PERSONS, subsidy_payment=PAYMENTS)
    hashes = [[one.content_hash for one in flag(each, lake, DAY, contracts=CONTRACTS).signals] for each in (rule, other)]
    assert hashes[0] == hashes[1]


def test_the_order_of_adding_does_not_change_the_facts() -> None:
    sql = "SELECT p.person_id AS subject_id, avg(p.amount / nullif(7, 0)) AS mean, list_sort(list(p.payment_id)) AS evidence_subsidy_payment FROM subsidy_payment p GROUP BY p.person_id"
    rule = unproven(with_sql(sql, material="[mean]"))
    rows = [
        {"payment_id": f"S{number}", "person_id": "P1", "amount": number * 1.1 if number % 2 else number}
        for number in range(2, 40, 2)
    ]
    one, other = (flag(rule, tables(subsidy_payment=each), DAY, contracts=CONTRACTS).signals for each in (rows, rows[::-1]))
    assert one == other
    assert len(str(one[0].measures["mean"])) <= 14


def test_fifty_thousand_findings_are_signals_in_seconds() -> None:
    sql = (
        "SELECT p.person_id AS subject_id, p.unit_id, count(*) AS n, sum(p.amount) AS amount, min(p.paid_on) AS first_on, "
        "list_sort(list(p.payment_id)) AS evidence_subsidy_payment FROM subsidy_payment p GROUP BY p.person_id, p.unit_id"
    )
    rule = unproven(with_sql(sql, says="{n}: {amount}", needs="[subsidy_payment.unit_id]"))
    lake = tables()
    lake.con.execute(
        "INSERT INTO subsidy_payment BY NAME SELECT 'S' || i AS payment_id, 'G' AS programme_id, 'P' || (i % 50000) AS person_id, 'U1' AS unit_id, "
        "i % 997 AS amount, DATE '2024-01-01' + CAST(i % 365 AS INTEGER) AS paid_on FROM range(100000) t(i)"
    )
    flagged = flag(rule, lake, DAY, contracts=CONTRACTS)
    assert len(flagged.signals) == flagged.blindness.population == 50_000
    assert flagged.seconds < 30, "about three seconds on a quiet machine"
