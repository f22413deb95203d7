"""What becomes of a rule's mutants: noticed by a test, overlooked, declared equivalent, or not even run."""

from pathlib import Path

import pytest

from rules.bounds import Limits
from rules.mutant import mutants_of
from rules.mutant_lake import changed_findings
from rules.mutate import Mutated, mutate_rule
from rules.trial import NO_DAY
from tests.rules.rule_text import CONTRACTS, RULE, indicator, tables, unproven, with_sql

TWO_DEAD = """\
tests:
  - name: each of the dead is a finding of their own, from the day after the grace
    given:
      person: [{person_id: P1, died_on: 2024-01-01}, {person_id: P2, died_on: 2024-02-01}]
      subsidy_payment:
        - {payment_id: S1, person_id: P1, programme_id: G1, unit_id: U1, paid_on: 2024-02-01, amount: 100}
        - {payment_id: S2, person_id: P1, programme_id: G1, unit_id: U1, paid_on: 2024-03-01, amount: 50}
        - {payment_id: S3, person_id: P2, programme_id: G1, unit_id: U1, paid_on: 2024-03-03, amount: 100}
        - {payment_id: S4, person_id: P2, programme_id: G2, unit_id: U1, paid_on: 2024-03-03, amount: 100}
        - {payment_id: S5, person_id: P2, programme_id: G2, unit_id: U2, paid_on: 2024-03-03, amount: 100}
        - {payment_id: S6, person_id: P1, programme_id: G1, unit_id: U1, paid_on: 2024-01-31, amount: 7}
    flags:
      - {subject_id: P1, programme_id: G1, unit_id: U1, amount: 150}
      - {subject_id: P2, programme_id: G1, unit_id: U1, amount: 100}
      - {subject_id: P2, programme_id: G2, unit_id: U1, amount: 100}
      - {subject_id: P2, programme_id: G2, unit_id: U2, amount: 100}
  - name: the living are silent
    given:
      person: [{person_id: P1, died_on: null}]
      subsidy_payment: [{person_id: P1, paid_on: 2023-03-01}, {person_id: P9, paid_on: 2024-03-01}]
    flags: []
"""
WELL_TESTED = RULE[: RULE.index("tests:")] + TWO_DEAD


def judged(text: str, folder: Path, topic: str = "subsidy") -> Mutated:
    return mutate_rule(indicator(text, folder, topic), CONTRACTS)


def by_fate(found: Mutated, fate: str) -> list[str]:
    return [one.mutant.id for one in found.judged if one.fate == fate]


def test_tests_that_hold_every_line_leave_no_mutant_alive(tmp_path: Path) -> None:
    found = judged(WELL_TESTED, tmp_path)
    assert by_fate(found, "survived") == []
    assert (found.count("killed"), found.all, found.share) == (10, 10, 1.0)
    # a dead person's record that is not there rejects the payment either way
    assert by_fate(found, "same") == ["inner to left: person AS d"]
    assert {one.by for one in found.judged if one.fate == "killed"} <= {
        "each of the dead is a finding of their own, from the day after the grace",
        "each of the dead is a finding of their own, from the day after the grace (NotUnique)",
    }


def test_thin_tests_leave_survivors(tmp_path: Path) -> None:
    found = judged(RULE, tmp_path)
    assert by_fate(found, "survived") == [
        "sum to max: sum(p.amount) AS amount",
        "on.drop: d.person_id = p.person_id",
        "> to >=: p.paid_on > d.died_on + $max_days",
        "group.drop: p.person_id",
        "group.drop: p.unit_id",
        "group.drop: p.programme_id",
        "param+1: $max_days",
        "param-1: $max_days",
    ]
    assert found.share == pytest.approx(2 / 10)


def test_a_survivor_declared_equivalent_is_counted_as_that(tmp_path: Path) -> None:
    name = "sum to max: sum(p.amount) AS amount"
    found = judged(f'{RULE}equivalent: [{{mutant: "{name}", why: one payment each}}]\n', tmp_path)
    assert by_fate(found, "equivalent") == [name]
    assert (found.count("killed"), found.all, found.count("equivalent")) == (2, 10, 1)
    assert found.share == pytest.approx(2 / 9)
    assert (found.unknown, found.disproved) == ((), ())


