"""What closes the loop, in a real browser: a lasting clearing by two people, an alert divided, material asked for and answered."""

from datetime import timedelta

import pytest
from selenium.webdriver.common.by import By
from sqlalchemy import select

from service.access.caller import Bounds
from service.store import questions
from service.store.alert import MERGED, OPEN, Alert
from service.store.clearing import IN_FORCE, Clearing
from service.store.event import first_broken
from tests.console.browser import Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import Site

GROUP = Bounds(office_id="OF-PZ01")


def alerts(site: Site) -> dict[str, int]:
    """Open alerts and on how many findings they rest."""
    with site.desk.store.look() as session:
        found = list(session.scalars(select(Alert.fingerprint).where(Alert.status == OPEN).order_by(Alert.fingerprint)))
        return {name: len(present) for name, present in questions.present_signals(session, found).items()}


def tap(browser: Browser, path: str) -> None:
    """Open a dialog from the decision bar."""
    browser.find(f"#decide [hx-get$='/{path}']").click()
    browser.wait("document.querySelector('#asked[open] #asked-title')")


def write(browser: Browser, **values: str) -> None:
    for name, text in values.items():
        field = browser.find(f"#asked [name={name}]")
        field.clear()
        field.send_keys(text)


@pytest.fixture(autouse=True)
def clean(site: Site) -> None:
    site.clock.forward(seconds=11)


def test_a_second_person_approves_what_protects_beyond_the_alert(site: Site, sign: Sign) -> None:
    alert = next(name for name, count in alerts(site).items() if count)
    browser = sign("leader", login="first", name="孙书记").go(f"/alerts/{alert}")
    browser.press("d", "1", "ENTER")
    browser.wait("document.querySelector('#decide .closed')")
    tap(browser, "clearing")
    assert "另一位有权限的同志" in browser.text("#asked")
    write(browser, reason="同名同姓，死亡登记张冠李戴", proof="派出所更正函，已上门见到本人")
    assert_accessible(browser)
    browser.pictures("clearing-asked")
    browser.find("#asked .first").click()
    browser.wait("document.querySelector('#decide .closed') && !document.querySelector('#asked[open]')")
    own = sign("leader", login="first", name="孙书记").go("/clearings")
    assert "同名同姓" in own.text() and not own.all("form[action*='/decide']")
    other = sign("leader", login="second", name="钱书记").go("/waiting")
    assert "同名同姓" in other.text()
    assert_accessible(other)
    other.find("a[href^='/clearings#']").click()
    other.find("[name=agree][value=yes]").click()
    assert_accessible(other)
    other.pictures("clearings")
    other.find("form[action$='/decide'] button[type=submit]").click()
    other.wait("!document.querySelector('form[action$=\"/decide\"]')")
    other.go("/clearings?show=in_force")
    assert "同名同姓" in other.text() and "钱书记" in other.text()
    assert other.complaints() == [] and other.hosts_asked() <= {site.url.removeprefix("http://")}
    with site.desk.store.look() as session:
        assert session.scalars(select(Clearing.status).where(Clearing.fingerprint == alert)).all() == [IN_FORCE]
        assert first_broken(session) is None


def test_an_alert_is_divided_and_made_whole_again(site: Site, sign: Sign) -> None:
    alert = next(name for name, count in alerts(site).items() if count > 1)
    browser = sign("leader", login="first", name="孙书记").go(f"/alerts/{alert}")
    tap(browser, "divide")
    browser.find("#asked [name=signal]").click()
    write(browser, reason="两件不同的事")
    assert_accessible(browser)
    browser.pictures("divide")
    browser.find("#asked .first").click()
    browser.wait(f"location.pathname.startsWith('/alerts/') && !location.pathname.includes('{alert}')")
    part = str(browser.driver.current_url).rpartition("/")[2]
    assert "由这一条拆出" in browser.text() and browser.find(f"a[href='/alerts/{alert}']")
    assert part in browser.go(f"/alerts/{alert}").text() and "拆出一部分" in browser.text()
    browser.go(f"/alerts/{part}")
    tap(browser, "merge")
    browser.driver.execute_script(
        "const f = document.querySelector('#asked form'); f.insertAdjacentHTML('beforeend', "
        "'<input type=radio name=into checked value=' + arguments[0] + '>')",
        alert,
    )
    browser.find("#asked .first").click()
    browser.wait(f"location.pathname.includes('{alert}')")
    with site.desk.store.look() as session:
        assert session.get_one(Alert, part).status == MERGED


def test_material_is_asked_of_an_office_and_answered_there(site: Site, sign: Sign) -> None:
    alert = next(iter(alerts(site)))
    browser = sign("leader", login="first", name="孙书记").go(f"/alerts/{alert}")
    tap(browser, "demand")
    browser.find("#asked #to option[value='office:OF-PZ01']").click()
    write(browser, what="低保发放审批表")
    browser.pictures("demand")
    browser.find("#asked .first").click()
    browser.wait("document.querySelector('#asked-for form')")
    assert "已送达" in browser.text("#asked-for")
    theirs = sign("office_member", GROUP, "zhao", "赵组员").go("/")
    theirs.wait("document.querySelector('a[href=\"/waiting\"] .count')")
    theirs.go("/waiting")
    assert "低保发放审批表" in theirs.text() and alert not in theirs.text()
    assert_accessible(theirs)
    theirs.pictures("waiting")
    theirs.find("form[id^=form-reply] textarea").send_keys("审批表共三份，第二份没有签字")
    theirs.find("form[id^=form-reply]").find_element(By.CSS_SELECTOR, "button").click()
    theirs.wait("!document.querySelector('form[id^=form-reply]')")
    site.clock.forward(seconds=timedelta(minutes=1).total_seconds())
    back = sign("leader", login="first", name="孙书记").go(f"/alerts/{alert}")
    assert "第二份没有签字" in back.text("#asked-for") and "赵组员" in back.text("#asked-for")
