"""What tickets speak of: names, short forms, nested and ambiguous names."""

from typing import Any

import pandas as pd
import pytest

from datasets.contract import read_contracts
from models.mention import find_mentions
from tests.models.conftest import Fill

AREAS = [
    {"area_id": "1", "name": "通海县", "level": "county", "parent_id": None},
    {"area_id": "11", "name": "西亭镇", "level": "town", "parent_id": "1"},
    {"area_id": "12", "name": "石港镇", "level": "town", "parent_id": "1"},
    {"area_id": "111", "name": "东风村", "level": "village", "parent_id": "11"},
    {"area_id": "121", "name": "东风村", "level": "village", "parent_id": "12"},
    {"area_id": "112", "name": "大东风村", "level": "village", "parent_id": "11"},
    {"area_id": "122", "name": "海晏村", "level": "village", "parent_id": "12"},
]
UNITS = [
    {"unit_id": "U1", "name": "通海县民政局", "kind": "agency", "area_id": "1"},
    {"unit_id": "U2", "name": "海晏村村民委员会", "kind": "village_committee", "area_id": "122"},
    {"unit_id": "U3", "name": "东风村小学", "kind": "school", "area_id": "111"},
    {"unit_id": "U4", "name": "通海县扶贫办", "kind": "agency", "area_id": "1", "name_former": "通海县老区办;通海县开发办"},
]
FIRMS = [
    {"enterprise_id": "E1", "name": "通海鸿达建设有限公司"},
    {"enterprise_id": "E2", "name": "金穗有限公司"},
    {"enterprise_id": "E3", "name": "富民农资有限公司"},
    {"enterprise_id": "E4", "name": "富民农资有限责任公司"},
    {"enterprise_id": "E5", "name": "海晏村果蔬专业合作社", "area_id": "122"},
]
STORES = [
    {"warehouse_id": "W1", "name": "通海县石港镇中心粮库有限公司", "area_id": "12"},
    {"warehouse_id": "W2", "name": "城北粮库", "area_id": "11"},
]


@pytest.fixture
def mentions(fill: Fill) -> Any:
    def _mentions(**ticket: str) -> list[tuple[str, str, str]]:
        row = {"ticket_id": "T1", "created_at": "2024-03-01 09:00:00", **ticket}
        tables = fill(area=AREAS, unit=UNITS, enterprise=FIRMS, warehouse=STORES, programme=[], ticket=[row])
        found = find_mentions(tables).to_pandas()
        _mentions.found = found  # type: ignore[attr-defined]
        return sorted(zip(found["entity_kind"], found["entity_id"], found["surface"], strict=True))

    return _mentions


def test_a_village_named_once_in_the_county_is_found_with_its_span(mentions: Any) -> None:
    assert mentions(body="反映海晏村补贴没发") == [("village", "122", "海晏村")]
    row = mentions.found.iloc[0]
    assert (row["column_name"], row["starts_pos"], row["ends_pos"]) == ("body", 2, 5)
    assert row["because"] == "名称全县唯一"
    assert float(row["certainty"]) == 1


def test_the_columns_are_those_of_the_contract(mentions: Any) -> None:
    mentions(body="海晏村")
    assert list(mentions.found.columns) == list(read_contracts()["mention"].columns)


def test_a_village_of_two_towns_is_settled_by_the_area_of_the_ticket(mentions: Any) -> None:
    assert mentions(body="东风村的路坏了", area_id="121") == [("village", "121", "东风村")]
    assert "所涉区划相同" in mentions.found.iloc[0]["because"]
    assert mentions(body="东风村的路坏了", area_id="11") == [("village", "111", "东风村")]
    assert mentions(body="东风村的路坏了", area_id="122") == [("village", "121", "东风村")]
    assert "同镇" in mentions.found.iloc[0]["because"]


