"""The guide inside the console: whole, in both languages, for everybody who signs in, with every link and picture in place."""

import pytest

from service.access.caller import Bounds
from tests.console.browser import assert_accessible
from tests.console.conftest import Sign


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_units_clerk_reads_the_guide_from_the_menu_and_nothing_in_it_leads_nowhere(sign: Sign, lang: str) -> None:
    browser = sign("unit_clerk", Bounds(unit_id="U0001"), login="clerk")
    browser.go("/unit?lang=" + lang)
    browser.find("details.who summary").click()
    browser.find("details.who a[href='/guide']").click()
    browser.find(".guide h2")
    links = "Array.from(document.querySelectorAll('.guide a'))"
    assert browser.driver.execute_script(f"return {links}.length") >= 5
    nowhere = f"{links}.filter(a => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).map(a => a.textContent)"
    assert browser.driver.execute_script(f"return {nowhere}") == []
    browser.wait("Array.from(document.images).every(one => one.naturalWidth > 0)")
    assert len(browser.all(".guide img")) == 3
    assert_accessible(browser)
    assert browser.complaints() == []
    assert "没有这一页" in browser.go("/guide/nothing.png?lang=zh").text()
