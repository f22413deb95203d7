"""What follows the case: a letter of recommendation, and an item that the unit puts right, the stationed group verifies and the room closes."""

from service.rectifying.terms import read_rectifying_terms
from tests.console.browser import Browser
from tests.console.form import follow, send
from tests.console.story_cast import GROUP, ROOM, Stage, path_of

PROBLEM = "低保人员去世后没有按月停发"
"""In words for the unit: nothing of who complained or who was looked at."""


def recommend(stage: Stage, browser: Browser, case: str) -> str:
    """A letter is drafted from the case, approved by another with its number, sent; gives its page."""
    stage.sit(browser, "wang", f"{case}/after")
    stage.scene(browser, "after")
    follow(browser, "main a[href^='/letters/new']", "/letters/new")
    stage.scene(browser, "letter-new")
    send(
        browser,
        "draft",
        issuer="通海县监察委员会",
        problem=PROBLEM,
        cause="没有比对殡葬信息",
        advice="按月比对",
        copies="县财政局、县民政局",
    )
    page = path_of(browser)
    assert not browser.all("#form-approve"), "who drafted it does not approve it"
    stage.sit(browser, "head", page)
    send(browser, "approve", agree="yes")
    assert "监建〔2026〕1号" in browser.text()
    send(browser, "send")
    stage.scene(browser, "letter")
    return page


def give(stage: Stage, browser: Browser, case: str) -> str:
    """An item from the case goes into the ledger and, by another's hand, to the unit; gives its page."""
    stage.sit(browser, "wang", f"{case}/after")
    follow(browser, "main a[href^='/rectifications/new']", "/rectifications/new")
    stage.scene(browser, "item-new")
    send(browser, "new", problem=PROBLEM, measure="停发并追回", standard="资金退回，按月比对殡葬信息", responsible="王副镇长（分管民政）", stationed=GROUP,
         room=ROOM)  # fmt: skip
    page = path_of(browser)
    stage.sit(browser, "head", page)
    send(browser, "give")
    return page


def put_right(stage: Stage, browser: Browser, page: str) -> str:
    """The unit's clerk reports, the stationed group verifies on the spot, the head assesses and closes; gives the clerk's page of it."""
    stage.sit(browser, "clerk", "/unit")
    follow(browser, "main table a", "/unit/[0-9]+")
    own = path_of(browser)
    send(browser, "report", done="停发一人，追回1950元", effect="已按月比对殡葬信息，资金退回", proofs="缴款书2026-001\n比对表")
    stage.scene(browser, "reported")
    stage.sit(browser, "zhao", page)
    send(browser, "verify", good="yes", said="到镇里看了账和比对表")
    stage.scene(browser, "item-verified")
    stage.sit(browser, "head", page)
    marks = {f"mark-{one}": "full" for one in read_rectifying_terms(()).effect.criteria}
    send(browser, "close", **marks, good="yes", said="达到标准")
    assert "已销号" in browser.text() and "成效100分" in browser.text()
    stage.scene(browser, "item-closed")
    return own
