"""A real Chromium for tests: pictures of pages, whether they are accessible, and whether they asked any other host."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
PICTURES = "GUANTONG_PICTURES"
"""Folder in which tests put pictures of what they see; none are made without it."""
WIDE, PHONE = (1280, 800), (390, 844)
SERIOUS = ("serious", "critical")
PATIENCE = 20
"""Seconds that something may take to appear: far more than it does, for machines that do much else at the same time."""


def missing() -> str | None:
    """Why there can be no browser; None when there is one."""
    if not shutil.which("chromium"):
        return "no chromium on this machine (Debian: apt install chromium chromium-driver)"
    return None if shutil.which("chromedriver") else "no chromedriver on this machine (Debian: apt install chromium-driver)"


class Browser:
    """A window of Chromium, and what tests do with it."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver, self.url = driver, url
        self.pressed = 0
        """Keys struck so far."""

    def sign_in(self, token: str) -> None:
        """Be somebody: the cookie that signing in sets."""
        self.driver.get(self.url + "/signin")
        self.driver.add_cookie({"name": "guantong", "value": token, "httpOnly": True, "sameSite": "Lax", "path": "/"})

    def go(self, path: str) -> "Browser":
        self.driver.get(self.url + path)
        return self

    def find(self, selector: str) -> WebElement:
        """The first element, waited for."""
        return WebDriverWait(self.driver, PATIENCE).until(lambda driver: driver.find_element(By.CSS_SELECTOR, selector))

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, script: str) -> None:
        """Until a JavaScript expression is true."""
        WebDriverWait(self.driver, PATIENCE, poll_frequency=0.05).until(
            lambda driver: driver.execute_script(f"return !!({script})")
        )

    def press(self, *keys: str) -> None:
        """Strike keys one after the other, wherever the focus is, and wait until the page is quiet."""
        for key in keys:
            self.pressed += 1
            self.driver.switch_to.active_element.send_keys(getattr(Keys, key, key))
            self.quiet()

    def quiet(self) -> None:
        """Wait until no part of the page is on its way."""
        self.wait("!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")

    def text(self, selector: str = "main") -> str:
        return str(self.find(selector).text)

    def size(self, width: int, height: int) -> None:
        """The page's size, as a phone or a desk has it."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )

    def colours(self, scheme: str) -> None:
        """light or dark, as the system asks."""
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )

    def picture(self, name: str, *, whole: bool = False) -> None:
        """A PNG of what is seen (or of the whole page), where GUANTONG_PICTURES says."""
        if folder := os.environ.get(PICTURES):
            Path(folder).mkdir(parents=True, exist_ok=True)
            if whole:
                height = int(self.driver.execute_script("return document.documentElement.scrollHeight"))
                width = int(self.driver.execute_script("return innerWidth"))
                self.size(width, height)
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))

    def pictures(self, name: str) -> None:
        """The page at a desk and on a phone, light and dark; ends at a desk in light."""
        if os.environ.get(PICTURES):
            for size, called in ((PHONE, "phone"), (WIDE, "wide")):
                for scheme in ("dark", "light"):
                    self.size(*size)
                    self.colours(scheme)
                    self.picture(f"{name}-{called}-{scheme}")

    def hosts_asked(self) -> set[str]:
        """Every host that this browser has sent a request to since it was last asked."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = (one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent")
        return {urlsplit(url).netloc for url in sent if urlsplit(url).scheme in ("http", "https", "ws", "wss")}

    def complaints(self) -> list[str]:
        """What the browser's console complained of: scripts that failed, policies that were broken."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


def assert_accessible(browser: Browser, *, within: str = "html") -> None:
    """No serious fault by axe-core's rules (WCAG 2.1 A and AA) on the page as it is now."""
    browser.driver.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    browser.driver.execute_script(AXE.read_text(encoding="utf-8"))
    asked = "const done = arguments[arguments.length - 1]; axe.run(arguments[0], {resultTypes: ['violations']}).then(done)"
    told: dict[str, Any] = browser.driver.execute_async_script(asked, within)
    faults = [
        f"{one['impact']} {one['id']}: {one['help']}\n    " + "\n    ".join(str(node["html"])[:160] for node in one["nodes"][:5])
        for one in told["violations"]
        if one["impact"] in SERIOUS
    ]
    assert not faults, "\n".join(faults)


@contextmanager
def chromium(url: str) -> Iterator[Browser]:
    """A fresh Chromium without a window, in Chinese, that may reach this machine only."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN", "--hide-scrollbars", "--disable-gpu",
                     "--no-proxy-server", "--disable-background-networking", "--disable-component-update", "--no-first-run"):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        browser = Browser(driver, url)
        browser.size(*WIDE)
        browser.colours("light")
        yield browser
    finally:
        driver.quit()
