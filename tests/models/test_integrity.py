"""Integrity relevance: a post and an act in one sentence; greetings, pleas, thanks and denials are none; reasons with spans."""

from typing import Any

import pytest

from datasets.city.plant.hotline_texts import hotline_texts
from datasets.contract import read_contracts
from models.integrity import score_integrity, tell
from tests.models.conftest import Fill

THRESHOLD = 0.5


@pytest.mark.parametrize("text", [said.body for said in hotline_texts().cadre_and_money])
def test_what_the_city_says_of_cadres_and_money_is_told(text: str) -> None:
    assert max(told.score for told in tell(text.replace("{p}", "东风村3组"))) >= THRESHOLD


@pytest.mark.parametrize("text", [said.body for said in hotline_texts().post_or_act])
def test_a_post_alone_or_an_act_alone_is_not(text: str) -> None:
    assert tell(text.replace("{p}", "东风村3组")) == []


@pytest.mark.parametrize(
    "text",
    [
        "尊敬的领导，补贴被人克扣了",
        "胡书记：您好，公司克扣工资",
        "请镇长查查谁在收好处费",
        "村支书没有克扣补贴，是银行迟了",
        "感谢村支书追回被冒领的补贴",
        "业委会主任收了红包",
        "村支书态度不好。有人克扣补贴",
    ],
)
def test_greetings_pleas_denials_thanks_and_owners_are_not(text: str) -> None:
    assert tell(text) == []


def test_words_far_apart_or_the_wrong_way_round_weigh_less() -> None:
    near, back = tell("村支书克扣补贴")[0].score, tell("补贴被克扣是村支书干的")[0].score
    far = tell("村支书每天在村里走来走去看到谁家地里有事都要问一问还克扣补贴")[0].score
    assert near == 1.0 and back < near and far < near
    assert tell("领导索要")[0].score == 0.5


def test_the_longest_post_is_told_with_the_span_of_post_and_act() -> None:
    told = tell("你好。村委会副主任克扣了补贴")[0]
    assert (told.post, told.act, told.post_kind, told.act_kind) == ("村委会副主任", "克扣", "village", "withheld")
    assert (told.starts_pos, told.ends_pos) == (3, 11)


def test_the_table_has_the_contracts_columns_and_leaves_accusations_and_questions_out(fill: Fill) -> None:
    body = "村支书把补贴克扣了一半"
    tickets: list[dict[str, Any]] = [
        {"ticket_id": "T1", "title": "反映", "body": body, "kind": "complaint", "regime": "ordinary"},
        {"ticket_id": "T2", "title": body, "body": None, "kind": None, "regime": None},
        {"ticket_id": "T3", "title": "反映", "body": body, "kind": "complaint", "regime": "accusation"},
        {"ticket_id": "T4", "title": "反映", "body": body, "kind": "inquiry", "regime": "ordinary"},
        {"ticket_id": "T5", "title": "反映", "body": "路灯不亮", "kind": "complaint", "regime": "ordinary"},
    ]
    rows = score_integrity(fill(ticket=tickets))
    assert rows.column_names == list(read_contracts()["score_integrity"].columns)
    found = rows.to_pylist()
    assert [(row["ticket_id"], row["column_name"]) for row in found] == [("T1", "body"), ("T2", "title")]
    assert body[found[0]["starts_pos"] : found[0]["ends_pos"]] == "村支书把补贴克扣了"
    assert "村支书" in found[0]["because"] and "克扣" in found[0]["because"]
    assert score_integrity(fill()).num_rows == 0
