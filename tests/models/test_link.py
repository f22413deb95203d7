"""Linking: who is who where numbers fail, what ties them, groups under a cap, and a person's word above all."""

from datetime import date
from typing import Any

import ibis
import pandas as pd
import pytest
from ibis.backends.duckdb import Backend

from datasets.contract import read_contracts
from datasets.forms import credit_check
from models.link import READS, link_entities
from models.link_cluster import CAP, components, named
from models.link_identity import joined

Rows = dict[str, list[dict[str, Any]]]
Made = dict[str, list[dict[str, Any]]]
CODES = tuple(first + credit_check(first) for first in ("91320612MA1ABCDE1", "91320612MA1ABCDE2"))
VILLAGES = [f"3206121{town:02}2{village:02}" for town in range(3) for village in range(4)]


def crowd() -> Rows:
    """240 registered persons, each with a name, a birth date, a household and an account of his own; and 90 firms."""
    folk = [
        {"person_id": f"P{number:03}", "name": f"nam_{number % 200}", "sex": "FM"[number % 2], "death_known": True,
         "born_on": date(1940 + number % 60, 1 + number % 12, 1 + number % 28), "area_id": VILLAGES[number % 12], "household_id": f"H{number // 2}"}
        for number in range(240)
    ]  # fmt: skip
    paid = [
        {"payment_id": f"PAY{number}", "programme_id": f"PG{number % 4}", "person_id": f"P{number:03}", "account_id": f"acc_{number}",
         "account_name": f"nam_{number % 200}", "area_id": VILLAGES[number % 12], "period": "2024-01", "paid_on": date(2024, 1, 9), "amount": 100}
        for number in range(240)
    ]  # fmt: skip
    firms = [
        {"enterprise_id": f"F-{number:04}", "name": f"江临{sign}{trade}有限公司", "address": f"{sign}华路{number}号", "phone": f"tel_{number}",
         "area_id": VILLAGES[number % 12]}
        for number, (sign, trade) in enumerate((s, t) for s in "宏恒鑫瑞中广金华盛永嘉天润博鼎" for t in ("建设", "市政", "园林", "水利", "装饰", "家具"))
    ]  # fmt: skip
    return {"person": folk, "subsidy_payment": paid, "enterprise": firms}


def paid(number: str, owner: int = 7, **said: Any) -> dict[str, Any]:
    """A payment for February under this number, into the owner's account and for his programme unless said otherwise."""
    usual = {"payment_id": f"X{number}", "programme_id": f"PG{owner % 4}", "person_id": number, "account_id": f"acc_{owner}",
             "account_name": f"nam_{owner}", "area_id": VILLAGES[owner % 12], "period": "2024-02", "paid_on": date(2024, 2, 9), "amount": 100}  # fmt: skip
    return usual | said


def fill(rows: Rows) -> Backend:
    tables = ibis.duckdb.connect()
    contracts = read_contracts()
    for name in (*READS, "cluster"):
        columns = ", ".join(f'"{column}" {spec.duckdb_type}' for column, spec in contracts[name].columns.items())
        tables.raw_sql(f"CREATE TABLE {name} ({columns}, batch_id VARCHAR, sheet VARCHAR, row_no BIGINT)")
        for number, row in enumerate(rows.get(name, []), 1):
            whole = row | {"batch_id": name[:3], "sheet": "", "row_no": number}
            tables.con.execute(
                f"INSERT INTO {name} ({', '.join(whole)}) VALUES ({', '.join('?' * len(whole))})", list(whole.values())
            )
    return tables


def link(**added: list[dict[str, Any]]) -> Made:
    """What linking makes of the crowd and these rows."""
    rows = crowd()
    tables = fill({name: rows.get(name, []) + added.get(name, []) for name in {*rows, *added}})
    found = link_entities(tables)
    tables.disconnect()
    return {name: table.to_pylist() for name, table in found.items()}


def of(found: Made, record: str) -> dict[str, Any]:
    rows = [row for row in found["entity"] if row["record_id"] == record]
    assert len(rows) == 1
    return rows[0]


def links(found: Made, kind: str) -> list[tuple[str, str]]:
    return [(row["from_id"], row["to_id"]) for row in found["link"] if row["kind"] == kind]


