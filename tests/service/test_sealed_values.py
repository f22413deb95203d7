"""Sealed values: asked for with a reason, agreed to by another, shown once, kept nowhere; and never to those who work without names."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access.caller import Bounds
from service.access.signing_in import enrol, grant, open_session
from service.desk import Desk
from service.store.alert import Alert
from service.store.assignment import Assignment
from service.store.event import Event
from service.store.member import Member
from service.store.sealed import CONSENT, OPENING
from tests.service import village
from tests.service.api_client import client, kept_office, key_for
from tests.service.conftest import NOW, Office

V1 = "/api/v1"
WHY = {"reason": "核对领取人身份"}


class Clock:
    """A clock that tests put forward."""

    def __init__(self) -> None:
        self.now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return kept_office(tmp_path_factory.mktemp("sealed"))


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as opened:
        opened.clock = Clock()
        yield opened


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    with client(desk) as found:
        yield found


def member(desk: Desk, login: str, *roles: str, bounds: Bounds = Bounds()) -> dict[str, str]:  # noqa: B008 - frozen
    """The headers of a person who signed in."""
    with desk.store.change() as session:
        found = session.scalar(select(Member).where(Member.login == login))
        if found is None:
            found = enrol(session, login, login, None, by="test", now=NOW)
            for role in roles:
                grant(session, found, role, bounds, by="test", now=NOW)
        token = open_session(session, found, desk.clock(), second_factor=True)
    return {"Cookie": f"guantong={token}", "Sec-Fetch-Site": "same-origin"}


def later(desk: Desk, by: timedelta) -> None:
    assert isinstance(desk.clock, Clock)
    desk.clock.now += by


def about_a_person(desk: Desk) -> tuple[str, str]:
    """An alert about somebody paid after death, and the pseudonym of that person's id."""
    assert desk.key is not None
    token = desk.key.token("resident_id", village.resident(1))
    with desk.store.look() as session:
        return str(session.scalar(select(Alert.fingerprint).where(Alert.subject_id == token))), token


def asked(calling: TestClient, desk: Desk, who: dict[str, str], **more: str) -> Any:
    alert, token = about_a_person(desk)
    return calling.post(f"{V1}/alerts/{alert}/unsealings", headers=who, json={"token": token, **WHY, **more})


def entries(desk: Desk) -> list[Event]:
    with desk.store.look() as session:
        return list(session.scalars(select(Event).where(Event.kind.startswith("sealed.")).order_by(Event.seq)))


def test_a_second_person_agrees_and_the_value_is_fetched_once(calling: TestClient, desk: Desk) -> None:
    one, head = member(desk, "asks", "office_member"), member(desk, "agrees", "office_head")
    before = len(entries(desk))
    answer = asked(calling, desk, one, reason=f"核对{village.resident(1)}本人电话13811112222")
    told = answer.json()
    assert (answer.status_code, told["status"], told["value"], answer.headers["cache-control"]) == (
        202,
        "pending",
        None,
        "no-store",
    )
    name, at = told["unsealing"], f"{V1}/unsealings/{told['unsealing']}"
    assert calling.post(f"{at}/value", headers=one).status_code == 409
    assert [line["unsealing"] for line in calling.get(f"{V1}/unsealings", headers=head).json()][:1] == [name]
    assert calling.post(f"{at}/agree", headers=head).json()["status"] == "agreed"
    assert calling.post(f"{at}/value", headers=head).status_code == 404, "only to whoever asked"
    value = calling.post(f"{at}/value", headers=one)
    assert (value.json()["value"], value.json()["status"]) == (village.resident(1), "opened")
    assert calling.post(f"{at}/value", headers=one).status_code == 410
    log = entries(desk)[before:]
    assert [(event.kind, event.actor) for event in log] == [
        ("sealed.asked", "person:asks"), ("sealed.agreed", "person:agrees"), ("sealed.opened", "person:asks"),
    ]  # fmt: skip
    assert {(event.body["alert"], event.body["kind"], event.body["token"]) for event in log} == {
        (about_a_person(desk)[0], "resident_id", about_a_person(desk)[1])
    }
    kept = json.dumps([event.body for event in log], ensure_ascii=False)
    assert village.resident(1) not in kept and "13811112222" not in kept and "核对" in kept


