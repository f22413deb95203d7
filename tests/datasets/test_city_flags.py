"""The red flags of purchases in the city: cases and look-alikes of each, and nobody meets a definition by accident."""

from datetime import date

import numpy as np
import pytest

from datasets.city import workdays
from tests.datasets.city_shelf import evidence, first, rows, subjects, truth

PLANTED = (
    "R004", "R012", "R016", "R020", "R028", "R030", "R035", "R037", "R043", "R045", "R049", "R054", "R056", "R065", "R066", "R067", "R068", "R069", "R073",
)  # fmt: skip
_PAID = "SELECT contract_id, sum(amount) AS paid FROM contract_event WHERE kind = 'payment' GROUP BY contract_id"
_MORE = "SELECT contract_id, sum(amount_change) AS more FROM amendment GROUP BY contract_id"
_AGREED = f"contract c JOIN ({_PAID}) USING (contract_id) LEFT JOIN ({_MORE}) USING (contract_id)"
_CHANGED = "SELECT contract_id FROM contract c JOIN amendment m USING (contract_id) WHERE m.kind = '{}' GROUP BY contract_id, c.amount HAVING "
DEFINITIONS = {
    "R004": "SELECT tender_id FROM tender WHERE NOT on_portal AND method IN ('open', 'negotiation', 'consultation')",
    "R012": "SELECT tender_id FROM tender t JOIN procurement_plan p USING (plan_id) WHERE p.method = 'open' AND t.method <> 'open' AND NOT method_approved",
    "R016": "SELECT tender_id FROM tender_item i JOIN tender t USING (tender_id) JOIN price_reference r ON r.class_id = i.class_id"
    " AND t.noticed_at::DATE BETWEEN r.starts_on AND r.ends_on WHERE i.part = 'award' AND i.quantity > 20"
    " AND (i.unit_price > 1.5 * r.unit_price OR i.unit_price < 0.5 * r.unit_price)",
    "R028": "SELECT a.tender_id FROM bid a JOIN bid b ON a.tender_id = b.tender_id AND a.bidder_id < b.bidder_id AND a.price = b.price"
    " AND coalesce(a.lot_id, '') = coalesce(b.lot_id, '') AND a.status <> 'withdrawn' AND b.status <> 'withdrawn'",
    "R030": "SELECT tender_id FROM bid JOIN tender USING (tender_id) WHERE submitted_at > closes_at AND bid.status = 'winning'",
    "R035": "SELECT tender_id FROM bid WHERE lot_id IS NULL GROUP BY tender_id HAVING count_if(status IN ('valid', 'winning')) = 1"
    " AND count_if(status = 'winning') = 1 AND count_if(status = 'disqualified') >= 1",
    "R037": "SELECT tender_id FROM bid WHERE status = 'disqualified' AND coalesce(length(rejected_because), 0) < 6",
    "R043": "SELECT tender_id FROM bid b JOIN tender t USING (tender_id) JOIN public_employee p ON p.unit_id = t.buyer_id AND p.phone = b.contact_phone"
    " WHERE p.starts_on <= t.closes_at AND coalesce(p.ends_on, DATE '2099-01-01') >= t.closes_at"
    " UNION SELECT tender_id FROM bid b JOIN tender t USING (tender_id) WHERE b.contact_phone = t.contact_phone",
    "R045": "SELECT tender_id FROM bid b JOIN tender t USING (tender_id) LEFT JOIN enterprise e ON e.enterprise_id = b.bidder_id"
    " WHERE e.enterprise_id IS NULL OR e.cancelled_on < b.submitted_at::DATE",
    "R049": "SELECT buyer_id FROM award a JOIN tender t USING (tender_id) JOIN procurement_limit l ON l.category = t.category AND limit_kind = 'open_tender'"
    " WHERE t.method = 'direct' AND a.status = 'active' AND a.amount < l.amount GROUP BY buyer_id, fiscal_year, supplier_id"
    " HAVING count(*) > 1 AND sum(a.amount) > max(l.amount)",
    "R054": f"SELECT contract_id FROM contract c JOIN ({_MORE}) USING (contract_id) JOIN tender t USING (tender_id) JOIN procurement_limit l"
    " ON l.category = t.category AND limit_kind = 'open_tender' WHERE t.method = 'direct' AND c.amount <= l.amount AND c.amount + more > l.amount",
    "R056": "WITH s AS (SELECT tender_id, bid_id, avg(score) AS points FROM evaluation GROUP BY ALL) SELECT w.tender_id FROM award a"
    " JOIN s w USING (bid_id) JOIN s o ON o.tender_id = w.tender_id JOIN bid b ON b.bid_id = o.bid_id"
    " AND coalesce(b.lot_id, '') = coalesce(a.lot_id, '') AND b.status IN ('valid', 'winning') WHERE a.status = 'active' AND o.points > w.points + 0.05",
    "R065": _CHANGED.format("quantity_down") + "sum(m.amount_change) < -c.amount / 10",
    "R066": _CHANGED.format("quantity_up") + "sum(m.amount_change) > c.amount / 10",
    "R067": "SELECT contract_id FROM contract_event WHERE kind = 'delivery' AND done_on > due_on + 30 OR kind = 'default'",
    "R068": f"SELECT contract_id FROM {_AGREED} WHERE paid > (amount + coalesce(more, 0)) * 1.001",
    "R069": _CHANGED.format("price") + "sum(m.amount_change) > c.amount * 0.03",
    "R073": f"SELECT contract_id FROM {_AGREED} JOIN contract_event e USING (contract_id) WHERE e.kind = 'acceptance' AND NOT conform"
    " AND paid >= c.amount + coalesce(more, 0) AND contract_id NOT IN (SELECT contract_id FROM contract_event WHERE kind = 'acceptance' AND conform)",
}  # fmt: skip
"""The catalogue's definitions at the thresholds the cases were made for."""


