"""Cells of every format as text, nothing interpreted, nothing lost."""

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt

from datasets.cells import BROKEN, decode, sheets
from datasets.files import Blob, FileRefused
from tests.datasets import town


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    (sheet,) = sheets(Blob(path.name, path=path))
    return list(sheet.rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_lists_are_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes('姓名,金额\r\n王秀兰,"1,200"\r\n'.encode(encoding))
    assert _rows(tmp_path / "a.csv") == [(1, ["姓名", "金额"]), (2, ["王秀兰", "1,200"])]


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    (tmp_path / "a.txt").write_text(f"甲{separator}乙\n1{separator}2\n", encoding="utf-8")
    assert _rows(tmp_path / "a.txt")[1] == (2, ["1", "2"])


def test_broken_bytes_in_a_utf8_list_do_not_make_it_gb18030() -> None:
    text = decode("姓名\n".encode() * 30 + b"\xff\xfe\n")
    assert text.startswith("姓名") and text.count(BROKEN) == 2


def test_row_numbers_count_blank_lines(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("甲,乙\n\n1,2\n", encoding="utf-8")
    assert [number for number, _ in _rows(tmp_path / "a.csv")] == [1, 2, 3]


def test_a_workbook_keeps_long_numbers_only_as_far_as_the_spreadsheet_did(tmp_path: Path) -> None:
    cells = [
        320612001001,
        3.20612199001011e17,
        1.5,
        0.1 + 0.2,
        True,
        datetime(2024, 3, 5),
        datetime(2024, 3, 5, 10, 20),
        "甲",
        None,
    ]
    book = openpyxl.Workbook()
    book.active.append(cells)
    book.save(tmp_path / "a.xlsx")
    expected = ["320612001001", "3.20612199001011E+17", "1.5", "0.3", "true", "2024-03-05", "2024-03-05 10:20:00", "甲"]
    assert _rows(tmp_path / "a.xlsx")[0][1][:8] == expected


def test_merged_cells_are_filled_in_new_and_old_workbooks(tmp_path: Path) -> None:
    new = openpyxl.Workbook()
    new.active["A1"], new.active["B3"] = "东风村", "x"
    new.active.merge_cells("A1:A3")
    new.save(tmp_path / "a.xlsx")
    old = xlwt.Workbook()
    page = old.add_sheet("一")
    page.write_merge(0, 2, 0, 0, "东风村")
    page.write(2, 1, "x")
    old.save(str(tmp_path / "a.xls"))
    for name in ("a.xlsx", "a.xls"):
        assert [cells[0] for _, cells in _rows(tmp_path / name)] == ["东风村"] * 3


def test_broken_json_lines_are_kept_apart_from_good_ones(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n{"a": \n\n{"b": "x"}\n[1]\n', encoding="utf-8")
    rows = _rows(tmp_path / "a.jsonl")
    assert rows[0] == (0, ["a", "b"]) and rows[1] == (1, ["1", ""]) and rows[3] == (4, ["", "x"])
    assert [(number, cells[0].startswith(BROKEN)) for number, cells in (rows[2], rows[4])] == [(2, True), (5, True)]


def test_undecodable_lines_are_rejected_and_the_others_accepted(tmp_path: Path) -> None:
    lines = ["流水号,公民身份号码,姓名,卡号,项目,金额,日期"]
    lines += [f"P{n},{town.resident(n)},王秀兰,{town.card(n)},低保,1,2024-01-01" for n in range(9)]
    data = "\n".join(lines).encode() + "\nP9,,王".encode() + b"\xe7\xa7,\xff,\xfe,1,2024-01-01\n"
    (tmp_path / "发放.csv").write_bytes(data)
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "发放.csv")
    assert (report.total("accepted"), report.codes()) == (9, {"undecodable": 1})
    assert json.dumps(report.as_json(), ensure_ascii=False)


def test_an_open_quotation_mark_costs_its_own_row_and_no_other(tmp_path: Path) -> None:
    lines = ["流水号,公民身份号码,姓名,卡号,项目,金额,日期"]
    lines += [f"P{n},{town.resident(n)},{chr(34) if n == 3 else ''}王秀兰,{town.card(n)},低保,1,2024-01-01" for n in range(6)]
    (tmp_path / "发放.csv").write_text("\n".join(lines), encoding="utf-8")
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "发放.csv")
    assert (report.total("accepted"), report.codes()) == (5, {"undecodable": 1})


def test_a_cell_may_hold_line_breaks_and_quotation_marks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('甲,乙\n"一\n二","他说""好"""\n3,4\n', encoding="utf-8")
    assert _rows(tmp_path / "a.csv")[1:] == [(2, ["一\n二", '他说"好"']), (3, ["3", "4"])]


def test_parquet_of_another_shape_is_read_through_a_source(tmp_path: Path) -> None:
    table = pa.table(
        {"编号": ["P1"], "身份证号": [town.resident(1)], "项目": ["低保"], "金额": [1.5], "日期": pa.array([date(2024, 1, 1)])}
    )
    pq.write_table(table, tmp_path / "发放.parquet")
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources", payments=_any()), tmp_path / "发放.parquet")
    assert report.total("accepted") == 1 and town.stored(tmp_path / "home", "subsidy_payment")[0]["row_no"] == 1


def _any() -> str:
    return town.SOURCES["payments"].replace('"*发放*"', '"*发放*", "*.parquet"')


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.parquet", "a.pdf"])
def test_a_broken_or_unknown_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"this is nothing")
    with pytest.raises(FileRefused, match=name):
        for sheet in sheets(Blob(name, path=tmp_path / name)):
            list(sheet.rows())