def test_names_that_are_no_mutant_and_mutants_that_a_test_notices_are_no_equivalents(tmp_path: Path) -> None:
    noticed, unheard = "where.drop: p.paid_on > d.died_on + $max_days", "where.drop: p.paid_on > 5"
    text = f'{RULE}equivalent: [{{mutant: "{noticed}", why: x}}, {{mutant: "{unheard}", why: x}}]\n'
    found = judged(text, tmp_path)
    assert (found.unknown, found.disproved) == ((unheard,), (noticed,))
    assert found.count("equivalent") == 0


def test_a_rule_whose_tests_fail_is_not_tried(tmp_path: Path) -> None:
    found = judged(RULE.replace("payments: 1", "payments: 2"), tmp_path)
    assert found.judged == () and found.share == 0.0
    assert found.failing[0].startswith("a payment after death is flagged: expected and not flagged")


STILLBORN = """
SELECT p.person_id AS subject_id, list_sort(list(p.payment_id)) AS evidence_subsidy_payment
FROM subsidy_payment p WHERE p.amount > 5 GROUP BY p.person_id
QUALIFY row_number() OVER (ORDER BY p.person_id) = 1 AND count(*) > 0
"""
PAID = """\
tests:
  - name: one payment
    given: {subsidy_payment: [{payment_id: S1, person_id: P1, amount: 6}]}
    flags: [{subject_id: P1}]
  - name: none
    given: {subsidy_payment: [{payment_id: S1, person_id: P1, amount: 5}]}
    flags: []
"""


def test_a_mutant_that_the_database_cannot_read_counts_for_nothing(tmp_path: Path) -> None:
    found = judged(with_sql(STILLBORN, tests=PAID), tmp_path)
    [stillborn] = [one for one in found.judged if one.fate == "stillborn"]
    assert stillborn.mutant.id == "qualify.drop: row_number() OVER (ORDER BY p.person_id) = 1"
    assert "window function" in stillborn.by
    assert found.all == len(found.judged) - 1


ENDLESS = """
WITH RECURSIVE up AS (
  SELECT a.area_id, 0 AS n FROM area a
  UNION ALL
  SELECT u.area_id, u.n + 1 FROM up u WHERE u.n < 3
)
SELECT p.person_id AS subject_id, max(u.n) AS steps, list_sort(list(p.payment_id)) AS evidence_subsidy_payment
FROM subsidy_payment p JOIN up u ON u.area_id = p.area_id GROUP BY p.person_id
"""


def test_a_mutant_without_end_is_stopped_and_counts_as_noticed(tmp_path: Path) -> None:
    tests = """\
tests:
  - name: three steps
    given: {area: [{area_id: A}], subsidy_payment: [{payment_id: S1, person_id: P1, area_id: A}]}
    flags: [{subject_id: P1, steps: 3}]
  - name: none
    given: {area: [{area_id: B}], subsidy_payment: [{payment_id: S1, person_id: P1, area_id: A}]}
    flags: []
"""
    found = mutate_rule(indicator(with_sql(ENDLESS, tests=tests), tmp_path), CONTRACTS, Limits(seconds=0.5, memory="1GB"))
    [endless] = [one for one in found.judged if one.mutant.id == "up/where.drop: u.n < 3"]
    assert (endless.fate, endless.by) == ("killed", "three steps (timeout)")


USUAL = "SELECT p.programme_id, avg(p.amount) AS usual FROM subsidy_payment p WHERE p.amount > 0 GROUP BY p.programme_id"
AGAINST = """
SELECT p.person_id AS subject_id, max(p.amount) AS amount, list_sort(list(p.payment_id)) AS evidence_subsidy_payment
FROM subsidy_payment p JOIN baseline_late_payment b ON b.programme_id = p.programme_id
WHERE p.amount >= 2 * b.usual GROUP BY p.person_id
"""
AGAINST_TESTS = """\
tests:
  - name: twice the usual, corrections left out
    given:
      subsidy_payment: [{person_id: P1, programme_id: A, amount: 40}, {person_id: P2, programme_id: A, amount: 10}, {person_id: P4, programme_id: A, amount: 10},
                        {person_id: P3, programme_id: A, amount: -60}, {person_id: P5, programme_id: B, amount: 30}]
    flags: [{subject_id: P1}]
  - name: a baseline given is not made again
    given: {subsidy_payment: [{person_id: P1, programme_id: A, amount: 40}], baseline_late_payment: [{programme_id: A, usual: 21}]}
    flags: []
"""


