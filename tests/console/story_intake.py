"""The data team's part of the story: files come in by the page of imports, a run is asked for and watched, a worker does it."""

import threading
from collections.abc import Sequence
from pathlib import Path

from service.work.worker import Worker
from tests.console.browser import Browser
from tests.console.form import click, follow
from tests.console.story_cast import Stage


def import_files(stage: Stage, browser: Browser, files: Sequence[Path], scene: str) -> str:
    """Choose files, send them in, and read what became of them."""
    stage.sit(browser, "data", "/data/imports")
    browser.find("#file").send_keys("\n".join(map(str, files)))
    click(browser, browser.find("form[action='/data/imports'] button[type=submit]"))
    browser.wait("/导入结果/.test(document.querySelector('main').innerText)")
    browser.quiet()
    stage.scene(browser, scene)
    return browser.text()


def run(stage: Stage, browser: Browser, scene: str) -> dict[str, int]:
    """Go on to the runs by the page's own button, ask for one, and watch it to its end; what it counted, by the page's words."""
    follow(browser, "main a[href='/data/runs']", "/data/runs")
    follow(browser, "form[action='/data/runs'] button[type=submit]", "/data/runs/[0-9a-f]{24}")
    browser.find("[data-progress]")
    worker = threading.Thread(target=Worker(stage.site.desk, beat=0.05).work_off)
    worker.start()
    worker.join()
    browser.wait("!document.querySelector('[data-progress]') && /已完成/.test(document.querySelector('main').innerText)")
    stage.scene(browser, scene, whole=False)
    facts = browser.driver.execute_script(
        "return [...document.querySelectorAll('main dl.facts dt')].map(one => [one.innerText, one.nextElementSibling.innerText])"
    )
    return {str(name): int(value.replace(",", "")) for name, value in facts if value.replace(",", "").isdigit()}
