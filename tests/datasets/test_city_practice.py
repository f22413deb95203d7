"""No case by accident: what practice's definitions find in the city is what the truth says, and nothing else.

The queries are written from the catalogue's rows, coarse and whole; they are no rules and nobody runs them elsewhere.
"""

import numpy as np
import pytest

from tests.datasets.city_shelf import evidence, first, rows, subjects, truth

SQL = {
    "S01": """
        SELECT person_id FROM subsidy_payment p JOIN person d USING (person_id) JOIN programme g USING (programme_id)
        WHERE NOT g.lump_sum AND p.paid_on > last_day(d.died_on + to_months(g.grace_months::INT))""",
    "S02": """
        WITH towns AS (SELECT person_id, programme_id, period, unit_id, sum(amount) AS paid FROM subsidy_payment
                       WHERE person_id IS NOT NULL AND period IS NOT NULL GROUP BY ALL)
        SELECT person_id FROM towns WHERE paid > 0 GROUP BY person_id, programme_id, period HAVING count(*) > 1""",
    "S04": """
        SELECT p.person_id FROM subsidy_payment p JOIN programme g USING (programme_id) JOIN public_employee e USING (person_id)
        WHERE g.need_based AND e.paid_by_finance AND p.paid_on BETWEEN e.starts_on AND coalesce(e.ends_on, DATE '2099-01-01')""",
    "S10": """
        SELECT account_id FROM subsidy_payment LEFT JOIN person USING (person_id) WHERE person_id IS NOT NULL
        GROUP BY account_id, programme_id
        HAVING count(DISTINCT person_id) > 3 AND count(DISTINCT coalesce(household_id, person_id)) > 1""",
    "S13": """
        WITH house AS (SELECT household_id, sum(registered_mu) AS mu, bool_or(registered_mu IS NULL) AS blank
                       FROM land_right WHERE household_id IS NOT NULL GROUP BY 1),
        claim AS (SELECT person_id, year, programme_id, sum(claimed_mu) AS mu FROM land_claim GROUP BY ALL),
        lease AS (SELECT c.person_id, c.year, sum(t.mu) AS mu FROM (SELECT DISTINCT person_id, year FROM claim) c
                  JOIN land_transfer t ON t.lessee_id = c.person_id AND year(t.starts_on) <= c.year AND year(t.ends_on) >= c.year
                  GROUP BY ALL)
        SELECT c.person_id FROM claim c JOIN person p USING (person_id) LEFT JOIN house h USING (household_id)
        LEFT JOIN lease l ON l.person_id = c.person_id AND l.year = c.year
        WHERE NOT coalesce(h.blank, FALSE) AND c.mu > 1.10 * (coalesce(h.mu, 0) + coalesce(l.mu, 0))""",
    "C1": """
        SELECT a.tender_id FROM bid a JOIN bid b ON a.tender_id = b.tender_id AND a.bidder_id < b.bidder_id
        WHERE a.mac = b.mac AND a.mac <> '00:00:00:00:00:00' OR a.machine_code = b.machine_code""",
    "C2": """
        SELECT a.tender_id FROM bid a JOIN bid b ON a.tender_id = b.tender_id AND a.bidder_id < b.bidder_id
        WHERE a.ip = b.ip AND abs(date_diff('second', a.submitted_at, b.submitted_at)) <= 600""",
    "C14": """
        WITH part AS (SELECT buyer_id, fiscal_year, budget_item, item_class, category, count(*) AS pieces, sum(budget) AS total FROM tender
                      WHERE method NOT IN ('open', 'framework') AND NOT budget_adjusted AND NOT method_approved GROUP BY ALL)
        SELECT buyer_id FROM part JOIN procurement_limit USING (category)
        WHERE limit_kind = 'open_tender' AND pieces >= 2 AND total > amount""",
    "R018": """
        SELECT tender_id FROM tender JOIN bid USING (tender_id)
        WHERE method IN ('open', 'invited') AND tender.status = 'complete' AND bid.status NOT IN ('withdrawn', 'invited')
        GROUP BY tender_id HAVING count(DISTINCT bidder_id) = 1""",
    "C25": """
        SELECT tender_id FROM bid JOIN tender USING (tender_id) JOIN debarment d ON d.enterprise_id = bid.bidder_id
        WHERE noticed_at::DATE <= least(coalesce(d.lifted_on, d.ends_on), d.ends_on) AND coalesce(awarded_on, closes_at::DATE) >= d.starts_on""",
    "X01": """
        WITH owner AS (SELECT enterprise_id, legal_rep_id AS person_id FROM enterprise
                       UNION SELECT enterprise_id, holder_id FROM shareholding WHERE holder_kind = 'person' AND ends_on IS NULL),
        won AS (SELECT supplier_id, awarded_on AS day FROM award WHERE status = 'active' UNION SELECT supplier_id, signed_on FROM contract)
        SELECT person_id FROM owner JOIN won ON won.supplier_id = owner.enterprise_id JOIN subsidy_payment USING (person_id)
        JOIN programme USING (programme_id) WHERE need_based AND abs(paid_on - won.day) <= 365""",
    "H01": """
        SELECT ticket_id FROM ticket WHERE coalesce(closed_at, TIMESTAMP '2025-12-31 00:00:00')
            > coalesce(extended_to, due_at, CASE WHEN regime = 'petition' THEN created_at + INTERVAL 91 DAY END)""",
    "H05": """
        WITH step AS (SELECT ticket_id, count_if(action = 'returned') AS backs,
                             count(DISTINCT to_unit_id) FILTER (action IN ('dispatch', 'reassign')) AS units,
                             count_if(action IN ('dispatch', 'reassign')) AS sent FROM ticket_flow GROUP BY 1)
        SELECT ticket_id FROM step WHERE backs >= 3 OR units >= 3 OR sent > units""",
    "H06": """
        WITH same AS (SELECT ticket_id, reply, count(*) OVER (PARTITION BY unit_id, reply) AS times FROM ticket
                      WHERE closed_at IS NOT NULL AND kind <> 'inquiry')
        SELECT ticket_id FROM same WHERE times >= 5 OR (length(reply) < 30 AND regexp_matches(reply, '(已收悉|已转)'))
        UNION SELECT a.ticket_id FROM ticket a JOIN ticket b ON b.ticket_id <> a.ticket_id AND b.category = a.category AND b.place = a.place
            AND coalesce(b.area_id, '') = coalesce(a.area_id, '')
        WHERE a.merged_into IS NULL AND a.regime <> 'accusation' AND b.created_at BETWEEN a.closed_at AND a.closed_at + INTERVAL 30 DAY
        UNION SELECT ticket_id FROM ticket JOIN (SELECT ticket_id, max(acted_at) AS sent FROM ticket_flow WHERE action <> 'close' GROUP BY 1)
            USING (ticket_id) WHERE kind = 'complaint' AND merged_into IS NULL AND field_record IS FALSE AND closed_at < sent + INTERVAL 30 MINUTE""",
}  # fmt: skip