FIRM = {
    "enterprise_id": CODES[0],
    "name": "江临顺达物流有限公司",
    "address": "人民路12号",
    "phone": "tel_a",
    "area_id": VILLAGES[3],
}
AGAIN = FIRM | {
    "enterprise_id": CODES[0][:10] + "99" + CODES[0][12:],
    "name": "江临顺达物流有限责任公司",
    "address": "江临县人民路１２号",
    "phone": None,
}
SISTER = FIRM | {"enterprise_id": "9132061200000000XX", "name": "江临百味餐饮有限公司"}
BRANCH = {"enterprise_id": CODES[1], "name": "江临顺达物流有限公司石桥分公司", "address": "石桥路1号"}


@pytest.fixture(scope="module")
def found() -> Made:
    """One linking of many cases that do not touch each other."""
    folk = crowd()["person"]
    return link(
        person=[folk[30] | {"person_id": "TWIN"}, folk[50] | {"person_id": "AGAIN", "id_problem": "check_digit", "household_id": None},
                {"person_id": "LINE", "name": "nam_line", "area_id": "320612199299", "death_known": True}],
        public_employee=[{"person_id": "LINE", "unit_id": "U1", "phone": "tel_line"}],
        subsidy_payment=[
            paid("TYPO"), paid("TYPO", payment_id="W", account_id="acc_9", programme_id="PG1", area_id=None),
            paid("CLASH", 10, period="2024-01"), paid("NAME", account_id="acc_other", area_id=None, account_name="nam_207"),
            paid("MOVED", 14, account_id="acc_new"), paid("BESIDE", 16, account_id="acc_newer", period="2024-01"),
            paid("KINDS", 18, account_id="acc_newest", account_name="nam_line", area_id="320612199299"), paid("PLACELESS", 21, area_id=None),
            paid("EITHER", 60, area_id=None), paid("P060", 60, payment_id="Z", period="2024-03"), paid("P061", 60, payment_id="Y", period="2024-03"),
        ],
        enterprise=[FIRM, AGAIN, SISTER, BRANCH], debarment=[{"debarment_id": "D1", "name": FIRM["name"], "starts_on": date(2024, 1, 1)}],
        bid=[
            *({"bid_id": f"B{firm}", "tender_id": "T", "bidder_id": f"F-000{firm}", "mac": "MM"} for firm in (1, 2)),
            *({"bid_id": f"C{firm}", "tender_id": "T", "bidder_id": f"F-{firm:04}", "contact_phone": "tel_courier"} for firm in range(20, 40)),
        ],
    )  # fmt: skip


def test_a_mistyped_number_paid_into_the_usual_account_is_its_owners(found: Made) -> None:
    row = of(found, "TYPO")
    assert row["entity_id"] == "P007"
    assert "只有此人" in row["because"] and "合计" in row["because"]
    assert row["weight"] > 3 and 0.92 <= row["certainty"] <= 1


def test_whoever_was_paid_for_that_period_under_his_own_number_is_not_the_mistyped_one(found: Made) -> None:
    assert of(found, "CLASH")["entity_id"] == "CLASH"


def test_who_stands_in_the_list_just_where_the_owner_is_missing_is_the_owner_whatever_his_account(found: Made) -> None:
    row = of(found, "MOVED")
    assert row["entity_id"] == "P014" and "各期正好相接" in row["because"] and "账户、电话、地块均不同" in row["because"]


def test_a_namesake_of_the_village_with_his_own_money_for_that_period_is_another(found: Made) -> None:
    assert of(found, "BESIDE")["entity_id"] == "BESIDE"


def test_a_plot_and_an_account_do_not_differ(found: Made) -> None:
    """LINE is known by a phone, the unknown number by an account: that they are not equal says nothing."""
    assert of(found, "KINDS")["entity_id"] == "LINE"
    assert "均不同" not in of(found, "KINDS")["because"]


def test_within_one_account_the_village_says_nothing(found: Made) -> None:
    assert "同村" not in of(found, "TYPO")["because"]
    assert of(found, "PLACELESS")["entity_id"] == "P021"


def test_a_name_alone_joins_nobody(found: Made) -> None:
    assert of(found, "NAME")["entity_id"] == "NAME"