def test_a_village_of_two_towns_is_settled_by_the_town_that_the_text_names(mentions: Any) -> None:
    assert mentions(body="石港镇东风村的路坏了") == [("town", "12", "石港镇"), ("village", "121", "东风村")]


def test_a_name_that_stays_ambiguous_is_not_guessed(mentions: Any) -> None:
    assert mentions(body="东风村的路坏了") == []
    assert mentions(body="东风村的路坏了", area_id="1") == []


def test_a_name_inside_a_longer_name_is_left_to_the_longer_one(mentions: Any) -> None:
    assert mentions(body="大东风村", area_id="11") == [("village", "112", "大东风村")]
    assert mentions(body="海晏村果蔬专业合作社卖假种子") == [("enterprise", "E5", "海晏村果蔬专业合作社")]


def test_the_place_of_a_named_unit_is_spoken_of_too(mentions: Any) -> None:
    assert mentions(body="东风村小学伙食差") == [("unit", "U3", "东风村小学"), ("village", "111", "东风村")]


@pytest.mark.parametrize("form", ["海晏村村民委员会", "海晏村委会", "海晏村村委会", "海晏村民委员会"])
def test_a_village_committee_is_known_by_its_short_forms(mentions: Any, form: str) -> None:
    assert ("unit", "U2", form) in mentions(title=f"{form}不作为")
    assert ("village", "122", "海晏村") in mentions(title=f"{form}不作为")


def test_an_agency_is_known_without_its_county_and_by_former_names(mentions: Any) -> None:
    assert mentions(body="去民政局问") == [("unit", "U1", "民政局")]
    assert "简称" in mentions.found.iloc[0]["because"]
    assert mentions(body="原通海县老区办") == [("unit", "U4", "通海县老区办")]


def test_a_firm_is_known_without_its_legal_form_when_that_says_enough(mentions: Any) -> None:
    assert mentions(body="鸿达欠薪，通海鸿达建设不给钱") == [("enterprise", "E1", "通海鸿达建设")]
    assert mentions(body="金穗满仓") == []  # two characters are a word, not a firm
    assert mentions(body="富民农资卖假药") == []  # short for two firms
    assert mentions(body="富民农资有限公司卖假药") == [("enterprise", "E3", "富民农资有限公司")]


@pytest.mark.parametrize("form", ["通海县石港镇中心粮库有限公司", "石港镇中心粮库有限公司", "石港镇中心粮库"])
def test_a_grain_warehouse_is_known_by_its_short_forms_and_speaks_of_its_town(mentions: Any, form: str) -> None:
    assert mentions(body=f"到{form}卖粮被压级压价") == [("town", "12", "石港镇"), ("warehouse", "W1", form)]


def test_a_grain_warehouse_is_known_by_its_plain_name(mentions: Any) -> None:
    assert mentions(body="城北粮库欠我粮款") == [("warehouse", "W2", "城北粮库")]
    assert mentions(body="中心粮库欠我粮款") == [("warehouse", "W1", "中心粮库")]


def test_full_width_signs_do_not_hide_a_name(fill: Fill) -> None:
    firm = {"enterprise_id": "E9", "name": "ＡＢ建材（通海）有限公司"}
    ticket = {"ticket_id": "T1", "created_at": "2024-03-01 09:00:00", "body": "投诉AB建材(通海)有限公司"}
    found = find_mentions(fill(enterprise=[firm], ticket=[ticket])).to_pandas()
    assert found[["entity_id", "starts_pos", "ends_pos"]].to_numpy().tolist() == [["E9", 2, 14]]


def test_the_registered_unit_is_a_mention(mentions: Any) -> None:
    assert mentions(body="没有名字", accused_unit_id="U1") == [("unit", "U1", "U1")]
    assert mentions.found.iloc[0]["column_name"] == "accused_unit_id"


