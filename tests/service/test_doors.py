"""Every door of the API: which verb it asks for, that no other role gets in, and that another office's ids are as good as none."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.dependencies.models import Dependant
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core import NOT_SET
from sqlalchemy import select

from service.access.caller import Bounds
from service.access.role import roles, verbs
from service.api.app import create_app
from service.desk import Desk
from service.store.assignment import Assignment
from tests.service.api_client import client, kept_office, key_for
from tests.service.conftest import Office

V1 = "/api/v1"
FOR_ANYBODY = {"/api/v1/session", "/api/v1/session/password", "/api/v1/session/second-factor"}
"""Signing in and out, and one's own password and code: whoever holds the session, and nobody else's."""
NAMED = {f"may_{verb.replace('.', '_')}": verb for verb in verbs()}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    found = kept_office(tmp_path_factory.mktemp("doors"))
    found.variables["GUANTONG_RATE"] = "0"
    return found


@pytest.fixture(scope="module")
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as opened:
        yield opened


@pytest.fixture(scope="module")
def calling(desk: Desk) -> Iterator[TestClient]:
    with client(desk) as found:
        yield found


def routes(calling: TestClient) -> list[Any]:
    """Every door below the API's address, with its path, methods and dependencies."""
    app: Any = calling.app
    doors = [
        door for one in app.routes for door in (one.effective_candidates() if hasattr(one, "effective_candidates") else [one])
    ]
    return [one for one in doors if hasattr(one, "dependant") and (one.path or "").startswith(V1)]


def asks_for(dependant: Dependant) -> set[str]:
    """The verbs that a door's dependencies ask for."""
    mine = {NAMED[name]} if (name := getattr(dependant.call, "__name__", "")) in NAMED else set()
    return mine.union(*(asks_for(one) for one in dependant.dependencies))


def tried(calling: TestClient, route: Any, head: dict[str, str]) -> tuple[int, str]:
    """Status and problem code of a request with nothing in it to a door."""
    [method] = route.methods or ()
    path = re.sub(r"\{[^}]+\}", "1", route.path)
    answer = calling.request(method, path, headers=head, json=None if method == "GET" else {})
    told = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    return answer.status_code, str(told.get("type", "") if isinstance(told, dict) else "").rpartition(":")[2]


def test_every_door_asks_for_a_verb_that_some_role_has(calling: TestClient) -> None:
    doors = {(route.path, tuple(route.methods or ())): asks_for(route.dependant) for route in routes(calling)}
    assert len(doors) > 50
    assert {path for (path, _), asked in doors.items() if not asked} == FOR_ANYBODY


@pytest.mark.parametrize("role", sorted(roles()))
def test_a_role_gets_in_where_its_verb_allows_and_nowhere_else(role: str, calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, role)
    for route in routes(calling):
        if route.path in FOR_ANYBODY or route.path.endswith("/stream"):
            continue
        status, code = tried(calling, route, head)
        if asks_for(route.dependant) <= roles()[role].may:
            assert code != "may_not", f"{role} {route.methods} {route.path}"
        else:
            assert (status, code) == (403, "may_not"), f"{role} {route.methods} {route.path}"


def test_nobody_gets_in_without_a_key(calling: TestClient) -> None:
    for route in routes(calling):
        if route.path not in FOR_ANYBODY:
            assert tried(calling, route, {})[0] == 401, route.path


def foreign(calling: TestClient, desk: Desk) -> dict[str, list[str]]:
    """Ids that belong to others than office OF-PZ01 and its platform, by the name of the path's parameter."""
    with desk.store.look() as session:
        mine = set(session.scalars(select(Assignment.fingerprint).where(Assignment.office_id == "OF-PZ01")))
        others = sorted(set(session.scalars(select(Assignment.fingerprint))) - mine)
    assert others
    head = key_for(desk, "leader")
    hook = calling.post(f"{V1}/subscriptions", headers=head, json={"url": "https://example.org/hooks"}).json()
    people = key_for(desk, "platform")
    row = {"payment_id": "P1", "programme_id": "PG01", "person_id": "320623195403070017", "amount": "650.00", "paid_on": "2024-04-15",
           "unit_id": "U0010", "kind": "regular"}  # fmt: skip
    kept = calling.post(f"{V1}/screenings", headers=people, params={"table": "subsidy_payment", "keep": True}, json=[row]).json()
    asked = calling.post(
        f"{V1}/alerts/{others[0]}/unsealings",
        headers=head,
        json={"token": "rid_" + "0" * 20, "field": "person", "reason": "核实身份"},
    )
    found = {"alert": others[:2], "subscription": [hook["subscription"]], "screening": [kept["screening"]]}
    if asked.status_code == 202:
        found["name"] = [asked.json()["unsealing"]]
    return found


def test_another_offices_id_is_answered_as_one_that_does_not_exist(calling: TestClient, desk: Desk) -> None:
    ids = foreign(calling, desk)
    bound = Bounds(office_id="OF-PZ01")
    heads = [key_for(desk, role, bound) for role in ("triager", "office_member", "office_head", "platform")]
    schema = schemathesis.openapi.from_asgi(f"{V1}/openapi.json", create_app(desk))
    met = set()
    for one in schema.get_all_operations():
        operation = one.ok()
        named = [name for name in ids if f"{{{name}}}" in operation.path]
        for name in named:
            met.add(name)
            for head in heads:
                _same_as_nothing(operation, name, ids[name], head)
    assert met == set(ids)


def _same_as_nothing(operation: Any, name: str, ids: list[str], head: dict[str, str]) -> None:
    @settings(
        max_examples=2,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def tried_both(case: Any) -> None:
        if case.headers is not NOT_SET and case.headers:
            case.headers.pop("Idempotency-Key", None)  # a key that was used once would answer for both
        told = []
        for one in (*ids, "AL0000000000000000" if name == "alert" else "0" * len(ids[0])):
            case.path_parameters[name] = one
            answer = case.call(headers=head)
            told.append((answer.status_code, re.sub(rf"urn:request:\w+|{one}", "", answer.text)))
        assert len(set(told)) == 1, f"{operation.method} {operation.path} {told}"
        assert told[0][0] >= 400 and told[0][0] < 500

    tried_both()
