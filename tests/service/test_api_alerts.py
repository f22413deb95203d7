"""Alerts by API: pages, filters, one alert whole, and nobody else's."""

from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access.caller import Bounds
from service.desk import Desk
from service.store.assignment import Assignment
from tests.service.api_client import key_for

V1 = "/api/v1"


def test_without_a_key_nothing_is_told(calling: TestClient) -> None:
    answer = calling.get(f"{V1}/alerts")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.json()["type"] == "urn:guantong:problem:who" and answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["instance"].endswith(answer.headers["x-request-id"])


def test_pages_follow_each_other_without_gap_or_repeat(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "leader")
    whole = calling.get(f"{V1}/alerts", headers=head).json()
    assert whole["next"] is None and len(whole["alerts"]) > 2 and whole["notice"]
    for sort in ("priority", "newest"):
        seen, cursor = [], None
        while True:
            page = calling.get(
                f"{V1}/alerts", headers=head, params={"limit": 1, "sort": sort, **({"cursor": cursor} if cursor else {})}
            ).json()
            seen += [one["alert"] for one in page["alerts"]]
            if (cursor := page["next"]) is None:
                break
        assert sorted(seen) == sorted(one["alert"] for one in whole["alerts"])
        if sort == "priority":
            assert seen == [one["alert"] for one in whole["alerts"]]


def test_a_cursor_of_another_question_or_of_nobody_is_refused(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "leader")
    cursor = calling.get(f"{V1}/alerts", headers=head, params={"limit": 1}).json()["next"]
    for asked in ({"cursor": cursor, "severity": "high"}, {"cursor": "bm90aGluZw"}, {"cursor": "%%%"}):
        answer = calling.get(f"{V1}/alerts", headers=head, params=asked)
        assert (answer.status_code, answer.json()["type"]) == (400, "urn:guantong:problem:cursor")
    other = key_for(desk, "leader")
    assert calling.get(f"{V1}/alerts", headers=other, params={"cursor": cursor}).status_code == 400


def test_filters_narrow_and_unknown_ones_are_named(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "leader")
    every = calling.get(f"{V1}/alerts", headers=head).json()["alerts"]
    rule = every[0]["rules"][0]
    some = calling.get(f"{V1}/alerts", headers=head, params={"rule": rule}).json()["alerts"]
    assert some and all(rule in one["rules"] for one in some)
    assert calling.get(f"{V1}/alerts", headers=head, params={"updated_since": "2999-01-01"}).json()["alerts"] == []
    wrong = calling.get(f"{V1}/alerts", headers=head, params={"severity": "grave", "colour": "red"})
    assert wrong.status_code == 422
    assert {one["where"] for one in wrong.json()["errors"]} == {"severity", "colour"}


def test_an_alert_is_told_whole_and_not_told_again_unchanged(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "leader")
    first = calling.get(f"{V1}/alerts", headers=head).json()["alerts"][0]["alert"]
    answer = calling.get(f"{V1}/alerts/{first}", headers=head)
    told = answer.json()
    assert told["alert"] == first and told["reasons"][0]["evidence"][0]["rows"][0]["source"] and told["no_proof"]
    again = calling.get(f"{V1}/alerts/{first}", headers={**head, "If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert [one["kind"] for one in calling.get(f"{V1}/alerts/{first}/history", headers=head).json()][:1] == ["alert.opened"]


def test_names_are_masked_for_offices_and_pseudonyms_for_platforms(calling: TestClient, desk: Desk) -> None:
    page = calling.get(f"{V1}/alerts", headers=key_for(desk, "leader")).json()["alerts"]
    person = next(one for one in page if one["subject_kind"] == "person")
    told = calling.get(f"{V1}/alerts/{person['alert']}", headers=key_for(desk, "platform")).json()
    assert "*" in person["subject"] and "nam_" in told["subject"] and "*" not in told["subject"]


def test_an_office_cannot_reach_anothers_alert_by_any_door(calling: TestClient, desk: Desk) -> None:
    with desk.store.look() as session:
        held = session.execute(
            select(Assignment.office_id, Assignment.fingerprint).where(Assignment.office_id.is_not(None))
        ).all()
    offices = {str(office) for office, _ in held}
    everything = {one for _, one in held}
    assert offices
    for office in offices:
        own = {alert for holder, alert in held if holder == office}
        head = key_for(desk, "triager", Bounds(office_id=office))
        assert {one["alert"] for one in calling.get(f"{V1}/alerts", headers=head, params={"limit": 200}).json()["alerts"]} == own
        for alert in everything:
            shown = calling.get(f"{V1}/alerts/{alert}", headers=head)
            assert shown.status_code == (200 if alert in own else 404)
            assert calling.get(f"{V1}/alerts/{alert}/history", headers=head).status_code == shown.status_code
            if alert in own:
                assert {one["alert"] for one in shown.json()["linked"]} <= own


def test_a_role_without_the_right_is_told_so(calling: TestClient, desk: Desk) -> None:
    answer = calling.get(f"{V1}/alerts", headers=key_for(desk, "administrator"))
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:guantong:problem:may_not")
    narrow = key_for(desk, "leader", scopes=("rules.read",))
    assert calling.get(f"{V1}/alerts", headers=narrow).status_code == 403
    assert calling.get(f"{V1}/rules", headers=narrow).status_code == 200


def test_rules_are_told_with_their_law_and_thresholds(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "data_team")
    listed = calling.get(f"{V1}/rules", headers=head).json()
    assert len(listed) > 100
    page = calling.get(f"{V1}/rules/paid_after_death", headers={**head, "Accept-Language": "en"}).json()
    assert page["basis"] and page["params"] and page["title"].isascii()
    assert calling.get(f"{V1}/rules/nothing", headers=head).status_code == 404


def test_the_service_says_whether_it_lives_and_is_ready(calling: TestClient) -> None:
    assert calling.get("/livez").status_code == calling.get("/readyz").status_code == 204
    assert calling.get("/nowhere").json()["type"] == "urn:guantong:problem:no_such_page"
    assert calling.put("/livez").json()["type"] == "urn:guantong:problem:wrong_method"
