"""No sealed value is in clear in any file below the home folder: searched by bytes, compressed files opened."""

from pathlib import Path

from datasets.quarantine import waiting
from datasets.vault import reveal
from tests.datasets import town
from tests.datasets.town import KEY, payment

SECRET_TEXT = "我叫李建国，住红星村三组，身份证320612196503071234，电话138-0000-0001或０１３９，卡号6222 0200 0000 0000 018，村会计张三丰可作证"


def _files(folder: Path) -> Path:
    town.areas(folder)
    good = [payment(number) for number in range(5)]
    bad = [payment(number, amount="坏", 日期="坏") for number in range(5, 9)]
    town.payments(folder / "补贴发放.xlsx", [*good, *bad, good[0]])
    header = ["工单编号", "程序", "标题", "内容", "来电号码", "来电人", "被反映人", "登记时间", "答复"]
    line = [
        "T1",
        "普通",
        "张三丰不发补贴",
        SECRET_TEXT,
        "13900000002",
        "李建国",
        "张三丰",
        "2024-03-01 09:00",
        "已联系李建国13900000002",
    ]
    town.workbook(folder / "工单.xlsx", [header, line])
    town.workbook(
        folder / "流转.xlsx",
        [["工单编号", "序号", "动作", "时间", "原因"], ["T1", 1, "派单", "2024-03-01", "请联系13900000002李建国"]],
    )
    town.workbook(folder / "人员.xlsx", [["身份证号", "姓名", "性别", "死亡日期"], [town.resident(1), "欧阳建国", "男", ""]])
    return folder


def test_no_sealed_value_is_in_clear_below_the_home_folder(tmp_path: Path) -> None:
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources"), _files(tmp_path / "in"))
    assert report.total("rejected") == 5
    assert len(town.stored(tmp_path / "home", "ticket")) == 1  # makes the current view, so that it is searched too
    found = town.everything(tmp_path / "home")
    numbers = [value for number in range(9) for value in (town.resident(number), town.card(number))]
    names = ["李建国", "张三丰", "欧阳建国"]
    others = ["320612196503071234", "13800000001", "138-0000-0001", "13900000002", "6222 0200 0000 0000 018"]
    assert [secret for secret in (*numbers, *names, *others) if secret.encode() in found] == []
    assert "红星村三组".encode() in found, "the rest of the text can still be read"


def test_who_holds_the_key_finds_the_way_back(tmp_path: Path) -> None:
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), _files(tmp_path / "in"))
    row = town.stored(tmp_path / "home", "ticket")[0]
    back = reveal(town.lake(tmp_path / "home"), KEY, [row["caller_id"], row["caller_name"], "rid_unknown"])
    assert back == {row["caller_id"]: "13900000002", row["caller_name"]: "李建国"}
    rejected = [dict(one.opened(KEY)) for one in waiting(town.lake(tmp_path / "home"))]
    assert rejected[0]["卡号"] == town.card(5)


def test_one_secret_has_one_pseudonym_in_columns_and_texts(tmp_path: Path) -> None:
    town.take(tmp_path / "home", town.sources(tmp_path / "sources"), _files(tmp_path / "in"))
    ticket = town.stored(tmp_path / "home", "ticket")[0]
    flow = town.stored(tmp_path / "home", "ticket_flow")[0]
    assert f"【电话:{ticket['caller_id']}】" in ticket["reply"] and f"【姓名:{ticket['caller_name']}】" in ticket["body"]
    assert flow["reason"] == f"请联系【电话:{ticket['caller_id']}】【姓名:{ticket['caller_name']}】"
    assert ticket["title"] == f"【姓名:{KEY.token('person_name', '张三丰')}】不发补贴"
