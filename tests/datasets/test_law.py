"""Laws are read strictly, and what they fix in numbers becomes one table with dates."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from datasets.contract import read_contracts
from datasets.law import SHIPPED, Law, plain_name, read_laws
from datasets.strict_yaml import Mistakes

LAW = """\
id: some_law
kind: law
name: 某法
title: Some Law
also: [某法（修正）]
issuer: 某机关
status: in_force
starts_on: "2020-01-01"
known: secondary
articles:
  第三条: {zh: 三十日内办结, en: done in 30 days, known: verified}
  第四条: {zh: 可以延长, en: may be put off}
periods:
  - {id: some_period, article: 第三条, amount: 30, unit: day, zh: 办结, en: done}
"""


def read(folder: Path, **files: str) -> list[str]:
    """What is said of these files, or nothing."""
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    try:
        read_laws(folder)
    except Mistakes as found:
        return [str(mistake).replace(f"{folder}/", "") for mistake in found.mistakes]
    return []


def test_the_shipped_laws_are_read_and_each_is_named_once() -> None:
    laws = read_laws()
    assert len(laws.by_id) == len(list(SHIPPED.glob("*.yml"))) > 80
    assert laws.names["招标投标法"] is laws.by_id["bidding_law"]
    assert laws.names["政府采购货物和服务招标投标管理办法（财政部令第87号）"] is laws.by_id["procurement_bidding_rules"]


@pytest.mark.parametrize(
    ("period_id", "amount", "unit"),
    [
        ("bid_preparation", "20", "day"), ("documents_on_sale_working", "5", "working_day"), ("documents_on_sale_works", "5", "day"),
        ("clarification", "15", "day"), ("signing", "30", "day"), ("contract_record", "7", "working_day"),
        ("contract_publication", "2", "working_day"), ("single_source_notice", "5", "working_day"), ("supplement_share", "0.1", "share"),
        ("performance_bond_share", "0.1", "share"), ("bid_bond_share", "0.02", "share"), ("notice_receipt", "15", "day"),
        ("petition_decision", "60", "day"), ("petition_extension", "30", "day"), ("challenge_answer", "7", "working_day"),
    ],
)  # fmt: skip
def test_the_periods_that_rules_count_by_are_as_the_law_says(period_id: str, amount: str, unit: str) -> None:
    rows = [row for row in read_laws().periods() if row[0] == period_id]
    assert [(row[1], row[2]) for row in rows] == [(Decimal(amount), unit)]
    assert rows[0][3] <= date(2022, 5, 1) and rows[0][4] is None


def test_the_table_has_the_contracts_columns_in_their_order() -> None:
    table = read_laws().table()
    contract = read_contracts()["legal_period"]
    assert tuple(table.column_names) == tuple(contract.columns)
    keys = list(zip(table["period_id"].to_pylist(), table["starts_on"].to_pylist(), strict=True))
    assert keys == sorted(set(keys))


def test_the_bill_on_social_assistance_is_no_law_yet() -> None:
    bill = read_laws().by_id["social_assistance_bill"]
    assert (bill.status, bill.known, bill.starts_on) == ("draft", "secondary", None)


def test_an_article_is_as_sure_as_its_law_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert read(tmp_path, some_law=LAW) == []
    law = read_laws(tmp_path).by_id["some_law"]
    assert (law.sure("第三条"), law.sure("第四条")) == ("verified", "secondary")


def test_a_period_is_in_force_as_long_as_its_law_unless_it_says_otherwise(tmp_path: Path) -> None:
    ended = LAW.replace("status: in_force", 'status: ended\nends_on: "2023-12-31"')
    newer = (
        LAW.replace("some_law", "newer_law")
        .replace("某法", "新法")
        .replace("2020-01-01", "2024-01-01")
        .replace("amount: 30", "amount: 20")
    )
    assert read(tmp_path, some_law=ended, newer_law=newer) == []
    assert list(read_laws(tmp_path).periods()) == [
        ("some_period", Decimal(30), "day", date(2020, 1, 1), date(2023, 12, 31)),
        ("some_period", Decimal(20), "day", date(2024, 1, 1), None),
    ]


def test_all_mistakes_of_all_laws_come_at_once_each_at_its_line(tmp_path: Path) -> None:
    wrong = (
        LAW.replace("id: some_law", "id: other")
        .replace("article: 第三条, amount: 30", "article: 第五条, amount: 30")
        .replace('starts_on: "2020-01-01"\n', "")
    )
    share = (
        LAW.replace("某法", "另法")
        .replace("unit: day", "unit: share")
        .replace("some_law", "share")
        .replace("some_period", "part")
    )
    found = read(tmp_path, wrong=wrong, share=share, unread=LAW.replace("known: secondary", "known: sure"))
    assert found == [
        "share.yml:14: period 'part': a share is at most 1, ten percent is 0.1",
        "unread.yml:9: known: 'sure' is none of verified, secondary, recalled",
        "wrong.yml:1: id must be the file's name 'wrong', not 'other'",
        "wrong.yml:13: period 'some_period' has no first day, nor has the law: say starts_on",
        "wrong.yml:13: period 'some_period' names '第五条', which is no article here; did you mean 第四条?",
    ]


def test_one_period_cannot_have_two_numbers_on_one_day_and_one_name_two_laws(tmp_path: Path) -> None:
    twin = (
        LAW.replace("id: some_law", "id: twin")
        .replace("also: [某法（修正）]", "also: [中华人民共和国某法（修正）]")
        .replace("name: 某法", "name: 双法")
    )
    found = read(tmp_path, some_law=LAW, twin=twin)
    assert len(found) == 2
    assert found[0].startswith("twin.yml:5: '中华人民共和国某法（修正）' is the name of")
    assert found[1].startswith("twin.yml:14: period 'some_period' is in force on the same days in")


def test_a_draft_fixes_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, some_law=LAW.replace("in_force", "draft")) == [
        "some_law.yml:1: file: a draft is not in force: it has no starts_on and fixes no periods"
    ]


def test_an_offices_own_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    text = (SHIPPED / "local_subsidy_rules.yml").read_text(encoding="utf-8").replace("known: secondary", "known: verified")
    (tmp_path / "local_subsidy_rules.yml").write_text(text, encoding="utf-8")
    laws = read_laws(SHIPPED, tmp_path)
    assert laws.by_id["local_subsidy_rules"].known == "verified"
    assert len(laws.by_id) == len(read_laws().by_id)


def test_the_states_name_and_title_marks_are_no_part_of_a_name() -> None:
    assert plain_name("《中华人民共和国监察法》") == plain_name("监察法") == "监察法"
    assert isinstance(read_laws().names[plain_name("《中华人民共和国招标投标法》")], Law)
