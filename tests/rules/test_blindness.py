"""Blindness: what a rule could not judge is counted by subject, along the references of the contracts."""

from datetime import date
from typing import Any

import pytest

from rules.blindness import Blindness
from rules.flag import flag
from rules.needs import Need, need
from tests.rules.rule_text import CONTRACTS, tables, unproven, with_sql

DAY = date(2025, 1, 1)
PAID = "list_sort(list(DISTINCT p.payment_id)) AS evidence_subsidy_payment"
BIDS = "list_sort(list(DISTINCT b.bid_id)) AS evidence_bid"


def blindness(sql: str, needs: str, subject: str = "person", screened: set[str] | None = None, **rows: Any) -> Blindness:
    rule = unproven(with_sql(sql, needs=needs, subject=subject))
    return flag(rule, tables(**rows), DAY, contracts=CONTRACTS, subjects=screened).blindness


def test_a_needed_join_without_a_row_is_unknown() -> None:
    seen = blindness(
        f"SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p JOIN person d ON d.person_id = p.person_id WHERE d.sex = 'M' GROUP BY p.person_id",
        "[person.born_on]",
        subsidy_payment=[{"person_id": "P1"}, {"person_id": "P2"}, {"person_id": "P3"}, {"person_id": "P3"}],
        person=[{"person_id": "P1"}, {"person_id": "P2", "born_on": None}],
    )
    assert (seen.population, seen.blind, seen.by_need) == (3, 2, {"person.born_on": 2})


def test_a_register_that_was_not_asked_knows_nothing() -> None:
    seen = blindness(
        "SELECT d.person_id AS subject_id, list_sort(list(d.person_id)) AS evidence_person FROM person d WHERE d.died_on IS NOT NULL GROUP BY d.person_id",
        "[person.death_known]",
        person=[{"person_id": "P1", "death_known": True}, {"person_id": "P2", "death_known": False}],
    )
    assert (seen.population, seen.blind) == (2, 1), "who is not known to be dead is not known to be alive"


def test_the_living_are_not_blind() -> None:
    seen = blindness(
        f"SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p JOIN person d ON d.person_id = p.person_id "
        "WHERE p.paid_on > d.died_on GROUP BY p.person_id",
        "[person.death_known]",
        subsidy_payment=[{"person_id": f"P{number}"} for number in range(20)],
        person=[{"person_id": f"P{number}", "death_known": number > 0} for number in range(20)],
    )
    assert (seen.population, seen.blind) == (20, 1)


def test_one_of_several_columns_is_enough() -> None:
    seen = blindness(
        f"SELECT b.tender_id AS subject_id, {BIDS} FROM bid b JOIN bid c ON c.tender_id = b.tender_id AND c.mac = b.mac AND c.bid_id > b.bid_id GROUP BY b.tender_id",
        "[bid.mac or bid.machine_code]",
        subject="tender",
        bid=[
            {"tender_id": "T1", "mac": None, "machine_code": "M"},
            {"tender_id": "T2", "mac": None, "machine_code": None},
            {"tender_id": "T2", "mac": "X"},
        ],
    )
    assert (seen.population, seen.blind, seen.by_need) == (2, 1, {"bid.mac or bid.machine_code": 1})


def test_needed_rows_are_reached_from_the_other_side_as_well() -> None:
    seen = blindness(
        "WITH priced AS (SELECT b.tender_id, count(b.price) AS n FROM bid b GROUP BY b.tender_id) "
        "SELECT t.tender_id AS subject_id, list_sort(list(t.tender_id)) AS evidence_tender FROM tender t JOIN priced p ON p.tender_id = t.tender_id "
        "WHERE p.n = 1 GROUP BY t.tender_id",
        "[bid.price, bid.bidder_id]",
        subject="tender",
        tender=[{"tender_id": "T1"}, {"tender_id": "T2"}, {"tender_id": "T3"}],
        bid=[{"tender_id": "T1", "price": None}, {"tender_id": "T1"}, {"tender_id": "T2"}],
    )
    assert (seen.population, seen.blind, seen.by_need) == (3, 2, {"bid.price": 2, "bid.bidder_id": 1})


