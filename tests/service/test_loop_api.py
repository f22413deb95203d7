"""Letters, supervision lists and clearings by API: two people each, If-Match, sight, a write sent again under its key."""

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
from tests.service.api_client import As
from tests.service.conftest import NOW

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


def test_a_letter_goes_from_draft_to_revisit_by_two_people(calling: TestClient, desk: Desk) -> None:
    member, head, chief = (
        As(calling, desk, role, where) for role, where in (("office_member", ROOM), ("office_head", ROOM), ("leader", Bounds()))
    )
    other = As(calling, desk, "office_member", GROUP)
    letter = member.send("/recommendations", LETTER, 201, key="letter-1")
    assert member.send("/recommendations", LETTER, 201, key="letter-1")["letter"] == letter["letter"]
    path = f"/recommendations/{letter['letter']}"
    wording = {name: value for name, value in LETTER.items() if name not in ("office", "unit")}
    member.send(f"{path}/wording", {**wording, "advice": "按月比对并公示"}, seen=1, method="PUT")
    other.get(path, 404)
    other.send(f"{path}/sending", {"on": "2026-01-05"}, 404, seen=2)
    member.send(f"{path}/decision", {"agree": True}, 403, seen=2)
    head.send(f"{path}/decision", {"agree": True}, 412, seen=1)
    told = head.send(f"{path}/decision", {"agree": True}, seen=2)
    assert (told["status"], told["number"]) == ("approved", "监建〔2026〕1号")
    member.send(f"{path}/sending", {"on": "2026-01-05"}, seen=3)
    member.send(f"{path}/answer", {"on": "2026-01-05", "said": "已按月比对"}, seen=4)
    member.send(f"{path}/revisit", {"on": "2026-01-05", "said": "看了记录", "adopted": True}, 422, seen=5)
    done = chief.send(f"{path}/revisit", {"on": "2026-01-05", "said": "看了记录", "adopted": True}, seen=5)
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
    head.send(f"{path}/urges", {"due_on": "2026-03-01"}, 422, seen=1)
    head.send(f"{path}/report", {"said": "核对了八个村"}, seen=1)
    head.send(f"{path}/decision", {"good": True}, 422, seen=2)
    deputy.send(f"{path}/decision", {"good": True}, 412, seen=1)
    assert deputy.send(f"{path}/decision", {"good": True}, seen=2)["status"] == "closed"
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
    judge.send(f"{path}/decision", {"agree": True}, 403, seen=1)
    As(calling, desk, "platform").get("/clearings", 403)
    As(calling, desk, "office_head", Bounds(office_id="OF-NOWHERE")).get(path, 404)
    chief.send(f"{path}/decision", {"agree": True}, 412, seen=2)
    assert chief.send(f"{path}/decision", {"agree": True}, seen=1)["status"] == "in_force"
    assert [one["clearing"] for one in second.get(f"/clearings?show=in_force&alert={name}")] == [asked["clearing"]]
    assert second.send(f"{path}/lifting", {"reason": "更正函系伪造"}, seen=2)["status"] == "lifted"
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
    head.send(f"/name-clearings/{made['clearing']}/decision", {"agree": True}, seen=1)
    other.get(f"/name-clearings/{made['clearing']}", 404)
    assert member.get(f"/name-clearings/{made['clearing']}")["version"] == 2
    done = member.send(f"/name-clearings/{made['clearing']}/completion", {"on": "2026-01-05"}, seen=2)
    assert done["status"] == "done"
    assert [one["status"] for one in member.get(f"/cases/{number}/name-clearings")] == ["done"]
    with desk.store.look() as session:
        assert first_broken(session) is None
