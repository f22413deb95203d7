"""Hot topics: places told without a gazetteer, one place with two matters, silence, people over messages, and the known topics."""

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.hot_topic import LEARNER
from models.place_key import masked, place_keys
from models.topic_file import shipped_words
from models.topic_group import group_topics

SHARED = Path(os.environ.get("GUANTONG_SHARED", Path(__file__).parents[3] / "shared"))
MESSAGES = SHARED / "data" / "hotline" / "messages_附件3.xlsx"
SMOKE = ["餐馆油烟直排扰民", "餐馆油烟直排，凌晨扰民", "夜里餐馆油烟直排扰民", "餐馆油烟扰民，直排到凌晨"]
CRACKS = ["房屋楼板开裂漏水，墙面开裂", "楼板开裂，墙面开裂十几处", "墙面开裂，楼板开裂，房屋质量差"]
OTHERS = [
    "自来水停了三天",
    "路灯坏了没人修",
    "公交车等不来",
    "学校食堂饭菜差",
    "树枝挡住红绿灯",
    "垃圾没有人清运",
    "想咨询落户手续",
    "井盖丢了很危险",
]


def nothing(what: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def messages(*said: tuple[str, str, str]) -> pd.DataFrame:
    """(day, caller, body) as rows."""
    rows = [
        {"message_id": str(number), "created": pd.Timestamp(day), "caller": caller, "title": "", "body": body, "likes": ""}
        for number, (day, caller, body) in enumerate(said)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def estate() -> pd.DataFrame:
    before = ("反映", "我住在", "投诉", "请看看")
    smoke = [(f"2024-07-{9 + at:02}", f"a{at}", f"{before[at]}锦绣之城{text}") for at, text in enumerate(SMOKE)]
    cracks = [(f"2024-07-{9 + at:02}", f"b{at}", f"{before[at]}锦绣之城{text}") for at, text in enumerate(CRACKS)]
    return messages(*smoke, *cracks, *[("2024-07-20", f"c{at}", text) for at, text in enumerate(OTHERS)])


def test_two_matters_of_one_estate_are_two_topics(estate: pd.DataFrame) -> None:
    topics = group_topics(estate)
    assert [set(topic.rows) for topic in topics] == [{0, 1, 2, 3}, {4, 5, 6}]
    assert topics[0].places[0] == "锦绣之城"


def test_after_long_silence_it_is_a_new_topic(estate: pd.DataFrame) -> None:
    late = estate.assign(created=estate["created"].where(estate.index != 3, pd.Timestamp("2024-12-09")))
    assert {0, 1, 2} in [set(topic.rows) for topic in group_topics(late)]


def test_the_order_of_rows_does_not_matter(estate: pd.DataFrame) -> None:
    told = LEARNER.predict(None, estate)
    mixed = LEARNER.predict(None, estate.sample(frac=1, random_state=1)).sort_values(
        "message_id", key=lambda ids: ids.astype(int)
    )
    assert mixed["topic"].tolist() == told["topic"].tolist()


def test_every_row_says_its_topic_its_people_and_why(estate: pd.DataFrame) -> None:
    told = LEARNER.predict(None, estate)
    assert told["topic_people"].tolist()[:4] == [4] * 4
    assert told["because"][0] == "2024-07-09至2024-07-12，4人4次反映“锦绣之城”的同一类事项"
    assert told["topic"].tolist()[-1] == ""


def test_a_place_is_a_name_and_no_end_of_a_word() -> None:
    words = shipped_words()
    texts = [
        "反映锦绣之城停水",
        "住在锦绣之城的人",
        "我家锦绣之城漏水",
        "影响居民休息",
        "也影响居民",
        "很影响居民的",
        "某供水公司",
        "找供水公司谈",
        "供水公司说",
    ]
    names = place_keys(texts, words.endings, words.joints, words.everyday, words.never)
    assert names == ["锦绣之城"]
    assert masked(texts[:2], names) == ["反映◇停水", "住在◇的人"]


def test_few_messages_make_no_topic() -> None:
    assert group_topics(messages(("2024-07-01", "a", "停水"))) == []
    assert group_topics(messages(*[("2024-07-20", f"c{at}", text) for at, text in enumerate(OTHERS)])) == []


def test_a_file_without_times_or_with_a_bad_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("留言编号,留言详情\n1,停水\n", encoding="utf-8")
    with pytest.raises(ValueError, match="created"):
        LEARNER.read([path])
    path.write_text("留言编号,留言时间,留言详情\n1,昨天,停水\n", encoding="gb18030")
    with pytest.raises(ValueError, match=r"m.csv:2: '昨天' is no time"):
        LEARNER.read([path])


@pytest.mark.skipif(not MESSAGES.is_file(), reason="the public messages are not here")
def test_the_three_known_topics_are_found_nearly_whole() -> None:
    figures: Any = LEARNER.evaluate(LEARNER.read([MESSAGES]), nothing)
    assert len(figures["known"]) == 3
    for known in figures["known"].values():
        assert known["recall"] >= 0.85 and known["precision"] >= 0.85
    assert len(figures["largest"]) == 10
