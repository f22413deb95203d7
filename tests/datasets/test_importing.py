"""Importing: messy files in, every row accepted or rejected with its reason, nothing twice."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datasets.key import Key, KeyProblem
from datasets.withdraw import withdraw
from tests.datasets import town
from tests.datasets.town import PAYMENT_HEADER, payment


def test_a_messy_payment_list_is_read_as_it_was_meant(tmp_path: Path) -> None:
    lines = [
        payment(1, amount="１,200.00", 日期="2024年3月5日"),
        payment(2, amount="1.2万元", 日期=45356),
        payment(3, amount="￥ 300", 日期=datetime(2024, 3, 5), 项目="种粮补贴"),
        payment(4, 乡镇="西镇", 日期="2024/3/5"),
        ["合　计", "", "", "", "", "", "", 13_350, ""],
    ]
    town.payments(tmp_path / "in/东镇补贴发放表.xlsx", lines)
    town.areas(tmp_path / "in")
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "in")
    rows = town.stored(tmp_path / "home", "subsidy_payment")
    assert report.total("rejected") == 0 and report.total("skipped") == 1
    assert [row["amount"] for row in rows] == [Decimal("1200.00"), Decimal("12000.00"), Decimal("300.00"), Decimal("650.00")]
    assert {row["paid_on"] for row in rows} == {date(2024, 3, 5)}
    assert [row["area_id"] for row in rows] == ["111", "111", "111", "121"], "the village of its own town"
    assert [row["programme_id"] for row in rows] == ["PG01", "PG01", "PG03", "PG01"]
    assert rows[0]["person_id"] == town.KEY.token("resident_id", town.resident(1))


def test_every_row_leads_back_to_its_file_sheet_and_row(tmp_path: Path) -> None:
    town.payments(tmp_path / "in/东镇/补贴发放.xlsx", [payment(1), payment(2)])
    town.areas(tmp_path / "in")
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "in")
    row = town.stored(tmp_path / "home", "subsidy_payment")[1]
    batch = town.lake(tmp_path / "home").batch(row["batch_id"])
    assert batch is not None and batch.file == "东镇/补贴发放.xlsx"
    assert (row["sheet"], row["row_no"]) == ("Sheet1", 4), "below the title and the header"


DAMAGES = [
    ({"id": 3.20612199001011e17}, "person_id", "digits_lost"),
    ({"id": "32061219900101"}, "person_id", "bad_form"),
    ({"卡号": "62220"}, "account_id", "bad_form"),
    ({"amount": "六百"}, "amount", "not_a_number"),
    ({"amount": ""}, "amount", "missing"),
    ({"amount": "99999999999999999999"}, "amount", "out_of_range"),
    ({"日期": "2024-02-30"}, "paid_on", "not_a_date"),
    ({"日期": "2910-01-01"}, "paid_on", "out_of_range"),
    ({"项目": "不明补贴"}, "programme_id", "not_allowed"),
    ({"村": "西风村"}, "area_id", "unknown_reference"),
    ({"乡镇": "南镇"}, "area_id", "unknown_reference"),
    ({"流水号": ""}, "payment_id", "missing"),
    ({"流水号": "P00001"}, "payment_id", "duplicate_key"),
]


def test_a_damaged_cell_rejects_its_row_for_its_own_reason_and_no_other(tmp_path: Path) -> None:
    from datasets.quarantine import waiting

    damaged = [payment(number + 2, **changed) for number, (changed, _, _) in enumerate(DAMAGES)]
    town.payments(tmp_path / "in/补贴发放.xlsx", [payment(1), *damaged, payment(99)])
    town.areas(tmp_path / "in")
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "in")
    found = [(one.row_no, *fault[:2]) for one in waiting(town.lake(tmp_path / "home")) for fault in one.faults]
    assert found == [(number + 4, column, code) for number, (_, column, code) in enumerate(DAMAGES)]
    assert report.total("accepted") == 2 + 6


def test_the_same_file_twice_is_one_batch(tmp_path: Path) -> None:
    town.payments(tmp_path / "in/补贴发放.xlsx", [payment(1)])
    town.areas(tmp_path / "in")
    known = town.sources(tmp_path / "sources")
    town.take(tmp_path / "home", known, tmp_path / "in")
    before = town.lake(tmp_path / "home").batches()
    (tmp_path / "in/补贴发放.xlsx").rename(tmp_path / "in/补贴发放 (2).xlsx")
    again = town.take(tmp_path / "home", known, tmp_path / "in")
    assert {part.status for part in again.parts} == {"already_here"} and not again.changed
    assert town.lake(tmp_path / "home").batches() == before


def test_a_changed_source_replaces_what_it_had_read(tmp_path: Path) -> None:
    town.payments(tmp_path / "in/补贴发放.xlsx", [payment(1)])
    town.areas(tmp_path / "in")
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "in")
    changed = town.SOURCES["payments"].replace("低保: PG01", "低保: PG77")
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources", payments=changed), tmp_path / "in")
    assert sorted(part.status for part in report.parts) == ["already_here", "replaced"]
    assert [row["programme_id"] for row in town.stored(tmp_path / "home", "subsidy_payment")] == ["PG77"]
    assert len(list((tmp_path / "home/lake/subsidy_payment").iterdir())) == 1, "the old rows are gone"


def test_rows_with_an_unknown_name_are_tried_again_once_the_name_is_known(tmp_path: Path) -> None:
    paid = town.payments(tmp_path / "in/补贴发放.xlsx", [payment(1)])
    known = town.sources(tmp_path / "sources")
    first = town.take(tmp_path / "home", known, paid)
    town.take(tmp_path / "home", known, town.areas(tmp_path / "in"))
    second = town.take(tmp_path / "home", known, paid)
    assert (first.total("rejected"), second.total("accepted")) == (1, 1)
    assert second.parts[0].batch_id == first.parts[0].batch_id


def test_the_newest_version_of_a_key_is_current_and_withdrawing_it_brings_the_older_back(tmp_path: Path) -> None:
    known = town.sources(tmp_path / "sources")
    town.take(tmp_path / "home", known, town.areas(tmp_path))
    town.take(tmp_path / "home", known, town.payments(tmp_path / "一发放.xlsx", [payment(1), payment(2)]))
    newer = town.take(tmp_path / "home", known, town.payments(tmp_path / "二发放.xlsx", [payment(2, amount="1")]))
    assert [row["amount"] for row in town.stored(tmp_path / "home", "subsidy_payment")] == [650, 1]
    withdraw(town.lake(tmp_path / "home"), newer.parts[0].batch_id, "发错文件")
    assert [row["amount"] for row in town.stored(tmp_path / "home", "subsidy_payment")] == [650, 650]
    town.take(tmp_path / "home", known, tmp_path / "二发放.xlsx")
    assert [row["amount"] for row in town.stored(tmp_path / "home", "subsidy_payment")] == [650, 1]


def test_a_part_that_falls_short_of_expectations_stops_before_anything_is_replaced(tmp_path: Path) -> None:
    expecting = town.SOURCES["payments"].rstrip() + "\n        expect: {min_rows: 2, fill: {account_id: 0.5}}\n"
    known = town.sources(tmp_path / "sources", payments=expecting)
    town.take(tmp_path / "home", known, town.areas(tmp_path))
    few = town.take(tmp_path / "home", known, town.payments(tmp_path / "一发放.xlsx", [payment(1)]))
    empty = town.take(tmp_path / "home", known, town.payments(tmp_path / "二发放.xlsx", [payment(n, 卡号="") for n in range(3)]))
    for report in (few, empty):
        assert report.parts[0].status == "stopped" and report.files[0].messages[0].code == "stopped"
    assert town.stored(tmp_path / "home", "subsidy_payment") == []
    assert not list((tmp_path / "home/lake").glob("**/*.tmp"))


def test_a_file_no_source_knows_is_named_and_the_rest_is_imported(tmp_path: Path) -> None:
    town.areas(tmp_path / "in")
    (tmp_path / "in/说明.docx").write_bytes(b"PK")
    (tmp_path / "in/别的.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    (tmp_path / "in/补贴发放.xlsx").write_bytes(b"no workbook at all")
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "in")
    said = {file.file: [message.code for message in file.messages] for file in report.files}
    assert said == {"别的.csv": ["no_source"], "说明.docx": ["no_source"], "补贴发放.xlsx": ["refused"], "区划表.csv": []}
    assert report.total("accepted") == 6


def test_a_path_that_is_not_there_is_said_and_the_others_are_imported(tmp_path: Path) -> None:
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "无.csv", town.areas(tmp_path))
    assert {file.file: [message.code for message in file.messages] for file in report.files} == {
        "无.csv": ["refused"],
        "区划表.csv": [],
    }


def test_lists_in_archives_are_imported_and_lead_back_to_the_member(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "报送.zip", "w") as archive:
        archive.writestr("东镇/区划表.csv", town.AREAS.encode("gb18030"))
        archive.write(town.payments(tmp_path / "x.xlsx", [payment(1)]), "东镇/补贴发放.xlsx")
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "报送.zip")
    assert [part.file for part in report.parts] == ["报送.zip!/东镇/区划表.csv", "报送.zip!/东镇/补贴发放.xlsx"]
    assert town.stored(tmp_path / "home", "subsidy_payment")[0]["area_id"] == "111"


def test_the_clean_form_needs_no_source_and_is_sealed_like_any_other(tmp_path: Path) -> None:
    table = pa.table(
        {
            "payment_id": ["1", "2", "3", "3"],
            "programme_id": ["PG01"] * 4,
            "person_id": [town.resident(1), town.KEY.token("resident_id", town.resident(1)), "320", town.resident(2)],
            "amount": pa.array([1.5, 2.25, 3.0, 4.0]),
            "paid_on": pa.array([date(2024, 1, 1)] * 4),
        }
    )
    (tmp_path / "in").mkdir()
    pq.write_table(table, tmp_path / "in/subsidy_payment-2024.parquet")
    report = town.take(tmp_path / "home", {}, tmp_path / "in")
    rows = town.stored(tmp_path / "home", "subsidy_payment")
    assert report.codes() == {"bad_form": 1} and [row["payment_id"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["person_id"] == rows[1]["person_id"], "a pseudonym that comes in stays as it is"
    assert [row["amount"] for row in rows] == [Decimal("1.50"), Decimal("2.25"), Decimal("4.00")]


def test_a_wrong_check_digit_is_no_reason_to_reject_and_is_on_record(tmp_path: Path) -> None:
    good = town.resident(7)
    ids = [good, good[:17] + ("1" if good[17] != "1" else "2"), "990612" + good[6:], good[:10] + "1345" + good[14:]]
    lines = [["身份证号", "姓名", "性别", "死亡日期"], *([one, "王秀兰", "女", ""] for one in ids)]
    town.workbook(tmp_path / "人员表.xlsx", lines)
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "人员表.xlsx")
    problems = {row["person_id"]: row["id_problem"] for row in town.stored(tmp_path / "home", "person")}
    assert report.total("rejected") == 0
    assert [problems[town.KEY.token("resident_id", one)] for one in ids] == [None, "check_digit", "region", "birth"]


def test_another_key_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), town.areas(tmp_path))
    from datasets.importing import import_paths

    with pytest.raises(KeyProblem, match="another key"):
        import_paths(town.lake(tmp_path / "home"), {}, [tmp_path], Key(b"x" * 32))


def test_headers_may_move_be_doubled_and_carry_their_unit(tmp_path: Path) -> None:
    header = ["日期", "金额（万元）", "金额（万元）", "身份证号 *", "项目", "编 号"]
    town.workbook(tmp_path / "种粮发放.xlsx", [["某镇"], header, ["2024-1-2", 1.5, 9, town.resident(3), "种粮补贴", 12], header])
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "种粮发放.xlsx")
    (row,) = town.stored(tmp_path / "home", "subsidy_payment")
    assert (row["payment_id"], row["amount"], report.total("skipped")) == ("12", Decimal("15000.00"), 1)


def test_a_list_without_numbers_gets_keys_from_its_cells_that_do_not_depend_on_spelling(tmp_path: Path) -> None:
    keyed = town.SOURCES["payments"].replace("{from: [流水号, 编号]}", "{hash: [身份证号, 项目, 金额, 日期]}")
    known = town.sources(tmp_path / "sources", payments=keyed)
    town.take(tmp_path / "home", known, town.areas(tmp_path))
    town.take(tmp_path / "home", known, town.payments(tmp_path / "一发放.xlsx", [payment(1, amount="1200", 日期="2024-3-5")]))
    town.take(tmp_path / "home", known, town.payments(tmp_path / "二发放.xlsx", [payment(1, amount="1,200.00", 日期="20240305")]))
    (row,) = town.stored(tmp_path / "home", "subsidy_payment")
    assert row["payment_id"].startswith("h_") and len(row["payment_id"]) == 18


def test_all_headers_of_the_payment_list_are_known_to_its_source(tmp_path: Path) -> None:
    town.payments(tmp_path / "发放.xlsx", [payment(1)])
    town.areas(tmp_path)
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), tmp_path / "区划表.csv", tmp_path / "发放.xlsx")
    (row,) = town.stored(tmp_path / "home", "subsidy_payment")
    assert all(row[name] is not None for name in ("payment_id", "area_id", "account_name", "person_id", "account_id"))
    assert len(PAYMENT_HEADER) == 9


def test_columns_of_a_clean_file_that_no_contract_knows_are_left_out_and_named(tmp_path: Path) -> None:
    rows = {"area_id": ["1"], "name": ["县"], "level": ["county"], "mayor": ["王秀兰"]}
    pq.write_table(pa.table(rows), tmp_path / "area.parquet")
    report = town.take(tmp_path / "home", {}, tmp_path / "area.parquet")
    assert [message.code for message in report.files[0].messages] == ["unknown_columns"] and "mayor" in report.files[0].messages[
        0
    ].en
    assert report.total("accepted") == 1 and "王秀兰".encode() not in town.everything(tmp_path / "home")