@pytest.mark.parametrize("rule", sorted(SQL))
def test_what_practice_would_find_is_what_the_truth_says(rule: str) -> None:
    found = first(SQL[rule])
    assert subjects(rule, "problem") <= found
    assert found <= subjects(rule, "problem", "undecidable")


def test_prices_are_regular_only_where_the_truth_says_so() -> None:
    prices: dict[str, list[float]] = {}
    for tender, price in rows(
        "SELECT tender_id, price FROM bid WHERE lot_id IS NULL AND status IN ('valid', 'winning') ORDER BY 1, 2"
    ):
        prices.setdefault(str(tender), []).append(float(str(price)))
    found = {tender for tender, some in prices.items() if len(some) >= 3 and _even_or_narrow(np.array(some))}
    noted = subjects("C6", "problem")
    assert found <= noted | subjects("C6", "undecidable")
    assert len(found & noted) >= len(noted) // 2  # the others: thousandths of the budget, equal tails


def _even_or_narrow(prices: np.ndarray) -> bool:  # type: ignore[type-arg]
    gaps = np.diff(prices)
    ratios = np.diff(np.log(prices))
    narrow = prices.std(ddof=1) / prices.mean() < 0.01
    return bool(narrow or np.abs(np.diff(gaps)).max() <= 0.02 * (prices[-1] - prices[0]) or ratios.std(ddof=1) <= 0.001)


def test_a_spot_is_complained_of_three_times_only_where_the_truth_speaks_of_it() -> None:
    known = {key for row in _matters() for key in row}
    spots = rows("""
        SELECT list(ticket_id ORDER BY created_at), list(created_at ORDER BY created_at) FROM ticket
        WHERE place IS NOT NULL AND merged_into IS NULL GROUP BY place, area_id, category HAVING count(*) >= 3""")
    for tickets, times in spots:
        assert isinstance(tickets, list)
        assert isinstance(times, list)
        close = any((later - earlier).days < 90 for earlier, later in zip(times, times[2:], strict=False))
        assert not close or known & set(tickets)


def _matters() -> list[list[str]]:
    return [keys for row in truth() if row["rule"] == "H04" for _, keys in evidence(row)]
