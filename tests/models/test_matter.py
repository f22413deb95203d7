"""Tickets about the same matter: what ties them, and what does not."""

from typing import Any

import pytest

from models.matter import group_matters
from tests.models.conftest import Fill

LONG = "我村今年的种粮补贴到现在还没有发到位请核实"


@pytest.fixture
def matters(fill: Fill) -> Any:
    def _matters(*tickets: dict[str, Any]) -> dict[str, tuple[str, str]]:
        rows = [
            {"ticket_id": f"T{number}", "created_at": f"2024-03-{number:02} 09:00:00", **ticket}
            for number, ticket in enumerate(tickets, 1)
        ]
        found = group_matters(fill(ticket=rows)).to_pylist()
        return {row["ticket_id"]: (row["matter_id"], row["because"]) for row in found}

    return _matters


def test_a_ticket_without_ties_is_a_matter_of_its_own(matters: Any) -> None:
    assert matters({"body": LONG}) == {"T1": ("MT1", "单独一件")}


def test_what_the_platform_related_or_merged_is_one_matter(matters: Any) -> None:
    found = matters({}, {"related_id": "T1"}, {"merged_into": "T2"})
    assert found == {
        "T1": ("MT1", "本事项最早一件"),
        "T2": ("MT1", "平台关联工单T1"),
        "T3": ("MT1", "平台并入工单T2"),
    }


def test_a_reference_to_a_ticket_that_never_came_ties_nothing(matters: Any) -> None:
    assert matters({"related_id": "T999"})["T1"][0] == "MT1"


def test_equal_words_about_one_area_are_one_matter_whatever_the_punctuation(matters: Any) -> None:
    found = matters({"body": LONG, "area_id": "1"}, {"body": f"{LONG[:5]}， {LONG[5:]}！", "area_id": "1"})
    assert found["T2"] == ("MT1", "文字与T1相同")


def test_equal_words_about_two_areas_are_two_matters(matters: Any) -> None:
    found = matters({"body": LONG, "area_id": "1"}, {"body": LONG, "area_id": "2"})
    assert found["T2"][0] == "MT2"


def test_equal_words_about_no_known_area_tie_only_within_90_days(matters: Any) -> None:
    assert matters({"body": LONG}, {"body": LONG})["T2"] == ("MT1", "文字与T1相同，相隔不超过90日")
    assert matters({"body": LONG}, {"body": LONG, "created_at": "2024-09-01 09:00:00"})["T2"][0] == "MT2"
    known = {"body": LONG, "area_id": "1"}
    assert matters(known, known | {"created_at": "2024-09-01 09:00:00"})["T2"][0] == "MT1"


def test_a_few_equal_words_tie_nothing(matters: Any) -> None:
    assert matters({"body": "咨询低保政策"}, {"body": "咨询低保政策"})["T2"][0] == "MT2"


def test_the_same_caller_about_the_same_place_and_kind_within_90_days_is_one_matter(matters: Any) -> None:
    same = {"caller_id": "tel_1", "category": "噪音", "place": "海晏村三组", "area_id": "1"}
    found = matters(same, same | {"place": "海晏村 三组"})
    assert found["T2"] == ("MT1", "与T1同一来电人、同一地点和类别，相隔不超过90日")


@pytest.mark.parametrize(
    "other",
    [
        {"caller_id": "tel_2"},
        {"category": "道路"},
        {"place": "海晏村四组"},
        {"created_at": "2024-06-01 00:00:00"},
        {"caller_id": None},
    ],
)
def test_another_caller_kind_place_or_season_is_another_matter(matters: Any, other: dict[str, Any]) -> None:
    same = {"caller_id": "tel_1", "category": "噪音", "place": "海晏村三组", "area_id": "1", "created_at": "2024-03-01 09:00:00"}
    assert matters(same, same | other)["T2"][0] == "MT2"


def test_the_same_kind_of_thing_at_one_spot_is_one_matter_whoever_calls(matters: Any) -> None:
    spot = {"category": "环境保护", "place": "朝霞路295号"}
    found = matters(spot | {"caller_id": "tel_1"}, spot | {"caller_id": "tel_2", "area_id": "9"})
    assert found["T2"] == ("MT1", "与T1同一地点、同一类别，相隔不超过90日")
    assert matters(spot, spot | {"category": "城乡建设"})["T2"][0] == "MT2"
    assert matters(spot, spot | {"created_at": "2024-06-01 00:00:00"})["T2"][0] == "MT2"


