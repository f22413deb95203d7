"""A form of a page, filled in and sent as a person does it: by clicking, choosing and typing."""

from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from tests.console.browser import Browser


def fill(browser: Browser, form: str, /, **values: str) -> None:
    """Fill in `#form-<form>`, which is opened where it is folded, and leave it unsent: text, one of several, or several ticks (`a,b`),
    files by their paths, a line each.

    A day is set as the calendar would: typing one depends on the system's language.
    """
    within = browser.find(f"#form-{form}")
    if not within.is_displayed():
        click(browser, within.find_element(By.XPATH, "./ancestor::details/summary"))
    for name, value in values.items():
        fields = within.find_elements(By.NAME, name)
        assert fields, f"form {form} has no field {name}"
        if fields[0].tag_name == "select":
            Select(fields[0]).select_by_value(value)
        elif fields[0].get_attribute("type") in ("radio", "checkbox"):
            for one in value.split(","):
                click(browser, next(each for each in fields if each.get_attribute("value") == one))
        elif fields[0].get_attribute("type") == "date":
            browser.driver.execute_script("arguments[0].value = arguments[1]", fields[0], value)
        elif fields[0].get_attribute("type") == "file":
            browser.driver.execute_script("arguments[0].value = ''", fields[0])
            fields[0].send_keys(value)
        else:
            fields[0].clear()
            fields[0].send_keys(value)


def send(browser: Browser, form: str, /, **values: str) -> None:
    """Fill it in and send it; wait for the page that follows. Fails with what the page says when it is refused."""
    assert not (told := sent(browser, form, **values)), told


def sent(browser: Browser, form: str, /, **values: str) -> str:
    """The same; what the foot of the page says when it is refused, else nothing."""
    fill(browser, form, **values)
    browser.driver.execute_script("window.stale = true")
    click(browser, browser.find(f"#form-{form} button[type=submit]"))
    browser.wait("document.readyState === 'complete' && (!window.stale || document.querySelector('#said .saying'))")
    return browser.text("#said") if browser.all("#said .saying") else ""


def follow(browser: Browser, link: str, path: str) -> None:
    """Click a link or a button of the page; wait until the page at this path (a regular expression) is there, whole."""
    browser.driver.execute_script("window.stale = true")
    click(browser, browser.find(link))
    browser.wait(f"!window.stale && document.readyState === 'complete' && new RegExp('^{path}$').test(location.pathname)")


def click(browser: Browser, target: WebElement) -> None:
    """Click it in the middle of the window, where nothing stands above it."""
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", target)
    target.click()
