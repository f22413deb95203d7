"""An accusation never reaches the accused unit or person: what rests on it, that it exists, what it says. Every door is tried."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access.caller import Bounds
from service.access.signing_in import enrol, grant, open_session
from service.desk import Desk
from service.store.alert import Alert, AlertSignal
from service.store.assignment import Assignment
from service.store.event import Event
from service.store.member import Member
from service.store.sealed import Accused
from service.store.signal import SignalVersion
from tests.service import village
from tests.service.api_client import client
from tests.service.conftest import NOW, Office

TEXT = "平潮镇政府张建军收了好处费才给办低保，请一查到底"
TICKET = "TK77"
OFFICIAL = village.resident(3)
"""张建军, who works at the township."""


def accusations() -> dict[str, list[village.Row]]:
    """Complaints about the township and one of its people, handled by civil affairs."""
    ticket = {**village.complaints()["ticket"][0], "regime": "accusation", "kind": "report", "accused_unit_id": village.TOWNSHIP,
              "accused_name": "张建军", "unit_id": village.CIVIL, "title": "反映低保收钱", "body": TEXT, "satisfied": False, "solved": False}  # fmt: skip
    flow = {"ticket_id": TICKET, "seq": 1, "action": "dispatch", "acted_at": "2024-03-02 09:00:00", "from_unit_id": village.CIVIL,
            "to_unit_id": village.TOWNSHIP, "discloses_caller": True}  # fmt: skip
    return {
        "ticket": [*village.complaints()["ticket"], {**ticket, "ticket_id": TICKET, "closed_at": None}],
        "ticket_flow": [flow],
    }


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("accused")
    office = Office(folder, f"sqlite:///{folder / 'home' / 'guantong.db'}")
    people = village.people()
    clerk = {**people["public_employee"][0], "person_id": OFFICIAL, "unit_id": village.TOWNSHIP}
    people["public_employee"] = [*people["public_employee"], clerk]
    office.take_in(village.places(), people, village.payments(), accusations())
    office.run()
    with office.desk() as desk, desk.store.change() as session:
        for alert in resting(desk):  # as if routing had sent each of them to both units to be checked first
            for unit in (village.TOWNSHIP, village.OTHER_TOWNSHIP):
                session.add(
                    Assignment(
                        fingerprint=alert, stream="coordination", office_id=None, unit_id=unit, role="handle", route="r", because={},
                        channel="routine", due_provisional=False, given_run=1,
                    )
                )  # fmt: skip
    return office


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as opened:
        yield opened


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    with client(desk) as found:
        yield found


def resting(desk: Desk) -> set[str]:
    """Alerts that rest on a complaint."""
    with desk.store.look() as session:
        rows = session.execute(select(AlertSignal.fingerprint, SignalVersion.body).join(SignalVersion))
        return {alert for alert, body in rows if {"ticket", "ticket_flow"} & set(body["evidence"])}


def about_the_accused(desk: Desk) -> set[str]:
    """Alerts that rest on the accusation."""
    with desk.store.look() as session:
        return set(session.scalars(select(Accused.fingerprint).where(Accused.entity_id == village.TOWNSHIP)))


def signed_in(desk: Desk, login: str, role: str, bounds: Bounds, person: str | None = None) -> dict[str, str]:
    """The cookie of a member; `person` is a resident id."""
    with desk.store.change() as session:
        member = session.scalar(select(Member).where(Member.login == login))
        if member is None:
            member = enrol(session, login, login, None, by="test", now=NOW)
            grant(session, member, role, bounds, by="test", now=NOW)
        if person is not None:
            assert desk.key is not None
            member.person_id = desk.key.token("resident_id", person)
        return {"guantong": open_session(session, member, NOW, second_factor=True)}


def secrets_of(desk: Desk, alerts: set[str]) -> set[str]:
    """Whatever tells of the accusation: its alerts, signals, ticket, words, and the pseudonym of who called."""
    assert desk.key is not None
    with desk.store.look() as session:
        signals = set(session.scalars(select(AlertSignal.signal_id).where(AlertSignal.fingerprint.in_(alerts))))
        alone = {one for one in signals if _only_of(session, one, alerts)}
    return alerts | alone | {TICKET, TEXT, TEXT[-8:], "反映低保收钱", desk.key.token("phone", "13900000002")}


def _only_of(session: Any, signal: str, alerts: set[str]) -> bool:
    return set(session.scalars(select(AlertSignal.fingerprint).where(AlertSignal.signal_id == signal))) <= alerts


def doors(calling: TestClient) -> dict[str, Mapping[str, Any]]:
    """Path -> its GET operation, of everything the service offers."""
    paths = calling.get("/api/v1/openapi.json").json()["paths"]
    found = {path: told["get"] for path, told in paths.items() if "get" in told}
    others = {route.path for route in calling.app.routes if "GET" in (getattr(route, "methods", None) or ())}  # type: ignore[attr-defined]
    return found | {path: {} for path in others - set(found) if not path.endswith("openapi.json")}


def tried(path: str, operation: Mapping[str, Any], ids: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The requests that try a door: every id in its path, and every id in each of its parameters that takes a text."""
    places = re.findall(r"{([^}]+)}", path)
    one_by_one = [re.sub(r"{[^}]+}", one, path) for one in ids] if places else [path]
    for address in one_by_one:
        yield address, {}
        for asked in operation.get("parameters", []):
            if asked["in"] == "query" and "enum" not in str(asked["schema"]) and not places:
                yield from ((address, {asked["name"]: one}) for one in ids)


