"""A rule's own tests: rows completed so that filler decides nothing, findings compared by the columns named."""

from datetime import date, datetime
from pathlib import Path

import pytest

from rules.differences import differences
from rules.filler import whole_row
from rules.indicator import Indicator
from rules.trial import try_rule
from tests.rules.rule_text import CONTRACTS, RULE, indicator, with_sql

PAYMENT = CONTRACTS["subsidy_payment"]


def messages(rule: Indicator) -> list[str]:
    return [result.message for result in try_rule(rule, CONTRACTS)]


def test_a_sound_rule_passes_its_tests(tmp_path: Path) -> None:
    assert [(one.rule, one.test, one.passed) for one in try_rule(indicator(RULE, tmp_path), CONTRACTS)] == [
        ("late_payment", "a payment after death is flagged", True),
        ("late_payment", "a payment before death is not", True),
    ]


def test_a_failing_test_says_what_differs(tmp_path: Path) -> None:
    text = RULE.replace("amount: 100}]\n  - name", "amount: 101}]\n  - name").replace(
        "paid_on: 2023-03-01", "paid_on: 2024-03-01"
    )
    assert messages(indicator(text, tmp_path)) == [
        "expected and not flagged: subject_id P1, payments 1, amount 101; flagged and not expected: subject_id P1, payments 1, amount 100",
        "flagged and not expected: subject_id P1",
    ]


def test_a_test_may_set_params_and_the_day(tmp_path: Path) -> None:
    text = RULE.replace("+ $max_days", "+ $max_days AND p.paid_on < $as_of").replace(
        "    given:", "    as_of: 2024-03-01\n    given:"
    )
    assert messages(indicator(text, tmp_path))[0].startswith("expected and not flagged")
    text = text.replace("as_of: 2024-03-01", "as_of: 2024-03-02")
    assert messages(indicator(text, tmp_path)) == ["", ""]
    text = text.replace("    as_of: 2024-03-02", "    params: {max_days: 60}\n    as_of: 2024-03-02")
    assert messages(indicator(text, tmp_path))[0].startswith("expected and not flagged")


def test_a_test_may_say_how_many_subjects_cannot_be_judged(tmp_path: Path) -> None:
    row = "subsidy_payment: [{person_id: P1, paid_on: 2023-03-01}]"
    text = RULE.replace(row, "subsidy_payment: [{person_id: P7, paid_on: 2023-03-01}]\n    blind: 1")
    assert messages(indicator(text, tmp_path)) == ["", ""]
    wrong = RULE.replace(row, f"{row}\n    blind: 1")
    assert messages(indicator(wrong, tmp_path))[1].startswith("blind: 1 subjects expected, 0 counted")


def test_a_rule_that_fails_fails_its_test_and_not_the_program(tmp_path: Path) -> None:
    text = RULE.replace("per: [programme_id]", "per: []").replace(
        "{payment_id: S1, person_id: P1, paid_on: 2024-03-01, amount: 100}",
        "{person_id: P1, unit_id: U, paid_on: 2024-03-01, amount: 1}, {person_id: P1, unit_id: U, paid_on: 2024-03-01, amount: 1}",
    )
    assert "two findings for subject_id P1" in messages(indicator(text, tmp_path))[0]


def test_filler_differs_from_row_to_row_and_joins_nothing_by_accident() -> None:
    rows = [dict(zip(PAYMENT.columns, whole_row(PAYMENT, {}, number), strict=False)) for number in (1, 2, 3)]
    persons = [
        dict(zip(CONTRACTS["person"].columns, whole_row(CONTRACTS["person"], {}, number), strict=False)) for number in (4, 5)
    ]
    for name in ("payment_id", "programme_id", "account_id", "amount", "paid_on", "period", "unit_id"):
        assert len({row[name] for row in rows}) == 3, name
    assert not {row["programme_id"] for row in rows} & {row["payment_id"] for row in rows}
    assert not {row["person_id"] for row in persons} & {row["person_id"] for row in rows}
    assert {row["person_id"] for row in rows} == {None}, "null_means: none"
    assert {person["death_known"] for person in persons} == {True}
    assert {person["sex"] for person in persons} == {"F"}


def test_filler_has_the_type_of_its_column() -> None:
    ticket = dict(zip(CONTRACTS["ticket"].columns, whole_row(CONTRACTS["ticket"], {}, 2), strict=False))
    assert ticket["created_at"] == datetime(2024, 3, 3, 9, 10)
    tender = dict(zip(CONTRACTS["tender"].columns, whole_row(CONTRACTS["tender"], {}, 3), strict=False))
    assert (tender["fiscal_year"], tender["awarded_on"]) == (2027, date(2024, 3, 31))
    assert str(dict(zip(PAYMENT.columns, whole_row(PAYMENT, {}, 5), strict=False))["period"]) == "2023-10"


