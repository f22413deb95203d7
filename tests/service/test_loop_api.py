"""Letters, supervision lists and clearings by API: two people each, versions, sight, a write sent again under its key."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.clearing import signals_of
from service.desk import Desk
from service.store.alert import Alert
from service.store.case import CaseFile
from service.store.event import first_broken
from service.triage.deciding import dismiss
from service.triage.moving import By
from tests.service import village
from tests.service.api_client import client, kept_office, key_for
from tests.service.conftest import NOW

V1 = "/api/v1"
ROOM, GROUP = Bounds(office_id="OF-JD01"), Bounds(office_id="OF-PZ01")
LETTER = {"kind": "supervision", "office": "OF-JD01", "unit": village.CIVIL, "issuer": "通海县监察委员会", "title": "关于低保发放的监察建议书",
          "addressee": "县民政局", "source": "来源", "problem": "去世人员继续领取低保", "cause": "未与殡葬信息比对", "advice": "按月比对",
          "reply_by": "2026-03-01"}  # fmt: skip
TASK = {
    "office": "OF-JD01",
    "matter": "逐村核对低保名单",
    "responsible": "李局长",
    "standard": "名单与公示一致",
    "due_on": "2026-02-01",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with kept_office(tmp_path_factory.mktemp("loop")).desk() as opened:
        yield opened


@pytest.fixture(scope="module")
def calling(desk: Desk) -> Iterator[TestClient]:
    with client(desk) as found:
        yield found


class As:
    """Somebody with a key."""

    def __init__(self, calling: TestClient, desk: Desk, role: str, bounds: Bounds | None = None) -> None:
        self.calling, self.head = calling, key_for(desk, role, bounds or Bounds())

    def send(self, path: str, body: dict[str, Any], status: int = 200, key: str | None = None, method: str = "POST") -> Any:
        head = {**self.head, **({"Idempotency-Key": key} if key else {})}
        answer = self.calling.request(method, V1 + path, headers=head, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.calling.get(V1 + path, headers=self.head)
        assert answer.status_code == status, answer.text
        return answer.json()


def test_a_letter_goes_from_draft_to_revisit_by_two_people(calling: TestClient, desk: Desk) -> None:
    member, head, chief = (
        As(calling, desk, role, where) for role, where in (("office_member", ROOM), ("office_head", ROOM), ("leader", None))
    )
    other = As(calling, desk, "office_member", GROUP)
    letter = member.send("/recommendations", LETTER, 201, key="letter-1")
    assert member.send("/recommendations", LETTER, 201, key="letter-1")["letter"] == letter["letter"]
    path = f"/recommendations/{letter['letter']}"
    wording = {name: value for name, value in LETTER.items() if name not in ("office", "unit")}
    member.send(f"{path}/wording", {**wording, "version": 1, "advice": "按月比对并公示"}, method="PUT")
    other.get(path, 404)
    other.send(f"{path}/sending", {"version": 2, "on": "2026-01-05"}, 404)
    member.send(f"{path}/decision", {"version": 2, "agree": True}, 403)
    head.send(f"{path}/decision", {"version": 1, "agree": True}, 409)
    told = head.send(f"{path}/decision", {"version": 2, "agree": True})
    assert (told["status"], told["number"]) == ("approved", "监建〔2026〕1号")
    member.send(f"{path}/sending", {"version": 3, "on": "2026-01-05"})
    member.send(f"{path}/answer", {"version": 4, "on": "2026-01-05", "said": "已按月比对"})
    member.send(f"{path}/revisit", {"version": 5, "on": "2026-01-05", "said": "看了记录", "adopted": True}, 422)
    done = chief.send(f"{path}/revisit", {"version": 5, "on": "2026-01-05", "said": "看了记录", "adopted": True})
    assert (done["status"], done["adopted"], done["advice"]) == ("revisited", True, "按月比对并公示")
    assert [one["letter"] for one in member.get("/recommendations?show=closed")] == [letter["letter"]]
    assert member.get("/recommendations") == [] == other.get("/recommendations?show=all")


def test_a_line_of_a_supervision_list_is_reported_and_taken_off_by_another(calling: TestClient, desk: Desk) -> None:
    head, deputy, other = (As(calling, desk, "office_head", where) for where in (ROOM, ROOM, GROUP))
    campaign = head.send(
        "/campaigns", {"title": "低保专项", "topic": "补贴", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}, 201
    )
    task = head.send("/supervision-tasks", {**TASK, "campaign": campaign["campaign"]}, 201)
    path = f"/supervision-tasks/{task['task']}"
    other.get(path, 404)
    assert other.get("/supervision-tasks") == []
    head.send(f"{path}/urges", {"version": 1, "due_on": "2026-03-01"}, 422)
    head.send(f"{path}/report", {"version": 1, "said": "核对了八个村"})
    head.send(f"{path}/decision", {"version": 2, "good": True}, 422)
    deputy.send(f"{path}/decision", {"version": 1, "good": True}, 409)
    assert deputy.send(f"{path}/decision", {"version": 2, "good": True})["status"] == "closed"
    assert [one["task"] for one in head.get(f"/supervision-tasks?show=closed&campaign={campaign['campaign']}")] == [task["task"]]
    head.send("/supervision-tasks", {**TASK, "campaign": 9999}, 404)


def test_a_lasting_clearing_is_asked_for_approved_and_lifted(calling: TestClient, desk: Desk) -> None:
    leader = Caller("person:chief", "person", (Held(roles()["leader"], Bounds()),))
    with desk.store.change() as session:
        found = session.scalars(select(Alert).order_by(Alert.fingerprint)).all()
        alert, rule = next((one, own[0].rule) for one in found if (own := signals_of(session, one)))
        name = alert.fingerprint
    judge, chief, second = (As(calling, desk, role) for role in ("triager", "leader", "office_head"))
    said = {"rules": [rule], "records_until": "2026-01-05", "reason": "同名同姓", "proof": "派出所更正函"}
    judge.send(f"/alerts/{name}/clearings", said, 422)
    with desk.store.change() as session:
        dismiss(session, By(leader, NOW), name, session.get_one(Alert, name).version, "同名同姓")
    asked = judge.send(f"/alerts/{name}/clearings", said, 201)
    path = f"/clearings/{asked['clearing']}"
    assert asked["expires_on"] == "2027-01-05" and asked["why"]["law"]
    judge.send(f"{path}/decision", {"version": 1, "agree": True}, 403)
    As(calling, desk, "platform").get("/clearings", 403)
    As(calling, desk, "office_head", Bounds(office_id="OF-NOWHERE")).get(path, 404)
    chief.send(f"{path}/decision", {"version": 2, "agree": True}, 409)
    assert chief.send(f"{path}/decision", {"version": 1, "agree": True})["status"] == "in_force"
    assert [one["clearing"] for one in second.get(f"/clearings?show=in_force&alert={name}")] == [asked["clearing"]]
    assert second.send(f"{path}/lifting", {"version": 2, "reason": "更正函系伪造"})["status"] == "lifted"
    assert second.get("/clearings?show=in_force") == []


def test_a_name_is_cleared_after_a_case_by_two_people(calling: TestClient, desk: Desk) -> None:
    with desk.store.change() as session:
        case = CaseFile(
            title="低保", source="hand", source_ref=None, status="closed", subject_kind=None, subject_id=None, unit_id=village.CIVIL, area_id=None,
            office_id="OF-JD01", stream="discipline", handler=None, received_on=NOW.date(), opened_by="person:wang", opened_at=NOW,
            due_on=None, due_provisional=False, outcome="unfounded", closed_by=None, closed_at=None, version=1,
        )  # fmt: skip
        session.add(case)
        session.flush()
        number = case.case_id
    member, head, other = (
        As(calling, desk, "office_member", ROOM),
        As(calling, desk, "office_head", ROOM),
        As(calling, desk, "office_head", GROUP),
    )
    said = {"person": "张某", "ground": "office", "finding": "unfounded", "way": "meeting", "said": "反映不实"}
    other.send(f"/cases/{number}/name-clearings", said, 404)
    made = member.send(f"/cases/{number}/name-clearings", said, 201)
    head.send(f"/name-clearings/{made['clearing']}/decision", {"version": 1, "agree": True})
    done = member.send(f"/name-clearings/{made['clearing']}/completion", {"version": 2, "on": "2026-01-05"})
    assert done["status"] == "done"
    assert [one["status"] for one in member.get(f"/cases/{number}/name-clearings")] == ["done"]
    with desk.store.look() as session:
        assert first_broken(session) is None
