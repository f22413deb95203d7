"""Platforms report what became of an alert."""

from fastapi.testclient import TestClient
from sqlalchemy import select

from service import audit
from service.access.caller import Bounds
from service.desk import Desk
from service.store.notice import Notice
from tests.service.api_client import key_for

V1 = "/api/v1"
SAID = {"reference": "HT-2026-7", "outcome": "substantiated", "decided_on": "2024-05-01", "recovered": "1200.50"}


def door(calling: TestClient, head: dict[str, str], which: int = 0) -> str:
    alerts = calling.get(f"{V1}/alerts", headers=head).json()["alerts"]
    return f"{V1}/alerts/{alerts[which]['alert']}/reports"


def test_a_report_sent_twice_is_one_and_another_content_its_next_version(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "platform")
    where = door(calling, head)
    first = calling.post(where, headers=head, json=SAID)
    again = calling.post(where, headers=head, json=SAID)
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    changed = calling.post(where, headers=head, json={**SAID, "outcome": "recovered"})
    assert (changed.status_code, changed.json()["version"]) == (201, 2)
    listed = calling.get(where, headers=head).json()
    assert [(one["outcome"], one["version"], one["recovered"]) for one in listed] == [
        ("substantiated", 1, "1200.50"),
        ("recovered", 2, "1200.50"),
    ]
    alert = where.split("/")[-2]
    assert calling.get(f"{V1}/alerts/{alert}", headers=head).json()["status"] == "open", "a report decides nothing"
    kinds = [one["kind"] for one in calling.get(f"{V1}/alerts/{alert}/history", headers=head).json()]
    assert kinds.count("verdict.reported") == 2
    with desk.store.look() as session:
        assert desk.key is not None and audit.verify(session, desk.key.derived("audit"), []) == []
        told = session.scalars(select(Notice.body).where(Notice.kind == "verdict.reported", Notice.about == alert)).all()
        assert [one["outcome"] for one in told] == ["substantiated", "recovered"]


def test_names_and_numbers_in_a_note_are_sealed_before_they_are_kept(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "platform")
    where = door(calling, head, 1)
    told = calling.post(
        where, headers=head, json={**SAID, "note": "已核实，联系人电话13912345678，证件320602198001010019。"}
    ).json()
    assert "13912345678" not in told["note"] and "320602198001010019" not in told["note"] and "tel_" in told["note"]
    raw = (desk.settings.home / "guantong.db").read_bytes()
    raw += b"".join(one.read_bytes() for one in desk.settings.home.glob("guantong.db-wal"))
    assert b"13912345678" not in raw and b"320602198001010019" not in raw


def test_who_may_not_see_an_alert_cannot_report_on_it_and_people_judge_instead(calling: TestClient, desk: Desk) -> None:
    where = door(calling, key_for(desk, "leader"))
    elsewhere = key_for(desk, "platform", Bounds(office_id="OF-NOBODYS"))
    assert calling.post(where, headers=elsewhere, json=SAID).status_code == 404
    assert calling.get(where, headers=elsewhere).status_code == 404
    assert calling.post(where, headers=key_for(desk, "triager"), json=SAID).status_code == 403


def test_what_makes_no_sense_is_told_field_by_field(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "platform")
    wrong = {"reference": "", "outcome": "perhaps", "recovered": "-1", "colour": "red"}
    answer = calling.post(door(calling, head), headers=head, json=wrong)
    assert answer.status_code == 422
    assert {one["where"] for one in answer.json()["errors"]} == {"/reference", "/outcome", "/recovered", "/colour"}