@pytest.mark.parametrize(
    ("expected", "found", "differ"),
    [
        ([], [], 0),
        ([{"subject_id": "A"}], [{"subject_id": "A", "n": 1}], 0),
        ([{"n": 350}], [{"n": 350.0000001}], 0),
        ([{"n": 1}], [{"n": True}], 0),
        ([{"ids": ["b", "a"]}], [{"ids": ["a", "b"]}], 0),
        ([{"ids": None}], [{"ids": []}], 0),
        ([{"on": "2024-01-01"}], [{"on": date(2024, 1, 1)}], 0),
        ([{"n": None}], [{"n": 0}], 2),
        ([{"subject_id": "A"}], [{"subject_id": "A"}, {"subject_id": "A"}], 1),
        ([{"subject_id": "A"}, {"subject_id": "A", "n": 1}], [{"subject_id": "A", "n": 1}, {"subject_id": "A", "n": 2}], 0),
        ([{"subject_id": "A", "n": 1}, {"subject_id": "A"}], [{"subject_id": "A", "n": 2}, {"subject_id": "A", "n": 1}], 0),
    ],
)
def test_expectations_and_findings_are_paired_as_well_as_can_be(expected: list, found: list, differ: int) -> None:  # type: ignore[type-arg]
    assert len(differences(expected, found)) == differ


BASELINE = """
SELECT p.programme_id, avg(p.amount) AS usual FROM subsidy_payment p GROUP BY p.programme_id
"""
AGAINST = """
SELECT p.person_id AS subject_id, sum(p.amount) AS amount, max(b.usual) AS usual, list_sort(list(p.payment_id)) AS evidence_subsidy_payment
FROM subsidy_payment p JOIN baseline_late_payment b ON b.programme_id = p.programme_id
WHERE p.amount > 1.5 * b.usual GROUP BY p.person_id
"""
BASELINE_TESTS = """\
tests:
  - name: the baseline is computed from the rows given
    given:
      subsidy_payment: [{person_id: P1, programme_id: A, amount: 10}, {person_id: P2, programme_id: A, amount: 10},
                        {person_id: P3, programme_id: A, amount: 40}]
    flags: [{subject_id: P3, usual: 20}]
  - name: or given itself
    given:
      subsidy_payment: [{person_id: P3, programme_id: A, amount: 40}]
      baseline_late_payment: [{programme_id: A, usual: 26}]
    flags: [{subject_id: P3, usual: 26}]
  - name: and nobody is far above it
    given:
      subsidy_payment: [{person_id: P3, programme_id: A, amount: 40}]
    flags: []
"""


def test_a_baseline_is_computed_from_the_rows_of_the_test_or_given(tmp_path: Path) -> None:
    rule = indicator(with_sql(AGAINST, baseline=BASELINE, tests=BASELINE_TESTS), tmp_path)
    assert messages(rule) == ["", "", ""]


CROSS = """
SELECT s.subject_id, s.unit_id, count(DISTINCT m.ticket_id) AS tickets, sum(s.amount) AS amount,
       list_sort(list(DISTINCT s.signal_id)) AS evidence_signal, list_sort(list(DISTINCT m.ticket_id)) AS evidence_mention
FROM signal s
JOIN signal_party y ON y.signal_id = s.signal_id AND y.party_kind = 'enterprise'
JOIN mention m ON m.entity_kind = 'enterprise' AND m.entity_id = y.party_id
WHERE s.topic IN ('subsidy', 'procurement')
GROUP BY s.subject_id, s.unit_id
"""
CROSS_TESTS = """\
tests:
  - name: a complaint names a party of a signal
    given:
      signal: [{signal_id: G1, topic: procurement, subject_id: T1, unit_id: U1, amount: 5}]
      signal_party: [{signal_id: G1, party_kind: enterprise, party_id: E1}]
      mention: [{ticket_id: K1, entity_kind: enterprise, entity_id: E1}]
    flags: [{subject_id: T1, unit_id: U1, tickets: 1, evidence_signal: [G1]}]
  - name: the signal is of another topic
    given:
      signal: [{signal_id: G1, topic: hotline, subject_id: T1}]
      signal_party: [{signal_id: G1, party_kind: enterprise, party_id: E1}]
      mention: [{entity_kind: enterprise, entity_id: E1}]
    flags: []
"""


def test_tests_of_a_cross_rule_give_signals(tmp_path: Path) -> None:
    rule = indicator(with_sql(CROSS, topic="cross", subject="tender", tests=CROSS_TESTS), tmp_path, topic="cross")
    assert messages(rule) == ["", ""]
