"""Grain, vouchers and grants of the city: every row is planted with its look-alikes, and practice's definitions find what the truth says.

The queries are written from the catalogue's rows, coarse and whole; they are no rules and nobody runs them elsewhere.
"""

import pytest

from datasets.city.plant.doubtful_grants import alike
from datasets.contract import read_contracts
from tests.datasets.city_shelf import evidence, first, rows, subjects, truth

PLANTED = ["S20", "S21", "S22", "S23", "S24", "S25", "X02", "X09", "X10", "X11"]
SUBJECT = {"X02": "enterprise", "S25": "enterprise", "X11": "enterprise", "S24": "merchant", "X10": "merchant", "S22": "person"}
KEYS = {
    "grain_txn": "txn_id", "grain_stock": "warehouse_id || '+' || commodity || '+' || year", "voucher_redemption": "redemption_id",
    "merchant_sales": "merchant_id || '+' || month", "project_subsidy": "grant_id", "ticket": "ticket_id", "tender": "tender_id",
    "debarment": "debarment_id", "enterprise": "enterprise_id",
}  # fmt: skip


@pytest.mark.parametrize("rule", PLANTED)
def test_every_row_of_the_registers_is_planted_with_ten_look_alikes_to_a_case(rule: str) -> None:
    kinds = [row["kind"] for row in truth() if row["rule"] == rule]
    assert kinds.count("problem") >= 1
    assert kinds.count("explained") >= 7 * kinds.count("problem")


@pytest.mark.parametrize("rule", PLANTED)
def test_a_case_of_the_registers_has_the_subject_of_its_row(rule: str) -> None:
    found = {row["subject_kind"] for row in truth() if row["rule"] == rule}
    assert found <= {SUBJECT.get(rule, "warehouse"), "account" if rule == "S22" else SUBJECT.get(rule, "warehouse")}


@pytest.mark.parametrize("table", sorted(KEYS))
def test_what_proves_a_case_of_the_registers_is_in_its_table(table: str) -> None:
    assert set(read_contracts()[table].key)
    said = {key for row in truth() if row["rule"] in PLANTED for name, keys in evidence(row) if name == table for key in keys}
    assert said
    assert said <= first(f"SELECT {KEYS[table]} FROM {table}")


def test_a_merchants_case_leaves_open_who_should_get_it() -> None:
    assert {(row["unit"], row["office"]) for row in truth() if row["rule"] in ("S24", "X10")} == {("", "")}


def test_only_planted_sellers_sell_more_than_their_land_grows() -> None:
    sold = first("""
        WITH land AS (SELECT person_id, year, sum(claimed_mu) AS mu FROM land_claim WHERE programme_id = 'PG03' GROUP BY ALL)
        SELECT seller_id FROM grain_txn g JOIN crop_yield y ON y.commodity = g.commodity AND y.year = year(g.done_on)
        JOIN land l ON l.person_id = seller_id AND l.year = year(g.done_on)
        GROUP BY seller_id, g.commodity, year(g.done_on), l.mu, y.kg_per_mu HAVING sum(tonnes) * 1000 > 1.5 * l.mu * y.kg_per_mu""")
    assert sold
    assert sold <= subjects("S22", "problem", "explained")


def test_only_planted_trucks_carry_what_no_truck_can() -> None:
    heavy = first("SELECT warehouse_id FROM grain_txn WHERE tonnes > 49 OR hour(weighed_at) < 4")
    assert heavy <= subjects("S20", "problem")


def test_old_grain_that_comes_in_is_planted() -> None:
    old = first("SELECT txn_id FROM grain_txn WHERE direction = 'in' AND harvest_year < year(done_on) - 1")
    said = {
        key for row in truth() if row["rule"] == "S20" and row["kind"] != "explained" for _, keys in evidence(row) for key in keys
    }
    assert old
    assert old <= said


def test_prices_far_off_the_market_are_planted() -> None:
    off = first("""
        SELECT txn_id FROM grain_txn g ASOF JOIN market_price m ON m.commodity = g.commodity AND g.done_on >= m.priced_on
        WHERE abs(g.unit_price / m.price - 1) > 0.03""")
    said = {key for row in truth() if row["rule"] == "S23" for _, keys in evidence(row) for key in keys}
    assert off
    assert off <= said


def test_only_planted_shops_have_most_orders_at_the_threshold() -> None:
    found = first("""
        SELECT merchant_id FROM voucher_redemption GROUP BY merchant_id
        HAVING count(*) >= 20 AND avg((order_amount BETWEEN min_spend AND min_spend * 1.01)::INT) >= 0.6""")
    assert found
    assert found <= subjects("S24", "problem")


def test_only_planted_firms_without_staff_get_grants() -> None:
    empty = first("""
        SELECT enterprise_id FROM project_subsidy JOIN enterprise USING (enterprise_id)
        WHERE insured_staff = 0 OR approved_on - founded_on < 182""")
    assert empty
    assert empty <= subjects("S25", "problem", "undecidable")


def test_names_of_one_project_are_alike_and_of_two_are_not() -> None:
    assert alike("河口镇育秧工厂", "河口镇育秧工厂") == 1
    assert alike("abc", "") == 0
    assert alike("abcd", "abxd") == 0.75
    pairs = rows("""
        SELECT a.enterprise_id, a.project_name, b.project_name FROM project_subsidy a JOIN project_subsidy b USING (enterprise_id)
        WHERE a.unit_id < b.unit_id""")
    close = {str(firm) for firm, one, other in pairs if alike(str(one), str(other)) > 0.8}
    assert close == {
        row["subject"] for row in truth() if row["rule"] == "S25" and "两个部门" in row["note"] and row["kind"] != "explained"
    }
