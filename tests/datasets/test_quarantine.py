"""Rejected rows go out as a workbook that no formula hides in, and come back corrected."""

from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datasets.lake import LakeProblem
from datasets.quarantine import export_rejects, harmless, restored, waiting
from tests.datasets import town
from tests.datasets.town import KEY, payment


def _correct(path: Path, column: str, value: str) -> Path:
    book = openpyxl.load_workbook(path)
    sheet = book[book.sheetnames[0]]
    place = [cell.value for cell in sheet[1]].index(column) + 1
    for number in range(2, sheet.max_row + 1):
        sheet.cell(number, place, value)
    book.save(path)
    return path


def test_rejects_can_be_corrected_in_a_workbook_and_imported_again(tmp_path: Path) -> None:
    known = town.sources(tmp_path / "sources")
    town.payments(tmp_path / "in/补贴发放.xlsx", [payment(1), payment(2, amount="坏"), payment(3, amount="坏", 日期="坏")])
    town.areas(tmp_path / "in")
    town.take(tmp_path / "home", known, tmp_path / "in")
    out = tmp_path / "退回.xlsx"
    assert export_rejects(town.lake(tmp_path / "home"), KEY, out) == 2
    report = town.take(tmp_path / "home", known, _correct(out, town.PAYMENT_HEADER[7], "700"))
    assert (report.total("accepted"), report.total("rejected")) == (1, 1)
    assert [row["amount"] for row in town.stored(tmp_path / "home", "subsidy_payment")] == [650, 700]
    (left,) = waiting(town.lake(tmp_path / "home"))
    assert [fault[:2] for fault in left.faults] == [("paid_on", "not_a_date")], "what was tried again waits only once"
    assert export_rejects(town.lake(tmp_path / "home"), KEY, out) == 1
    town.take(tmp_path / "home", known, _correct(out, "日期", "2024-05-06"))
    assert waiting(town.lake(tmp_path / "home")) == [] and len(town.stored(tmp_path / "home", "subsidy_payment")) == 3


def test_the_same_workbook_corrected_twice_leaves_nothing_waiting(tmp_path: Path) -> None:
    known = town.sources(tmp_path / "sources")
    town.areas(tmp_path / "in")
    town.payments(tmp_path / "in/补贴发放.xlsx", [payment(1, amount="坏", 日期="坏")])
    town.take(tmp_path / "home", known, tmp_path / "in")
    out = tmp_path / "退回.xlsx"
    export_rejects(town.lake(tmp_path / "home"), KEY, out)
    town.take(tmp_path / "home", known, _correct(out, town.PAYMENT_HEADER[7], "700"))
    town.take(tmp_path / "home", known, _correct(out, "日期", "2024-05-06"))
    assert waiting(town.lake(tmp_path / "home")) == []


def test_rejects_of_the_clean_form_come_back_too(tmp_path: Path) -> None:
    rows = {"payment_id": ["1"], "programme_id": ["PG01"], "person_id": ["32"], "amount": ["5"], "paid_on": ["2024-01-01"]}
    pq.write_table(pa.table(rows), tmp_path / "subsidy_payment.parquet")
    town.take(tmp_path / "home", {}, tmp_path / "subsidy_payment.parquet")
    out = tmp_path / "退回.xlsx"
    export_rejects(town.lake(tmp_path / "home"), KEY, out)
    town.take(tmp_path / "home", {}, _correct(out, "person_id", town.resident(1)))
    (row,) = town.stored(tmp_path / "home", "subsidy_payment")
    assert row["person_id"] == KEY.token("resident_id", town.resident(1))


def test_a_cell_that_would_start_a_formula_is_text_and_comes_back_as_it_was(tmp_path: Path) -> None:
    known = town.sources(tmp_path / "sources")
    town.areas(tmp_path / "in")
    evil = '=HYPERLINK("http://x","点")'
    town.payments(
        tmp_path / "in/补贴发放.xlsx", [payment(1, amount="坏", 流水号="'+1"), payment(2, amount="坏", 姓名="'" + evil)]
    )
    town.take(tmp_path / "home", known, tmp_path / "in")
    out = tmp_path / "退回.xlsx"
    export_rejects(town.lake(tmp_path / "home"), KEY, out)
    book = openpyxl.load_workbook(out)
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" or str(cell.value).startswith(("=", "+", "-", "@")) for cell in cells)
    town.take(tmp_path / "home", known, _correct(out, town.PAYMENT_HEADER[7], "1"))
    assert {row["payment_id"] for row in town.stored(tmp_path / "home", "subsidy_payment")} == {"'+1", "P00002"}


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-5.00", "@sum", "\t=1", "plain", "'quoted", ""])
def test_neutralising_is_undone_exactly(cell: str) -> None:
    assert restored(harmless(cell)) == cell


def test_the_workbook_in_clear_is_not_written_below_the_home_folder(tmp_path: Path) -> None:
    with pytest.raises(LakeProblem, match="below the home folder"):
        export_rejects(town.lake(tmp_path / "home"), KEY, tmp_path / "home/退回.xlsx")
