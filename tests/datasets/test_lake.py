"""The lake: one current view of every table, made tables, the clock, and older lakes that still open."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from datasets.batch import Batch
from datasets.contract import Column
from datasets.lake import Lake, LakeProblem
from datasets.withdraw import withdraw
from tests.datasets import town
from tests.datasets.town import payment


def _paid(tmp_path: Path) -> Path:
    town.areas(tmp_path / "in")
    town.payments(tmp_path / "in/补贴发放.xlsx", [payment(1), payment(2, 日期="2024-12-31"), payment(3, 日期="2030-01-01")])
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "in")
    return tmp_path / "home"


def test_every_table_is_there_with_its_columns_and_lineage_even_empty(tmp_path: Path) -> None:
    backend = town.lake(tmp_path / "new").open()
    for table, contract in town.CONTRACTS.items():
        columns = [row[0] for row in backend.con.execute(f"DESCRIBE {table}").fetchall()]
        assert columns == [*contract.columns, "batch_id", "sheet", "row_no"]
    assert backend.con.execute("SELECT count(*) FROM subsidy_payment").fetchall() == [(0,)]


def test_rules_reach_no_file_and_change_no_setting_but_may_make_temporary_tables(tmp_path: Path) -> None:
    backend = town.lake(_paid(tmp_path)).open()
    with pytest.raises(duckdb.PermissionException):
        backend.con.execute("SELECT * FROM read_csv('/etc/hostname')")
    with pytest.raises(duckdb.Error, match="locked"):
        backend.con.execute("SET memory_limit = '1GB'")
    with pytest.raises(duckdb.Error):
        backend.con.execute("DELETE FROM lake.main.subsidy_payment")
    backend.con.execute("CREATE TEMP TABLE signal AS SELECT 'SG1' AS signal_id")
    assert backend.con.execute("SELECT count(*) FROM signal").fetchall() == [(1,)], "it hides the stored table of that name"


def test_two_can_have_it_open_while_a_third_imports(tmp_path: Path) -> None:
    home = _paid(tmp_path)
    one, two = town.lake(home).open(), town.lake(home).open()
    town.take(home, town.sources(tmp_path / "sources"), town.payments(tmp_path / "新发放.xlsx", [payment(9)]))
    three = town.lake(home).open()
    counts = [backend.con.execute("SELECT count(*) FROM subsidy_payment").fetchall()[0][0] for backend in (one, two, three)]
    assert counts == [3, 3, 4] and len(list((home / "lake").glob("current-*.duckdb"))) == 1


def test_the_state_changes_with_the_content_and_only_with_it(tmp_path: Path) -> None:
    home = _paid(tmp_path)
    before, lake = town.lake(home).state(), town.lake(home)
    town.take(home, town.sources(tmp_path / "sources"), tmp_path / "in")
    assert lake.state() == before
    withdraw(lake, lake.batches()[-1].batch_id, "test")
    assert lake.state() != before


def test_the_horizon_is_the_newest_clock_value_that_is_not_in_the_future(tmp_path: Path) -> None:
    lake = town.lake(_paid(tmp_path))
    assert lake.horizon(date(2025, 6, 1)) == date(2024, 12, 31)
    assert town.lake(tmp_path / "new").horizon(date(2025, 6, 1)) == date(2025, 6, 1)


def test_a_maker_has_one_living_batch_and_another_maker_its_own(tmp_path: Path) -> None:
    lake = town.lake(tmp_path / "home")
    rows = pa.table({"ticket_id": ["T1", "T2"], "matter_id": ["M1", "M1"], "because": ["x", "y"]})
    first = lake.replace("ticket_matter", rows, "matter")
    second = lake.replace("ticket_matter", rows.slice(0, 1), "matter")
    lake.replace("ticket_matter", pa.table({"ticket_id": ["T9"], "matter_id": ["M9"], "because": ["z"]}), "other")
    assert first.batch_id == second.batch_id and len(lake.living("ticket_matter")) == 2
    assert [row["ticket_id"] for row in town.stored(tmp_path / "home", "ticket_matter")] == ["T1", "T9"]
    assert lake.replace("ticket_matter", rows.slice(0, 0), "other").rows == 0


def test_withdrawing_an_unknown_batch_says_so(tmp_path: Path) -> None:
    with pytest.raises(LakeProblem, match="no batch"):
        withdraw(town.lake(tmp_path / "home"), "0" * 16, "why")


def test_a_column_that_a_contract_gained_is_unknown_in_older_batches(tmp_path: Path) -> None:
    home = _paid(tmp_path)
    contract = town.CONTRACTS["subsidy_payment"]
    new = Column(type="integer", null_means="unknown", sensitivity="internal", zh="新列", en="new", example=1)
    newer = contract.model_copy(update={"columns": {**contract.columns, "new_column": new}})
    backend = Lake(home, {**town.CONTRACTS, "subsidy_payment": newer}).open()
    found = backend.con.execute("SELECT count(*), count(new_column) FROM subsidy_payment").fetchall()
    assert found == [(3, 0)]


def test_manifests_of_the_first_format_are_read() -> None:
    written = '{"format": 1, "batch_id": "a", "table": "area", "source": "areas", "revision": "r", "seq": 3, "accepted": 2}'
    assert Batch.model_validate_json(written).living


def test_strays_of_killed_processes_are_swept_and_living_files_stay(tmp_path: Path) -> None:
    home = _paid(tmp_path)
    lake = town.lake(home)
    strays = [
        lake.folder / name
        for name in ("area/x-1.parquet.tmp", "vault/dead-1.parquet", "current-ab.4999999.tmp", "batches/y.json.tmp")
    ]
    for stray in strays:
        stray.write_bytes(b"")
    lake.sweep()
    assert not any(stray.exists() for stray in strays)
    assert len(town.stored(home, "subsidy_payment")) == 3
