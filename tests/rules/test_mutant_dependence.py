"""What other columns decide anyhow makes no mutant; what is not certain does."""

import pytest

from rules.mutant import mutants_of
from tests.rules.rule_text import CONTRACTS, unproven, with_sql

LIST = "list(p.payment_id) AS evidence_subsidy_payment"


def groups(sql: str, baseline: str = "") -> list[str]:
    """Ids of the mutants that drop a key or a DISTINCT."""
    found = mutants_of(unproven(with_sql(sql, baseline=baseline)), CONTRACTS)
    return [one.id for one in found if one.operator == "group" or one.id.startswith("distinct")]


def grouped(tables: str, keys: str) -> list[str]:
    return [name.removeprefix("group.drop: ") for name in groups(f"SELECT {LIST} FROM {tables} GROUP BY {keys}")]


@pytest.mark.parametrize(
    ("tables", "keys", "left"),
    [
        ("subsidy_payment p", "p.payment_id, p.amount, p.unit_id", ["p.payment_id"]),
        ("subsidy_payment p", "p.person_id, p.unit_id", ["p.person_id", "p.unit_id"]),
        ("subsidy_payment p", "p.payment_id, year(p.paid_on)", ["p.payment_id"]),
        # a joined table's columns hang on its key, wherever the key stands
        ("subsidy_payment p JOIN person d ON d.person_id = p.person_id", "p.person_id, d.died_on", ["p.person_id"]),
        ("subsidy_payment p JOIN person d ON d.person_id = p.person_id", "d.person_id, d.died_on", ["d.person_id"]),
        ("subsidy_payment p LEFT JOIN person d ON d.person_id = p.person_id", "p.person_id, d.died_on", ["p.person_id"]),
        ("subsidy_payment p LEFT JOIN person d ON d.person_id IS NOT DISTINCT FROM p.person_id", "p.person_id, d.died_on", ["p.person_id"]),
        ("subsidy_payment p, person d WHERE d.person_id = p.person_id", "p.person_id, d.died_on", ["p.person_id"]),
        # whether a left join finds its row hangs on all that its condition names
        ("subsidy_payment p LEFT JOIN person d ON d.person_id = p.person_id AND p.amount > 5", "p.person_id, d.died_on", ["p.person_id", "d.died_on"]),
        ("subsidy_payment p LEFT JOIN person d ON d.area_id = p.area_id", "p.area_id, d.died_on", ["p.area_id", "d.died_on"]),
        # rows without a match on either side
        ("subsidy_payment p FULL JOIN person d ON d.person_id = p.person_id", "p.payment_id, p.amount", ["p.payment_id", "p.amount"]),
        # keys of several columns
        ("status_period s, subsidy_payment p", "s.person_id, s.starts_on, s.ends_on", ["s.person_id", "s.starts_on", "s.ends_on"]),
        ("kinship k, subsidy_payment p", "k.person_id, k.relative_id, k.relation, k.batch_id", ["k.person_id", "k.relative_id", "k.relation"]),
        ("kinship k, subsidy_payment p WHERE k.relation = 'child'", "k.person_id, k.relative_id, k.batch_id", ["k.person_id", "k.relative_id"]),
    ],
)  # fmt: skip
def test_a_key_that_the_others_decide_is_not_dropped(tables: str, keys: str, left: list[str]) -> None:
    assert grouped(tables, keys) == left


def test_the_key_of_a_table_counts_only_when_it_is_never_empty() -> None:
    nullable = [table for table, contract in CONTRACTS.items() if not all(contract.columns[key].required for key in contract.key)]
    for table in nullable:
        key = ", ".join(f"x.{name}" for name in CONTRACTS[table].key)
        assert f"group.drop: x.{'batch_id'}" in groups(
            f"SELECT {LIST} FROM {table} x, subsidy_payment p GROUP BY {key}, x.batch_id"
        )


PART = "WITH a AS (SELECT p.person_id, p.unit_id, count(*) AS n, min(p.area_id) AS area_id FROM subsidy_payment p GROUP BY p.person_id, p.unit_id)"


def test_dependencies_pass_through_the_parts_of_with() -> None:
    sql = f"{PART} SELECT list(a.n) AS evidence_person FROM a GROUP BY a.person_id, a.unit_id, a.n, a.area_id"
    assert groups(sql) == [
        "a/group.drop: p.person_id",
        "a/group.drop: p.unit_id",
        "group.drop: a.person_id",
        "group.drop: a.unit_id",
    ]
    first = """WITH a AS (SELECT p.person_id, p.amount FROM subsidy_payment p QUALIFY row_number() OVER (PARTITION BY p.person_id ORDER BY p.payment_id) = 1)
        SELECT list(a.amount) AS evidence_person FROM a GROUP BY a.person_id, a.amount"""
    assert groups(first) == [
        "a/partition.drop: p.person_id of row_number() OVER (PARTITION BY p.person_id ORDER BY p.payment_id)",
        "group.drop: a.person_id",
    ]
    union = f"{PART}, b AS (SELECT person_id, n FROM a UNION ALL SELECT person_id, n FROM a) SELECT list(b.n) AS evidence_person FROM b GROUP BY b.person_id, b.n"
    assert groups(union)[2:] == ["group.drop: b.person_id", "group.drop: b.n"]


def test_the_rows_of_a_baseline_hang_on_its_keys() -> None:
    baseline = "SELECT p.unit_id, avg(p.amount) AS usual FROM subsidy_payment p GROUP BY p.unit_id"
    sql = (
        f"SELECT {LIST} FROM subsidy_payment p JOIN baseline_late_payment b ON b.unit_id = p.unit_id GROUP BY p.unit_id, b.usual"
    )
    assert groups(sql, baseline) == ["group.drop: p.unit_id", "baseline/group.drop: p.unit_id"]


def test_distinct_over_what_differs_from_row_to_row_is_left_alone() -> None:
    having = "SELECT p.person_id AS subject_id FROM subsidy_payment p {join} GROUP BY p.person_id HAVING count(DISTINCT p.{counted}) > 1"
    assert groups(having.format(join="", counted="payment_id")) == ["group.drop: p.person_id"]
    assert "distinct.drop: count(DISTINCT p.kind) in count(DISTINCT p.kind) > 1" in groups(having.format(join="", counted="kind"))
    many = "JOIN kinship k ON k.person_id = p.person_id"
    assert "distinct.drop: count(DISTINCT p.payment_id) in count(DISTINCT p.payment_id) > 1" in groups(
        having.format(join=many, counted="payment_id")
    )
    only_asked = "SEMI JOIN kinship k ON k.person_id = p.person_id"
    assert groups(having.format(join=only_asked, counted="payment_id")) == ["group.drop: p.person_id"]
