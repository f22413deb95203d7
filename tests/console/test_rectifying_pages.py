"""Rectification in a real browser: given, reported by the unit, verified, assessed, closed; open again; a clerk reaches nothing else; letters."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.access.caller import Bounds
from service.rectifying.giving import rules_of
from service.rectifying.reappearance import open_again
from service.rectifying.terms import read_rectifying_terms
from service.site import create_site
from service.store.alert import Alert
from service.store.case import CaseFile
from service.store.case_work import Verification
from service.store.event import Event, first_broken
from service.store.rectifying import Rectification
from service.store.rectifying_letters import Recommendation
from tests.console.browser import Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.form import send
from tests.console.living_site import Site
from tests.service import village

ROOM, GROUP = "OF-JD01", "OF-PZ01"
WHO = {
    "wang": ("office_member", Bounds(office_id=ROOM), "王明"), "head": ("office_head", Bounds(office_id=ROOM), "周主任"),
    "zhao": ("office_member", Bounds(office_id=GROUP), "赵组员"), "clerk": ("unit_clerk", Bounds(unit_id=village.CIVIL), "小李"),
    "chief": ("leader", Bounds(), "陈书记"),
}  # fmt: skip


FOR_ANYBODY = ("/", "/signin", "/password", "/glossary", "/guide", "/livez", "/readyz", "/metrics")
"""Signing in and out, words explained, and the machine's own pulse: nothing of any matter."""


def as_(sign: Sign, who: str, path: str) -> Browser:
    role, bounds, name = WHO[who]
    return sign(role, bounds, who, name).go(path)


def path_of(browser: Browser) -> str:
    return "/" + str(browser.driver.current_url).split("/", 3)[3]


@pytest.fixture(scope="module", autouse=True)
def enrolled(site: Site) -> None:
    """Everybody who takes part."""
    for login, (role, bounds, name) in WHO.items():
        site.enrol(login, role, bounds, name)


def test_an_item_is_given_reported_verified_assessed_closed_and_comes_back(site: Site, sign: Sign) -> None:
    browser = as_(sign, "wang", "/rectifications/new")
    assert_accessible(browser)
    send(browser, "new", unit=village.CIVIL, problem="去世人员继续领取低保", measure="停发并追回", standard="资金退回，按月比对殡葬信息",
         responsible="李局长（分管救助）", room=ROOM)  # fmt: skip
    page = path_of(browser)
    assert "待下达" in browser.text()
    assert not browser.all("#form-give")

    browser = as_(sign, "clerk", "/unit")
    assert "没有需要办理的整改事项" in browser.text()
    send(as_(sign, "head", page), "give")
    browser = as_(sign, "clerk", "/unit")
    assert "去世人员继续领取低保" in browser.text()
    assert_accessible(browser)
    browser.pictures("rectifying-unit")
    browser.find("main table a").click()
    browser.wait("/\\/unit\\/\\d+$/.test(location.pathname)")
    own = path_of(browser)
    assert_accessible(browser)
    send(browser, "report", done="停发三人，追回1950元", effect="按月比对，资金已退回", proofs="缴款书2026-001\n比对表")
    assert "等派驻纪检监察组核实" in browser.text()
    browser.pictures("rectifying-unit-item")

    browser = as_(sign, "zhao", page)
    assert "下一步 · 核实" in browser.text()
    send(browser, "verify", good="no", said="缴款书看不清")
    browser = as_(sign, "clerk", own)
    assert browser.text("#form-report .notice").split() == [
        "下面是上次填报的内容，请按退回原因修改后重报。",
        "退回原因：缴款书看不清",
    ]
    stands = {name: browser.find(f"#report-{name}").get_attribute("value") for name in ("done", "effect", "proofs")}
    assert stands == {"done": "停发三人，追回1950元", "effect": "按月比对，资金已退回", "proofs": "缴款书2026-001\n比对表"}
    assert_accessible(browser)
    browser.pictures("rectifying-unit-again")
    send(browser, "report", done="补交缴款书", effect="资金已退回", proofs="缴款书原件")
    send(as_(sign, "zhao", page), "verify", good="yes", said="到局里看了账")

    browser = as_(sign, "head", page)
    assert_accessible(browser)
    browser.pictures("rectifying-assess")
    marks = {f"mark-{name}": "full" for name in read_rectifying_terms(()).effect.criteria}
    send(browser, "close", **{**marks, "mark-people_know": "mostly"}, good="yes", said="达到标准")
    assert "已销号" in browser.text() and "成效98分" in browser.text()
    browser.pictures("rectifying-item")
    browser.go("/rectifications?show=closed")
    assert_accessible(browser)
    browser.pictures("rectifying-ledger")

    comes_back(site, page)
    browser = as_(sign, "clerk", own)
    assert browser.find("#form-report") and "整改中" in browser.text()
    assert (
        "退回原因" not in browser.text() and browser.find("#report-done").get_attribute("value") == ""
    )  # found anew, not sent back
    browser = as_(sign, "chief", page)
    assert "第2轮整改" in browser.text() and "同类问题再现" in browser.text()
    assert browser.hosts_asked() <= {site.url.removeprefix("http://")} and browser.complaints() == []
    with site.desk.store.look() as session:
        kinds = list(session.scalars(select(Event.kind).where(Event.kind.startswith("rectification.")).order_by(Event.seq)))
        assert first_broken(session) is None
    steps = ("made", "give", "report", "send_back", "report", "verify", "close", "again")
    assert kinds == [f"rectification.{one}" for one in steps]


