"""Rectification by API: a unit's clerk sees and reports its own; a platform brings leads and reads answers; a run opens closed items again."""

from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access.caller import Bounds
from service.desk import Desk
from service.pipeline import run
from service.rectifying import outside
from service.rectifying.giving import rules_of
from service.rectifying.reappearance import open_again
from service.rectifying.unit_view import unit_items
from service.store.alert import Alert
from service.store.database import Store
from service.store.event import Event, first_broken
from service.store.rectifying import Rectification
from tests.service import village
from tests.service.api_client import As
from tests.service.conftest import NOW
from tests.service.rectifying_people import FULL, TERMS, TOWN, Loop
from tests.service.test_rectifying import closed, signal

ITEM = {
    "unit": village.CIVIL,
    "office": "OF-JD01",
    "problem": "去世人员继续领取低保",
    "measure": "停发并追回",
    "standard": "资金退回",
    "responsible": "李局长",
}
REPORT = {"done": "停发三人", "effect": "资金退回", "proofs": ["缴款书"]}


def test_the_loop_goes_round_by_api_and_the_next_run_opens_it_again(calling: TestClient, desk: Desk) -> None:
    room, group = Bounds(office_id="OF-JD01"), Bounds(office_id="OF-PZ01")
    member, verifier = (As(calling, desk, "office_member", where) for where in (room, group))
    head, chief = As(calling, desk, "office_head", room), As(calling, desk, "leader")
    clerk, other = (As(calling, desk, "unit_clerk", Bounds(unit_id=unit)) for unit in (village.CIVIL, village.TOWNSHIP))

    item = member.send("/rectifications", ITEM, 201)
    path, own = f"/rectifications/{item['item']}", f"/own-rectifications/{item['item']}/reports"
    assert clerk.get("/own-rectifications") == []
    head.send(path + "/gift", seen=1)
    told = clerk.get("/own-rectifications")
    assert [one["item"] for one in told] == [item["item"]] and not {"case", "alerts", "office", "rules"} & set(told[0])
    assert other.get("/own-rectifications") == []
    other.get(f"/own-rectifications/{item['item']}", 404)
    assert clerk.get(f"/own-rectifications/{item['item']}")["version"] == 2
    other.send(own, REPORT, 404, seen=2)
    clerk.send(own, REPORT, 201, seen=2)
    member.send(path + "/verifications", {"good": True, "said": "好"}, 422, seen=3)
    verifier.send(path + "/verifications", {"good": True, "said": "看了账"}, 201, seen=3)
    chief.send(path + "/assessments", {"good": True, "said": "好", "marks": FULL}, 412, seen=3)
    done = chief.send(path + "/assessments", {"good": True, "said": "达到标准", "marks": FULL}, 201, seen=4)
    assert (done["status"], done["score"], done["checks"][-1]["party"]) == ("closed", 100, "assessor")

    with desk.store.change() as session:
        alert = session.scalars(select(Alert).where(Alert.unit_id.is_not(None)).order_by(Alert.fingerprint)).first()
        kept = session.get_one(Rectification, item["item"])
        assert alert is not None
        brought = alert.fingerprint
        kept.rules, kept.unit_id, kept.closed_at = (
            sorted(rules_of(session, [alert.fingerprint])),
            alert.unit_id or "",
            NOW - timedelta(1),
        )
    run(desk, village.AS_OF)
    again = chief.get(path)
    assert (again["status"], again["round"], brought in again["alerts"]) == ("given", 2, True)


def test_a_platform_brings_a_lead_and_reads_the_answer_once_it_is_approved(calling: TestClient, desk: Desk) -> None:
    audit, hotline = As(calling, desk, "platform"), As(calling, desk, "platform")
    said = {
        "origin": "audit",
        "sender": "县审计局",
        "reference": "通审移1号",
        "matter": "虚报项目",
        "content": "同一张发票",
        "received_on": "2026-01-05",
    }
    lead = audit.send("/outside-leads", said, 201)
    assert audit.send("/outside-leads", said)["lead"] == lead["lead"]
    audit.send("/outside-leads", {**said, "content": "别的"}, 422)
    assert hotline.get("/outside-leads") == []
    loop = Loop(desk.store)
    loop.act("chief", outside.take, lead["lead"], 1, "OF-JD01")
    loop.act("wang", outside.draft_answer, lead["lead"], 2, "substantiated", "属实，已要求整改")
    assert audit.get("/outside-leads")[0]["answer"] is None
    loop.act("chen", outside.decide_answer, lead["lead"], 3, agree=True)
    assert audit.get("/outside-leads")[0]["answer"] == "属实，已要求整改"


def test_the_loop_is_the_same_on_either_database(store: Store) -> None:
    loop = Loop(store)
    loop.enrol_all()
    item = closed(loop, rules=("paid_after_death",))
    loop.later(1)
    signal(loop, "NEW1", "paid_after_death")
    assert loop.do(lambda session: open_again(session, {}, TERMS.periods, loop.now)) == [item.item_id]
    with store.look() as session:
        assert [one.unit for one in unit_items(session, loop.caller("clerk"))] == [TOWN]
        assert (
            session.scalars(select(Event.kind).where(Event.about == item.name).order_by(Event.seq.desc())).first()
            == "rectification.again"
        )
        assert first_broken(session) is None
