"""What closes the loop, in a real browser: a lasting clearing by two people, an alert divided, material asked for and answered."""

from datetime import timedelta

import pytest
from selenium.webdriver.common.by import By
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.casework import distributing, opening
from service.casework.seat import seat
from service.rectifying import lists
from service.rectifying.seat import sit_down
from service.store import questions
from service.store.alert import MERGED, OPEN, Alert
from service.store.clearing import IN_FORCE, Clearing
from service.store.event import first_broken
from tests.console.browser import Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import Site
from tests.service import village

GROUP, ROOM = Bounds(office_id="OF-PZ01"), Bounds(office_id="OF-JD01")


def caller(login: str, role: str, bounds: Bounds) -> Caller:
    return Caller(f"person:{login}", "person", (Held(roles()[role], bounds),))


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


def test_a_deadline_is_extended_by_two_and_what_comes_back_says_why(site: Site, sign: Sign) -> None:
    def opened(session: Session) -> int:
        acting = seat(site.desk, caller("wang", "office_member", ROOM), tables).acting
        matter = opening.Matter(
            "上级交办：核查低保发放", "handed_down", site.desk.today, "省交〔2026〕1号", unit_id=village.CIVIL
        )
        case = opening.open_by_hand(session, acting, "OF-JD01", matter)
        order = distributing.Order("assign", "OF-JD01", "person:wang", "核清发放记录", 10)
        distributing.distribute(session, acting, case.case_id, 1, order)
        distributing.decline(session, acting, case.case_id, 2, "手上已有三件急件")
        return case.case_id

    for login, role, name in (("wang", "office_member", "王明"), ("head", "office_head", "周主任")):
        site.enrol(login, role, ROOM, name)
    with site.desk.tables() as (tables, _), site.desk.store.change() as session:
        number = opened(session)
    browser = sign("office_member", ROOM, "wang", "王明").go(f"/cases/{number}")
    assert "手上已有三件急件" in browser.text("#sent-back") and "王明" in browser.text("#sent-back")
    browser.find("#form-ask_extension").find_element(By.XPATH, "./ancestor::details/summary").click()
    browser.driver.execute_script("document.querySelector('#extend-due').value = '2026-06-30'")
    browser.find("#form-ask_extension textarea").send_keys("涉及八个镇，银行流水未回")
    assert_accessible(browser)
    browser.pictures("case-extension")
    browser.find("#form-ask_extension button[type=submit]").click()
    browser.wait("document.readyState === 'complete' && !document.querySelector('#form-ask_extension')")
    head = sign("office_head", ROOM, "head", "周主任").go("/waiting")
    assert "核查低保发放" in head.text()
    head.go(f"/cases/{number}").find("#form-decide_extension [name=agree][value=yes]").click()
    assert "2026-06-30" in head.text("#form-decide_extension")
    head.pictures("case-extension-decided")
    head.find("#form-decide_extension button[type=submit]").click()
    head.wait("document.readyState === 'complete' && !document.querySelector('#form-decide_extension')")
    assert "2026-06-30" in head.text()
    assert head.find(f"a[href='/letters/new?case={number}&kind=supervision']")
    head.go(f"/letters/new?case={number}&kind=both")
    assert head.find("[name=title]").get_attribute("value") == "关于县民政局有关问题的纪检监察建议书"
    assert "2026年1月5日" not in str(head.find("[name=source]").get_attribute("value")), (
        "the day on which it came is not the unit's to know"
    )
    assert head.complaints() == []


def test_every_limit_and_campaign_stands_where_it_is_looked_for(site: Site, sign: Sign) -> None:
    browser = sign("administrator", login="admin", name="管理员").go("/admin/limits")
    assert "疑点澄清有效期" in browser.text() and "检举控告工作规则" in browser.text()
    assert_accessible(browser)
    browser.pictures("limits")
    with site.desk.tables() as (tables, _), site.desk.store.change() as session:
        acting = sit_down(site.desk, caller("chief", "leader", Bounds()), tables).acting
        campaign = lists.open_campaign(
            session, acting, "低保专项", "补贴", site.desk.today.replace(year=2024), site.desk.today.replace(year=2027)
        )
        number = campaign.campaign_id
    chief = sign("leader", login="first", name="孙书记").go("/")
    chief.find(f"a[href='/?campaign={number}']").click()
    chief.wait(f"location.search.includes('campaign={number}') && document.querySelector('.chosen a.tag')")
    assert "低保专项" in chief.text(".chosen")
    assert chief.find(f"a[href^='/papers/alerts.xlsx?campaign={number}']")
    assert_accessible(chief)
    chief.pictures("queue-campaign")
    chief.go("/cases/pool")
    assert_accessible(chief)
