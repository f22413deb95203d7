"""Live rules that find nearly the same."""

from datetime import date

from rules.flag import flag
from rules.overlap import overlaps
from tests.rules.rule_text import CONTRACTS, RULE, tables, unproven

TEXT = RULE.split("tests:")[0]


def test_rules_are_as_alike_as_the_findings_they_share_over_all_they_find() -> None:
    persons = [{"person_id": f"P{number}", "died_on": "2024-01-01"} for number in range(8)]
    payments = [
        {
            "payment_id": f"S{number}",
            "person_id": f"P{number}",
            "programme_id": "A",
            "unit_id": "U1",
            "paid_on": f"2024-0{2 + number // 3}-15",
        }
        for number in range(8)
    ]
    records = tables(person=persons, subsidy_payment=payments)
    rules = {
        "late": TEXT,
        "later": TEXT.replace("late_payment", "later").replace("value: 30", "value: 60"),
        "latest": TEXT.replace("late_payment", "latest").replace("value: 30", "value: 90"),
    }
    found = {name: flag(unproven(text), records, date(2025, 1, 1), contracts=CONTRACTS).signals for name, text in rules.items()}
    assert {name: len(signals) for name, signals in found.items()} == {"late": 8, "later": 5, "latest": 2}
    # a rule with two findings is left out: a share of two says nothing
    assert [(one.left, one.right, one.common, one.share) for one in overlaps(found)] == [("late", "later", 5, 5 / 8)]
    # asked after by name, a rule is compared with every other, however little it finds
    pairs = overlaps(found, {"latest"})
    assert [(one.left, one.right, one.common) for one in pairs] == [("later", "latest", 2), ("late", "latest", 2)]