def test_nobody_agrees_alone_twice_or_too_late(calling: TestClient, desk: Desk) -> None:
    head, other = member(desk, "head_one", "office_head"), member(desk, "head_two", "leader")
    name = asked(calling, desk, head).json()["unsealing"]
    assert calling.post(f"{V1}/unsealings/{name}/agree", headers=head).json()["type"].endswith("same_person")
    assert calling.post(f"{V1}/unsealings/{name}/refuse", headers=other).json()["status"] == "refused"
    assert calling.post(f"{V1}/unsealings/{name}/agree", headers=other).status_code == 410
    assert calling.post(f"{V1}/unsealings/{name}/value", headers=head).status_code == 410
    late = asked(calling, desk, head).json()["unsealing"]
    later(desk, CONSENT)
    head, other = member(desk, "head_one"), member(desk, "head_two")
    assert calling.post(f"{V1}/unsealings/{late}/agree", headers=other).status_code == 410
    agreed = asked(calling, desk, head).json()["unsealing"]
    assert calling.post(f"{V1}/unsealings/{agreed}/agree", headers=other).status_code == 200
    later(desk, OPENING)
    assert calling.post(f"{V1}/unsealings/{agreed}/value", headers=head).status_code == 410
    states = {line["unsealing"]: line["status"] for line in calling.get(f"{V1}/unsealings", headers=head).json()}
    assert (states[name], states[late], states[agreed]) == ("refused", "expired", "expired")


def test_by_setting_a_reason_is_enough_and_nothing_of_the_answer_is_kept(office: Office) -> None:
    office.variables["GUANTONG_UNSEAL"] = "one"
    try:
        with office.desk() as desk, client(desk) as calling:
            one = {**member(desk, "alone", "triager"), "Idempotency-Key": "k1"}
            answer = asked(calling, desk, one)
            assert (answer.status_code, answer.json()["value"], answer.json()["status"]) == (200, village.resident(1), "opened")
            assert [event.kind for event in entries(desk)][-2:] == ["sealed.asked", "sealed.opened"]
            again = asked(calling, desk, one)
            assert again.json()["unsealing"] != answer.json()["unsealing"], "told anew, and on record anew"
    finally:
        del office.variables["GUANTONG_UNSEAL"]
    found = b"".join(path.read_bytes() for path in sorted(Path(office.folder / "home").rglob("*")) if path.is_file())
    assert village.resident(1).encode() not in found


@pytest.mark.parametrize("role", ["data_team", "auditor", "administrator", "platform"])
def test_those_who_work_without_names_never_see_a_value(calling: TestClient, desk: Desk, role: str) -> None:
    for who in (
        member(desk, f"only_{role}", role),
        member(desk, f"also_{role}", role, "leader"),
        key_for(desk, role),
        key_for(desk, "leader"),
    ):
        answer = asked(calling, desk, who)
        assert answer.status_code == 403, answer.text
        assert calling.get(f"{V1}/unsealings", headers=who).status_code == 403
    assert asked(calling, desk, {}).status_code == 401


def test_a_units_own_people_never_see_a_value(calling: TestClient, desk: Desk) -> None:
    assert (
        asked(calling, desk, member(desk, "of_the_unit", "office_head", bounds=Bounds(unit_id=village.TOWNSHIP))).status_code
        == 403
    )


def test_an_office_asks_only_about_its_own_alerts_and_for_what_stands_in_them(calling: TestClient, desk: Desk) -> None:
    alert, _ = about_a_person(desk)
    with desk.store.look() as session:
        holders = set(session.scalars(select(Assignment.office_id).where(Assignment.fingerprint == alert)))
    (mine, *_), stranger = sorted(one for one in holders if one), "OF-NONE"
    assert asked(calling, desk, member(desk, "theirs", "triager", bounds=Bounds(office_id=mine))).status_code == 202
    assert asked(calling, desk, member(desk, "strange", "triager", bounds=Bounds(office_id=stranger))).status_code == 404
    assert desk.key is not None
    who = member(desk, "asks", "office_member")
    nowhere = asked(calling, desk, who, token=desk.key.token("resident_id", village.resident(9)))
    assert (nowhere.status_code, nowhere.json()["errors"][0]["where"]) == (404, "/token")
    assert asked(calling, desk, who, token="王秀兰").status_code == 422
    assert asked(calling, desk, who, reason="   ").status_code == 422


def test_who_complained_is_shown_to_nobody(calling: TestClient, desk: Desk) -> None:
    assert desk.key is not None
    who = member(desk, "curious", "leader")
    caller = desk.key.token("phone", "13900000002")
    with desk.store.look() as session:
        alerts = list(session.scalars(select(Alert.fingerprint)))
    answers = {
        calling.post(f"{V1}/alerts/{alert}/unsealings", headers=who, json={"token": caller, **WHY}).status_code
        for alert in alerts
    }
    assert alerts and answers == {404}
