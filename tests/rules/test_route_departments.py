"""Who checks first, who never does; coming rounds; earlier colleagues; neighbours; what is urgent: over real tables."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import pytest
from ibis.backends.duckdb import Backend

from datasets.contract import read_contracts
from rules.alert import Alert, Assignment
from rules.compiled import open_reasoner
from rules.empty_tables import create, known_tables
from rules.offices import offices_of
from rules.reasoner import Reasoner
from rules.recusal import ties_of_heads
from rules.routing import Routed, route
from rules.signal import Signal
from tests.rules.test_route_order import AS_OF, ROUTES, ROWS, SINCE, TERMS, alert, lead, signal

COUNTY, EAST, VILLAGE = "320612000000", "320612001000", "320612001001"
POST = {"village_cadre": False, "paid_by_finance": True, "post": "科员", "starts_on": SINCE}
MORE: dict[str, list[dict[str, Any]]] = {
    "unit": [
        {"unit_id": "GOV", "name": "县政府", "kind": "agency", "area_id": COUNTY},
        {"unit_id": "FINANCE", "name": "通海县财政局", "kind": "agency", "area_id": COUNTY, "parent_id": "GOV"},
        {"unit_id": "PAYER", "name": "社保中心", "kind": "institution", "area_id": COUNTY, "supervising_unit_id": "HR", "parent_id": "GOV"},
        {"unit_id": "HR", "name": "人社局", "kind": "agency", "area_id": COUNTY, "parent_id": "GOV"},
        {"unit_id": "SOON", "name": "县水务局", "kind": "agency", "area_id": COUNTY},
    ],
    "public_employee": [
        {"person_id": "payer_clerk", "unit_id": "PAYER", **POST},
        {"person_id": "hr_clerk", "unit_id": "HR", **POST},
        {"person_id": "h_jd1", "unit_id": "WEST", **POST, "ends_on": AS_OF - timedelta(days=400)},
        {"person_id": "h_jd1", "unit_id": "COMMISSION", **POST},
        {"person_id": "old_friend", "unit_id": "WEST", **POST},
        {"person_id": "newcomer", "unit_id": "WEST", **POST, "starts_on": AS_OF - timedelta(days=399)},
        {"person_id": "inside", "unit_id": "COMMISSION", **POST},
        {"person_id": "h_jd2", "unit_id": "WEST", **POST, "starts_on": date(2010, 1, 1), "ends_on": date(2015, 1, 1)},
        {"person_id": "long_ago", "unit_id": "WEST", **POST, "starts_on": date(2009, 1, 1), "ends_on": date(2016, 1, 1)},
    ],
    "inspection_round": [
        {"round_id": "2026-1", "unit_id": "SOON", "office_id": "XC1", "starts_on": AS_OF + timedelta(days=90), "ends_on": AS_OF + timedelta(days=150)},
        {"round_id": "2026-2", "unit_id": "WEST", "office_id": "XC1", "starts_on": AS_OF + timedelta(days=91), "ends_on": AS_OF + timedelta(days=150)},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> Iterator[Backend]:
    backend = ibis.duckdb.connect()
    for table, columns in known_tables(read_contracts()).items():
        create(backend.con, table, columns)
        for row in [*ROWS.get(table, []), *MORE.get(table, [])]:
            backend.con.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
            )
    yield backend
    backend.disconnect()


@pytest.fixture(scope="module")
def reasoner() -> Iterator[Reasoner]:
    with open_reasoner({}, ROUTES) as opened:
        yield opened


def routed(tables: Backend, reasoner: Reasoner, one: Signal, **more: Any) -> Routed:
    made: Alert = alert(one).model_copy(update=more)
    return route(ROUTES, [made], [one], tables, AS_OF, reasoner, TERMS)


def checks(found: Routed) -> list[str | None]:
    return [one.unit_id for one in found.assignments if one.role == "handle"]


def assists(found: Routed) -> list[Assignment]:
    return [one for one in found.assignments if one.role == "assist"]


def test_the_payer_checks_a_payment_that_implicates_nobody_and_the_office_still_leads(
    tables: Backend, reasoner: Reasoner
) -> None:
    found = routed(tables, reasoner, signal(unit_id="PAYER"))
    assert checks(found) == ["PAYER"]
    assert lead(found)[:2] == ("discipline", "JD2"), "the office leads as it would without the department"
    [said] = [one for one in found.assignments if one.role == "handle"]
    assert said.office_id is None and said.stream == "discipline" and "社保中心" in said.because["zh"]


def test_a_payer_whose_approver_is_named_does_not_check_itself_but_the_department_above_does(
    tables: Backend, reasoner: Reasoner
) -> None:
    assert checks(routed(tables, reasoner, signal(unit_id="PAYER"), parties=(("person", "payer_clerk"),))) == ["HR"]


def test_a_payer_that_is_named_as_a_party_does_not_check_itself(tables: Backend, reasoner: Reasoner) -> None:
    assert checks(routed(tables, reasoner, signal(unit_id="PAYER"), parties=(("unit", "PAYER"),))) == ["HR"]


def test_when_the_department_above_is_implicated_too_it_goes_one_higher(tables: Backend, reasoner: Reasoner) -> None:
    parties = (("person", "hr_clerk"), ("person", "payer_clerk"))
    assert checks(routed(tables, reasoner, signal(unit_id="PAYER"), parties=parties)) == ["GOV"]


def test_nobody_checks_first_where_an_official_is_implicated(tables: Backend, reasoner: Reasoner) -> None:
    assert not checks(routed(tables, reasoner, signal(unit_id="PAYER", officials=("clerk",))))


def test_a_complaint_badly_handled_is_checked_above_and_a_purchase_by_finance(tables: Backend, reasoner: Reasoner) -> None:
    assert checks(routed(tables, reasoner, signal(unit_id="PAYER", topic="hotline", subject_kind="ticket"))) == ["HR"]
    assert checks(routed(tables, reasoner, signal(unit_id="VILLAGE", topic="procurement", subject_kind="tender"))) == ["FINANCE"]
    assert not checks(routed(tables, reasoner, signal(unit_id="FINANCE", topic="procurement", subject_kind="tender")))


def test_without_an_accountable_unit_nobody_checks_first(tables: Backend, reasoner: Reasoner) -> None:
    assert not checks(routed(tables, reasoner, signal(unit_id=None)))


def test_the_group_of_a_round_that_begins_within_ninety_days_is_briefed(tables: Backend, reasoner: Reasoner) -> None:
    found = routed(tables, reasoner, signal(unit_id="SOON"))
    [briefed] = assists(found)
    assert (briefed.stream, briefed.office_id) == ("inspection", "XC1") and "2026-1" in briefed.because["zh"]
    assert lead(found)[:2] == ("discipline", "JD2"), "whoever leads goes on"
    assert not assists(routed(tables, reasoner, signal(unit_id="WEST"))), "91 days is too early"


def test_an_office_headed_by_an_earlier_colleague_of_the_subject_is_passed_over(tables: Backend, reasoner: Reasoner) -> None:
    found = routed(tables, reasoner, signal(unit_id="TOWN", subject_id="old_friend"))
    assert lead(found)[:2] == ("discipline", "JD2")
    [recused] = found.recusals
    assert recused.office_id == "JD1" and "共事" in recused.why["zh"] and "colleague" in recused.why["en"]


@pytest.mark.parametrize("person", ["newcomer", "long_ago"])
def test_who_came_after_the_head_had_left_or_served_with_the_head_long_ago_is_no_colleague(
    tables: Backend, reasoner: Reasoner, person: str
) -> None:
    assert lead(routed(tables, reasoner, signal(unit_id="TOWN", subject_id=person)))[:2] == ("discipline", "JD1")


def test_those_who_still_serve_together_are_no_earlier_colleagues(tables: Backend) -> None:
    offices = offices_of([("TOWN", None)], tables, AS_OF).offices
    ties = ties_of_heads(offices, ["inside", "old_friend", "long_ago"], tables, AS_OF, TERMS.earlier_colleagues.years)
    assert {person: ties.get(person) for person in ("inside", "old_friend", "long_ago")} == {
        "inside": None, "old_friend": [("JD1", "colleague")], "long_ago": None,
    }  # fmt: skip


def test_where_every_room_is_recused_a_neighbour_joins(tables: Backend, reasoner: Reasoner) -> None:
    kin = signal(subject_id="cadre_kin", unit_id="VILLAGE", officials=("cadre",))
    found = routed(tables, reasoner, kin)
    assert lead(found)[0] == "coordination"
    assert [(one.stream, one.office_id) for one in assists(found)] == [("supervisory", "JS2")]


def urgent(found: Routed) -> bool:
    return {one.channel for one in found.assignments} == {"urgent"}


def test_an_official_and_much_money_are_urgent(tables: Backend, reasoner: Reasoner) -> None:
    one = signal(unit_id="PAYER", officials=("clerk",))
    assert urgent(routed(tables, reasoner, one, amount=Decimal(30_000)))
    assert not urgent(routed(tables, reasoner, one, amount=Decimal(29_999)))


def test_money_that_was_paid_of_late_is_urgent(tables: Backend, reasoner: Reasoner) -> None:
    assert urgent(routed(tables, reasoner, signal(unit_id="PAYER", last_on=AS_OF - timedelta(days=45))))
    assert not urgent(routed(tables, reasoner, signal(unit_id="PAYER", last_on=AS_OF - timedelta(days=46))))
    assert not urgent(routed(tables, reasoner, signal(unit_id="PAYER")))


def test_a_pattern_of_a_unit_goes_to_inspection_whoever_its_single_signals_implicate(tables: Backend, reasoner: Reasoner) -> None:
    one = signal(unit_id="PAYER", officials=("inside", "nobody_on_record"))
    pattern = {"subject_kind": "pattern", "subject_id": "systemic", "kind": "体制机制问题疑点", "officials": ()}
    found = routed(tables, reasoner, one, **pattern)
    assert lead(found)[:2] == ("inspection", "XC1")
    assert checks(found) == ["HR"], "the unit does not check how it is run itself"
    common = {**pattern, "subject_id": "some_rule|township", "kind": "共性问题疑点", "unit_id": "GOV"}
    assert checks(routed(tables, reasoner, signal(unit_id="PAYER"), **common)) == ["GOV"]


def test_a_cross_check_about_a_unit_as_a_whole_goes_to_inspection(tables: Backend, reasoner: Reasoner) -> None:
    whole = signal(unit_id="PAYER", topic="cross", subject_kind="unit", subject_id="PAYER")
    assert lead(routed(tables, reasoner, whole))[:2] == ("inspection", "XC1")


def test_an_official_around_whom_signals_gather_goes_to_the_supervisory_office(tables: Backend, reasoner: Reasoner) -> None:
    one = signal(unit_id="PAYER", officials=("clerk",))
    around = {"subject_kind": "official", "subject_id": "clerk", "kind": "公职人员履职疑点", "officials": ("clerk",)}
    assert lead(routed(tables, reasoner, one, **around))[:2] == ("supervisory", "JS2")
