"""The office's part of the story: a case file from two alerts to a lead, its disposal decided and reported, and the file closed."""

from tests.console.browser import Browser
from tests.console.form import follow, send, sent
from tests.console.story_cast import ROOM, Stage, path_of

SHEET = {
    "when": "2023年7月至2026年1月", "where": "平潮镇东风村", "who": "镇民政办经办人", "what": "去世人员继续领取低保", "how": "人去世后未停发，逐月打卡",
    "why": "未与殡葬信息比对", "things": "发放清册、银行流水、殡葬登记表",
}  # fmt: skip


def open_case(stage: Stage, browser: Browser, alert: str, other: str) -> str:
    """A case file from an accepted alert, with another of the same matter; gives its page."""
    stage.sit(browser, "wang", "/cases")
    stage.scene(browser, "cases")
    follow(browser, f"form:has(input[name=alert][value={alert}]) button", "/cases/[0-9]+")
    page = path_of(browser)
    send(browser, "add_alert", alert=other)
    assert len(browser.all(f"main a[href='/alerts/{alert}'], main a[href='/alerts/{other}']")) == 2
    return page


def verify(stage: Stage, browser: Browser, other: Browser, page: str) -> str:
    """The head assigns it, the handler signs for it and writes what was found; what a colleague is told who writes at the same time."""
    stage.sit(browser, "head", page)
    send(browser, "distribute", mode="assign", office=ROOM, handler="person:wang", days="10", demand="核对死亡时间与发放记录")
    stage.scene(browser, "distributed")
    stage.sit(browser, "wang", page)
    send(browser, "acknowledge")
    stage.sit(other, "li", page)
    send(browser, "verify", checked="发放清册与殡葬登记", records="殡葬登记表第3页", result="substantiated", finding="去世后仍发放，镇里没有停发",
         present="person:li")  # fmt: skip
    stage.scene(browser, "verified")
    told = sent(
        other, "verify", checked="发放清册", records="清册", result="unclear", finding="还没有查清", present="person:wang"
    )
    assert other.find("#form-verify [name=finding]").get_attribute("value") == "还没有查清", "what she wrote is still there"
    stage.scene(other, "conflict-case")
    return told


def consult(stage: Stage, browser: Browser, page: str) -> None:
    """Drafted, put to a joint consultation, signed by both who were asked, promoted by the head."""
    stage.sit(browser, "wang", page)
    send(
        browser,
        "draft",
        problem="去世人员继续领取低保",
        facts="三笔，镇里未停发",
        basis="社会救助暂行办法第十三条",
        amount="1,950.00",
    )
    send(browser, "consult", on_law="适用哪一条？", on_evidence="证据够不够？", participant="person:li,person:head")
    stage.scene(browser, "consulting")
    for who in ("li", "head"):
        stage.sit(browser, who, page)
        send(browser, "sign", on_law="适用第十三条", on_evidence="两份记录能够印证", advice="promote")
    send(browser, "decide", decision="promote", reason="意见一致")
    follow(browser, "main a[href*=consultations]", f"{page}/consultations/[0-9]+")
    assert "李芳" in browser.text() and "周主任" in browser.text() and "列为突出问题" in browser.text()
    stage.scene(browser, "consultation")


def become_lead(stage: Stage, browser: Browser, page: str) -> None:
    """The sheet with its seven whats, the proposal, and the leader's approval; who drafted it is not offered to approve it."""
    stage.sit(browser, "wang", page)
    send(browser, "sheet", **SHEET)
    follow(browser, f"main a[href='{page}/lead']", f"{page}/lead")
    assert "七何已具备7项" in browser.text() and "可以初步核实" in browser.text()
    stage.scene(browser, "lead")
    browser.go(page)
    send(browser, "propose", way="check", opinion="拟初步核实", plan="两人核查组，调取审批档案")
    assert "拟稿人不能审批自己的意见" in browser.text() and not browser.all("#form-dispose")
    stage.sit(browser, "head", page)
    assert not browser.all("#form-dispose"), "a head does not approve this way of disposal"
    stage.sit(browser, "chief", page)
    send(browser, "dispose", agree="yes")
    stage.scene(browser, "disposing")


def conclude(stage: Stage, browser: Browser, page: str) -> None:
    """What came of it is reported and accepted by the leader, who approves that the matter is concluded."""
    stage.sit(browser, "wang", page)
    send(browser, "report", result="minor", report="经办人疏于核对，批评教育，资金追回")
    stage.sit(browser, "chief", page)
    send(browser, "accept", agree="yes")
    stage.sit(browser, "wang", page)
    send(browser, "propose", way="conclude", opinion="拟予以了结", plan="已批评教育，资金追回，另发监察建议")
    stage.sit(browser, "chief", page)
    send(browser, "dispose", agree="yes")
    assert not browser.all("#form-propose, #form-dispose, #form-report")
    stage.scene(browser, "closed")