def test_mutants_of_a_baseline_are_judged_by_the_tests_that_do_not_give_it(tmp_path: Path) -> None:
    found = judged(with_sql(AGAINST, baseline=USUAL, tests=AGAINST_TESTS), tmp_path)
    fates = {one.mutant.id: (one.fate, one.by) for one in found.judged if one.mutant.block == "baseline"}
    assert fates == {
        "baseline/where.drop: p.amount > 0": ("killed", "twice the usual, corrections left out"),
        "baseline/> to >=: p.amount > 0": ("survived", ""),
        "baseline/const+1: 0 in p.amount > 0": ("survived", ""),
        "baseline/const-1: 0 in p.amount > 0": ("survived", ""),
        "baseline/group.drop: p.programme_id": ("killed", "twice the usual, corrections left out"),
        "baseline/avg to median: avg(p.amount) AS usual": ("survived", ""),
    }


def test_a_test_that_counts_the_blind_notices_what_its_findings_do_not(tmp_path: Path) -> None:
    sql = "SELECT p.person_id AS subject_id, list_sort(list(p.payment_id)) AS evidence_subsidy_payment FROM subsidy_payment p WHERE p.kind IS NULL AND p.period > '2023' GROUP BY p.person_id"
    tests = """\
tests:
  - name: one payment
    given: {subsidy_payment: [{payment_id: S1, person_id: P1, period: '2024', kind: null}]}
    flags: [{subject_id: P1}]
  - name: one cannot be judged
    given: {subsidy_payment: [{payment_id: S1, person_id: P1, period: null, kind: null}, {payment_id: S2, person_id: P2, period: null, kind: regular}]}
    flags: []
    blind: 1
"""
    found = judged(with_sql(sql, tests=tests, needs="[subsidy_payment.period]"), tmp_path)
    by = {one.mutant.id: one.by for one in found.judged}
    assert by["where.drop: p.kind IS NULL"] == "one cannot be judged (blind)"


def test_an_equivalent_that_changes_findings_on_the_lake_is_found(tmp_path: Path) -> None:
    rule = indicator(RULE, tmp_path)
    lake = tables(
        person=[{"person_id": "P1", "died_on": "2024-01-01"}],
        subsidy_payment=[{"payment_id": "S1", "person_id": "P1", "programme_id": "G", "unit_id": "U", "paid_on": "2024-03-01", "amount": 5},
                         {"payment_id": "S2", "person_id": "P1", "programme_id": "G", "unit_id": "U", "paid_on": "2024-03-02", "amount": 6}],
    )  # fmt: skip
    mutants = [one.mutant for one in mutate_rule(rule, CONTRACTS).judged]
    changes = changed_findings(rule, mutants, lake, NO_DAY)
    assert changes["sum to max: sum(p.amount) AS amount"] == 2
    assert changes["where.drop: p.paid_on > d.died_on + $max_days"] == 0
    assert changes["param+1: $max_days"] == 0
    lake.disconnect()


KEYS = """
WITH known AS (
  SELECT k.person_id, list_sort(list(DISTINCT d.person_id)) AS keys
  FROM kinship k JOIN person d ON d.person_id = k.relative_id GROUP BY k.person_id
)
SELECT p.person_id AS subject_id, list_sort(list(p.payment_id)) AS evidence_subsidy_payment, k.keys AS evidence_person
FROM subsidy_payment p LEFT JOIN known k ON k.person_id = p.person_id GROUP BY p.person_id, k.keys
"""


def test_a_list_of_nothing_is_no_finding_changed(tmp_path: Path) -> None:
    rule = unproven(with_sql(KEYS))
    lake = tables(
        kinship=[{"person_id": "P1", "relative_id": "P8"}], subsidy_payment=[{"person_id": "P1"}, {"person_id": None}],
    )  # fmt: skip
    [left] = [one for one in mutants_of(rule, CONTRACTS) if one.id == "known/inner to left: person AS d"]
    [gone] = [one for one in mutants_of(rule, CONTRACTS) if one.id == "group.drop: p.person_id"]
    assert changed_findings(rule, [left, gone], lake, NO_DAY) == {left.id: 0, gone.id: 2}
    lake.disconnect()