def leaks(calling: TestClient, cookies: dict[str, str], ids: list[str], secrets: set[str]) -> list[tuple[str, str]]:
    """Door and secret of every answer that tells one; streams are left to end by themselves."""
    found = []
    calling.cookies.update(cookies)
    for path, operation in doors(calling).items():
        if "text/event-stream" in str(operation.get("responses", {}).get("200", {})):
            continue
        for address, asked in tried(path, operation, ids):
            answer = calling.get(address, params=asked, follow_redirects=False)
            assert answer.status_code < 500, (address, asked, answer.text)
            told = answer.text.replace("\\u003d", "=")
            found += [(f"{address} {asked}", one) for one in secrets if one in told and answer.status_code < 400]
    calling.cookies.clear()
    return found


def tries(desk: Desk, secrets: set[str]) -> list[str]:
    """What somebody who has heard of it would ask for."""
    with desk.store.look() as session:
        matters = {one for one in session.scalars(select(Alert.matter).where(Alert.fingerprint.in_(secrets))) if one}
        events = set(session.scalars(select(Event.seq).where(Event.about.in_(secrets))))
    plain = {one for one in secrets if one.isascii() and not one.startswith("tel_")}
    return sorted(plain | matters | {str(one) for one in sorted(events)[:2]} | {village.TOWNSHIP, village.VILLAGE})


def test_whom_a_complaint_is_about_is_known_by_column_text_and_workplace(desk: Desk) -> None:
    assert desk.key is not None
    alerts = about_the_accused(desk)
    assert alerts
    with desk.store.look() as session:
        whom = {
            tuple(row) for row in session.execute(select(Accused.kind, Accused.entity_id).where(Accused.fingerprint.in_(alerts)))
        }
    assert ("unit", village.TOWNSHIP) in whom and ("person", desk.key.token("resident_id", OFFICIAL)) in whom
    assert alerts <= resting(desk)


def test_the_guard_finds_what_a_leader_is_told(desk: Desk, calling: TestClient) -> None:
    """The same doors, tried by somebody who may: else the tests below could not fail."""
    secrets = secrets_of(desk, about_the_accused(desk))
    found = leaks(calling, signed_in(desk, "leader", "leader", Bounds()), tries(desk, secrets), secrets)
    assert {secret for _, secret in found} >= about_the_accused(desk)


@pytest.mark.parametrize("role", ["office_member", "office_head", "triager"])
def test_no_door_tells_the_accused_units_own_people(desk: Desk, calling: TestClient, role: str) -> None:
    secrets = secrets_of(desk, about_the_accused(desk))
    cookies = signed_in(desk, f"unit_{role}", role, Bounds(unit_id=village.TOWNSHIP))
    assert leaks(calling, cookies, tries(desk, secrets), secrets) == []


def test_no_door_tells_another_unit_that_it_was_sent_to(desk: Desk, calling: TestClient) -> None:
    secrets = secrets_of(desk, about_the_accused(desk))
    cookies = signed_in(desk, "neighbour", "office_member", Bounds(unit_id=village.OTHER_TOWNSHIP))
    assert leaks(calling, cookies, tries(desk, secrets), secrets) == []


@pytest.mark.parametrize("role", ["leader", "office_head", "triager"])
def test_no_door_tells_the_accused_who_is_a_member(desk: Desk, calling: TestClient, role: str) -> None:
    secrets = secrets_of(desk, about_the_accused(desk))
    cookies = signed_in(desk, f"accused_{role}", role, Bounds(), person=OFFICIAL)
    assert leaks(calling, cookies, tries(desk, secrets), secrets) == []