def test_many_tickets_keep_their_own_spans(fill: Fill) -> None:
    tickets = [
        {"ticket_id": f"T{number:03}", "created_at": "2024-03-01 09:00:00", "area_id": "121" if number % 2 else "11",
         "body": f"{'路' * number}东风村{'灯' * number}"}
        for number in range(200)
    ]  # fmt: skip
    found = find_mentions(fill(area=AREAS, ticket=tickets)).to_pandas().sort_values("ticket_id")
    assert found["starts_pos"].tolist() == list(range(200))
    assert found["entity_id"].tolist() == ["121" if number % 2 else "111" for number in range(200)]
    assert not found.duplicated(["ticket_id", "entity_kind", "entity_id", "column_name", "starts_pos"]).any()


def test_no_tickets_or_no_names_make_an_empty_table(fill: Fill) -> None:
    assert find_mentions(fill()).num_rows == 0
    assert find_mentions(fill(area=AREAS)).num_rows == 0
    ticket = {"ticket_id": "T1", "created_at": "2024-03-01 09:00:00", "body": "海晏村"}
    assert find_mentions(fill(ticket=[ticket])).num_rows == 0
    assert isinstance(find_mentions(fill(area=AREAS, ticket=[ticket])).to_pandas(), pd.DataFrame)


@pytest.mark.parametrize("written", ["海燕村", "海宴村", "亥晏村"])
def test_a_name_with_one_character_mistaken_is_known_by_its_sound(mentions: Any, written: str) -> None:
    assert mentions(body=f"反映{written}补贴没发") == [("village", "122", written)]
    row = mentions.found.iloc[0]
    assert "错一字" in row["because"] and float(row["certainty"]) == 0.8


def test_two_mistaken_characters_or_another_number_are_another_name(fill: Fill, mentions: Any) -> None:
    assert mentions(body="反映亥燕村补贴没发") == []
    school = {"unit_id": "U7", "name": "石港镇第四小学", "kind": "school", "area_id": "12"}
    for body, expected in (("石港镇第十小学收费", []), ("石港镇地四小学收费", ["石港镇地四小学"])):
        found = find_mentions(fill(unit=[school], ticket=[{"ticket_id": "T1", "created_at": "2024-03-01", "body": body}]))
        assert found.to_pandas()["surface"].tolist() == expected


def test_a_rightly_written_name_goes_before_one_that_sounds_like_it(fill: Fill) -> None:
    areas = [*AREAS, {"area_id": "123", "name": "海燕村", "level": "village", "parent_id": "12"}]
    tables = fill(area=areas, ticket=[{"ticket_id": "T1", "created_at": "2024-03-01 09:00:00", "body": "海燕村和海晏村"}])
    assert find_mentions(tables).to_pandas()["entity_id"].tolist() == ["123", "122"]


def test_a_short_name_inside_a_misspelled_longer_one_is_left_to_it(fill: Fill) -> None:
    units = [
        {"unit_id": "U8", "name": "通海县人民政府", "kind": "agency", "area_id": "1"},
        {"unit_id": "U9", "name": "西亭镇人民政府", "kind": "agency", "area_id": "11"},
    ]
    tables = fill(area=AREAS, unit=units, ticket=[{"ticket_id": "T1", "created_at": "2024-03-01", "body": "西停镇人民政府"}])
    assert find_mentions(tables).to_pandas()["entity_id"].tolist() == ["U9"]


def test_blanks_and_line_breaks_in_a_name_do_not_hide_it_and_its_span_holds_them(mentions: Any) -> None:
    assert mentions(body="反映海 晏\n村补贴没发") == [("village", "122", "海 晏\n村")]
    assert mentions.found.iloc[0][["starts_pos", "ends_pos"]].tolist() == [2, 7]


def test_sums_days_and_codes_are_mentions_with_their_value(mentions: Any) -> None:
    assert mentions(title="２０２４年3月", body="收了两千元") == [
        ("date", "2024-03", "２０２４年3月"),
        ("money", "2000.00", "两千元"),
    ]
    assert mentions.found["column_name"].tolist() == ["title", "body"]