@pytest.mark.parametrize("rule", PLANTED)
def test_every_flag_has_cases_and_ten_look_alikes_for_each_of_several_stories(rule: str) -> None:
    explained = [row for row in truth() if row["rule"] == rule and row["kind"] == "explained"]
    problems = [row for row in truth() if row["rule"] == rule and row["kind"] == "problem"]
    assert problems
    assert len(explained) >= 10 * len(problems)
    assert len({row["note"] for row in explained}) >= 2


@pytest.mark.parametrize("rule", DEFINITIONS)
def test_a_flag_s_definition_meets_its_cases_and_no_look_alike(rule: str) -> None:
    found = first(DEFINITIONS[rule])
    assert subjects(rule, "problem") <= found
    assert found <= subjects(rule, "problem", "undecidable")


def test_a_challenge_is_upheld_or_answered_late_only_where_the_truth_says_so() -> None:
    start, last = date(1970, 1, 1), date(2025, 12, 31)
    found = set()
    for tender, kind, filed, answered, upheld in rows(
        "SELECT tender_id, kind, filed_on, answered_on, upheld FROM tender_complaint"
    ):
        assert isinstance(filed, date)
        assert answered is None or isinstance(answered, date)
        span = np.array([[(filed - start).days], [((answered or last) - start).days]])
        if upheld or kind == "challenge" and workdays.between(*span)[0] > 7:
            found.add(str(tender))
    assert subjects("R020", "problem") <= found
    assert found <= subjects("R020", "problem", "undecidable")


def test_flagged_cases_lie_close_to_a_threshold_often_enough() -> None:
    near = [row["near"] == "true" for row in truth() if row["rule"] in PLANTED and row["kind"] == "problem"]
    assert 0.1 <= sum(near) / len(near) <= 0.55
    assert sum(row["near"] == "true" for row in truth() if row["rule"] in PLANTED and row["kind"] == "explained") > 40


def test_the_rows_that_prove_a_flag_are_in_the_files() -> None:
    keys = {
        "tender": "tender_id", "bid": "bid_id", "contract": "contract_id", "contract_event": "event_id", "amendment": "amendment_id",
        "procurement_plan": "plan_id", "tender_complaint": "complaint_id", "tender_change": "change_id", "enterprise": "enterprise_id", "person": "person_id",
    }  # fmt: skip
    for row in truth():
        if row["rule"] in PLANTED:
            for table, proof in evidence(row):
                listed = ", ".join(f"'{key}'" for key in proof)
                assert rows(f"SELECT count(*) FROM {table} WHERE {keys[table]} IN ({listed})") == [(len(proof),)], row


def test_an_unknown_firm_is_in_no_register() -> None:
    unknown = "SELECT DISTINCT bidder_id FROM bid WHERE bidder_id NOT IN (SELECT enterprise_id FROM enterprise)"
    for table in ("shareholding", "enterprise_role", "enterprise_group"):
        assert not rows(f"SELECT 1 FROM {table} WHERE enterprise_id IN ({unknown})")


def test_most_purchases_stay_without_a_flag() -> None:
    flagged = {
        row["subject"]
        for row in truth()
        if row["rule"] in PLANTED and row["kind"] == "problem" and row["subject_kind"] == "tender"
    }
    assert len(flagged) < 0.05 * len(first("SELECT tender_id FROM tender"))
