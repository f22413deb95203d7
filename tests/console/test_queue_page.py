"""The queue in a real browser: triage by keyboard, undo, conflicts, several at once, search, views, sight."""

import time

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select
from sqlalchemy import select

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.store import event
from service.store.alert import ACCEPTED, CLEARED, OPEN, RETURNED, Alert
from service.store.assignment import Assignment
from service.triage.deciding import accept
from service.triage.moving import By as Moved
from tests.console.browser import Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import Site


def rows(browser: Browser) -> list[str]:
    return [str(one.get_attribute("data-alert")) for one in browser.all(".row-of")]


def status(site: Site, alert: str) -> str:
    with site.desk.store.look() as session:
        return session.get_one(Alert, alert).status


def ready(browser: Browser, path: str = "/") -> list[str]:
    """The queue opened, with its first alert beside it."""
    browser.go(path)
    browser.find(".beside-title")
    browser.quiet()
    return rows(browser)


def settled(browser: Browser, alert: str) -> None:
    """Until the alert that stands beside the list is this one."""
    browser.wait(f"document.querySelector('#beside [data-alert={alert}]')")
    browser.quiet()


def reopened(site: Site) -> None:
    with site.desk.store.change() as session:
        for one in session.scalars(select(Alert)):
            one.put_back(OPEN, None)
        event.append(
            session,
            [event.Happening("alert.undone", one, {"verb": "test"}) for one in session.scalars(select(Alert.fingerprint))],
            "test",
            site.clock(),
        )


def test_an_alert_is_triaged_in_at_most_six_keys_and_the_next_one_opens(site: Site, sign: Sign) -> None:
    reopened(site)
    browser = sign("leader", name="周主任")
    first, second, third, *_ = ready(browser)
    assert browser.complaints() == []
    browser.pictures("village-queue")
    browser.press("a")
    settled(browser, second)
    assert browser.pressed == 1 and status(site, first) == ACCEPTED
    assert "已受理" in browser.text("#said") and "周主任" in browser.text(f"#row-{first}")
    browser.press("d", "1", "ENTER")
    settled(browser, third)
    assert browser.pressed == 4 and status(site, second) == CLEARED
    browser.press("j", "k")
    settled(browser, third)
    browser.press("w", "1")
    browser.find("#asked textarea").send_keys("死亡日期录错了")
    browser.find("#asked .first").click()
    browser.wait(f"document.querySelector('#row-{third}.done')")
    assert status(site, third) == RETURNED
    assert_accessible(browser)
    assert browser.hosts_asked() == {site.url.removeprefix("http://")}
    with site.desk.store.look() as session:
        assert event.first_broken(session) is None


def test_nothing_is_taken_unseen_or_twice_and_the_count_goes_down(site: Site, sign: Sign) -> None:
    reopened(site)
    browser = sign("leader")
    first, second, *others = ready(browser)
    browser.driver.switch_to.active_element.send_keys("aaa")
    settled(browser, second)
    assert [status(site, one) for one in (first, second)] == [ACCEPTED, OPEN]
    assert browser.text(".total") == f"{1 + len(others)} 条"
    browser.wait("document.querySelector('#beside a[href=\"/cases\"]') === null")
    browser.press("k")
    browser.find("#beside a.first[href='/cases']")
    browser.press("j", "o")
    browser.find("#ties")
    browser.press("ESCAPE")
    browser.wait("location.pathname === '/'")


def test_what_was_just_done_is_undone_by_one_key_for_ten_seconds(site: Site, sign: Sign) -> None:
    reopened(site)
    browser = sign("leader")
    first, second, *_ = ready(browser)
    browser.press("a")
    settled(browser, second)
    browser.press("u")
    settled(browser, first)
    assert status(site, first) == OPEN and "已撤销1条" in browser.text("#said")
    browser.press("a")
    settled(browser, second)
    site.clock.forward(seconds=14)
    browser.press("u")
    browser.wait("document.querySelector('#said .wrong')")
    assert "不能撤销" in browser.text("#said") and status(site, first) == ACCEPTED


def test_of_two_people_who_decide_at_once_the_second_is_told_who_changed_what(site: Site, sign: Sign) -> None:
    reopened(site)
    browser = sign("leader")
    first, *_ = ready(browser)
    with site.desk.store.change() as session:
        other = Caller(f"person:{site.enrol('li', 'leader', name='李组长')}", "person", (Held(roles()["leader"], Bounds()),))
        accept(session, Moved(other, site.clock()), first, session.get_one(Alert, first).version)
    browser.press("a")
    browser.wait("document.querySelector('#said .wrong')")
    assert "李组长" in browser.text("#said") and "受理" in browser.text("#said") and "没有执行" in browser.text("#said")
    browser.wait(f"document.querySelector('#row-{first}').dataset.status === 'accepted'")
    browser.picture("conflict")