def comes_back(site: Site, page: str) -> None:
    """An alert of the same rule on the same unit, a day later."""
    with site.desk.store.change() as session:
        item = session.get_one(Rectification, int(page.rpartition("/")[2]))
        alert = session.scalars(select(Alert).where(Alert.unit_id.is_not(None)).order_by(Alert.priority.desc())).first()
        assert alert is not None
        item.rules = sorted(rules_of(session, [alert.fingerprint]))
        alert.unit_id, alert.opened_at = item.unit_id, item.closed_at + timedelta(days=1)  # type: ignore[operator]
        session.flush()
        periods = read_rectifying_terms(()).periods
        assert open_again(session, site.desk.book.indicators, periods, site.clock.now) == [item.item_id]


def test_a_clerk_reaches_their_own_page_and_nothing_else(site: Site, sign: Sign) -> None:
    browser = as_(sign, "clerk", "/")
    assert path_of(browser).startswith("/unit") and [one.text for one in browser.all(".menu a")] == ["本单位整改"]
    pages = [
        route.path
        for route in all_routes(site)
        if "GET" in (route.methods or ()) and not route.path.startswith(("/api", "/assets", "/unit"))
    ]
    assert len(pages) > 20
    for path in pages:
        if path in FOR_ANYBODY:
            continue
        answer = browser.driver.execute_async_script(
            "const done = arguments[1]; fetch(arguments[0]).then(told => done(told.status))",
            path.replace("{", "").replace("}", ""),
        )
        assert answer in (403, 404, 422), path
    for path in ("/api/v1/alerts", "/api/v1/rectifications", "/api/v1/outside-leads", "/api/v1/events"):
        answer = browser.driver.execute_async_script(
            "const done = arguments[1]; fetch(arguments[0]).then(told => done(told.status))", path
        )
        assert answer == 403, path
    assert "没有" in browser.go("/rectifications").text("body") or "不能" in browser.text("body")


def all_routes(site: Site) -> list[Any]:
    app = create_site(site.desk)
    found = [
        door for one in app.routes for door in (one.effective_candidates() if hasattr(one, "effective_candidates") else [one])
    ]
    return [one for one in found if hasattr(one, "methods") and hasattr(one, "path")]