def test_two_checked_numbers_are_never_joined_however_alike(found: Made) -> None:
    assert of(found, "TWIN")["entity_id"] == "TWIN"
    assert ("P030", "TWIN") in links(found, "possible_same")


def test_a_number_with_a_wrong_check_digit_is_joined_by_name_birth_and_home(found: Made) -> None:
    row = of(found, "AGAIN")
    assert row["entity_id"] == "P050" and "出生日期相同" in row["because"]


def test_of_two_equally_alike_nobody_is_chosen(found: Made) -> None:
    """P060 and P061 use one account for one programme; who the unknown number is cannot be told."""
    assert of(found, "EITHER")["entity_id"] == "EITHER"


def test_a_firm_under_a_mistyped_code_and_another_spelling_is_the_same(found: Made) -> None:
    row = of(found, AGAIN["enterprise_id"])
    assert row["entity_id"] == CODES[0]
    assert "名称相同" in row["because"] and "住所相同" in row["because"] and "代码一两位之差" in row["because"]


def test_a_sister_firm_at_the_same_address_and_phone_is_another(found: Made) -> None:
    assert of(found, SISTER["enterprise_id"])["entity_id"] == SISTER["enterprise_id"]
    assert not [pair for pair in links(found, "possible_same") if SISTER["enterprise_id"] in pair]
    assert links(found, "shared_phone") == [(SISTER["enterprise_id"], CODES[0])]


def test_a_ban_that_gives_a_name_only_is_perhaps_the_firm_and_never_joined(found: Made) -> None:
    assert of(found, "debarment:D1")["entity_id"] == "debarment:D1"
    assert (CODES[0], "debarment:D1") in links(found, "possible_same")


def test_a_branch_is_tied_to_its_firm_and_stays_itself(found: Made) -> None:
    assert (CODES[1], CODES[0]) in links(found, "branch")
    assert of(found, CODES[1])["entity_id"] == CODES[1]


def test_a_shared_key_ties_its_users_with_the_rows_that_say_so(found: Made) -> None:
    (row,) = [row for row in found["link"] if row["kind"] == "shared_device"]
    assert (row["from_id"], row["to_id"], row["through"], row["because"]) == ("F-0001", "F-0002", "MM", "共用一台设备")
    assert (row["from_row"], row["to_row"]) == ("bid/bid//1", "bid/bid//2")


def test_a_couriers_phone_ties_nobody_and_is_listed_with_its_users(found: Made) -> None:
    assert not [row for row in found["link"] if row["through"] == "tel_courier"]
    assert not [row for row in found["cluster"] if row["member_id"] == "F-0030"]
    assert of(found, "tel_courier")["holders"] == 20


def test_a_tie_of_a_mistyped_number_is_its_owners_tie(found: Made) -> None:
    assert ("P007", "P009") in links(found, "shared_account")


def judged(judgement: str, one: str, other: str, number: int = 1) -> dict[str, Any]:
    return {"judgement_id": f"J{number}", "kind": "enterprise", "one_firm_id": one, "other_firm_id": other, "judgement": judgement,
            "judged_on": date(2024, 5, number)}  # fmt: skip


def test_what_a_person_judged_the_same_is_one() -> None:
    row = of(link(enterprise=[FIRM], link_judgement=[judged("same", "F-0003", CODES[0])]), "F-0003")
    assert (row["entity_id"], row["because"], row["certainty"]) == (CODES[0], "人工认定为同一", 1)


def test_what_a_person_judged_different_stays_apart_however_alike() -> None:
    found = link(enterprise=[FIRM, AGAIN], link_judgement=[judged("different", AGAIN["enterprise_id"], CODES[0])])
    assert of(found, AGAIN["enterprise_id"])["entity_id"] == AGAIN["enterprise_id"]
    assert links(found, "possible_same") == []


def test_what_a_person_was_unsure_of_is_shown_and_not_joined() -> None:
    found = link(enterprise=[FIRM, AGAIN], link_judgement=[judged("unsure", CODES[0], AGAIN["enterprise_id"])])
    assert of(found, AGAIN["enterprise_id"])["entity_id"] == AGAIN["enterprise_id"]
    (row,) = [row for row in found["link"] if row["kind"] == "possible_same"]
    assert row["because"].startswith("人工认定存疑")


