"""Administrators keep people and keys over the API: bounded, timed, on record, never for themselves, and they read no case."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access import signing_in
from service.access.caller import Bounds
from service.api.app import create_app
from service.desk import Desk
from service.store import event
from service.store.event import Event
from tests.service.api_client import kept_office, key_for
from tests.service.conftest import NOW, Office

HERE = {"Origin": "http://127.0.0.1"}
API = "/api/v1"
FIRST, OWN = "a first password, 1", "a password of my own"


@pytest.fixture
def desk(embedded: Office) -> Iterator[Desk]:
    with embedded.desk() as desk:
        with desk.store.change() as session:
            member = signing_in.enrol(session, "admin", "管理员", OWN, by="test", now=NOW)
            signing_in.grant(session, member, "administrator", Bounds(), by="test", now=NOW)
        yield desk


@pytest.fixture
def admin(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk), base_url="http://127.0.0.1", headers=HERE) as calling:
        calling.post(f"{API}/session", json={"login": "admin", "password": OWN})
        yield calling


def enrolled(admin: TestClient, login: str = "zhang", **more: Any) -> Any:
    return admin.post(f"{API}/people", json={"login": login, "name": "张", "password": FIRST, **more})


def given(admin: TestClient, role: str, login: str = "zhang", **more: Any) -> Any:
    return admin.post(f"{API}/people/{login}/grants", json={"role": role, **more})


def entering(desk: Desk, password: str = FIRST) -> TestClient:
    calling = TestClient(create_app(desk), base_url="http://127.0.0.1", headers=HERE)
    calling.post(f"{API}/session", json={"login": "zhang", "password": password})
    return calling


def test_somebody_is_enrolled_given_a_role_for_a_time_and_may_until_it_ends(admin: TestClient, desk: Desk) -> None:
    assert enrolled(admin).status_code == 201
    made = given(admin, "triager", office_id="OF-JD01", ends_on=str(NOW.date()))
    assert made.status_code == 201 and made.json()["given_by"] == "person:admin"
    zhang = entering(desk)
    assert zhang.get(f"{API}/session").json()["change_password"] is True, "the administrator knows the first password"
    assert zhang.put(f"{API}/session/password", json={"old": FIRST, "new": OWN}).status_code == 204
    assert "alerts.judge" in zhang.get(f"{API}/session").json()["verbs"]
    desk.clock = lambda: NOW + timedelta(days=1)
    assert entering(desk, OWN).get(f"{API}/session").json()["verbs"] == []


def test_a_role_that_is_taken_ends_at_once(admin: TestClient, desk: Desk) -> None:
    enrolled(admin)
    grant = given(admin, "leader").json()["grant_id"]
    assert admin.delete(f"{API}/people/zhang/grants/{grant}").status_code == 204
    assert admin.get(f"{API}/people/zhang").json()["grants"] == []
    assert admin.delete(f"{API}/people/zhang/grants/{grant}").status_code == 422


@pytest.mark.parametrize("how", ["lock", "active", "password"])
def test_who_is_locked_left_or_reset_is_put_out(admin: TestClient, desk: Desk, how: str) -> None:
    enrolled(admin)
    zhang = entering(desk)
    assert zhang.get(f"{API}/session").status_code == 200
    if how == "active":
        assert admin.delete(f"{API}/people/zhang/active").status_code == 204
    else:
        body = {"password": "yet another first one"} if how == "password" else None
        assert admin.put(f"{API}/people/zhang/{how}", json=body).status_code == 204
    assert zhang.get(f"{API}/session").status_code == 401
    assert entering(desk).get(f"{API}/session").status_code == 401
    if how == "lock":
        assert admin.delete(f"{API}/people/zhang/lock").status_code == 204
    if how == "active":
        assert admin.put(f"{API}/people/zhang/active").status_code == 204
    if how != "password":
        assert entering(desk).get(f"{API}/session").status_code == 200


def test_nobody_does_it_for_themselves(admin: TestClient) -> None:
    assert given(admin, "leader", "admin").status_code == 422
    assert admin.put(f"{API}/people/admin/password", json={"password": FIRST}).status_code == 422
    assert admin.delete(f"{API}/people/admin/active").status_code == 422


@pytest.mark.parametrize("roles", [("leader", "administrator"), ("administrator", "triager"), ("administrator", "data_team")])
def test_who_keeps_people_is_given_no_role_that_reads_cases(admin: TestClient, roles: tuple[str, str]) -> None:
    enrolled(admin)
    assert given(admin, roles[0]).status_code == 201
    told = given(admin, roles[1])
    assert told.status_code == 422 and told.json()["type"].endswith(":access.apart")
    assert [one["role"] for one in admin.get(f"{API}/people/zhang").json()["grants"]] == [roles[0]]


def test_an_administrator_reads_no_case_whichever_door_they_try(tmp_path: Any) -> None:
    office = kept_office(tmp_path)
    with office.desk() as desk, TestClient(create_app(desk)) as calling:
        leader, admin = key_for(desk, "leader"), key_for(desk, "administrator")
        alerts = calling.get(f"{API}/alerts", headers=leader).json()["alerts"]
        alert = alerts[0]["alert"]
        doors = ["alerts", f"alerts/{alert}", f"alerts/{alert}/history", f"alerts/{alert}/evidence", "events"]
        told = {door: calling.get(f"{API}/{door}", headers=admin).status_code for door in doors}
        assert set(told.values()) == {403}, told


def test_a_key_that_opens_cases_is_not_made_by_an_administrator(admin: TestClient, desk: Desk) -> None:
    told = admin.post(f"{API}/keys", json={"name": "12345", "scopes": ["alerts.read"]})
    assert told.status_code == 422 and told.json()["type"].endswith(":access.key_reads_cases")
    made = admin.post(f"{API}/keys", json={"name": "12345", "stream": "discipline", "days": 30})
    assert made.status_code == 201
    headers = {"Authorization": f"Bearer {made.json()['key']}"}
    with TestClient(create_app(desk)) as platform:
        told = platform.get(f"{API}/session", headers=headers).json()
        assert "records.push" in told["verbs"] and "alerts.read" not in told["verbs"]
        listed = admin.get(f"{API}/keys").json()
        assert listed[0]["name"] == "12345" and made.json()["key"].split("_", 2)[2] not in str(listed)
        assert admin.delete(f"{API}/keys/{made.json()['key_id']}").status_code == 204
        assert admin.delete(f"{API}/keys/{made.json()['key_id']}").status_code == 404
        assert platform.get(f"{API}/session", headers=headers).status_code == 401


def test_everything_an_administrator_does_is_on_record_without_a_password(admin: TestClient, desk: Desk) -> None:
    enrolled(admin)
    given(admin, "leader")
    admin.put(f"{API}/people/zhang/lock")
    admin.delete(f"{API}/people/zhang/lock")
    admin.post(f"{API}/keys", json={"name": "12345"})
    with desk.store.look() as session:
        wanted = select(Event.kind, Event.actor, Event.body).where(Event.actor == "person:admin").order_by(Event.seq)
        seen = session.execute(wanted).all()
        assert event.first_broken(session) is None
    kinds = [kind for kind, _, _ in seen]
    assert kinds == ["member.signed_in", "member.enrolled", "role.given", "member.locked", "member.unlocked", "key.made"]
    assert FIRST not in str(seen)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("people", {"login": "has space", "name": "x"}), ("people", {"login": "admin", "name": "x"}),
        ("people", {"login": "li", "name": "x", "password": "short"}), ("people/admin/grants", {"role": "boss"}),
        ("keys", {"name": "x", "days": 400}), ("keys", {"name": "x", "scopes": ["eat"]}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(admin: TestClient, path: str, body: dict[str, Any]) -> None:
    assert admin.post(f"{API}/{path}", json=body).status_code == 422


def test_an_auditor_sees_people_and_keys_and_changes_none(admin: TestClient, desk: Desk) -> None:
    with TestClient(create_app(desk)) as calling:
        auditor = key_for(desk, "auditor")
        assert calling.get(f"{API}/people", headers=auditor).status_code == 200
        assert calling.get(f"{API}/keys", headers=auditor).status_code == 200
        assert calling.post(f"{API}/people", json={"login": "li", "name": "李"}, headers=auditor).status_code == 403
        assert calling.get(f"{API}/people", headers=key_for(desk, "leader")).status_code == 403
        assert calling.get(f"{API}/people/nobody", headers=auditor).status_code == 404
