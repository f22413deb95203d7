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

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles, verbs
from service.access.sight import complained_of
from service.api.app import create_app
from service.casework.protecting import Scope, ask_clearing
from service.clearing import signals_of
from service.desk import Desk
from service.rectifying.seat import sit_down
from service.store.alert import Alert
from service.store.assignment import Assignment
from service.triage.deciding import dismiss
from service.triage.moving import By
from service.words import say
from tests.service import village
from tests.service.api_client import as_seen, client, kept_office, key_for
from tests.service.conftest import NOW, Office

V1 = "/api/v1"
FOR_ANYBODY = {"/api/v1/session", "/api/v1/session/password", "/api/v1/session/second-factor"}
"""Signing in and out, and one's own password and code: whoever holds the session, and nobody else's."""
LETTER = {"kind": "supervision", "unit": village.CIVIL, "issuer": "通海县监察委员会", "title": "监察建议书", "addressee": "县民政局",
          "source": "来源", "problem": "问题", "cause": "成因", "advice": "建议", "reply_by": "2026-03-01"}  # fmt: skip
TASK = {"matter": "逐村核对低保名单", "responsible": "李局长", "standard": "名单与公示一致", "due_on": "2026-02-01"}
LEADER = Caller("person:chief", "person", (Held(roles()["leader"], Bounds()),))
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


def test_what_complaints_say_is_told_to_the_platform_that_pushed_them_and_to_no_other(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people(), village.payments())
    tickets = village.complaints()["ticket"]
    words = [str(one["body"]) for one in tickets] + [str(one["title"]) for one in tickets]
    with embedded.desk() as desk, client(desk) as calling:
        hotline, other, auditor = (key_for(desk, role) for role in ("platform", "platform", "auditor"))
        chief = key_for(desk, "leader")
        calling.post(f"{V1}/records/ticket", headers=hotline, json=tickets).raise_for_status()
        embedded.run()
        with desk.store.look() as session:
            resting = session.scalars(select(Alert.fingerprint).where(complained_of("")).order_by(Alert.fingerprint)).all()
        assert resting

        def told(head: dict[str, str]) -> str:
            paths = [f"/alerts/{one}{more}" for one in resting for more in ("", "/evidence", "/history")] + ["/alerts"]
            return "".join(calling.get(V1 + path, headers=head).text for path in paths)

        assert any(one in told(hotline) for one in words) and any(one in told(chief) for one in words)
        assert say("notice.complaint_withheld") not in told(hotline) + told(chief)
        for head in (other, auditor):
            assert not [one for one in words if one in told(head)]
            assert say("notice.complaint_withheld") in told(head)


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
    found = {
        "alert": others[:2],
        "subscription": [hook["subscription"]],
        "screening": [kept["screening"]],
        **_papers(calling, desk, head),
    }
    if asked.status_code == 202:
        found["name"] = [asked.json()["unsealing"]]
    return found


def _papers(calling: TestClient, desk: Desk, head: dict[str, str]) -> dict[str, list[str]]:
    """A letter, a line of a supervision list and a lasting clearing of office OF-JD01."""
    letter = calling.post(f"{V1}/recommendations", headers=head, json={**LETTER, "office": "OF-JD01"}).json()
    task = calling.post(f"{V1}/supervision-tasks", headers=head, json={**TASK, "office": "OF-JD01"}).json()
    with desk.store.change() as session:
        theirs = select(Assignment.fingerprint).where(Assignment.office_id == "OF-PZ01", Assignment.ended_run.is_(None))
        for alert in session.scalars(select(Alert).where(Alert.fingerprint.not_in(theirs)).order_by(Alert.fingerprint)):
            if own := signals_of(session, alert):
                dismiss(session, By(LEADER, NOW), alert.fingerprint, alert.version, "已核对")
                scope = Scope(desk.today, "已核对", "登记表", tuple({one.rule for one in own}))
                clearing = ask_clearing(session, sit_down(desk, LEADER).acting, alert.fingerprint, scope)
                return {"letter": [str(letter["letter"])], "task": [str(task["task"])], "clearing": [str(clearing.clearing_id)]}
    raise AssertionError("no alert of another office has findings of its own")


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
            if "if-match" in case.headers:
                case.headers["if-match"] = as_seen(1)  # else it is refused before anything is looked for
        told = []
        none = (
            "AL0000000000000000" if name == "alert" else "999999" if name in ("letter", "task", "clearing") else "0" * len(ids[0])
        )
        for one in (*ids, none):
            case.path_parameters[name] = one
            answer = case.call(headers=head)
            told.append((answer.status_code, re.sub(rf"urn:request:\w+|{one}", "", answer.text)))
        assert len(set(told)) == 1, f"{operation.method} {operation.path} {told}"
        assert told[0][0] >= 400 and told[0][0] < 500

    tried_both()
