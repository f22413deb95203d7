"""Who leads, over real tables: the declared order, coverage by the nearest, recusal with its reason, gaps counted."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pytest
from ibis.backends.duckdb import Backend

import rules
from datasets.contract import read_contracts
from rules.alert import Alert, fingerprint
from rules.chain import GivenSignal
from rules.chain_trial import signal_of
from rules.compiled import open_reasoner
from rules.empty_tables import create, known_tables
from rules.facts import NOBODY
from rules.reasoner import Reasoner
from rules.route_check import read_routes
from rules.routing import NoLead, Routed, route
from rules.signal import Signal
from rules.terms import read_terms

SHIPPED = Path(rules.__path__[0])
ROUTES, TERMS = read_routes([SHIPPED]), read_terms([SHIPPED])
AS_OF = date(2025, 12, 31)
SINCE = date(2020, 1, 1)
ROWS: dict[str, list[dict[str, Any]]] = {
    "area": [
        {"area_id": "320612000000", "name": "县", "level": "county"},
        {"area_id": "320612001000", "name": "东镇", "level": "town", "parent_id": "320612000000"},
        {"area_id": "320612001001", "name": "东风村", "level": "village", "parent_id": "320612001000"},
        {"area_id": "320612002000", "name": "西镇", "level": "town", "parent_id": "320612000000"},
    ],
    "unit": [
        {"unit_id": "COMMISSION", "name": "县纪委监委", "kind": "agency", "area_id": "320612000000"},
        {"unit_id": "TOWN", "name": "东镇人民政府", "kind": "township", "area_id": "320612001000"},
        {"unit_id": "VILLAGE", "name": "东风村委会", "kind": "village_committee", "area_id": "320612001001"},
        {"unit_id": "WEST", "name": "西镇人民政府", "kind": "township", "area_id": "320612002000"},
        {"unit_id": "BUREAU", "name": "县民政局", "kind": "agency", "area_id": "320612000000", "stationed_office_id": "PZ1"},
        {"unit_id": "VISITED", "name": "县商务局", "kind": "agency", "area_id": "320612000000", "stationed_office_id": "PZ1"},
        {"unit_id": "ABROAD", "name": "外地单位", "kind": "foreign"},
    ],
    "office": [
        {"office_id": "PZ1", "name": "派驻第一组", "stream": "stationed", "unit_id": "COMMISSION", "head_id": "h_pz1"},
        {"office_id": "JD1", "name": "第一监督检查室", "stream": "discipline", "unit_id": "COMMISSION", "head_id": "h_jd1"},
        {"office_id": "JD2", "name": "第二监督检查室", "stream": "discipline", "unit_id": "COMMISSION", "head_id": "h_jd2"},
        {"office_id": "JS1", "name": "第三监督检查室", "stream": "supervisory", "unit_id": "COMMISSION", "head_id": "h_js1"},
        {"office_id": "JS2", "name": "第四监督检查室", "stream": "supervisory", "unit_id": "COMMISSION", "head_id": "h_js2"},
        {"office_id": "XC1", "name": "巡察一组", "stream": "inspection", "unit_id": "COMMISSION", "head_id": "h_xc1"},
        {"office_id": "DF0", "name": "党风政风监督室", "stream": "coordination", "unit_id": "COMMISSION", "head_id": "h_df0"},
    ],
    "office_coverage": [
        {"office_id": "JD1", "covers_kind": "area", "covers_id": "320612001000", "starts_on": SINCE},
        {"office_id": "JD2", "covers_kind": "area", "covers_id": "320612000000", "starts_on": SINCE},
        {"office_id": "JS1", "covers_kind": "area", "covers_id": "320612001000", "starts_on": SINCE},
        {"office_id": "JS2", "covers_kind": "unit", "covers_id": "BUREAU", "starts_on": SINCE},
        {"office_id": "JS2", "covers_kind": "unit", "covers_id": "VILLAGE", "starts_on": SINCE, "ends_on": date(2024, 12, 31)},
        {"office_id": "DF0", "covers_kind": "all", "covers_id": "*", "starts_on": SINCE},
    ],
    "inspection_round": [
        {"round_id": "2025-2", "unit_id": "VISITED", "office_id": "XC1", "starts_on": date(2025, 10, 13), "ends_on": AS_OF},
        {"round_id": "2025-1", "unit_id": "BUREAU", "office_id": "XC1", "starts_on": date(2025, 3, 1), "ends_on": date(2025, 12, 30)},
    ],
    "public_employee": [
        {"person_id": "cadre", "unit_id": "VILLAGE", "post": "村主任", "village_cadre": True, "paid_by_finance": False, "starts_on": SINCE},
        {"person_id": "clerk", "unit_id": "BUREAU", "post": "科员", "party_member": True, "village_cadre": False, "paid_by_finance": True, "starts_on": SINCE},
        {"person_id": "clerk2", "unit_id": "BUREAU", "post": "科员", "party_member": False, "village_cadre": False, "paid_by_finance": True, "starts_on": SINCE},
        {"person_id": "clerk3", "unit_id": "BUREAU", "post": "科员", "village_cadre": False, "paid_by_finance": True, "starts_on": SINCE},
    ],
    "kinship": [
        {"person_id": "cousin", "relative_id": "h_jd1", "relation": "in_law"},
        {"person_id": "h_js1", "relative_id": "cadre_kin", "relation": "sibling"},
        {"person_id": "h_pz1", "relative_id": "of_pz1", "relation": "child"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def tables() -> Iterator[Backend]:
    backend = ibis.duckdb.connect()
    for table, columns in known_tables(read_contracts()).items():
        create(backend.con, table, columns)
        for row in ROWS.get(table, []):
            backend.con.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values())
            )
    yield backend
    backend.disconnect()


@pytest.fixture(scope="module")
def reasoner() -> Iterator[Reasoner]:
    with open_reasoner({}, ROUTES) as opened:
        yield opened


def signal(**said: Any) -> Signal:
    return signal_of(GivenSignal(**{"signal_id": "S1", "unit_id": "TOWN", **said}))


def alert(*signals: Signal, severity: str = "high", area: str | None = None) -> Alert:
    lead = signals[0]
    return Alert(
        fingerprint=fingerprint(lead.subject_kind, lead.subject_id, lead.unit_id), kind="民生资金疑点", title={"zh": "", "en": ""},
        severity=severity, subject_kind=lead.subject_kind, subject_id=lead.subject_id, unit_id=lead.unit_id, area_id=area,
        amount=Decimal(1), signals=tuple(sorted(one.signal_id for one in signals)), chains=("signal_alone",),
        officials=tuple(sorted({official for one in signals for official in one.officials})), parties=(), why={"zh": "", "en": ""},
    )  # fmt: skip


def routed(tables: Backend, reasoner: Reasoner, *signals: Signal, **said: Any) -> Routed:
    return route(ROUTES, [alert(*signals, **said)], signals, tables, AS_OF, reasoner, TERMS)


def lead(found: Routed) -> tuple[str, str | None, str]:
    [first] = [one for one in found.assignments if one.role == "lead"]
    return first.stream, first.office_id, first.route


def test_an_official_s_exercise_of_duty_goes_to_the_supervisory_office_of_the_official_s_unit(
    tables: Backend, reasoner: Reasoner
) -> None:
    shared = signal(subject_kind="account", subject_id="acc", unit_id="VISITED", officials=("cadre",))
    assert lead(routed(tables, reasoner, shared)) == ("supervisory", "JS1", "official_duty_to_supervisory")


@pytest.mark.parametrize(
    ("person", "stream", "office"),
    [("clerk", "discipline", "JD2"), ("clerk2", "supervisory", "JS2"), ("clerk3", "supervisory", "JS2")],
)
def test_an_official_who_is_the_subject_goes_by_party_membership(
    tables: Backend, reasoner: Reasoner, person: str, stream: str, office: str
) -> None:
    found = routed(tables, reasoner, signal(subject_id=person, officials=(person,), unit_id="WEST"))
    assert lead(found)[:2] == (stream, office)


def test_a_unit_in_a_present_round_goes_to_the_round_and_its_stationed_group_assists(tables: Backend, reasoner: Reasoner) -> None:
    found = routed(tables, reasoner, signal(unit_id="VISITED"))
    assert lead(found)[:2] == ("inspection", "XC1")
    assert [(one.office_id, one.stream) for one in found.assignments if one.role == "assist"] == [("PZ1", "stationed")]
    assert "2025-2" in found.assignments[0].because["zh"]


def test_a_round_that_is_over_counts_no_more(tables: Backend, reasoner: Reasoner) -> None:
    assert lead(routed(tables, reasoner, signal(unit_id="BUREAU")))[:2] == ("stationed", "PZ1")


def test_a_township_goes_to_the_nearest_discipline_office(tables: Backend, reasoner: Reasoner) -> None:
    assert lead(routed(tables, reasoner, signal(unit_id="TOWN")))[:2] == ("discipline", "JD1")
    assert lead(routed(tables, reasoner, signal(unit_id="VILLAGE")))[:2] == ("discipline", "JD1")
    assert lead(routed(tables, reasoner, signal(unit_id="WEST")))[:2] == ("discipline", "JD2")


def test_the_alert_s_area_counts_where_the_unit_s_is_unknown(tables: Backend, reasoner: Reasoner) -> None:
    assert lead(routed(tables, reasoner, signal(unit_id="ABROAD"), area="320612001001"))[:2] == ("discipline", "JD1")


def test_what_nobody_covers_goes_to_coordination_and_is_a_gap(tables: Backend, reasoner: Reasoner) -> None:
    found = routed(tables, reasoner, signal(unit_id="ABROAD"))
    assert lead(found) == ("coordination", "DF0", "left_to_coordination")
    assert found.gaps == [found.assignments[0].fingerprint]


def test_without_an_accountable_unit_there_is_still_one_lead(tables: Backend, reasoner: Reasoner) -> None:
    assert lead(routed(tables, reasoner, signal(unit_id=None)))[:2] == ("coordination", "DF0")


def test_an_office_headed_by_kin_of_the_subject_is_passed_over_for_the_next_of_its_stream(
    tables: Backend, reasoner: Reasoner
) -> None:
    found = routed(tables, reasoner, signal(subject_id="cousin"))
    assert lead(found)[:2] == ("discipline", "JD2")
    [recused] = found.recusals
    assert recused.office_id == "JD1"
    assert "姻亲" in recused.why["zh"]
    assert "in-law" in recused.why["en"]
    assert not found.gaps


def test_an_office_headed_by_the_subject_is_passed_over(tables: Backend, reasoner: Reasoner) -> None:
    assert lead(routed(tables, reasoner, signal(subject_id="h_jd1")))[:2] == ("discipline", "JD2")


def test_kin_are_kin_whichever_of_the_two_the_record_names_first(tables: Backend, reasoner: Reasoner) -> None:
    found = routed(tables, reasoner, signal(subject_id="of_pz1", unit_id="BUREAU"))
    assert lead(found)[:2] == ("coordination", "DF0")


def test_when_the_whole_stream_is_recused_coordination_takes_over_and_it_is_no_gap(tables: Backend, reasoner: Reasoner) -> None:
    kin = signal(subject_id="cadre_kin", subject_kind="person", unit_id="VILLAGE", officials=("cadre",))
    found = routed(tables, reasoner, kin)
    assert lead(found) == ("coordination", "DF0", "official_duty_to_supervisory")
    assert "回避" in found.assignments[0].because["zh"]
    assert [one.office_id for one in found.recusals] == ["JS1"]
    assert not found.gaps


def test_offices_that_sit_in_the_accountable_unit_are_recused_all_of_them(tables: Backend, reasoner: Reasoner) -> None:
    found = routed(tables, reasoner, signal(unit_id="COMMISSION"))
    assert lead(found)[1] == NOBODY
    assert {"JD2", "DF0"} <= {one.office_id for one in found.recusals}


def test_critical_alerts_are_urgent(tables: Backend, reasoner: Reasoner) -> None:
    calm = routed(tables, reasoner, signal()).assignments
    grave = routed(tables, reasoner, signal(), severity="critical").assignments
    assert ({one.channel for one in calm}, {one.channel for one in grave}) == ({"routine"}, {"urgent"})
    assert all(hasty.due_days < usual.due_days for hasty, usual in zip(grave, calm, strict=True))


def test_every_alert_gets_exactly_one_lead_in_the_order_given(tables: Backend, reasoner: Reasoner) -> None:
    many = [
        signal(signal_id=f"S{number}", subject_id=f"P{number}", unit_id=unit)
        for number, unit in enumerate(["TOWN", "VISITED", "BUREAU", None] * 5)
    ]
    alerts = [alert(one) for one in many]
    found = route(ROUTES, alerts, many, tables, AS_OF, reasoner, TERMS)
    assert [one.fingerprint for one in found.assignments if one.role == "lead"] == [one.fingerprint for one in alerts]


def test_reasons_are_given_in_both_languages(tables: Backend, reasoner: Reasoner) -> None:
    [one, department] = routed(tables, reasoner, signal()).assignments
    assert "东镇人民政府" in department.because["zh"] and department.role == "handle"
    assert "第一监督检查室" in one.because["zh"]
    assert "东镇人民政府" in one.because["en"]


def test_routes_without_a_default_are_no_routes(tables: Backend) -> None:
    some = {"critical_is_urgent": ROUTES["critical_is_urgent"]}
    with open_reasoner({}, some) as opened, pytest.raises(NoLead):
        route(some, [alert(signal())], [signal()], tables, AS_OF, opened, TERMS)