def test_an_estate_or_village_as_a_whole_is_no_spot(matters: Any) -> None:
    for place in ("水木清华园", "海晏村", "海晏村三组"):
        assert matters({"category": "噪音", "place": place}, {"category": "噪音", "place": place})["T2"][0] == "MT2"


def test_a_spot_in_a_village_is_one_only_within_its_area(matters: Any) -> None:
    spot = {"category": "农业农村", "place": "东风村12组4号"}
    assert matters(spot | {"area_id": "111"}, spot | {"area_id": "121"})["T2"][0] == "MT2"
    assert matters(spot | {"area_id": "111"}, spot | {"area_id": "111"})["T2"][0] == "MT1"


def test_without_a_place_the_same_caller_must_say_the_same_title(matters: Any) -> None:
    same = {"caller_id": "tel_1", "category": "教育文体", "area_id": "1", "title": "食堂伙食问题"}
    assert matters(same, same)["T2"][0] == "MT1"
    assert matters(same, same | {"title": "课后服务收费疑问"})["T2"][0] == "MT2"


def test_the_90_days_are_counted_inclusively_from_the_ticket_before(matters: Any) -> None:
    same = {"caller_id": "tel_1", "category": "噪音", "place": "海晏村三组"}
    days = ["2024-01-01 09:00:00", "2024-03-31 09:00:00", "2024-06-29 09:00:01"]
    found = matters(*[same | {"created_at": day} for day in days])
    assert [found[ticket][0] for ticket in ("T1", "T2", "T3")] == ["MT1", "MT1", "MT3"]


def test_tickets_without_place_and_area_are_not_one_false_group(matters: Any) -> None:
    same = {"caller_id": "tel_1", "category": "其他"}
    assert matters(same, same)["T2"][0] == "MT2"


def test_the_matter_keeps_its_name_when_it_grows_and_the_order_of_rows_does_not_matter(fill: Fill) -> None:
    rows = [
        {"ticket_id": f"T{number}", "created_at": f"2024-03-{number:02} 09:00:00", "body": LONG, "area_id": "1"}
        for number in range(1, 9)
    ]
    few = group_matters(fill(ticket=rows[:3])).to_pylist()
    many = group_matters(fill(ticket=rows[::-1])).to_pylist()
    assert {row["matter_id"] for row in few} == {row["matter_id"] for row in many} == {"MT1"}


def test_no_tickets_make_an_empty_table(fill: Fill) -> None:
    assert group_matters(fill()).num_rows == 0


STORY = "".join(f"{sign}路口的搅拌站夜里{number}点还在装料灰尘很大" for number, sign in enumerate("东南西北中上下左右前"))
SHORT = "我们这里买了拖拉机补贴手续办了半年没有下来请给个答复"


def test_a_long_text_with_a_few_other_words_is_one_matter_whoever_writes(matters: Any) -> None:
    found = matters({"body": STORY, "caller_id": "a"}, {"body": "尊敬的领导：" + STORY + "急！", "caller_id": "b"})
    assert found["T2"][0] == "MT1" and found["T2"][1].startswith("文字与T1相近（")


def test_nearly_equal_words_from_another_area_place_or_year_are_another_matter(matters: Any) -> None:
    for other in ({"area_id": "2"}, {"place": "西村"}, {"created_at": "2024-09-01 09:00:00"}):
        found = matters(
            {"body": STORY, "area_id": "1", "place": "东村"}, {"body": STORY + "急", "area_id": "1", "place": "东村"} | other
        )
        assert found["T2"][0] == "MT2", other


def test_short_look_alikes_tie_only_with_one_caller_or_one_place(matters: Any) -> None:
    again = "您好" + SHORT
    assert matters({"body": SHORT}, {"body": again})["T2"][0] == "MT2"
    assert matters({"body": SHORT, "caller_id": "a"}, {"body": again, "caller_id": "a"})["T2"][0] == "MT1"
    assert matters({"body": SHORT, "place": "东村"}, {"body": again, "place": "东村"})["T2"][0] == "MT1"


def test_short_look_alikes_with_other_numbers_are_two_matters(matters: Any) -> None:
    one, other = ({"body": f"{SHORT}住{number}号楼", "caller_id": "a"} for number in (3, 5))
    assert matters(one, other)["T2"][0] == "MT2"
