"""The alert's page in a real browser: its four blocks, checks that are kept, ties that open, unsealing by two people, by hand, sight."""

import httpx2
from selenium.webdriver.support.ui import Select
from sqlalchemy import select

from service.access.caller import Bounds
from service.store import event, questions
from service.store.alert import MERGED, Alert
from service.store.alert_work import Check
from tests.console.browser import PHONE, WIDE, Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import Site

RULE = "public_employee_on_need_based_list"


def of_rule(site: Site, rule: str = RULE) -> str:
    with site.desk.store.look() as session:
        return questions.alerts_wanted(session, questions.Wanted(rule=rule))[0].fingerprint


def opened(browser: Browser, alert: str) -> Browser:
    """The alert's page with everything that arrives later."""
    browser.go(f"/alerts/{alert}")
    browser.wait(
        "document.querySelectorAll('.arrives').length === 3 && !document.querySelector('.arrives').parentElement.parentElement.textContent.includes('正在查')"
    )
    browser.quiet()
    return browser


def tap(browser: Browser, selector: str) -> None:
    """Click where the decision bar does not stand above it: the driver scrolls to the window's edge."""
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", browser.find(selector))
    browser.find(selector).click()


def test_the_page_says_why_on_what_what_to_check_and_who_looks_in_this_order(site: Site, sign: Sign) -> None:
    browser = opened(sign("leader", name="周主任"), of_rule(site))
    heads = [one.text for one in browser.all(".alert-main > .block > h2")]
    assert heads == ["为什么", "依据的记录", "可能的合理解释与先查什么", "谁在看、为什么是我们"]
    assert "这是需要核实的理由，不是结论" in browser.text(".alert-main .notice")
    assert browser.find("td.deciding") and browser.find("mark").text == "东风村"
    assert len(browser.all(".time-chart svg")) == len(browser.all(".ties-chart svg")) == 1
    page = browser.driver.page_source
    assert not any(one in page for one in ("13900000002", "139****0002", "nam_", "tel_"))
    assert browser.find("#decide .first").text.startswith("受理")
    assert_accessible(browser)
    assert browser.complaints() == [] and browser.hosts_asked() == {site.url.removeprefix("http://")}
    browser.size(*PHONE)
    width = browser.driver.execute_script("return document.documentElement.scrollWidth")
    browser.size(*WIDE)
    assert width <= PHONE[0]
    browser.pictures("alert")
    browser.go(f"/alerts/{of_rule(site)}?lang=en")
    assert "Why" in browser.text(".alert-main h2")


def test_a_check_that_is_ticked_stays_with_who_and_when(site: Site, sign: Sign) -> None:
    alert = of_rule(site)
    browser = opened(sign("leader", name="周主任"), alert)
    tap(browser, ".steps input[type=checkbox]")
    browser.wait("document.querySelector('.steps .closed')")
    assert "周主任" in browser.text(".steps .closed")
    opened(browser, alert)
    assert browser.find(".steps input[type=checkbox]").is_selected() and "已核对" in browser.find(".history").get_attribute(
        "textContent"
    )
    with site.desk.store.look() as session:
        assert session.scalars(select(Check).where(Check.fingerprint == alert)).one().undone_at is None
        assert event.first_broken(session) is None


def test_a_record_leads_to_its_row_whose_neighbours_are_hidden_and_a_name_opens_its_ties(site: Site, sign: Sign) -> None:
    browser = opened(sign("leader"), of_rule(site))
    tap(browser, "[data-nodes] button")
    browser.wait("document.querySelector('#ties details[open]')")
    tap(browser, ".records td a")
    browser.wait("document.querySelector('tr.this')")
    assert_accessible(browser)
    browser.picture("row")
    token = site.token(site.enrol("row", "leader"))
    path = browser.driver.current_url.partition("?")[0]
    assert httpx2.get(path, cookies={"guantong": token}).status_code == 404
    group = site.token(site.enrol("row-group", "triager", Bounds(office_id="OF-XT01")))
    assert httpx2.get(browser.driver.current_url, cookies={"guantong": group}).status_code == 404


def test_a_sealed_value_is_shown_once_when_a_second_person_has_agreed(site: Site, sign: Sign) -> None:
    alert = of_rule(site)
    browser = opened(sign("leader", name="周主任"), alert)
    tap(browser, "[hx-get$='/unseal']")
    choice = Select(browser.find("#asked[open] #which"))
    choice.select_by_index(next(at for at, one in enumerate(choice.options) if "证件" in one.text))
    browser.find("#unseal-reason").send_keys("核对身份证号是否登记有误")
    browser.find("#asked .first").click()
    browser.wait("document.querySelector('#asked .tag.amber')")
    assert browser.all("#asked [hx-post$='/agree']") == []
    other = opened(sign("leader", login="second", name="钱主任"), alert)
    tap(other, "[hx-get$='/unseal']")
    other.find("#asked [hx-post$='/agree']").click()
    other.wait("!document.querySelector('#asked .tag.amber')")
    assert_accessible(other)
    browser = opened(sign("leader"), alert)
    tap(browser, "[hx-get$='/unseal']")
    browser.find("#asked [hx-post$='/value']").click()
    assert len(browser.text("#asked[open] .value strong")) == 18
    browser.picture("unseal")


def test_more_is_asked_for_and_an_alert_is_merged_and_split(site: Site, sign: Sign) -> None:
    alert = of_rule(site, "paid_after_death")
    browser = opened(sign("leader"), alert)
    browser.find("[hx-get$='/demand']").click()
    browser.find("#asked #what").send_keys("发放审批表")
    assert_accessible(browser)
    browser.find("#asked .first").click()
    browser.wait("document.querySelector('#asked-for form')")
    assert "发放审批表" in browser.text("#asked-for")
    browser.find("[hx-get$='/merge']").click()
    browser.find("#asked [name=into]").click()
    browser.find("#asked .first").click()
    browser.wait(f"!location.pathname.includes('{alert}')")
    assert "并入本条" in browser.text()
    with site.desk.store.look() as session:
        assert session.get_one(Alert, alert).status == MERGED
    browser.go(f"/alerts/{alert}").find("[hx-post$='/split'] button").click()
    browser.wait("document.querySelector('#decide [data-act=accept]')")


def test_a_call_becomes_an_alert_by_hand_and_what_may_not_be_entered_is_gone(site: Site, sign: Sign) -> None:
    browser = sign("triager", Bounds(office_id="OF-PZ01"), login="by-hand").go("/alerts/new")
    assert_accessible(browser)
    for name, text in (("title", "低保名单与公示不符"), ("text", "实名举报县委书记收受红包"), ("unit", "平潮镇人民政府")):
        browser.find(f"#{name}").send_keys(text)
    browser.picture("by-hand")
    browser.find(".form .first").click()
    assert "不得录入" in browser.text("#wrong") and browser.find("#text").get_attribute("value") == ""
    for name, text in (
        ("title", "低保名单与公示不符"),
        ("text", "公示的名单里没有本人，电话13900000002"),
        ("unit", "平潮镇人民政府"),
    ):
        browser.find(f"#{name}").send_keys(text)
    browser.find(".form .first").click()
    browser.wait("document.querySelector('.alert-main blockquote')")
    assert "电话已封存" in browser.text(".alert-main blockquote") and "1390000" not in browser.text()
    assert "驻县民政局纪检监察组" in browser.text() and browser.find("#decide [data-act=accept]")
    assert_accessible(browser)