def test_the_newest_judgement_holds() -> None:
    pair = (CODES[0], AGAIN["enterprise_id"])
    found = link(enterprise=[FIRM, AGAIN], link_judgement=[judged("different", *pair), judged("same", *pair, number=2)])
    assert of(found, AGAIN["enterprise_id"])["entity_id"] == CODES[0]


def test_one_weak_tie_makes_no_group_and_two_do() -> None:
    bids = [{"bid_id": f"B{firm}", "tender_id": "T", "bidder_id": f"F-000{firm}", "contact_phone": "tel_x"} for firm in (1, 2)]
    assert link(bid=bids)["cluster"] == []
    agents = [row | {"agent_id": "P001"} for row in bids]
    assert {row["member_id"] for row in link(bid=agents)["cluster"]} == {"F-0001", "F-0002"}


def test_owners_tie_their_firms_into_a_group_whose_id_lives_on() -> None:
    shares = [
        {
            "enterprise_id": f"F-000{firm}",
            "holder_id": "P001",
            "holder_kind": "person",
            "share": 60,
            "starts_on": date(2020, 1, 1),
        }
        for firm in (5, 6)
    ]
    first = link(shareholding=shares)["cluster"]
    assert {row["member_id"] for row in first} == {"F-0005", "F-0006", "P001"} and "股权" in first[0]["because"]
    more = [shares[0] | {"enterprise_id": "F-0002"}, *shares]
    again = link(shareholding=more, cluster=first)["cluster"]
    assert {row["member_id"] for row in again} == {"F-0002", "F-0005", "F-0006", "P001"}
    assert {row["cluster_id"] for row in again} == {row["cluster_id"] for row in first}


def test_no_group_is_larger_than_the_cap() -> None:
    """A holding with a hundred daughters, two of which share a device: the two remain, the hundred do not."""
    edges = pd.DataFrame(
        [("holding", f"firm{number:03}", 2) for number in range(100)] + [("firm001", "firm002", 1)],
        columns=["one", "other", "grade"],
    )
    assert components(edges) == [("firm001", "firm002")]
    chain = pd.DataFrame([(f"n{number:03}", f"n{number + 1:03}", 1) for number in range(CAP)], columns=["one", "other", "grade"])
    assert components(chain) == [], "one more than the cap, all of it strong"
    assert len(components(chain.iloc[1:])[0]) == CAP


def test_a_group_that_splits_keeps_its_id_on_the_larger_part() -> None:
    known = {"a": "LC1", "b": "LC1", "c": "LC1", "d": "LC1", "e": "LC1"}
    found = dict(named([("a", "b"), ("c", "d", "e")], known))
    assert found["LC1"] == ("c", "d", "e") and len(found) == 2


def test_joining_never_brings_two_anchors_into_one() -> None:
    pairs = pd.DataFrame(
        [("a", "x", None, 9.0, 0.99, "因", True), ("b", "x", None, 8.0, 0.98, "因", True)],
        columns=["one_id", "other_id", "judgement", "weight", "probability", "because", "joins"],
    )
    found = joined(pairs, {"a", "b"})
    assert found[["record_id", "entity_id"]].to_numpy().tolist() == [["x", "a"]]


def test_the_order_of_rows_does_not_matter() -> None:
    extra = {"enterprise": [FIRM, AGAIN], "subsidy_payment": [paid("TYPO"), paid("TYPO2", payment_id="V", account_id="acc_9")]}
    assert _bare(link(**extra)) == _bare(link(**{name: rows[::-1] for name, rows in extra.items()}))


def _bare(found: Made) -> list[tuple[Any, ...]]:
    """Without the places of rows, which move with the rows."""
    return [(row["kind"], row["record_id"], row["entity_id"], row["because"]) for row in found["entity"]] + [
        (row["from_id"], row["to_id"], row["kind"], row["because"]) for row in found["link"]
    ]


def test_no_records_no_links() -> None:
    assert {name: table.num_rows for name, table in link_entities(fill({})).items()} == {"entity": 0, "link": 0, "cluster": 0}
