"""A mapping proposed for an unknown list can be read, and with a person's corrections imports it."""

from pathlib import Path

import pytest

from datasets.contract import read_contracts
from datasets.files import Blob, FileRefused
from datasets.propose import propose
from datasets.source import read_sources
from tests.datasets import town

HEADER = ["编号", "领取人身份证号码", "银行账号", "户名", "项目", "发放金额(元)", "发放日期", "经办备注"]


def _list(path: Path) -> Path:
    lines = [[f"N{n}", town.resident(n), town.card(n), "王秀兰", "PG01", "1,200.00", "2024年3月5日", "无误"] for n in range(5)]
    return town.workbook(path, [HEADER, *lines], title="某街道惠民资金发放明细")


def test_the_proposal_finds_table_header_and_columns(tmp_path: Path) -> None:
    path = _list(tmp_path / "明细.xlsx")
    text = propose(Blob(path.name, path=path), town.CONTRACTS, {})
    assert "table: subsidy_payment" in text and 'person_id: {from: "领取人身份证号码"}' in text
    assert 'account_id: {from: "银行账号"}' in text and 'paid_on: {from: "发放日期"}' in text
    assert "# 未用到的表头：" in text and "经办备注" in text
    assert town.resident(1) not in text and "王秀兰" not in text, "a proposal is not sealed: it holds no value of a person"


def test_the_proposal_is_a_source_that_takes_the_file(tmp_path: Path) -> None:
    path = _list(tmp_path / "in/明细.xlsx")
    text = propose(Blob(path.name, path=path), town.CONTRACTS, {})
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/subsidy_payment_1.yml").write_text(text, encoding="utf-8")
    known = read_sources(tmp_path / "sources", contracts=town.CONTRACTS)
    report = town.take(tmp_path / "home", known, path)
    assert (report.total("rows"), report.total("accepted")) == (5, 5)


def test_spellings_known_from_another_source_are_proposed(tmp_path: Path) -> None:
    path = town.workbook(tmp_path / "名单.xlsx", [["身份证号", "姓名", "性别"], [town.resident(1), "王秀兰", "女"]])
    text = propose(Blob(path.name, path=path), read_contracts(), town.sources(tmp_path / "sources"), table="person")
    assert 'sex: {from: "性别", values: {"女": F}}' in text
    assert "death_known: {const:" in text and "必填而表中未找到" in text


def test_a_file_without_a_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "空.csv").write_text("\n\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="no sheet"):
        propose(Blob("空.csv", path=tmp_path / "空.csv"), town.CONTRACTS, {})
