"""Sessions over the API: signing in, lockout, the cookie, other sites, passwords and second factors."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from datasets.key import Key
from service.access import signing_in
from service.access.caller import Bounds
from service.api.app import create_app
from service.desk import Desk
from service.store import event
from service.store.event import Event
from service.store.member import Member
from tests.service.api_client import key_for
from tests.service.conftest import NOW, Office

PASSWORD, NEW = "a long enough password", "another long enough one"
HERE = {"Origin": "http://127.0.0.1"}
SESSION = "/api/v1/session"


class Clock:
    """A clock that tests turn."""

    now = NOW

    def __call__(self) -> Any:
        return self.now


@pytest.fixture
def desk(embedded: Office) -> Iterator[Desk]:
    with embedded.desk() as desk:
        Key.from_file(desk.settings.key_file, create=True)
        desk.clock = Clock()
        with desk.store.change() as session:
            member = signing_in.enrol(session, "zhang", "张", PASSWORD, by="test", now=NOW)
            signing_in.grant(session, member, "leader", Bounds(), by="test", now=NOW)
        yield desk


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk), base_url="http://127.0.0.1") as client:
        yield client


def enter(calling: TestClient, password: str = PASSWORD, **more: str) -> Any:
    return calling.post(SESSION, json={"login": "zhang", "password": password, **more})


def test_a_person_signs_in_is_told_what_they_may_and_signs_out(calling: TestClient) -> None:
    told = enter(calling)
    assert told.status_code == 201
    assert told.json()["roles"][0]["role"] == "leader" and "alerts.judge" in told.json()["verbs"]
    cookie = told.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
    assert calling.get(SESSION).json()["name"] == "person:zhang"
    assert calling.delete(SESSION, headers=HERE).status_code == 204
    assert calling.get(SESSION).status_code == 401


def test_over_the_network_the_cookie_goes_by_https_only(desk: Desk) -> None:
    with TestClient(create_app(desk), base_url="https://guantong.example") as calling:
        assert "Secure" in enter(calling).headers["set-cookie"]
        assert calling.get(SESSION).status_code == 200


def test_the_token_is_kept_nowhere_but_in_the_cookie(calling: TestClient, desk: Desk) -> None:
    token = enter(calling).cookies["guantong"]
    kept = b"".join(path.read_bytes() for path in desk.settings.home.rglob("guantong.db*"))
    assert b"zhang" in kept and token.encode() not in kept


def test_wrong_attempts_are_counted_although_refused_and_lock_the_door(calling: TestClient, desk: Desk) -> None:
    for _ in range(signing_in.ATTEMPTS):
        assert enter(calling, "wrong password").status_code == 401
    assert enter(calling).status_code == 401
    desk.clock.now = NOW + signing_in.LOCKED  # type: ignore[attr-defined]
    assert enter(calling).status_code == 201
    with desk.store.look() as session:
        assert "member.locked" in session.scalars(select(Event.kind)).all()
        assert event.first_broken(session) is None


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True), ({"Sec-Fetch-Site": "none"}, True), ({"Origin": "http://127.0.0.1"}, True),
        ({"Referer": "http://127.0.0.1/alerts"}, True), ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"}, False), ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False), ({}, False),
    ],
)  # fmt: skip
def test_what_another_sites_page_sends_with_our_cookie_is_refused(
    calling: TestClient, headers: dict[str, str], allowed: bool
) -> None:
    enter(calling)
    told = calling.delete(SESSION, headers=headers)
    assert told.status_code == (204 if allowed else 403)
    assert calling.get(SESSION).status_code == (401 if allowed else 200)


def test_another_site_cannot_sign_a_person_in(calling: TestClient) -> None:
    told = calling.post(SESSION, json={"login": "zhang", "password": PASSWORD}, headers={"Sec-Fetch-Site": "cross-site"})
    assert told.status_code == 403 and "set-cookie" not in told.headers


def test_a_key_needs_no_origin_and_has_no_session_to_end(calling: TestClient, desk: Desk) -> None:
    headers = key_for(desk, "platform")
    assert calling.get(SESSION, headers=headers).json()["kind"] == "platform"
    told = calling.delete(SESSION, headers=headers)
    assert told.status_code == 403 and told.json()["type"].endswith(":people_only")


def test_a_new_password_ends_the_other_sessions_and_an_old_one_serves_no_more(calling: TestClient, desk: Desk) -> None:
    enter(calling)
    with TestClient(create_app(desk), base_url="http://127.0.0.1") as elsewhere:
        enter(elsewhere)
        for old, new, status in ((PASSWORD, "short", 422), (PASSWORD, PASSWORD, 422), ("wrong", NEW, 422), (PASSWORD, NEW, 204)):
            told = calling.put(f"{SESSION}/password", json={"old": old, "new": new}, headers=HERE)
            assert told.status_code == status
        assert elsewhere.get(SESSION).status_code == 401
        assert calling.get(SESSION).status_code == 200
        assert enter(elsewhere).status_code == 401 and enter(elsewhere, NEW).status_code == 201


def test_while_the_password_is_somebody_elses_choice_no_role_holds(calling: TestClient, desk: Desk) -> None:
    with desk.store.change() as session:
        session.scalars(select(Member)).one().must_change = True
    told = enter(calling).json()
    assert told["change_password"] and told["verbs"] == []
    refused = calling.get("/api/v1/rules")
    assert refused.status_code == 403 and refused.json()["type"].endswith(":change_password")
    assert calling.put(f"{SESSION}/password", json={"old": PASSWORD, "new": NEW}, headers=HERE).status_code == 204
    assert "alerts.judge" in calling.get(SESSION).json()["verbs"]


def test_a_second_factor_is_set_by_its_first_code_and_each_code_serves_once(calling: TestClient, desk: Desk) -> None:
    enter(calling)
    proposed = calling.post(f"{SESSION}/second-factor", headers=HERE).json()
    code = pyotp.TOTP(proposed["secret"])
    assert calling.get(SESSION).json()["second_factor"] is False
    wrong = {"ticket": proposed["ticket"], "code": code.at(NOW - timedelta(hours=1))}
    assert calling.put(f"{SESSION}/second-factor", json=wrong, headers=HERE).status_code == 422
    right = {"ticket": proposed["ticket"], "code": code.at(NOW)}
    assert calling.put(f"{SESSION}/second-factor", json=right, headers=HERE).status_code == 204
    assert enter(calling).status_code == 401
    assert enter(calling, code=code.at(NOW)).status_code == 401, "the code that set it has served"
    assert enter(calling, code=code.at(NOW + timedelta(seconds=30))).status_code == 201
    assert enter(calling, code=code.at(NOW + timedelta(seconds=30))).status_code == 401
    with desk.store.look() as session:
        assert proposed["secret"] not in str(session.scalars(select(Member.totp)).one())
    assert calling.delete(f"{SESSION}/second-factor", headers=HERE).status_code == 204
    assert enter(calling).status_code == 201


def test_a_stale_or_another_persons_ticket_sets_nothing(calling: TestClient, desk: Desk) -> None:
    with desk.store.change() as session:
        signing_in.enrol(session, "li", "李", PASSWORD, by="test", now=NOW)
    enter(calling)
    proposed = calling.post(f"{SESSION}/second-factor", headers=HERE).json()
    later = NOW + timedelta(minutes=10)
    desk.clock.now = later  # type: ignore[attr-defined]
    stale = {"ticket": proposed["ticket"], "code": pyotp.TOTP(proposed["secret"]).at(later)}
    assert calling.put(f"{SESSION}/second-factor", json=stale, headers=HERE).status_code == 422
    desk.clock.now = NOW  # type: ignore[attr-defined]
    calling.post(SESSION, json={"login": "li", "password": PASSWORD})
    theirs = {"ticket": proposed["ticket"], "code": pyotp.TOTP(proposed["secret"]).at(NOW)}
    assert calling.put(f"{SESSION}/second-factor", json=theirs, headers=HERE).status_code == 422
