"""Sealing: shapes of identifiers, pseudonyms, the key, and secrets in running text."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets import forms
from datasets.free_text import TextSealer
from datasets.key import Key, KeyProblem
from datasets.sealing import Sealer, kind_of
from tests.datasets import town
from tests.datasets.town import KEY


def test_resident_ids_and_credit_codes_have_check_characters() -> None:
    assert forms.id_problem("11010519491231002X") is None and forms.id_problem("110105194912310021") == "check_digit"
    assert forms.is_credit_code("91350100M000100Y43") and not forms.is_credit_code("91350100M000100Y44")
    assert forms.luhn("4111111111111111") and not forms.luhn("4111111111111112")


@pytest.mark.parametrize(
    ("kind", "written", "plain"),
    [
        ("resident_id", "11010519491231002x", "11010519491231002X"), ("resident_id", "110105 19491231 002X", "11010519491231002X"),
        ("resident_id", "110105491231002", "11010519491231002X"), ("resident_id", "1101051949123100", None),
        ("phone", "+86 138-0000-0001", "13800000001"), ("phone", "0513-86512345", "051386512345"), ("phone", "1380000000", None),
        ("bank_account", "6222 0200 0000 0000 018", "6222020000000000018"), ("bank_account", "6222", None),
        ("person_name", "王　秀 兰", "王秀兰"), ("person_name", "123", None), ("person_name", "买买提·阿不都", "买买提·阿不都"),
    ],
)  # fmt: skip
def test_identifiers_are_made_plain_or_refused(kind: str, written: str, plain: str | None) -> None:
    assert forms.PLAIN[kind](written) == plain  # type: ignore[index]


def test_the_same_secret_has_the_same_pseudonym_and_another_key_another() -> None:
    sealer = Sealer(KEY)
    ids = pa.array(["11010519491231002X", None, "11010519491231002x"])
    first, empty, third = sealer.column("resident_id", ids).to_pylist()
    assert first == third == KEY.token("resident_id", "11010519491231002X") and empty is None
    assert kind_of(first) == "resident_id" and len(first) == 24
    assert Key(b"o" * 32).token("resident_id", "11010519491231002X") != first
    assert sealer.column("resident_id", pa.array([first])).to_pylist() == [first] and sealer.vault().num_rows == 1


def test_kinds_do_not_share_pseudonyms() -> None:
    assert KEY.token("phone", "13800000001")[4:] != KEY.token("bank_account", "13800000001")[4:]


@given(st.lists(st.text(max_size=30), max_size=5))
def test_what_is_encrypted_can_be_read_with_the_key_and_no_other(texts: list[str]) -> None:
    sealed = KEY.encrypt(texts)
    assert [KEY.decrypt(one) for one in sealed] == texts
    for one in sealed:
        with pytest.raises(KeyProblem):
            Key(b"x" * 32).decrypt(one)


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("not hex", encoding="ascii")
    with pytest.raises(KeyProblem, match="64 hex"):
        Key.from_file(tmp_path / "key")
    with pytest.raises(KeyProblem, match="no key"):
        Key.from_file(tmp_path / "none")


def _texts(names: list[str], kept: list[str]) -> TextSealer:
    return TextSealer(Sealer(KEY), names, kept)


@pytest.mark.parametrize(
    ("text", "gone", "mark"),
    [
        ("打13800000001找我", "13800000001", "电话"), ("电话：138-0000-0001。", "138-0000-0001", "电话"),
        ("固话0513-86512345", "0513-86512345", "电话"), ("身份证11010519491231002x的人", "11010519491231002x", "证件"),
        ("卡号6222 0200 0000 0000 018", "6222 0200 0000 0000 018", "账号"), ("卡6222020000000000018", "6222020000000000018", "账号"),
        ("村民王秀兰反映", "王秀兰", "姓名"), ("我叫赵小明，住三组", "赵小明", "姓名"),
    ],
)  # fmt: skip
def test_secrets_in_running_text_become_marked_pseudonyms(text: str, gone: str, mark: str) -> None:
    sealed = _texts(["王秀兰"], []).text(text)
    assert gone not in sealed and f"【{mark}:" in sealed
    assert _texts(["王秀兰"], []).text(sealed) == sealed, "sealed once is sealed for good"


@pytest.mark.parametrize(
    "text",
    ["建国村的路", "大家很高兴", "2024-03-05 10:20 付了1200元", "社会信用代码91350100M000100Y43", "门牌12号楼3单元", "12345热线"],
)
def test_places_words_dates_and_public_numbers_stay(text: str) -> None:
    assert _texts(["建国", "高兴", "陈建国"], ["建国村"]).text(text) == text


def test_id_numbers_that_stray_into_other_columns_are_sealed_and_still_join(tmp_path: Path) -> None:
    header = ["移送编号", "来源", "对象", "事项", "日期"]
    source = """
        table: external_lead
        title: {zh: 移送, en: leads}
        match: {files: ["移送*"]}
        columns:
          lead_id: {from: 移送编号}
          origin: {from: 来源, values: {审计: audit}}
          subject_id: {from: 对象}
          matter: {from: 事项}
          sent_on: {from: 日期}
    """
    town.workbook(tmp_path / "移送.xlsx", [header, ["EL1", "审计", town.resident(5), "电话13800000001", "2024-01-01"]])
    known = town.sources(tmp_path / "sources", leads=source)
    town.take(tmp_path / "home", known, tmp_path / "移送.xlsx")
    (row,) = town.stored(tmp_path / "home", "external_lead")
    assert KEY.token("resident_id", town.resident(5)) in row["subject_id"] and "13800000001" not in row["matter"]


def test_a_holder_is_sealed_as_a_person_and_stays_as_a_firm(tmp_path: Path) -> None:
    source = """
        table: shareholding
        title: {zh: 股权, en: shares}
        match: {files: ["股权*"]}
        columns:
          enterprise_id: {from: 企业}
          holder_id: {from: 股东}
          holder_kind: {from: 类型, values: {自然人: person, 企业: enterprise}}
          starts_on: {from: 日期}
    """
    firm, person = "91350100M000100Y43", town.resident(8)
    lines = [
        [firm, person, "自然人", "2020-01-01"],
        [firm, firm, "企业", "2020-01-01"],
        [firm, town.resident(9), "企业", "2020-01-01"],
    ]
    town.workbook(tmp_path / "股权.xlsx", [["企业", "股东", "类型", "日期"], *lines])
    town.take(tmp_path / "home", town.sources(tmp_path / "sources", shares=source), tmp_path / "股权.xlsx")
    holders = {row["holder_id"] for row in town.stored(tmp_path / "home", "shareholding")}
    assert holders == {firm, KEY.token("resident_id", person), KEY.token("resident_id", town.resident(9))}
