"""Who else could look in: another office, the stationed group, the unit's clerk and another unit's, at what is not theirs."""

from collections.abc import Mapping

from tests.console.browser import Browser
from tests.console.story_cast import Stage
from tests.console.story_files import CALLER

OPEN = ("/", "/?status=all", "/?q=低保", "/?q=李建国", "/cases", "/cases?show=closed", "/rectifications?show=closed", "/letters")
"""Lists and searches that show nothing to whom nothing belongs."""
UNSAID = ("投诉", "12345", "李建国", "预警", "/cases/", CALLER)
"""What never stands on a page of the unit."""
ANSWER = "const done = arguments[1]; fetch(arguments[0]).then(told => done(told.status))"


def answers(browser: Browser, paths: Mapping[str, str]) -> dict[str, int]:
    """What the service answers to whoever sits there, by the names of the paths."""
    return {name: int(browser.driver.execute_async_script(ANSWER, path)) for name, path in paths.items()}


def nothing_for_the_other_office(stage: Stage, browser: Browser, paths: Mapping[str, str]) -> None:
    """Neither in its queue, nor by words or number of the alert, nor in its lists, nor by address."""
    alert = paths["alert"].rpartition("/")[2]
    for path in (*OPEN, f"/?q={alert}"):
        stage.sit(browser, "feng", path)
        assert browser.all(".empty") and not browser.all(".row-of, main tbody tr"), path
    stage.sit(browser, "feng", paths["alert"])
    assert "没有这一页" in browser.text()
    stage.scene(browser, "another-office")
    assert set(answers(browser, paths).values()) == {404}


def the_stationed_group_has_the_item_alone(stage: Stage, browser: Browser, paths: Mapping[str, str]) -> None:
    """What it verifies, and neither the alert, the file nor the letter behind it."""
    stage.sit(browser, "zhao", paths["item"])
    assert not browser.all("main a[href^='/alerts/']")
    told = answers(browser, paths)
    assert told.pop("item") == 200 and set(told.values()) == {404}


def clerks_see_their_own_unit_only(stage: Stage, browser: Browser, paths: Mapping[str, str], own: str) -> None:
    """The unit's clerk reads what was written for the unit, nothing of who complained or why; another unit's clerk not even that."""
    stage.sit(browser, "clerk", own)
    page = browser.driver.page_source
    assert not [one for one in (*UNSAID, paths["alert"].rpartition("/")[2]) if one in page]
    assert set(answers(browser, paths).values()) == {403}
    stage.sit(browser, "other_clerk", "/unit")
    assert "没有需要办理的整改事项" in browser.text()
    assert answers(browser, {**paths, "own": own})["own"] == 404
