"""Verdicts by API: locked by the version that was seen, by the office alone, and nothing of a case file is decided past it."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from service import audit
from service.access.caller import Bounds
from service.desk import Desk
from service.store.case import CaseClaim, CaseFile
from tests.service.api_client import kept_office, key_for
from tests.service.conftest import NOW, Office

V1 = "/api/v1"


@pytest.fixture
def kept(tmp_path: Path) -> Office:
    """A copy for each test: what one decided, the next would find."""
    return kept_office(tmp_path)


def case_about(session: Session, alert: str) -> None:
    """An open case file that works on an alert."""
    case = CaseFile(
        title="核实", source="alert", status="received", office_id="OF-JD01", stream="discipline", received_on=NOW.date(), opened_by="test",
        opened_at=NOW,
    )  # fmt: skip
    session.add(case)
    session.flush()
    session.add(CaseClaim(kind="alert", key=alert, case_id=case.case_id))


def test_an_alert_is_decided_by_who_saw_it_as_it_is(calling: TestClient, desk: Desk, kept: Office) -> None:
    head = key_for(desk, "office_head")
    first, second, third, fourth = (one["alert"] for one in calling.get(f"{V1}/alerts", headers=head).json()["alerts"][:4])

    def seen(alert: str) -> str:
        return str(calling.get(f"{V1}/alerts/{alert}", headers=head).headers["etag"])

    def decide(alert: str, tag: str | None, **said: str) -> tuple[int, str]:
        wanted = {**head, **({"If-Match": tag} if tag else {})}
        answer = calling.post(f"{V1}/alerts/{alert}/verdicts", headers=wanted, json=said)
        return answer.status_code, answer.json().get("status") if answer.status_code == 201 else answer.json()["type"].rpartition(
            ":"
        )[2]

    tag = seen(first)
    assert decide(first, None, outcome="accepted") == (428, "if_match")
    assert decide(first, '"weak"', outcome="accepted") == (412, "changed")
    assert decide(first, tag, outcome="accepted") == (201, "accepted")
    assert decide(first, tag, outcome="no_problem", reason="已核实") == (412, "changed"), "somebody else was faster"
    assert decide(first, seen(first), outcome="no_problem") == (422, "invalid"), "a reason must be given"
    assert decide(first, seen(first), outcome="no_problem", reason="已核实，系同名") == (201, "cleared")
    assert decide(second, seen(second), outcome="wrong_data", reason="身份证号录错") == (201, "returned")
    assert decide(third, seen(third), outcome="transferred", reason="归口", office="OF-NOBODYS") == (422, "no_office")
    assert decide(third, seen(third), outcome="transferred", reason="归口驻民政局组", office="OF-PZ01")[0] == 201
    with desk.store.change() as session:
        case_about(session, fourth)
    assert decide(fourth, seen(fourth), outcome="no_problem", reason="已核实")[0] == 422, "a case file works on it"
    assert {
        one["status"] for one in calling.get(f"{V1}/alerts", headers=head, params={"status": "returned"}).json()["alerts"]
    } == {"returned"}
    kept.run()
    assert calling.get(f"{V1}/alerts/{first}", headers=head).json()["status"] == "cleared", "the same facts do not flag again"
    with desk.store.look() as session:
        assert desk.key is not None and audit.verify(session, desk.key.derived("audit"), []) == []


def test_another_offices_alert_is_not_there_and_readers_do_not_judge(calling: TestClient, desk: Desk) -> None:
    alert = calling.get(f"{V1}/alerts", headers=key_for(desk, "leader")).json()["alerts"][0]["alert"]
    said = {"outcome": "accepted"}
    stranger = {**key_for(desk, "triager", Bounds(office_id="OF-NOBODYS")), "If-Match": f'"1-{"0" * 20}"'}
    assert calling.post(f"{V1}/alerts/{alert}/verdicts", headers=stranger, json=said).status_code == 404
    assert calling.post(f"{V1}/alerts/{alert}/verdicts", headers=key_for(desk, "auditor"), json=said).status_code == 403
