"""The operators that make mutants: on small SELECTs, exactly what each of them changes, and what it leaves alone."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from rules.indicator import Indicator
from rules.mutant import Mutant, mutants_of
from rules.mutant_constants import shifted, step_of
from rules.mutant_place import in_lines
from tests.rules.rule_text import CONTRACTS, unproven, with_sql

HEAD = "SELECT p.person_id AS subject_id, list(p.payment_id) AS evidence_subsidy_payment FROM subsidy_payment p"


def rule(sql: str, **more: str) -> Indicator:
    return unproven(with_sql(sql, **more))


def mutants(sql: str, **more: str) -> list[Mutant]:
    return mutants_of(rule(sql, **more), CONTRACTS)


def changes(sql: str, operator: str, **more: str) -> list[tuple[str, str]]:
    """Old and new words of the mutants of one operator."""
    return [(one.old, one.new) for one in mutants(sql, **more) if one.operator == operator]


WHOLE = """
WITH late AS (
  SELECT p.person_id, p.unit_id, count(DISTINCT p.payment_id) AS n, sum(p.amount) AS amount
  FROM subsidy_payment p
  JOIN person d ON d.person_id = p.person_id AND d.area_id = p.area_id
  LEFT JOIN programme g USING (programme_id)
  WHERE p.paid_on > d.died_on + $max_days AND (p.amount >= 10 OR NOT g.lump_sum) AND p.kind IS NOT NULL
  GROUP BY p.person_id, p.unit_id
  HAVING count(*) > 1
)
SELECT l.person_id AS subject_id, l.unit_id, l.amount, list_sort(list(p.payment_id)) AS evidence_subsidy_payment
FROM late l JOIN subsidy_payment p ON p.person_id = l.person_id
WHERE l.n BETWEEN 2 AND 9 AND NOT EXISTS (SELECT 1 FROM area a WHERE a.area_id = p.area_id)
GROUP BY l.person_id, l.unit_id, l.amount
"""


def test_every_operator_makes_its_number_of_mutants() -> None:
    found = mutants(WHOLE, params="{max_days: {value: 30, unit: day, why: {zh: x, en: x}}}")
    assert Counter(one.operator for one in found) == {
        "compare": 9,  # > >= > of the CTE, 2 = of its join, 2 = below, both bounds of BETWEEN
        "drop": 13,  # on 2 + using 1 + where 3 and the two sides of OR + having 1; on 1 + where 2 + where of EXISTS 1
        "join": 3,
        "constant": 10,  # 10, 1, 2 and 9, and the param, both ways
        "aggregate": 2,  # count(DISTINCT payment_id) tells rows apart anyhow and is none; sum(amount) feeds `amount`
        "not": 3,
        "group": 4,  # l.amount hangs on the other two keys
    }
    assert len({one.id for one in found}) == len(found)


@pytest.mark.parametrize(
    ("condition", "turned"),
    [
        ("p.amount = 1", "p.amount <> 1"),
        ("p.amount <> 1", "p.amount = 1"),
        ("p.amount < 1", "p.amount <= 1"),
        ("p.amount <= 1", "p.amount < 1"),
        ("p.amount > 1", "p.amount >= 1"),
        ("p.amount >= 1", "p.amount > 1"),
        ("p.kind IS DISTINCT FROM p.period", "p.kind IS NOT DISTINCT FROM p.period"),
        ("p.kind IS NOT DISTINCT FROM p.period", "p.kind IS DISTINCT FROM p.period"),
    ],
)
def test_a_comparison_becomes_its_neighbour(condition: str, turned: str) -> None:
    assert changes(f"{HEAD} WHERE {condition} GROUP BY p.person_id", "compare") == [(condition, turned)]


def test_each_bound_of_between_becomes_exclusive() -> None:
    assert [new for _, new in changes(f"{HEAD} WHERE p.amount BETWEEN 1 AND 2 GROUP BY p.person_id", "compare")] == [
        "(p.amount > 1 AND p.amount <= 2)",
        "(p.amount >= 1 AND p.amount < 2)",
    ]
    assert [new for _, new in changes(f"{HEAD} WHERE p.amount NOT BETWEEN 1 AND 2 GROUP BY p.person_id", "compare")] == [
        "(p.amount > 1 AND p.amount <= 2)",
        "(p.amount >= 1 AND p.amount < 2)",
    ]


def test_comparisons_count_wherever_they_stand() -> None:
    sql = f"{HEAD.replace(' FROM', ', CASE WHEN sum(p.amount) >= 9 THEN 1 END AS severity FROM')} GROUP BY p.person_id"
    assert changes(sql, "compare") == [("sum(p.amount) >= 9", "sum(p.amount) > 9")]


@pytest.mark.parametrize(
    ("clause", "dropped"),
    [
        ("WHERE p.amount > 1 GROUP BY p.person_id", [("p.amount > 1", "TRUE")]),
        ("WHERE p.kind = 'a' AND p.unit_id = 'b' GROUP BY p.person_id", [("p.kind = 'a'", "TRUE"), ("p.unit_id = 'b'", "TRUE")]),
        ("WHERE p.kind = 'a' OR p.unit_id = 'b' GROUP BY p.person_id", [("p.kind = 'a'", "FALSE"), ("p.unit_id = 'b'", "FALSE")]),
        ("WHERE NOT (p.kind = 'a' OR p.unit_id = 'b') GROUP BY p.person_id", [("p.kind = 'a'", "FALSE"), ("p.unit_id = 'b'", "FALSE"), ("NOT (p.kind = 'a' OR p.unit_id = 'b')", "TRUE")]),
        ("GROUP BY p.person_id HAVING sum(p.amount) FILTER (WHERE p.kind = 'a') > p.person_id", [("sum(p.amount) FILTER(WHERE p.kind = 'a') > p.person_id", "TRUE"), ("p.kind = 'a'", "TRUE")]),
        ("GROUP BY p.person_id QUALIFY row_number() OVER (ORDER BY p.person_id) = 1", [("QUALIFY row_number() OVER (ORDER BY p.person_id) = 1", "")]),
        ("SEMI JOIN person d ON d.person_id = p.person_id GROUP BY p.person_id", [("d.person_id = p.person_id", "TRUE")]),
        ("JOIN person d USING (person_id) GROUP BY p.person_id", [("USING (person_id)", "ON TRUE")]),
        ("JOIN person d USING (person_id, area_id) GROUP BY p.person_id", [("USING (person_id, area_id)", "USING (area_id)"), ("USING (person_id, area_id)", "USING (person_id)")]),
    ],
)  # fmt: skip
def test_every_predicate_is_dropped(clause: str, dropped: list[tuple[str, str]]) -> None:
    assert sorted(changes(f"{HEAD} {clause}", "drop")) == sorted(dropped)


def test_a_filter_that_leaves_out_only_the_nulls_an_aggregate_leaves_out_is_no_predicate() -> None:
    needless = "count(DISTINCT p.kind) FILTER (WHERE p.kind IS NOT NULL) AS kinds, list(p.kind) FILTER (WHERE p.kind IS NOT NULL) AS evidence_area"
    assert changes(f"{HEAD.replace(' FROM', f', {needless} FROM')} GROUP BY p.person_id", "drop") == []
    deciding = "count(*) FILTER (WHERE p.kind IS NOT NULL) AS kinds, list(p.kind) FILTER (WHERE p.kind IS NOT NULL) AS words"
    assert len(changes(f"{HEAD.replace(' FROM', f', {deciding} FROM')} GROUP BY p.person_id", "drop")) == 2


@pytest.mark.parametrize(
    ("kind", "other"), [("JOIN", "LEFT JOIN"), ("INNER JOIN", "LEFT JOIN"), ("LEFT JOIN", "JOIN"), ("SEMI JOIN", "ANTI JOIN"), ("ANTI JOIN", "SEMI JOIN"), ("RIGHT JOIN", "JOIN"), ("FULL JOIN", "LEFT JOIN")]
)  # fmt: skip
def test_a_join_becomes_another_kind(kind: str, other: str) -> None:
    [(_, new)] = changes(f"{HEAD} {kind} person d ON d.person_id = p.person_id GROUP BY p.person_id", "join")
    assert new == f"{other} person AS d ON d.person_id = p.person_id"


def test_a_cross_join_has_no_kind() -> None:
    assert changes(f"{HEAD} CROSS JOIN person d GROUP BY p.person_id", "join") == []


@pytest.mark.parametrize(
    ("condition", "turned"),
    [
        ("p.kind IS NULL", "p.kind IS NOT NULL"),
        ("p.kind IS NOT NULL", "p.kind IS NULL"),
        ("p.kind IN ('a', 'b')", "p.kind NOT IN ('a', 'b')"),
        ("p.kind NOT IN ('a', 'b')", "p.kind IN ('a', 'b')"),
        ("EXISTS(SELECT 1 FROM area)", "NOT EXISTS(SELECT 1 FROM area)"),
        ("NOT EXISTS(SELECT 1 FROM area)", "EXISTS(SELECT 1 FROM area)"),
        ("NOT coalesce(p.kind = 'a', FALSE)", "coalesce(p.kind = 'a', FALSE)"),
        ("p.kind NOT LIKE 'a%'", "p.kind LIKE 'a%'"),
    ],
)
def test_not_is_dropped_or_added(condition: str, turned: str) -> None:
    assert changes(f"{HEAD} WHERE {condition} GROUP BY p.person_id", "not") == [(condition, turned)]


@pytest.mark.parametrize(
    ("expression", "moved"),
    [
        ("p.amount > 60", ["p.amount > 61", "p.amount > 59"]),
        ("p.amount > 0.50", ["p.amount > 0.51", "p.amount > 0.49"]),
        ("p.amount > -1", ["p.amount > -2", "p.amount > -0"]),
        ("p.amount > 0", ["p.amount > 1", "p.amount > -1"]),
        ("p.paid_on > DATE '2024-02-29'", ["p.paid_on > DATE '2024-03-01'", "p.paid_on > DATE '2024-02-28'"]),
        ("substr(p.period, 1, 4) = 'a'", ["substr(p.period, 2, 4)", "substr(p.period, 0, 4)", "substr(p.period, 1, 5)", "substr(p.period, 1, 3)"]),
        ("p.kind IN ('1', '2')", []),
        ("CAST(p.amount AS DECIMAL(18, 4)) > p.amount / nullif(p.amount, 0)", []),
        ("round(p.amount, 2) > p.amount", []),
    ],
)  # fmt: skip
def test_every_constant_moves_by_one_step_both_ways(expression: str, moved: list[str]) -> None:
    found = [new for _, new in changes(f"{HEAD} WHERE {expression} GROUP BY p.person_id", "constant")]
    assert [_signed(one) for one in found] == [_signed(one) for one in moved]


def _signed(words: str) -> str:
    return words.replace("--", "- -")


def test_bounds_of_a_window_and_levels_of_a_case_move_too() -> None:
    window = "sum(p.amount) OVER (ORDER BY p.paid_on ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) AS amount"
    assert len(changes(f"SELECT p.person_id AS subject_id, {window} FROM subsidy_payment p", "constant")) == 2
    assert len(changes("SELECT CASE WHEN p.lump_sum THEN 2 ELSE 1 END AS severity FROM programme p", "constant")) == 4


def test_what_exists_selects_and_positions_of_a_grouping_are_no_constants() -> None:
    assert changes(f"{HEAD} WHERE EXISTS (SELECT 1 FROM area) GROUP BY 1 ORDER BY 1", "constant") == []


def test_params_move_where_they_are_used() -> None:
    params = "{min_n: {value: 3, unit: x, why: {zh: x, en: x}}, max_share: {value: 0.5, unit: x, why: {zh: x, en: x}}, strict: {value: true, unit: x, why: {zh: x, en: x}}, word: {value: a|b, unit: x, why: {zh: x, en: x}}}"
    sql = f"{HEAD} WHERE p.amount > $min_n AND p.amount < $max_share AND $strict AND p.kind = $word GROUP BY p.person_id"
    moved = [one for one in mutants(sql, params=params) if one.block == "params"]
    assert [(one.id, one.values({"min_n": 3, "max_share": 0.5, "strict": True, "word": "a"})[one.param or ""]) for one in moved] == [
        ("param+1: $min_n", 4), ("param-1: $min_n", 2), ("param+0.1: $max_share", 0.6), ("param-0.1: $max_share", 0.4), ("param!: $strict", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "step", "up"),
    [
        (10000, "1", 10001),
        (1.1, "0.1", 1.2),
        (2.0, "0.1", 2.1),
        (0.05, "0.01", 0.06),
        ("2024-12-31", "1", "2025-01-01"),
        ("2024-12-31 23:59:59", "1", "2025-01-01 00:00:00"),
        (date(2024, 2, 28), "1", date(2024, 2, 29)),
        (True, "1", False),
    ],
)
def test_a_step_is_one_unit_of_the_last_digit(value: int | float | str | date, step: str, up: object) -> None:
    assert step_of(value) == Decimal(step)
    assert shifted(value, Decimal(step)) == up


def test_a_tests_own_value_moves_by_the_step_of_the_rules() -> None:
    assert shifted(2, Decimal("0.1")) == 2.1


AGGREGATES = """
SELECT x.person_id AS subject_id, sum(x.amount) AS amount, min(x.paid_on) AS first_on, {more} list(x.payment_id) AS evidence_subsidy_payment
FROM subsidy_payment x GROUP BY x.person_id {having}
"""


@pytest.mark.parametrize(
    ("call", "other"),
    [
        ("max(x.amount)", "min(x.amount)"),
        ("min(x.amount)", "max(x.amount)"),
        ("avg(x.amount)", "median(x.amount)"),
        ("median(x.amount)", "avg(x.amount)"),
        ("count(x.kind)", "count(DISTINCT x.kind)"),
        ("count(DISTINCT x.kind)", "count(x.kind)"),
        ("sum(DISTINCT x.amount)", "sum(x.amount)"),
        ("max_by(x.amount, x.paid_on)", "min_by(x.amount, x.paid_on)"),
    ],
)
def test_an_aggregate_in_a_condition_is_exchanged(call: str, other: str) -> None:
    sql = AGGREGATES.format(more="", having=f"HAVING {call} > 5")
    assert changes(sql, "aggregate") == [("sum(x.amount)", "max(x.amount)"), (call, other)]


def test_an_aggregate_that_is_only_shown_is_not_exchanged() -> None:
    sql = AGGREGATES.format(more="count(DISTINCT x.kind) AS kinds, max(x.amount) AS largest,", having="HAVING count(*) > 5")
    assert changes(sql, "aggregate") == [("sum(x.amount)", "max(x.amount)")]


def test_an_aggregate_of_a_with_part_is_exchanged_when_what_reads_it_decides() -> None:
    part = "WITH a AS (SELECT p.person_id, max(p.amount) AS most, avg(p.amount) AS usual FROM subsidy_payment p GROUP BY p.person_id)"
    sql = f"{part} SELECT a.person_id AS subject_id, a.usual, list(a.person_id) AS evidence_person FROM a WHERE a.most > 5 GROUP BY a.person_id, a.usual"
    assert [one.id for one in mutants(sql) if one.operator == "aggregate"] == ["a/max to min: max(p.amount) AS most"]


def test_a_grouping_key_is_dropped_and_read_through_min() -> None:
    sql = "SELECT p.person_id AS subject_id, p.unit_id, coalesce(p.unit_id, 'x') AS unit, count(p.unit_id) AS n FROM subsidy_payment p GROUP BY p.person_id, p.unit_id"
    found = {one.id: one.sql for one in mutants(sql) if one.operator == "group"}
    assert list(found) == ["group.drop: p.person_id", "group.drop: p.unit_id"]
    assert "MIN(p.unit_id) AS unit_id, COALESCE(MIN(p.unit_id), 'x') AS unit, COUNT(p.unit_id)" in found["group.drop: p.unit_id"]
    assert found["group.drop: p.unit_id"].endswith("GROUP BY p.person_id")


def test_the_only_grouping_key_leaves_one_group_and_a_partition_loses_its_keys() -> None:
    assert changes(f"{HEAD} GROUP BY p.person_id", "group") == [("GROUP BY p.person_id", "(one group)")]
    window = "sum(p.amount) OVER (PARTITION BY p.person_id, p.unit_id) AS amount"
    assert [new for _, new in changes(f"SELECT {window} FROM subsidy_payment p", "group")] == [
        "sum(p.amount) OVER (PARTITION BY p.unit_id)",
        "sum(p.amount) OVER (PARTITION BY p.person_id)",
    ]


def test_an_id_does_not_depend_on_layout_and_the_second_of_the_same_words_is_numbered() -> None:
    one = "SELECT p.person_id AS subject_id FROM subsidy_payment p WHERE p.kind = 'a' OR (p.amount > 3 AND p.kind = 'a')"
    other = one.replace(" WHERE ", "\n-- why\nwhere\n\n  ").replace(" AND ", "\n   and ")
    ids = [mutant.id for mutant in mutants(one)]
    assert ids == [mutant.id for mutant in mutants(other)]
    assert {"= to <>: p.kind = 'a'", "= to <>: p.kind = 'a' #2", "const+1: 3 in p.amount > 3"} <= set(ids)


def test_mutants_of_a_baseline_are_named_after_it() -> None:
    found = mutants(
        f"{HEAD} GROUP BY p.person_id",
        baseline="SELECT g.unit_id, count(*) AS n FROM programme g WHERE g.lump_sum IS NULL GROUP BY g.unit_id",
    )
    assert [one.id for one in found if one.block == "baseline"] == [
        "baseline/where.drop: g.lump_sum IS NULL",
        "baseline/not.add: g.lump_sum IS NULL",
        "baseline/group.drop: g.unit_id",
    ]


def test_a_mutant_is_shown_in_the_line_of_its_author() -> None:
    sql = f"{HEAD}\nWHERE p.amount > 3  -- why\n  AND p.kind IS NOT NULL\nGROUP BY p.person_id"
    shown = {one.id: in_lines(sql, one) for one in mutants(sql)}
    assert shown["> to >=: p.amount > 3"] == ("WHERE p.amount > 3  -- why", "WHERE p.amount >= 3  -- why")
    assert shown["not.drop: p.kind IS NOT NULL"] == ("AND p.kind IS NOT NULL", "AND p.kind IS NULL")