def test_a_letter_is_drafted_approved_with_its_number_sent_answered_and_revisited(site: Site, sign: Sign) -> None:
    with site.desk.store.change() as session:
        case = CaseFile(
            title="低保", source="hand", source_ref=None, status="closed", subject_kind=None, subject_id=None, unit_id=village.CIVIL, area_id=None,
            office_id=ROOM, stream="discipline", handler=None, received_on=site.desk.today, opened_by="person:wang", opened_at=site.clock.now,
            due_on=None, due_provisional=False, outcome="general", closed_by=None, closed_at=None, version=1,
        )  # fmt: skip
        session.add(case)
        session.flush()
        number = case.case_id
        session.add(
            Verification(case_id=number, checked="发放记录", records=[], result="substantiated", finding="多发三个月", checked_on=site.desk.today,
                         present=["person:wang"], made_by="person:wang", made_at=site.clock.now)
        )  # fmt: skip
    browser = as_(sign, "wang", f"/letters/new?case={number}")
    assert_accessible(browser)
    send(
        browser,
        "draft",
        issuer="通海县监察委员会",
        problem="去世人员继续领取低保",
        cause="未与殡葬信息比对",
        advice="建立按月比对制度",
        copies="县财政局",
    )
    page = path_of(browser)
    assert "签发时编号" in browser.text() and not browser.all("#form-approve")
    browser = as_(sign, "head", page)
    assert_accessible(browser)
    send(browser, "approve", agree="yes")
    assert "监建〔2026〕1号" in browser.text()
    send(browser, "send")
    send(browser, "answer", said="已建立按月比对制度")
    browser = as_(sign, "wang", page)
    send(browser, "revisit", adopted="yes", said="到局里看了比对记录")
    assert "建议已采纳落实" in browser.text()
    browser.pictures("rectifying-letter")
    kept = browser.driver.execute_async_script(
        "const done = arguments[1]; fetch(arguments[0]).then(told => told.arrayBuffer()).then(told => done([...new Uint8Array(told.slice(0, 2))]))",
        page + "/word",
    )
    assert bytes(kept) == b"PK"
    with site.desk.store.look() as session:
        assert session.scalars(select(Recommendation.status)).all() == ["revisited"]

    browser.go(f"/cases/{number}/after")
    assert_accessible(browser)
    send(browser, "form", person="张某", used="1", measure="谈话提醒", on="2026-01-05")
    send(as_(sign, "chief", f"/cases/{number}/after"), "form-approve-1", agree="yes")
    assert "受处理人员回访" in browser.text()
    browser.pictures("rectifying-after")


def test_outside_leads_and_the_supervision_list_are_worked_through(site: Site, sign: Sign) -> None:
    browser = as_(sign, "chief", "/outside")
    send(
        browser,
        "bring",
        origin="audit",
        sender="县审计局",
        reference="通审移〔2026〕1号",
        matter="虚报项目",
        content="两份合同同一张发票",
    )
    send(browser, "take-1", office=ROOM)
    send(as_(sign, "wang", "/outside"), "draft_answer-1", result="substantiated", said="属实，已要求整改")
    assert not browser.all("#form-approve_answer-1")
    browser = as_(sign, "head", "/outside")
    assert_accessible(browser)
    browser.pictures("rectifying-outside")
    send(browser, "approve_answer-1", agree="yes")
    assert "已反馈" in browser.go("/outside?show=closed").text()

    browser = as_(sign, "wang", "/tasks")
    send(browser, "campaign", title="低保专项", topic="民生资金", ends_on="2026-06-30")
    send(browser, "task", matter="核查低保停发", responsible="李局长", standard="逐户比对", due_on="2026-02-01", campaign="1")
    send(browser, "report-1", said="已比对")
    browser = as_(sign, "head", "/tasks")
    assert_accessible(browser)
    browser.pictures("rectifying-tasks")
    send(browser, "accept-1", good="yes")
    assert "核查低保停发" in browser.go("/tasks?show=closed").text()
