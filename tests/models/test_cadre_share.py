"""The share of cadres' relatives in a village's list, against the other villages of the county."""

from typing import Any

import pytest
from scipy.stats import binom

from datasets.contract import read_contracts
from models.cadre_share import share_of_cadres
from tests.models.conftest import Fill

AREAS = [
    {"area_id": "C", "name": "县", "level": "county"},
    {"area_id": "T", "name": "镇", "level": "town", "parent_id": "C"},
    {"area_id": "V1", "name": "一村", "level": "village", "parent_id": "T"},
    {"area_id": "V2", "name": "二村", "level": "village", "parent_id": "T"},
]
UNITS = [{"unit_id": "UV1", "name": "一村村委会", "kind": "village_committee", "area_id": "V1"}]
CADRE = {
    "person_id": "K",
    "unit_id": "UV1",
    "post": "主任",
    "village_cadre": True,
    "starts_on": "2020-01-01",
    "ends_on": "2024-12-31",
}


def payment(person: str, area: str, **other: Any) -> dict[str, Any]:
    return {
        "programme_id": "PG01",
        "person_id": person,
        "area_id": area,
        "unit_id": "U1",
        "amount": 100,
        "paid_on": "2024-03-01",
    } | other


def paid(people: int, area: str, first: int = 0) -> list[dict[str, Any]]:
    return [payment(f"{area}-{number}", area) for number in range(first, first + people)]


@pytest.fixture
def shares(fill: Fill) -> Any:
    def _shares(payments: list[dict[str, Any]], **rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, Any]]:
        payments = [{"payment_id": f"S{number}"} | row for number, row in enumerate(payments)]
        tables = fill(subsidy_payment=payments, **({"area": AREAS, "unit": UNITS, "public_employee": [CADRE]} | rows))
        return {(row["area_id"], row["programme_id"]): row for row in share_of_cadres(tables).to_pylist()}

    return _shares


def kin(*relatives: str, relation: str = "child") -> list[dict[str, Any]]:
    return [{"person_id": "K", "relative_id": one, "relation": relation} for one in relatives]


def test_the_share_and_its_chance_are_those_of_the_binomial(shares: Any) -> None:
    # 3 of 10 households here, 1 of 20 in the other village: chance of 3 or more of 10 at 5 %
    found = shares(
        paid(10, "V1") + paid(20, "V2"),
        kinship=[*kin("V1-0", "V1-1", "V1-2"), {"person_id": "L", "relative_id": "V2-0", "relation": "spouse"}],
        unit=[*UNITS, {"unit_id": "UV2", "name": "二村村委会", "kind": "village_committee", "area_id": "V2"}],
        public_employee=[CADRE, CADRE | {"person_id": "L", "unit_id": "UV2"}],
    )
    here = found["V1", "PG01"]
    assert (here["households"], here["cadre_households"], here["share"], here["county_share"]) == (10, 3, 0.3, 0.05)
    by_hand = 1 - sum(ways * 0.05**k * 0.95 ** (10 - k) for k, ways in ((0, 1), (1, 10), (2, 45)))
    assert here["p_value"] == pytest.approx(by_hand) == pytest.approx(0.0115, abs=1e-4)
    assert here["because"] == "10户中3户为村干部或其近亲属，占30.0%，全县其他村5.0%；偶然这么多的概率0.012"
    assert found["V2", "PG01"]["county_share"] == 0.3


def test_where_no_other_village_has_a_relative_one_household_is_assumed(shares: Any) -> None:
    found = shares(paid(10, "V1") + paid(20, "V2"), kinship=kin("V1-0", "V1-1"))["V1", "PG01"]
    assert found["county_share"] == 0
    assert found["p_value"] == pytest.approx(float(binom.sf(1, 10, 1 / 20)))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({"kinship": kin("V1-0", relation="spouse")}, 1),
        ({"kinship": [{"person_id": "V1-0", "relative_id": "K", "relation": "parent"}]}, 1),
        ({"kinship": kin("V1-0", relation="sibling")}, 0),
        ({"kinship": kin("V1-0"), "public_employee": [CADRE | {"ends_on": "2024-02-28"}]}, 0),
        ({"kinship": kin("V1-0"), "public_employee": [CADRE | {"ends_on": None}]}, 1),
        ({"kinship": kin("V1-0"), "public_employee": [CADRE | {"village_cadre": False}]}, 0),
        ({"kinship": kin("V2-0")}, 0),
        ({"person": [{"person_id": "K", "household_id": "H"}, {"person_id": "V1-0", "household_id": "H"}]}, 1),
        ({"public_employee": [CADRE | {"person_id": "V1-0"}]}, 1),
    ],
    ids=["spouse", "named by the relative", "sibling", "after the term", "term open", "no village cadre", "another village",
         "same household", "the cadre"],
)  # fmt: skip
def test_who_counts(shares: Any, rows: dict[str, Any], expected: int) -> None:
    assert shares(paid(4, "V1") + paid(4, "V2"), **rows)["V1", "PG01"]["cadre_households"] == expected


def test_members_of_one_household_are_one_household(shares: Any) -> None:
    person = [{"person_id": f"V1-{number}", "household_id": "H"} for number in range(3)]
    found = shares(paid(4, "V1") + paid(4, "V2"), person=person, kinship=kin("V1-0", "V1-1"))["V1", "PG01"]
    assert (found["households"], found["cadre_households"]) == (2, 1)


def test_corrections_and_paybacks_are_no_help_received(shares: Any) -> None:
    extra = [payment("V1-8", "V1", amount=-100), payment("V1-9", "V1", kind="correction")]
    assert shares(paid(4, "V1") + paid(4, "V2") + extra)["V1", "PG01"]["households"] == 4


def test_a_programme_that_one_village_alone_has_cannot_be_compared(shares: Any) -> None:
    assert shares(paid(4, "V1"), kinship=kin("V1-0")) == {}


def test_the_unit_is_the_one_that_pays_most_households(shares: Any) -> None:
    mixed = [payment("V1-7", "V1", unit_id="U9"), payment("V1-8", "V1", unit_id=None), *paid(2, "V1"), *paid(2, "V2")]
    assert shares(mixed)["V1", "PG01"]["unit_id"] == "U1"


def test_counties_are_compared_each_by_itself(shares: Any) -> None:
    more = [
        {"area_id": "C2", "name": "另县", "level": "county"}, {"area_id": "T2", "name": "另镇", "level": "town", "parent_id": "C2"},
        {"area_id": "V3", "name": "三村", "level": "village", "parent_id": "T2"},
    ]  # fmt: skip
    assert set(shares(paid(4, "V1") + paid(4, "V2") + paid(4, "V3"), area=AREAS + more)) == {("V1", "PG01"), ("V2", "PG01")}


def test_the_table_has_the_contracts_columns_and_is_empty_without_payments(fill: Fill) -> None:
    table = share_of_cadres(fill())
    assert table.num_rows == 0
    assert tuple(table.column_names) == tuple(read_contracts()["score_cadre_share"].columns)
