"""Source files are read strictly: every mistake at its line, with the right word."""

from pathlib import Path

import pytest

from datasets.header import Header
from datasets.source import Rule, read_sources
from datasets.strict_yaml import Mistakes
from tests.datasets import town

WRONG = """source: other
table: subsidy_payment
title: {zh: 一, en: one}
match: {files: ["*.xlsx"]}
columns:
  payment_id: {from: 编号}
  programme_id: {from: 项目, lookup: programme.nam}
  amuont: {from: 金额}
  paid_on: {from: 日期, const: 1}
  person_id: {from: 姓名, lookup: person.name}
"""


def test_every_mistake_is_told_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(WRONG.replace(", const: 1", ""), encoding="utf-8")
    with pytest.raises(Mistakes) as found:
        read_sources(tmp_path, contracts=town.CONTRACTS)
    said = [str(mistake).partition("mine.yml:")[2] for mistake in found.value.mistakes]
    assert "1: source must be the file's name 'mine'" in said
    assert "8: subsidy_payment has no column 'amuont'; did you mean amount?" in said
    assert "7: lookup: programme has no column 'nam'; did you mean name?" in said
    assert "10: lookup: person.name is sealed" in said
    assert any("amount is required" in one for one in said)


def test_a_column_has_one_origin(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(WRONG, encoding="utf-8")
    with pytest.raises(Mistakes, match="9: .*one of: from, const, hash"):
        read_sources(tmp_path, contracts=town.CONTRACTS)


def test_an_offices_own_source_lies_over_the_shipped_one(tmp_path: Path) -> None:
    town.sources(tmp_path / "shipped")
    town.sources(tmp_path / "own", areas=town.SOURCES["areas"].replace("区划*.csv", "地区*.csv"))
    assert read_sources(tmp_path / "shipped", tmp_path / "own", contracts=town.CONTRACTS)["areas"].match.files == ("地区*.csv",)


def test_headers_are_found_under_any_spelling() -> None:
    header = Header(3, ("姓名", "公民身份\n号码", "补贴金额（万元）", "金额", "金额", ""))
    assert header.index(["身份证号", "公民身份号码"]) == 1
    assert header.index(["补贴金额"]) == 2 and header.times(2, Rule.model_validate({"from": "补贴金额"})) == 10_000
    assert (header.index(["金额"]), header.index(["金额#2"]), header.index(["没有"])) == (3, 4, None)


def test_the_shipped_sources_are_right() -> None:
    assert isinstance(read_sources(contracts=town.CONTRACTS), dict)


def test_of_two_sources_for_one_table_the_better_fit_takes_the_sheet_and_the_other_is_named(tmp_path: Path) -> None:
    narrow = town.SOURCES["areas"].replace("          parent_id: {from: 上级}\n", "")
    report = town.take(tmp_path / "home", town.sources(tmp_path / "sources", narrow=narrow), town.areas(tmp_path))
    assert [part.source for part in report.parts] == ["areas"]
    assert [message.code for message in report.files[0].messages] == ["other_source"]
