"""Case files over the API: opened on accepted alerts, read by those who see them, verified; versions and other offices are respected."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access.caller import Bounds
from service.desk import Desk
from service.store.alert import Alert
from tests.service.api_client import as_seen, client, kept_office, key_for

V1, OFFICE = "/api/v1", "OF-JD01"
Calling = tuple[Desk, TestClient, str]


@pytest.fixture(scope="module")
def calling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calling]:
    """A desk, a client of it, and an accepted alert of the office."""
    office = kept_office(tmp_path_factory.mktemp("cases"))
    with office.desk() as desk, client(desk) as calls:
        with desk.store.change() as session:
            alert = session.scalars(select(Alert).order_by(Alert.fingerprint)).all()[0]
            alert.accept("person:wang")
            fingerprint = alert.fingerprint
        yield desk, calls, fingerprint


def test_a_case_file_is_opened_acknowledged_verified_and_read(calling: Calling) -> None:
    desk, calls, alert = calling
    mine = key_for(desk, "office_member", Bounds(office_id=OFFICE))
    made = calls.post(f"{V1}/cases", headers=mine, json={"office_id": OFFICE, "alerts": [alert]})
    assert made.status_code == 201, made.text
    case = made.json()
    assert (case["status"], case["office_id"], case["alerts"]) == ("opened", OFFICE, [alert])
    again = calls.post(f"{V1}/cases", headers=mine, json={"office_id": OFFICE, "alerts": [alert]})
    assert again.status_code == 422 and "主办" in again.json()["detail"]
    path = f"{V1}/cases/{case['case_id']}"
    assert calls.get(path, headers=mine).json()["limits"] == []
    assert [one["case_id"] for one in calls.get(f"{V1}/cases?status=opened", headers=mine).json()["cases"]] == [case["case_id"]]
    said = {
        "checked": "发放记录",
        "records": [{"text": "凭证"}],
        "result": "unclear",
        "finding": "待查",
        "checked_on": "2026-01-05",
    }
    fresh = {**mine, "If-Match": made.headers["ETag"]}
    assert calls.post(f"{path}/verifications", headers=fresh, json=said).status_code == 422  # nobody has it yet
    assert calls.post(f"{path}/acknowledgement", headers={**mine, "If-Match": as_seen(9)}).status_code == 412
    assert calls.post(f"{path}/acknowledgement", headers=mine).status_code == 428
    assert calls.get(f"{path}/lead", headers=mine).status_code == 404


def test_another_office_and_a_platform_see_no_case_file(calling: Calling) -> None:
    desk, calls, _ = calling
    other = key_for(desk, "office_member", Bounds(office_id="OF-PZ01"))
    assert calls.get(f"{V1}/cases", headers=other).json() == {"cases": [], "next": None}
    assert calls.get(f"{V1}/cases/1", headers=other).status_code == 404
    assert calls.get(f"{V1}/cases", headers=key_for(desk, "platform")).status_code == 403
