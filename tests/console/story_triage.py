"""The triagers' part of the story: by keyboard, at two windows at once."""

from tests.console.browser import Browser
from tests.console.form import click, follow, send
from tests.console.story_cast import Stage

MOST_KEYS = 6
"""Keystrokes for one alert."""
WAY = """
const rows = [...document.querySelectorAll('.row-of')];
const here = rows.findIndex(one => one.classList.contains('here')), there = rows.findIndex(one => one.dataset.alert === arguments[0]);
return there < here ? 'k' : 'j';
"""
"""Which key leads to an alert's row from where one stands."""


def queue(stage: Stage, browser: Browser, login: str, path: str = "/") -> dict[str, str]:
    """Somebody's queue with its first alert beside it: alert -> what its row says, from the top."""
    stage.sit(browser, login, path)
    if browser.all(".row-of"):
        browser.find(".beside-title")
        browser.quiet()
    return {str(one.get_attribute("data-alert")): one.text for one in browser.all(".row-of")}


def one_that_says(rows: dict[str, str], words: str) -> str:
    """The one alert whose row says this."""
    (found,) = [alert for alert, said in rows.items() if words in said]
    return found


def walk_to(browser: Browser, alert: str) -> None:
    """Press j, or k where it stands above, until the alert is beside the list."""
    for _ in range(len(browser.all(".row-of"))):
        if browser.all(f"#beside [data-alert={alert}]"):
            return
        browser.press(str(browser.driver.execute_script(WAY, alert)))
        browser.wait("document.querySelector(`#beside [data-alert=${document.querySelector('.row-of.here').dataset.alert}]`)")
    assert browser.all(f"#beside [data-alert={alert}]"), f"{alert} is not in the list"


def by_keyboard(browser: Browser, alert: str, *keys: str) -> int:
    """Decide about an alert; how many keys it took, the way to it counted."""
    before = browser.pressed
    walk_to(browser, alert)
    browser.press(*keys)
    browser.wait(f"document.querySelector('#row-{alert}.done')")
    assert browser.pressed - before <= MOST_KEYS
    return browser.pressed - before


def two_at_once(stage: Stage, first: Browser, second: Browser, alert: str) -> str:
    """Both have the alert before them, and both decide: the first takes it, the second would dismiss it; what the second is told."""
    queue(stage, first, "sun")
    queue(stage, second, "qian")
    walk_to(first, alert)
    walk_to(second, alert)
    by_keyboard(first, alert, "a")
    second.press("d", "1", "ENTER")
    second.wait("document.querySelector('#said .wrong')")
    told = second.text("#said")
    second.wait(f"document.querySelector('#row-{alert}').dataset.status === 'accepted'")
    second.wait("!document.querySelector('#beside [data-act=accept]')")
    stage.scene(second, "conflict", whole=False)
    return told


def protect(stage: Stage, browser: Browser, alert: str) -> None:
    """Who cleared somebody asks that they be left alone as far as this rule goes; the head approves, from the list of what waits."""
    stage.sit(browser, "qian", f"/alerts/{alert}")
    click(browser, browser.find("#decide [hx-get$='/clearing']"))
    browser.find("#asked[open] [name=reason]").send_keys("户名登记的是曾用名")
    browser.find("#asked [name=proof]").send_keys("派出所更名证明，已上门见到本人")
    stage.scene(browser, "clearing-asked", whole=False)
    click(browser, browser.find("#asked .first"))
    browser.wait("!document.querySelector('#asked[open]')")
    stage.sit(browser, "qian", "/clearings")
    assert "曾用名" in browser.text() and not browser.all("form[action$='/decide']"), "who asks does not approve"
    stage.sit(browser, "head", "/waiting")
    stage.scene(browser, "waiting")
    follow(browser, "main a[href^='/clearings#']", "/clearings")
    form = str(browser.find("form[action$='/decide']").get_attribute("id")).removeprefix("form-")
    send(browser, form, agree="yes")
    stage.sit(browser, "head", "/clearings?show=in_force")
    assert "曾用名" in browser.text() and "周主任" in browser.text()
    stage.scene(browser, "clearing-in-force")