def test_the_population_keeps_the_conditions_on_its_own_rows_and_leaves_those_on_what_is_needed() -> None:
    seen = blindness(
        f"SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p JOIN programme g ON g.programme_id = p.programme_id "
        "WHERE g.need_based AND p.kind = 'funeral' AND p.unit_id = 'U1' "
        "AND EXISTS (SELECT 1 FROM public_employee e WHERE e.person_id = p.person_id) GROUP BY p.person_id",
        "[subsidy_payment.unit_id]",
        programme=[{"programme_id": "A", "need_based": True}, {"programme_id": "B", "need_based": False}],
        public_employee=[{"person_id": f"P{number}"} for number in range(1, 5)],
        subsidy_payment=[
            {"person_id": "P1", "programme_id": "A", "kind": "funeral", "unit_id": None},
            {"person_id": "P2", "programme_id": "A", "kind": "funeral", "unit_id": "U2"},
            {"person_id": "P3", "programme_id": "A", "kind": "regular", "unit_id": None},
            {"person_id": "P4", "programme_id": "B", "kind": "funeral", "unit_id": None},
            {"person_id": "P5", "programme_id": "A", "kind": "funeral", "unit_id": None},
        ],
    )
    assert (seen.population, seen.blind) == (2, 1)


def test_rows_whose_subject_is_unknown_are_counted_apart() -> None:
    sql = f"SELECT p.account_id AS subject_id, {PAID} FROM subsidy_payment p WHERE p.account_id IS NOT NULL GROUP BY p.account_id"
    rows = [{"account_id": None}, {"account_id": None}, {"account_id": "C1"}]
    seen = blindness(sql, "[subsidy_payment.account_id]", subject="account", subsidy_payment=rows)
    assert (seen.population, seen.blind, seen.rows_without_subject) == (1, 0, 2)


def test_a_subject_that_may_be_absent_is_not_missed() -> None:
    sql = f"SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p GROUP BY p.person_id"
    assert (
        blindness(sql, "[subsidy_payment]", subsidy_payment=[{"enterprise_id": "E1"}, {"person_id": "P1"}]).rows_without_subject
        == 0
    )


def test_both_branches_of_a_union_are_the_population() -> None:
    sql = (
        f"SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p WHERE p.kind = 'funeral' GROUP BY p.person_id "
        f"UNION ALL SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p WHERE p.kind = 'correction' GROUP BY p.person_id"
    )
    rows = [
        {"person_id": "P1", "kind": "funeral", "period": None},
        {"person_id": "P2", "kind": "correction"},
        {"person_id": "P3", "kind": "regular"},
    ]
    seen = blindness(sql, "[subsidy_payment.period]", subsidy_payment=rows)
    assert (seen.population, seen.blind) == (2, 1)


def test_what_nothing_ties_to_the_subject_is_counted_by_rows() -> None:
    seen = blindness(
        f"SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p JOIN market_price m ON m.priced_on = p.paid_on JOIN vehicle v ON v.owner_id = p.person_id "
        "GROUP BY p.person_id",
        "[vehicle.price, grain_txn.unit_price]",
        subsidy_payment=[{"person_id": "P1"}],
        vehicle=[{"owner_id": "P1", "price": None}],
        grain_txn=[{"unit_price": None}, {}],
    )
    assert seen.not_derived == ("vehicle.price", "grain_txn.unit_price")
    assert seen.rows_unknown == {"vehicle.price": 1, "grain_txn.unit_price": 1}


def test_a_screening_counts_the_subjects_screened() -> None:
    sql = f"SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p GROUP BY p.person_id"
    rows = [{"person_id": "P1", "period": None}, {"person_id": "P2", "period": None}]
    assert blindness(sql, "[subsidy_payment.period]", screened={"P2"}, subsidy_payment=rows).blind == 1


def test_needed_tables_without_a_row_are_named() -> None:
    sql = f"SELECT p.person_id AS subject_id, {PAID} FROM subsidy_payment p JOIN kinship k ON k.person_id = p.person_id GROUP BY p.person_id"
    assert blindness(sql, "[kinship, subsidy_payment.period]", subsidy_payment=[]).no_records == ("kinship", "subsidy_payment")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("person", Need("person", ())),
        ("person.death_known", Need("person", ("death_known",))),
        ("bid.mac or bid.ip or bid.machine_code", Need("bid", ("mac", "ip", "machine_code"))),
    ],
)
def test_the_three_forms_of_a_need(text: str, read: Need) -> None:
    assert need(text) == read
    assert str(read) == text


@pytest.mark.parametrize("text", ["", "Person", "person.", "a.b or c.d", "person or person.name", "person.name and person.sex"])
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not table|columns of one table"):
        need(text)
