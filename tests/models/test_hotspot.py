"""Bursts of complaints: different people in a short time, against what the place is used to."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from scipy.stats import poisson

from datasets.contract import read_contracts
from models.hotspot import find_hotspots
from tests.models.conftest import Fill

AREAS = [
    {"area_id": "T", "name": "镇", "level": "town"},
    *({"area_id": f"V{number}", "name": f"{number}村", "level": "village", "parent_id": "T"} for number in range(10)),
]
START = date(2024, 1, 1)


def call(day: int, caller: str, **other: Any) -> dict[str, Any]:
    """A complaint on a day after the first of the records."""
    made = {
        "caller_id": caller,
        "category": "环境保护",
        "area_id": "V1",
        "unit_id": "U1",
        "kind": "complaint",
        "regime": "ordinary",
    }
    return made | {"created_at": f"{START + timedelta(days=day)} 10:00:00"} | other


BURST = [call(day, f"P{day}") for day in (200, 201, 202, 203, 204)]
FIRST, LAST = call(0, "Q", area_id="V2", category="交通运输"), call(399, "Q", area_id="V2", category="交通运输")
"""They give the records their span: 400 days."""


@pytest.fixture
def hotspots(fill: Fill) -> Any:
    def _hotspots(*tickets: dict[str, Any], **rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        calls = [{"ticket_id": f"T{number:03}"} | ticket for number, ticket in enumerate([FIRST, LAST, *tickets])]
        found = find_hotspots(fill(ticket=calls, **({"area": AREAS} | rows)))
        return {name: table.to_pylist() for name, table in found.items()}

    return _hotspots


def test_five_people_in_a_week_are_a_hot_spot_with_the_poisson_tail(hotspots: Any) -> None:
    found = hotspots(*BURST)
    (spot,) = found["score_hotspot"]
    # none of V1's own in 180 days; five calls in 400 days at ten villages are 0.00125 a day, weighing 30 days: 0.0375 / 210 a day
    by_hand = 7 * (0 + 30 * 5 / (400 * 10)) / (180 + 30)
    assert (spot["area_id"], spot["category"], spot["unit_id"], spot["window_days"], spot["callers"]) == (
        "V1",
        "环境保护",
        "U1",
        7,
        5,
    )
    assert (spot["starts_on"], spot["ends_on"]) == (date(2024, 7, 17), date(2024, 7, 23))
    assert spot["expected"] == pytest.approx(by_hand)
    assert spot["p_value"] == pytest.approx(float(poisson.sf(4, by_hand)))
    assert spot["because"].startswith("同一区划7天内5人反映“环境保护”；按当地以往预期0.0人，偶然这么多的概率")
    assert [row["ticket_id"] for row in found["hotspot_ticket"]] == ["T002", "T003", "T004", "T005", "T006"]


def test_what_the_place_is_used_to_is_no_hot_spot(hotspots: Any) -> None:
    usual = [call(day, f"R{day}") for day in range(0, 400, 2)]
    assert all(spot["p_value"] >= 0.001 for spot in hotspots(*usual)["score_hotspot"])
    assert [spot["p_value"] < 0.001 for spot in hotspots(*usual[:50], *BURST)["score_hotspot"]].count(True) == 1


def test_ones_own_past_is_counted_by_people_and_days(hotspots: Any) -> None:
    past = [call(day, f"R{day}") for day in (30, 60, 90, 90)]
    (spot,) = hotspots(*past, *BURST)["score_hotspot"]
    # the two calls of one person on day 90 count once: three in the 180 days before; eight in all
    assert spot["expected"] == pytest.approx(7 * (3 + 30 * 8 / 4000) / 210)


def test_where_records_begin_late_the_days_after_make_up_for_those_before(hotspots: Any) -> None:
    after = [call(day, f"R{day}") for day in (100, 150, 186, 187)]
    (spot,) = hotspots(*(call(day, f"P{day}") for day in range(20, 25)), *after)["score_hotspot"]
    # the window is day 18 to 24: 18 days before, so 162 after, up to day 186; nine calls in all
    assert spot["expected"] == pytest.approx(7 * (3 + 30 * 9 / 4000) / (180 + 30))


def test_nobody_can_say_what_is_usual_in_a_month(fill: Fill) -> None:
    calls = [{"ticket_id": f"T{day}"} | call(day, f"P{day}") for day in (0, *range(20, 25), 35)]
    assert find_hotspots(fill(ticket=calls, area=AREAS))["score_hotspot"].num_rows == 0
    calls.append({"ticket_id": "T36"} | call(36, "P36"))
    assert find_hotspots(fill(ticket=calls, area=AREAS))["score_hotspot"].num_rows == 1


def test_a_surge_of_the_whole_county_is_no_hot_spot_of_one_village(hotspots: Any) -> None:
    season = [call(day, f"S{village}-{day}", area_id=f"V{village}") for village in range(2, 10) for day in range(200, 205)]
    (alone,) = hotspots(*BURST)["score_hotspot"]
    among = next(spot for spot in hotspots(*BURST, *season)["score_hotspot"] if spot["area_id"] == "V1")
    # the others: 40 in the week and none around it, five added to each side: (40 + 5) / (0 + 5) is 9, of which 3 are believed
    mean = (5 + 40) / (400 * 10)
    assert among["expected"] == pytest.approx(3 * 7 * 30 * mean / 210)
    assert among["p_value"] > 100 * alone["p_value"]


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "inquiry"},
        {"kind": "praise"},
        {"regime": "accusation"},
        {"caller_id": "P200"},
        {"caller_id": None},
        {"category": None},
    ],
    ids=["inquiries", "praise", "accusations", "one caller", "unknown callers", "no category"],
)
def test_what_does_not_count(hotspots: Any, other: dict[str, Any]) -> None:
    assert hotspots(*(ticket | other for ticket in BURST)) == {"score_hotspot": [], "hotspot_ticket": []}


def test_a_repeat_merged_into_the_callers_own_ticket_counts_once(hotspots: Any) -> None:
    merged = call(203, "P200", merged_into="T002")
    found = hotspots(*BURST, merged)
    assert [spot["callers"] for spot in found["score_hotspot"]] == [5]
    assert len(found["hotspot_ticket"]) == 5


def test_a_ticket_of_another_caller_counts_although_the_platform_merged_it(hotspots: Any) -> None:
    assert [spot["callers"] for spot in hotspots(*BURST, call(204, "P9", merged_into="T002"))["score_hotspot"]] == [6]


def test_ten_in_thirty_days_are_one_hot_spot_of_thirty_days(hotspots: Any) -> None:
    (spot,) = hotspots(*(call(200 + 3 * number, f"P{number}") for number in range(10)))["score_hotspot"]
    assert (spot["window_days"], spot["callers"], spot["starts_on"]) == (30, 10, START + timedelta(days=198))


def test_a_week_that_is_full_goes_before_thirty_days_that_are_not(hotspots: Any) -> None:
    (spot,) = hotspots(*BURST, call(215, "P7"), call(218, "P8"))["score_hotspot"]
    assert (spot["window_days"], spot["callers"]) == (7, 5)


def test_two_bursts_months_apart_are_two_hot_spots_with_ids_of_their_own(hotspots: Any) -> None:
    again = [call(day, f"S{day}") for day in (300, 301, 302, 303, 304)]
    found = hotspots(*BURST, *again)["score_hotspot"]
    assert len({spot["hotspot_id"] for spot in found}) == 2


def test_a_hot_spot_keeps_its_id_while_it_grows(hotspots: Any) -> None:
    (small,), (grown,) = hotspots(*BURST)["score_hotspot"], hotspots(*BURST, call(205, "P8"), call(206, "P9"))["score_hotspot"]
    assert (small["callers"], grown["callers"]) == (5, 7)
    assert small["hotspot_id"] == grown["hotspot_id"]


def test_a_spot_stands_out_of_a_busy_town_and_once_for_both(hotspots: Any) -> None:
    usual = [call(day, f"R{day}", area_id="T") for day in range(0, 400, 2)]
    here = [call(200 + number, f"P{number}", area_id="T", place=f"翡翠城{number + 1}栋{number}01室") for number in range(5)]
    found = hotspots(*usual, *here)["score_hotspot"]
    assert [(spot["area_id"], spot["callers"]) for spot in found] == [("T", 5)]
    assert found[0]["because"].startswith("“翡翠城”一处7天内5人反映")


def test_spots_of_a_quiet_village_do_not_repeat_the_villages_hot_spot(hotspots: Any) -> None:
    (spot,) = hotspots(*(ticket | {"place": "一村三组12号"} for ticket in BURST))["score_hotspot"]
    assert spot["callers"] == 5


def test_house_numbers_of_a_street_are_spots_of_their_own(hotspots: Any) -> None:
    usual = [call(day, f"R{day}", area_id="T") for day in range(0, 400, 2)]
    street = [call(200 + number, f"P{number}", area_id="T", place=f"人民路{number + 1}号") for number in range(5)]
    assert not [spot for spot in hotspots(*usual, *street)["score_hotspot"] if "一处" in spot["because"]]


def test_a_ticket_without_area_is_placed_by_the_one_village_it_names(hotspots: Any) -> None:
    calls = [ticket | {"area_id": None} for ticket in BURST]
    named = [
        {
            "ticket_id": f"T{number:03}",
            "entity_kind": "village",
            "entity_id": "V3",
            "column_name": "body",
            "certainty": Decimal("0.9500"),
        }
        for number in range(2, 7)
    ]
    assert [spot["area_id"] for spot in hotspots(*calls, mention=named)["score_hotspot"]] == ["V3"]
    both = [*named, *(row | {"entity_id": "V4"} for row in named)]
    assert hotspots(*calls, mention=both)["score_hotspot"] == []


def test_the_order_of_the_rows_does_not_matter(hotspots: Any) -> None:
    tickets = [ticket | {"ticket_id": f"X{number}"} for number, ticket in enumerate([*BURST, call(205, "P8")])]
    assert hotspots(*tickets) == hotspots(*tickets[::-1])


def test_the_tables_have_the_contracts_columns_and_are_empty_without_tickets(fill: Fill) -> None:
    contracts = read_contracts()
    for name, table in find_hotspots(fill()).items():
        assert (table.num_rows, tuple(table.column_names)) == (0, tuple(contracts[name].columns))
