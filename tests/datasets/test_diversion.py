"""Accusations that may not be entered leave nothing but a stub; look-alikes stay."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from datasets.quarantine import waiting
from tests.datasets import town

HEADER = ["工单编号", "程序", "标题", "内容", "被反映人", "登记时间", "关联工单"]
DIVERTED = [
    ["DIVERTED-1", "检举控告", "举报信", "举报县委书记安排亲属承包工程", "", "2024-03-01 09:00", ""],
    ["DIVERTED-2", "普通", "反映问题", "某某副县长收受企业好处费三万元", "", "2024-03-01 09:00", ""],
    ["DIVERTED-3", "检举控告", "反映李大为", "他在单位任人唯亲", "李大为", "2024-03-01 09:00", ""],
    ["DIVERTED-4", "普通", "举报", "驻局纪检监察组组长贪污", "", "2024-03-01 09:00", ""],
]
STAYING = [
    ["K1", "普通", "感谢", "感谢县长关心，路修好了", "", "2024-03-01 09:00", "DIVERTED-1"],
    ["K2", "普通", "重复反映", "打了县长热线，村会计贪污补贴款还是没人管", "", "2024-03-01 09:00", ""],
    ["K3", "检举控告", "举报村主任", "村主任优亲厚友，侵占低保金", "王小明", "2024-03-01 09:00", ""],
    ["K4", "普通", "反映噪声", "李大为家半夜施工", "李大为", "2024-03-01 09:00", ""],
]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    town.workbook(folder / "人员.xlsx", [["身份证号", "姓名", "性别", "死亡日期"], [town.resident(1), "李大为", "男", ""]])
    cadre = ["身份证号", "职务", "管理权限", "村干部", "任职日期"]
    town.workbook(folder / "公职.xlsx", [cadre, [town.resident(1), "局长", "市管", "否", "2020-01-01"]])
    flows = [[ticket, 1, "派单", "2024-03-02", "转办"] for ticket in ("DIVERTED-1", "DIVERTED-3", "K2")]
    town.workbook(folder / "流转.xlsx", [["工单编号", "序号", "动作", "时间", "原因"], *flows])
    return folder


def test_accusations_about_cadres_managed_higher_up_and_heads_of_offices_are_diverted(tmp_path: Path, office: Path) -> None:
    town.workbook(office / "工单.xlsx", [HEADER, *DIVERTED, *STAYING])
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), office, at=datetime(2024, 4, 1, 8))
    assert [row["ticket_id"] for row in town.stored(tmp_path / "home", "ticket")] == ["K1", "K2", "K3", "K4"]
    assert (report.total("diverted"), report.codes()) == (6, {"diverted": 6})
    assert [row["ticket_id"] for row in town.stored(tmp_path / "home", "ticket_flow")] == ["K2"]


def test_nothing_of_a_diverted_ticket_is_kept_but_a_stub(tmp_path: Path, office: Path) -> None:
    town.workbook(office / "工单.xlsx", [HEADER, *DIVERTED, *STAYING])
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), office, at=datetime(2024, 4, 1, 8))
    assert town.stored(tmp_path / "home", "ticket")[0]["related_id"] is None, "nor does another ticket point to it"
    found = town.everything(tmp_path / "home")
    assert not any(line[0].encode() in found or line[3].encode() in found for line in DIVERTED)
    stubs = (tmp_path / "home/lake/diverted/stubs.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(stubs) == 4 and set(json.loads(stubs[0])) == {"time", "recipient", "ticket"}
    rejects = [one for one in waiting(town.lake(tmp_path / "home")) if one.faults[0][1] == "diverted"]
    assert {(one.row_no, one.raw) for one in rejects} == {(None, None)}


def test_whoever_is_only_greeted_is_not_accused(tmp_path: Path, office: Path) -> None:
    rows = [
        ["K1", "普通", "举报", "尊敬的县长：您好！村会计贪污补贴款", "", "2024-03-01 09:00", ""],
        ["K2", "普通", "王县长您好", "敬爱的县委书记，村主任侵占低保金", "", "2024-03-01 09:00", ""],
        ["D1", "普通", "举报", "尊敬的县委书记：您好！县长收受红包", "", "2024-03-01 09:00", ""],
        ["D2", "普通", "举报", "尊敬的县长收受红包，请查", "", "2024-03-01 09:00", ""],
    ]
    town.workbook(office / "工单.xlsx", [HEADER, *rows])
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), office, at=datetime(2024, 4, 1, 8))
    assert [row["ticket_id"] for row in town.stored(tmp_path / "home", "ticket")] == ["K1", "K2"]


def test_importing_again_diverts_again_and_adds_no_stub(tmp_path: Path, office: Path) -> None:
    known = town.sources(tmp_path / "sources")
    town.take(tmp_path / "home", known, town.workbook(office / "工单.xlsx", [HEADER, *DIVERTED]))
    before = (tmp_path / "home/lake/diverted/stubs.jsonl").read_bytes()
    harmless = [["DIVERTED-1", "普通", "路灯", "路灯不亮", "", "2024-03-01 09:00", ""]]
    report = town.take(tmp_path / "home", known, town.workbook(office / "工单.xlsx", [HEADER, *DIVERTED[1:], *harmless]))
    assert report.total("accepted") == 1, "DIVERTED-3: nobody of that name is on record in this lake"
    assert (tmp_path / "home/lake/diverted/stubs.jsonl").read_bytes() == before


def test_what_turns_out_later_to_be_such_an_accusation_is_taken_out_of_the_lake(tmp_path: Path, office: Path) -> None:
    known = town.sources(tmp_path / "sources")
    accusation = ["EARLY-0001", "检举控告", "反映李大为", "他在单位任人唯亲，电话13855556666", "李大为", "2024-03-01 09:00", ""]
    other = ["EARLY-0002", "普通", "路灯", "路灯不亮，电话13877778888", "", "2024-03-01 09:00", "EARLY-0001"]
    flows = [["EARLY-0001", 1, "派单", "2024-03-02", "转办"]]
    home = tmp_path / "home"
    town.take(home, known, town.workbook(tmp_path / "流转早.xlsx", [["工单编号", "序号", "动作", "时间", "原因"], *flows]))
    town.take(home, known, town.workbook(tmp_path / "工单早.xlsx", [HEADER, accusation, other]))
    assert len(town.stored(home, "ticket")) == 2
    report = town.take(home, known, office)
    assert report.expunged == 2 and [row["ticket_id"] for row in town.stored(home, "ticket")] == ["EARLY-0002"]
    assert town.stored(home, "ticket")[0]["related_id"] is None
    assert "EARLY-0001" not in {row["ticket_id"] for row in town.stored(home, "ticket_flow")}
    tokens = {kind: town.KEY.token("phone", kind).encode() for kind in ("13855556666", "13877778888")}
    found = town.everything(home)
    assert b"EARLY-0001" not in found and tokens["13855556666"] not in found and tokens["13877778888"] in found
    assert all(batch.rows == batch.accepted + batch.rejected for batch in town.lake(home).batches())
    assert town.take(home, known, office).expunged == 0
