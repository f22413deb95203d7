"""The synthetic city: one seed one city, tables as their contracts say, truth that stands in the files, rates as in practice."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from datasets.city.build import build
from datasets.city.clean import ARROW
from datasets.contract import read_contracts
from tests.datasets.city_shelf import evidence, first, lake, rows, shelf, truth

CONTRACTS = read_contracts()
MADE_BY_US = {
    "mention", "ticket_matter", "link", "cluster", "signal", "signal_party", "verdict", "alert", "score_ring", "ring_tender",
    "entity", "link_judgement", "score_drift", "score_hotspot", "hotspot_ticket", "score_cadre_share", "score_screen", "score_payment", "score_integrity", "legal_period", "workday",
}  # fmt: skip
FOREIGN = {"related_lot"}
"""Kept only by publishers of open contracting data."""
KEPT = sorted(set(CONTRACTS) - MADE_BY_US - FOREIGN)
RULES = ["S01", "S02", "S04", "S10", "S13", "C1", "C2", "C6", "C14", "C25", "R018", "H01", "H04", "H05", "H06", "X01", "X03"]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_city(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        build(seed, 1200, 1, tmp_path / name, "clean")
    left, right, other = (everything(tmp_path / name) for name in "abc")
    assert left == right
    assert left["files/subsidy_payment.parquet"] != other["files/subsidy_payment.parquet"]


@pytest.mark.parametrize(("people", "years", "form"), [(500, 2, "clean"), (2000, 0, "clean"), (2000, 2, "tidy")])
def test_arguments_that_make_no_city_are_refused(tmp_path: Path, people: int, years: int, form: str) -> None:
    with pytest.raises(ValueError, match="city has|form is"):
        build(1, people, years, tmp_path, form)


def test_every_table_that_offices_deliver_is_there() -> None:
    assert {path.stem for path in (shelf() / "files").glob("*.parquet")} == set(KEPT)


@pytest.mark.parametrize("table", KEPT)
def test_a_table_keeps_its_contract(table: str) -> None:
    contract = CONTRACTS[table]
    schema = pq.read_schema(shelf() / "files" / f"{table}.parquet")
    assert {name: str(schema.field(name).type) for name in schema.names} == {
        name: str(ARROW[column.type]) for name, column in contract.columns.items()
    }
    keys = ", ".join(contract.key)
    assert not rows(f"SELECT {keys} FROM {table} GROUP BY ALL HAVING count(*) > 1 LIMIT 3")
    for name, column in contract.columns.items():
        if column.required:
            assert not rows(f"SELECT 1 FROM {table} WHERE {name} IS NULL LIMIT 1"), name
        if column.allowed:
            assert first(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL") <= set(column.allowed), name


@pytest.mark.parametrize("table", KEPT)
def test_references_lead_somewhere(table: str) -> None:
    for name, column in CONTRACTS[table].columns.items():
        if column.refers:
            other, _, key = column.refers.partition(".")
            (lost,) = rows(f"SELECT count(*) FROM {table} WHERE {name} IS NOT NULL AND {name} NOT IN (SELECT {key} FROM {other})")
            (total,) = rows(f"SELECT count(*) FROM {table}")
            # typing errors in a few payments lead nowhere, as they do
            allowed = 0.001 * int(str(total[0])) if (table, name) == ("subsidy_payment", "person_id") else 0
            assert int(str(lost[0])) <= allowed, name


def test_the_records_reach_to_the_last_day_and_not_beyond() -> None:
    newest = [
        str(rows(f"SELECT max({name})::DATE FROM {table}")[0][0])
        for table, contract in CONTRACTS.items() if table in KEPT
        for name, column in contract.columns.items() if column.clock
    ]  # fmt: skip
    assert max(newest) == date(2025, 12, 31).isoformat()


def test_what_the_truth_names_stands_in_the_files() -> None:
    named: dict[str, set[str]] = {}
    for row in truth():
        for table, keys in evidence(row):
            named.setdefault(table, set()).update(keys)
    for table, keys in named.items():
        assert keys <= first(f"SELECT concat_ws('+', {', '.join(CONTRACTS[table].key)}) FROM {table}"), table


def test_a_problem_says_which_office_should_lead_and_has_evidence() -> None:
    offices = {str(code): str(stream) for code, stream in rows("SELECT office_id, stream FROM office")}
    problems = [row for row in truth() if row["kind"] == "problem"]
    assert all(row["evidence"] for row in problems)
    # rings of bidders and shops belong to no unit: who leads on them a person decides
    assert all(row["unit"] or row["subject_kind"] in ("cluster", "enterprise", "merchant") for row in problems)
    assert all(offices[row["office"]] == row["stream"] for row in problems if row["unit"])


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_cases_and_ten_look_alikes_for_each(rule: str) -> None:
    problems = [row for row in truth() if row["rule"] == rule and row["kind"] == "problem"]
    explained = [row for row in truth() if row["rule"] == rule and row["kind"] == "explained"]
    assert problems
    # in a county of twenty villages hardly one is ever quiet enough for an innocent complaint to name it
    assert len(explained) >= (4 if rule == "X03" else 10) * len(problems)


def test_three_cases_of_ten_lie_close_to_a_threshold() -> None:
    near = [row["near"] == "true" for row in truth() if row["kind"] == "problem"]
    assert 0.28 <= sum(near) / len(near) <= 0.55


def test_cases_are_as_rare_as_in_practice() -> None:
    guilty = {
        key
        for row in truth()
        if row["kind"] == "problem"
        for table, keys in evidence(row)
        if table == "subsidy_payment"
        for key in keys
    }
    (paid,) = rows("SELECT count(*) FROM subsidy_payment")
    assert len(guilty) < 0.02 * int(str(paid[0]))
    late = sum(row["rule"] == "H01" and row["kind"] == "problem" for row in truth())
    (tickets,) = rows("SELECT count(*) FROM ticket")
    assert late < 0.012 * int(str(tickets[0]))


def test_letters_are_answered_as_slowly_as_real_ones_and_calls_quicker() -> None:
    days = "date_diff('second', created_at, closed_at) / 86400.0"
    sql = f"SELECT median({days}), avg(({days} > 15)::INT) FROM ticket WHERE closed_at IS NOT NULL AND merged_into IS NULL AND channel = "
    board, calls = rows(sql + "'leaders_board'")[0], rows(sql + "'hotline'")[0]
    assert 9 < float(str(board[0])) < 14
    assert 0.3 < float(str(board[1])) < 0.48
    assert float(str(calls[0])) < 5


def test_names_collide_as_real_ones_do() -> None:
    assert len(rows("SELECT name FROM person GROUP BY name HAVING count(*) >= 3")) > 20
    assert len(rows("SELECT name FROM area WHERE level = 'village' GROUP BY name HAVING count(*) >= 2")) >= 2


def test_accusations_that_may_not_be_entered_are_not_in_the_clean_form() -> None:
    assert not rows("SELECT 1 FROM ticket WHERE body LIKE '%县委书记收受%' LIMIT 1")
    assert rows("SELECT 1 FROM ticket WHERE regime = 'accusation' LIMIT 1")


def test_the_lake_of_the_tests_is_whole() -> None:
    assert len(lake().execute("SHOW TABLES").fetchall()) == len(KEPT)
