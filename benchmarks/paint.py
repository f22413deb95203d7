"""How soon Chromium paints the queue and an alert, served on a port of this machine."""

import secrets
import shutil
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from selenium import webdriver

from benchmarks.pages import examples
from benchmarks.served import listening
from service.access import signing_in
from service.access.caller import Bounds
from service.desk import Desk

PAGES = {"queue": "/", "alert": "/alerts/{alert}"}
TIMES = 5
PAINTED = "return performance.getEntriesByType('paint').filter(one => one.name == 'first-contentful-paint').map(one => one.startTime)[0]"
PATIENCE = 30
"""Seconds until a page must have painted."""


def painted(desk: Desk) -> dict[str, Any]:
    """Page -> milliseconds to first contentful paint, the median; or {"missing": why}."""
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        return {"missing": "no chromium and chromedriver on this machine"}
    now, login, password = desk.clock(), f"painter-{secrets.token_hex(4)}", secrets.token_hex(16)
    with desk.store.change() as session:
        member = signing_in.enrol(session, login, login, password, by="bench", now=now)
        signing_in.grant(session, member, "leader", Bounds(), by="bench", now=now)
        places = examples(session)
    token = signing_in.enter(desk.store, login, password, now)
    with listening(desk) as url, chromium() as driver:
        driver.get(f"{url}/signin")
        driver.add_cookie({"name": "guantong", "value": token, "httpOnly": True, "path": "/"})
        for path in PAGES.values():
            driver.get(url + path.format(**places))  # the first look reads what is kept for all
        return {
            name: round(statistics.median(_paint(driver, url + path.format(**places)) for _ in range(TIMES)), 1)
            for name, path in PAGES.items()
        }


def _paint(driver: webdriver.Chrome, address: str) -> float:
    driver.get(address)
    until = time.monotonic() + PATIENCE
    while (found := driver.execute_script(PAINTED)) is None:
        if time.monotonic() > until:
            raise RuntimeError(f"nothing was painted in {PATIENCE} s")
        time.sleep(0.01)
    return float(found)


@contextmanager
def chromium() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    for one in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,800"):
        options.add_argument(one)
    options.binary_location = str(shutil.which("chromium"))
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()