def test_several_are_previewed_decided_and_undone_together(site: Site, sign: Sign) -> None:
    reopened(site)
    browser = sign("leader")
    first, second, *_ = ready(browser)
    browser.press("x", "j", "x")
    assert "2" in browser.text("#many")
    browser.find("[data-many=dismiss]").click()
    browser.find("#asked[open] .preview")
    assert len(browser.all("#asked .preview li")) == 2
    assert_accessible(browser)
    browser.press("2", "ENTER")
    browser.wait(f"document.querySelector('#row-{second}.done')")
    assert status(site, first) == status(site, second) == CLEARED
    browser.press("u")
    browser.wait(f"!document.querySelector('#row-{second}.done')")
    assert status(site, first) == status(site, second) == OPEN


def test_facets_and_words_are_understood_and_unknown_ones_told(site: Site, sign: Sign) -> None:
    reopened(site)
    browser = sign("leader")
    everything = ready(browser)
    browser.press("/")
    browser.find("#find").send_keys("流:纪律 规则:已故 低保\n")
    browser.wait("location.search.includes('stream=discipline')")
    found = rows(browser)
    assert found and set(found) < set(everything)
    assert all("死亡" in one.text for one in browser.all(".row-of"))
    assert rows(browser.go("/?find=流:派驻")) == []
    browser.go("/?find=规则:没有这样的规则")
    assert "没有这样的条件" in browser.text("#unknown")
    browser.go("/?q=从来没有人说过的话")
    assert "没有预警" in browser.text(".list")
    assert_accessible(browser)


def test_a_view_is_saved_shared_counted_and_forgotten(site: Site, sign: Sign) -> None:
    reopened(site)
    bounds = Bounds(office_id="OF-PZ01")
    browser = sign("triager", bounds, login="sharer")
    browser.go("/?q=低保")
    count = len(rows(browser))
    browser.find("[hx-get^='/views/new']").click()
    browser.find("#view-name").send_keys("低保")
    browser.find("#asked [name=shared]").click()
    browser.find("#asked .first").click()
    browser.wait("document.querySelector('.view')")
    assert browser.text(".view .count") == str(count)
    other = sign("triager", bounds, login="colleague").go("/")
    assert "低保" in other.text(".view") and not other.all(".view form")
    assert sign("triager", Bounds(office_id="OF-JD01"), login="stranger").go("/").all(".view") == []
    browser = sign("triager", bounds, login="sharer").go("/")
    browser.driver.execute_script("document.querySelector('.view form').submit()")
    browser.wait("location.pathname === '/' && !document.querySelector('.view')")


def test_an_office_sees_only_its_own_and_what_is_handed_over_is_received(site: Site, sign: Sign) -> None:
    reopened(site)
    own, other = Bounds(office_id="OF-JD01"), Bounds(office_id="OF-PZ01")
    browser = sign("triager", own, login="sender")
    first, second, *_ = ready(browser)
    with site.desk.store.look() as session:
        held = select(Assignment.fingerprint).where(Assignment.office_id == "OF-JD01", Assignment.ended_run.is_(None))
        assert set(rows(browser)) == set(session.scalars(held))
    assert "没有这一页" in sign("triager", other, login="taker").go(f"/alerts/{first}").text()
    browser = sign("triager", own, login="sender")
    ready(browser)
    browser.press("t")
    to = Select(browser.find("#asked select"))
    to.select_by_visible_text(next(one.text for one in to.options if "驻县民政局" in one.text))
    browser.find("#asked textarea").send_keys("属派驻监督范围")
    browser.picture("transfer")
    browser.find("#asked .first").click()
    browser.wait(f"document.querySelector('#row-{first}.done')")
    assert "待签收" in browser.text(f"#row-{first}")
    taker = sign("triager", other, login="taker")
    assert ready(taker) == [first]
    taker.find("#beside [data-act=take]").click()
    taker.wait("!document.querySelector('#row-" + first + " .tag.amber')")
    assert_accessible(taker)
    assert rows(sign("triager", own, login="sender").go("/"))[0] == second


def test_the_first_page_paints_within_a_second_and_works_on_a_phone(site: Site, sign: Sign) -> None:
    reopened(site)
    browser = sign("leader")
    ready(browser)
    browser.go("/")
    browser.wait("performance.getEntriesByName('first-contentful-paint').length")
    painted = browser.driver.execute_script("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < 1000
    browser.size(390, 844)
    browser.go("/")
    assert browser.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    assert not browser.find("#beside").is_displayed()
    assert_accessible(browser)
    browser.find(".row-of .to").click()
    browser.wait("location.pathname.startsWith('/alerts/')")
    assert browser.driver.find_element(By.CSS_SELECTOR, ".decide .first").is_displayed()
    assert browser.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    browser.picture("village-alert-phone")
    browser.size(1280, 800)
    time.sleep(0.1)
