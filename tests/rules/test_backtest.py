"""What a rule would have found, and how two versions of it differ."""

from datetime import date

from rules.backtest import backtest
from rules.findings_diff import compare
from rules.flag import flag
from tests.rules.rule_text import CONTRACTS, RULE, tables, unproven

DAY = date(2025, 1, 1)
TEXT = RULE.split("tests:")[0]
PERSONS = [{"person_id": f"P{number}", "died_on": "2024-01-01"} for number in range(1, 5)]


def payment(number: int, person: str, day: str, unit: str | None = "U1", amount: int = 100) -> dict[str, object]:
    return {
        "payment_id": f"S{number}",
        "person_id": person,
        "programme_id": "A",
        "unit_id": unit,
        "paid_on": day,
        "amount": amount,
    }


PAYMENTS = [
    payment(1, "P1", "2024-03-01"),
    payment(2, "P2", "2024-04-01"),
    payment(3, "P3", "2024-04-02", unit="U2"),
    payment(4, "P4", "2024-01-20", unit="U2"),
]


def found(text: str, payments: list[dict[str, object]] = PAYMENTS):  # type: ignore[no-untyped-def]
    return flag(unproven(text), tables(person=PERSONS, subsidy_payment=payments), DAY, contracts=CONTRACTS)


def test_findings_are_counted_by_month_unit_and_severity() -> None:
    told = backtest(found(TEXT), {"late_payment": (3, 4)})
    assert (told.findings, told.rows) == (3, 3)
    assert told.by_month == {"2024-03": 1, "2024-04": 2}
    assert list(told.by_unit.items()) == [("U1", 2), ("U2", 1)]
    assert told.by_severity == {"high": 3}
    assert (told.precision.right, told.precision.judged, told.precision.share) == (3, 4, 0.75)
    assert (told.population, told.blind, told.blindness) == (4, 0, 0.0)
    assert told.seconds > 0


def test_a_rule_nobody_judged_has_no_precision_and_one_without_records_was_not_run() -> None:
    told = backtest(found(TEXT, []), {})
    assert (told.findings, told.precision.share, told.blindness, told.no_records) == (0, None, None, ("subsidy_payment",))


def test_a_lower_threshold_gains_findings_and_loses_none() -> None:
    lower = TEXT.replace("value: 30", "value: 10")
    difference = compare(found(TEXT).signals, found(lower).signals)
    assert [one.subject_id for one in difference.gained] == ["P4"]
    assert (difference.lost, difference.changed, difference.kept, difference.same) == ((), (), 3, False)
    assert difference.by_unit() == {"U2": (1, 0)}
    assert difference.by_month() == {"2024-01": (1, 0)}


def test_what_is_lost_and_what_changed_is_told_apart() -> None:
    later = [payment(1, "P1", "2024-03-01", amount=300), payment(3, "P3", "2024-04-02", unit="U2")]
    difference = compare(found(TEXT).signals, found(TEXT, later).signals)
    assert [one.subject_id for one in difference.lost] == ["P2"]
    assert [(old.amount, new.amount) for old, new in difference.changed] == [(100, 300)]
    assert difference.kept == 1


def test_another_severity_is_a_change_and_another_name_is_none() -> None:
    graver = TEXT.replace("severity: high", "severity: critical")
    renamed = TEXT.replace("late_payment", "later_payment")
    assert len(compare(found(TEXT).signals, found(graver).signals).changed) == 3
    assert compare(found(TEXT).signals, found(renamed).signals).same
