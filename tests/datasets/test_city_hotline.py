"""The hotline of the city and its crossings: what is planted is there, near cases among it, and ten innocents for each case."""

from collections import Counter

import pytest

from tests.datasets.city_shelf import evidence, first, rows, subjects, truth

PLANTED = ["H02", "H03", "H06", "H08", "H09", "H11", "H12", "H13", "X04", "X05", "X06", "X07", "X08"]
UNDECIDABLE = ["H07", "X12"]
"""Context by nature: only a person can say."""
KEYS = {
    "ticket": "ticket_id",
    "penalty": "penalty_id",
    "tender": "tender_id",
    "contract": "contract_id",
    "subsidy_payment": "payment_id",
}


@pytest.mark.parametrize("rule", PLANTED)
def test_there_are_cases_and_ten_innocents_for_each(rule: str) -> None:
    kinds = Counter(row["kind"] for row in truth() if row["rule"] == rule)
    assert kinds["problem"] >= 1
    assert kinds["explained"] >= 10 * kinds["problem"]


@pytest.mark.parametrize("rule", UNDECIDABLE)
def test_context_is_no_problem_by_itself(rule: str) -> None:
    kinds = Counter(row["kind"] for row in truth() if row["rule"] == rule)
    assert kinds["problem"] == 0
    assert kinds["undecidable"] >= 1


def test_the_innocents_of_a_row_have_more_than_one_story() -> None:
    for rule in ("H02", "H03", "H06", "H08", "H11", "H12", "H13", "X06"):
        notes = {row["note"] for row in truth() if row["rule"] == rule and row["kind"] == "explained"}
        assert len(notes) >= 2, rule


def test_all_evidence_is_in_the_tables() -> None:
    wanted: dict[str, set[str]] = {}
    for row in truth():
        for table, keys in evidence(row) if row["rule"] in (*PLANTED, *UNDECIDABLE) else ():
            wanted.setdefault(table, set()).update(keys)
    for table, column in KEYS.items():
        assert wanted[table] <= first(f"SELECT {column} FROM {table}"), table


def test_petitioners_hear_in_time_except_where_the_truth_says_otherwise() -> None:
    late = first("""
        SELECT ticket_id FROM ticket WHERE regime = 'petition' AND merged_into IS NULL
        AND coalesce(notified_at, TIMESTAMP '2026-01-01') > created_at + INTERVAL 16 DAY""")
    assert subjects("H02", "problem") <= late
    assert late <= subjects("H02", "problem", "undecidable")


def test_periods_are_extended_lawfully_except_where_the_truth_says_otherwise() -> None:
    unlawful = first("""
        SELECT ticket_id FROM ticket t WHERE regime = 'petition' AND extended_to IS NOT NULL
        AND (date_diff('day', due_at, extended_to) > 30
             OR (SELECT count(*) FROM ticket_flow f WHERE f.ticket_id = t.ticket_id AND action = 'extend') > 1
             OR EXISTS (SELECT 1 FROM ticket_flow f WHERE f.ticket_id = t.ticket_id AND action = 'extend' AND acted_at > due_at))""")
    assert unlawful == subjects("H03", "problem")


def test_nothing_is_closed_within_the_half_hour_unseen_except_where_the_truth_says_so() -> None:
    hasty = first("""
        SELECT ticket_id FROM ticket JOIN (SELECT ticket_id, max(acted_at) AS sent FROM ticket_flow WHERE action IN ('dispatch', 'reassign') GROUP BY 1)
        USING (ticket_id) WHERE kind = 'complaint' AND merged_into IS NULL AND field_record IS FALSE AND closed_at < sent + INTERVAL 30 MINUTE""")
    assert hasty == {row["subject"] for row in truth() if row["rule"] == "H06" and row["note"].startswith("派单后数分钟即办结")}
    assert hasty


def test_accusations_reach_the_accused_only_where_the_truth_says_so() -> None:
    leaked = first("""
        SELECT ticket_id FROM ticket JOIN ticket_flow USING (ticket_id)
        WHERE regime = 'accusation' AND (to_unit_id = accused_unit_id OR discloses_caller)""")
    assert leaked == subjects("H13", "problem")


def test_units_look_into_themselves_only_where_the_truth_says_so() -> None:
    own = first("SELECT ticket_id FROM ticket WHERE accused_unit_id = unit_id")
    assert own == subjects("X07", "problem")


def test_officials_pay_their_own_kin_only_where_the_truth_says_so() -> None:
    paid = rows("""
        SELECT DISTINCT payment_id FROM subsidy_payment p JOIN kinship k ON k.person_id = p.approver_id AND k.relative_id = p.person_id""")
    told = {
        key
        for row in truth()
        if row["rule"] in ("X06", "S05", "S06") and row["kind"] != "explained"
        for table, keys in evidence(row)
        if table == "subsidy_payment"
        for key in keys
    }
    assert paid
    assert {str(payment) for (payment,) in paid} <= told


def test_who_is_fined_twice_and_complained_of_thrice_is_known() -> None:
    again = first("""
        WITH fined AS (SELECT a.enterprise_id FROM penalty a JOIN penalty b USING (enterprise_id)
                       WHERE a.penalty_id < b.penalty_id AND abs(date_diff('day', a.decided_on, b.decided_on)) <= 365),
        said AS (SELECT enterprise_id FROM enterprise JOIN ticket ON contains(body, enterprise.name) GROUP BY 1 HAVING count(*) >= 3)
        SELECT enterprise_id FROM fined JOIN said USING (enterprise_id)""")
    assert again == subjects("H12", "problem")
