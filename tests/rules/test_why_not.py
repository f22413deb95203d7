"""Why a rule did or did not flag one subject."""

from datetime import date
from decimal import Decimal

from rules.why_not import conditions, explain
from tests.rules.rule_text import CONTRACTS, RULE, tables, unproven, with_sql

DAY = date(2025, 1, 1)
PERSONS = [
    {"person_id": "P1", "died_on": "2024-01-01"},
    {"person_id": "P2", "died_on": "2024-02-10"},
    {"person_id": "P3", "died_on": None, "death_known": True},
]
PAYMENTS = [
    {"payment_id": "S1", "person_id": "P1", "programme_id": "A", "unit_id": "U1", "paid_on": "2024-03-01", "amount": 100},
    {"payment_id": "S2", "person_id": "P2", "programme_id": "A", "unit_id": None, "paid_on": "2024-03-01", "amount": 100},
    {"payment_id": "S3", "person_id": "P3", "programme_id": "A", "unit_id": "U1", "paid_on": "2024-03-01", "amount": 100},
]
WITHOUT_TESTS = RULE.split("tests:")[0]
STRICT = """
WITH paid AS (
  SELECT person_id, unit_id, sum(amount) AS amount, list_sort(list(payment_id)) AS keys
  FROM subsidy_payment
  WHERE paid_on >= DATE '2024-01-01'
  GROUP BY person_id, unit_id
  HAVING sum(amount) >= 250
)
SELECT p.person_id AS subject_id, p.unit_id, p.amount, p.keys AS evidence_subsidy_payment
FROM paid p
JOIN person d ON d.person_id = p.person_id AND d.death_known
WHERE NOT EXISTS (SELECT 1 FROM kinship k WHERE k.person_id = p.person_id)
"""


def asked(subject: str, text: str = WITHOUT_TESTS, **rows: list[dict[str, object]]):  # type: ignore[no-untyped-def]
    given = {"person": PERSONS, "subsidy_payment": PAYMENTS, **rows}
    return explain(unproven(text), subject, tables(**given), DAY, CONTRACTS)


def test_a_subject_that_is_flagged_is_told_with_its_findings() -> None:
    told = asked("P1")
    assert [(one.subject_id, one.amount) for one in told.findings] == [("P1", Decimal("100.00"))]
    assert told.shortfalls == ()


def test_a_comparison_that_fell_short_is_told_with_both_sides_and_the_days_between() -> None:
    told = asked("P2")
    assert told.findings == ()
    (short,) = told.shortfalls
    assert short.condition.words == "p.paid_on > d.died_on + $max_days"
    assert (short.left, short.right, short.gap) == (date(2024, 3, 1), date(2024, 3, 11), 10)
    assert told.unknown == ("subsidy_payment.unit_id",)
    assert told.rows == {"person": 1, "subsidy_payment": 1}


def test_a_side_that_is_not_known_is_shown_as_such() -> None:
    (short,) = asked("P3").shortfalls
    assert (short.left, short.right, short.gap) == (date(2024, 3, 1), None, None)


def test_a_sum_in_a_part_of_with_is_told_with_what_is_missing() -> None:
    (short,) = asked("P1", with_sql(STRICT)).shortfalls
    assert (short.condition.part, short.condition.words) == ("paid", "sum(amount) >= 250")
    assert (short.left, short.right, short.gap) == (Decimal("100.00"), 250, Decimal("150.00"))


def test_two_conditions_that_fell_short_together_are_both_told() -> None:
    kin = [{"person_id": "P1", "relative_id": "P2", "relation": "parent"}]
    told = asked("P1", with_sql(STRICT), kinship=kin)
    assert [one.condition.words for one in told.shortfalls] == [
        "NOT EXISTS(SELECT 1 FROM kinship AS k WHERE k.person_id = p.person_id)",
        "sum(amount) >= 250",
    ]
    assert [one.gap for one in told.shortfalls] == [None, Decimal("150.00")]


def test_a_subject_of_whom_nothing_is_on_record_reaches_no_condition() -> None:
    told = asked("P9")
    assert (told.findings, told.shortfalls, told.rows) == ((), (), {"person": 0, "subsidy_payment": 0})


def test_conditions_are_those_that_keep_rows_out_and_not_the_keys_of_joins() -> None:
    assert [(one.part, one.words) for one in conditions(STRICT)] == [
        ("", "d.death_known"),
        ("", "NOT EXISTS(SELECT 1 FROM kinship AS k WHERE k.person_id = p.person_id)"),
        ("paid", "paid_on >= DATE '2024-01-01'"),
        ("paid", "sum(amount) >= 250"),
    ]


TWICE = """
SELECT p.person_id AS subject_id, p.unit_id, count(*) AS payments, list_sort(list(p.payment_id)) AS evidence_subsidy_payment
FROM subsidy_payment p
WHERE p.paid_on <= DATE '2024-03-05'
GROUP BY p.person_id, p.unit_id
HAVING count(*) >= 2
"""


def test_a_row_that_met_a_condition_is_not_shown_as_short_of_it() -> None:
    late = {**PAYMENTS[0], "payment_id": "S4", "paid_on": "2024-03-20"}
    told = asked("P1", with_sql(TWICE), subsidy_payment=[PAYMENTS[0], late])
    (day, count) = told.shortfalls
    assert not told.together  # any one of the two being otherwise would do
    assert (day.left, day.right, day.gap) == (date(2024, 3, 20), date(2024, 3, 5), 15)
    assert (count.left, count.right) == (1, 2)
