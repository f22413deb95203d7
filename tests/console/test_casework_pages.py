"""Casework in a real browser: accepted, distributed, verified, drafted, consulted, a lead, its disposal decided by another."""

import httpx2
import pytest
from sqlalchemy import select

from service.access.caller import Bounds
from service.casework.claims import case_of_alert, holder, keys_of
from service.store.alert import ACCEPTED, OPEN, Alert
from service.store.assignment import Assignment
from service.store.event import Event, first_broken
from tests.console.browser import Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.form import send
from tests.console.living_site import Site

OFFICE = "OF-JD01"
WHO = {
    "wang": ("office_member", "王明"),
    "li": ("office_member", "李芳"),
    "head": ("office_head", "周组长"),
    "chief": ("leader", "陈书记"),
}


@pytest.fixture
def alert(site: Site) -> str:
    """An open alert that the office leads."""
    with site.desk.store.look() as session:
        led = select(Assignment.fingerprint).where(
            Assignment.office_id == OFFICE, Assignment.role == "lead", Assignment.ended_run.is_(None)
        )
        mine = select(Alert).where(Alert.status == OPEN, Alert.fingerprint.in_(led)).order_by(Alert.priority.desc())
        return session.scalars(mine).all()[0].fingerprint


def test_a_matter_goes_from_acceptance_to_a_disposal_decided_by_another(site: Site, sign: Sign, alert: str) -> None:
    for login, (role, name) in WHO.items():
        site.enrol(login, role, Bounds(office_id=OFFICE) if role != "leader" else Bounds(), name)

    def as_(who: str, path: str) -> Browser:
        role, name = WHO[who]
        return sign(role, Bounds(office_id=OFFICE) if role != "leader" else Bounds(), who, name).go(path)

    browser = as_("wang", "/cases")
    accept = f"fetch('/alerts/{alert}/decide/accept', {{method: 'POST', body: new URLSearchParams({{version: '1'}})}}).then(() => window.accepted = true)"
    browser.driver.execute_script(accept)  # what the button of the alert's page sends
    browser.wait("window.accepted")
    with site.desk.store.look() as session:
        assert session.get_one(Alert, alert).status == ACCEPTED
    browser.go("/cases")
    assert "待立件的预警 1 条" in browser.text()
    assert_accessible(browser)
    browser.find("form[action='/cases'] button").click()
    browser.wait("/\\/cases\\/\\d+$/.test(location.pathname)")
    page = "/" + browser.driver.current_url.split("/", 3)[3]
    assert "待分办" in browser.text()

    send(
        as_("head", page),
        "distribute",
        mode="assign",
        office=OFFICE,
        handler="person:wang",
        days="10",
        demand="核对死亡时间与发放记录",
    )
    browser = as_("wang", page)
    send(browser, "acknowledge")
    browser.go(page)
    assert_accessible(browser)
    browser.pictures("case-verifying")
    send(
        browser,
        "verify",
        checked="发放记录与死亡登记",
        records="殡葬登记表第3页",
        result="substantiated",
        finding="去世后三个月仍发放，共1950元",
        present="person:li",
    )
    browser.go(page)
    send(
        browser,
        "draft",
        problem="去世人员继续领取低保",
        facts="三笔共1950元，镇里未停发",
        basis="最低生活保障审核确认办法",
        amount="1950",
    )
    browser.go(page)
    send(browser, "consult", on_law="适用哪一条？", on_evidence="证据够不够？", participant="person:li,person:head")
    for who in ("li", "head"):
        send(as_(who, page), "sign", on_law="适用第三十条", on_evidence="两份记录能够印证", advice="promote")
    browser = as_("head", page)
    send(browser, "decide", decision="promote", reason="意见一致")
    browser.go(page).find("a[href*=consultations]").click()
    assert "李芳" in browser.text() and "列为突出问题" in browser.text()
    assert_accessible(browser)
    browser.pictures("case-consultation")

    browser = as_("wang", page)
    send(
        browser,
        "sheet",
        when="2024年2月至4月",
        where="平潮镇东风村",
        who="镇民政办经办人",
        what="去世人员继续领取低保",
        why="未核对殡葬信息",
    )
    browser.go(page + "/lead")
    assert "可以初步核实" in browser.text()
    assert_accessible(browser)
    browser.pictures("case-lead")
    browser.go(page)
    send(browser, "propose", opinion="拟初步核实", plan="两人核查组，调取审批档案")
    browser.go(page)
    assert "拟稿人不能审批自己的意见" in browser.text() and not browser.all("#form-dispose")
    browser = as_("chief", page)
    send(browser, "dispose", agree="yes")
    browser.go(page)
    assert "处置中" in browser.text(".tag.teal") and "陈书记" in browser.text()
    assert_accessible(browser)
    browser.pictures("case-disposing")
    assert browser.hosts_asked() <= {site.url.removeprefix("http://")} and browser.complaints() == []
    with site.desk.store.look() as session:
        case = case_of_alert(session, alert)
        assert case is not None
        kinds = list(session.scalars(select(Event.kind).where(Event.about == case.name).order_by(Event.seq)))
        assert first_broken(session) is None
    assert kinds == [f"case.{one}" for one in (
        "opened", "distribute", "acknowledge", "verify", "draft", "consult", "sign", "sign", "promote", "sheet", "propose", "approve",
    )]  # fmt: skip


def test_who_comes_second_is_told_who_has_it_and_asks_to_join(site: Site) -> None:
    with site.desk.store.change() as session:
        first, second = session.scalars(select(Alert).where(Alert.status == OPEN).order_by(Alert.fingerprint)).all()[:2]
        assert first.matter == second.matter
        for one in (first, second):
            one.accept("person:wang")
        prints = first.fingerprint, second.fingerprint
    token = site.token(site.enrol("vice", "leader"))
    with httpx2.Client(base_url=site.url, cookies={"guantong": token}, headers={"Sec-Fetch-Site": "same-origin"}) as calls:
        if case_of(site, prints[0]) is None:
            calls.post("/cases", data={"alert": prints[0], "office": OFFICE})
        told = calls.post("/cases", data={"alert": prints[1], "office": "OF-JC01"})
        assert told.status_code == 409 and "同一事项已由第一监督检查室主办" in told.text
        asked = calls.post(
            "/cases/join",
            data={"alert": prints[1], "office": "OF-JC01", "reason": "我室也有反映"},
            headers={"HX-Request": "true"},
        )
        assert asked.headers["HX-Redirect"] == "/cases"
        for path in ("/cases", "/cases?show=closed", "/cases/new", "/cases/pool", "/cases/above", "/cases?lang=en"):
            assert calls.get(path).status_code == 200, path


def case_of(site: Site, fingerprint: str) -> int | None:
    """The open case file that has an alert's matter."""
    with site.desk.store.look() as session:
        held = holder(session, keys_of(session.get_one(Alert, fingerprint)))
        return held.case_id if held is not None else None
