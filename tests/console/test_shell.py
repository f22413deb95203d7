"""The shell in a real browser: signing in and out, language, refusals, headers; nothing from outside, no serious fault."""

import httpx2
import pytest

from service.access.caller import Bounds
from service.store.member import Member
from tests.console.browser import Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import PASSWORD, Site


def test_a_person_signs_in_goes_where_they_wanted_and_signs_out(site: Site, chromium: Browser) -> None:
    site.enrol("wang", "leader", name="王主任")
    chromium.go("/?status=open")
    assert "/signin?next=" in chromium.driver.current_url
    assert_accessible(chromium)
    chromium.pictures("signin")
    chromium.find("#login").send_keys("wang")
    chromium.find("#password").send_keys(PASSWORD)
    chromium.find("form .first").click()
    chromium.find(".who summary").click()
    assert chromium.driver.current_url.endswith("/?status=open")
    assert "王主任" in chromium.text(".who .sheet") and "委领导" in chromium.text(".who .sheet")
    chromium.find(".who form button").click()
    assert chromium.find("#login")
    assert chromium.driver.get_cookie("guantong") is None
    chromium.go("/")
    assert chromium.driver.current_url.endswith("/signin")


def test_a_wrong_password_is_told_and_counted_and_the_login_stays(site: Site, chromium: Browser) -> None:
    site.enrol("zhao", "leader")
    chromium.go("/signin")
    chromium.find("#login").send_keys("zhao")
    chromium.find("#password").send_keys("no such password")
    chromium.find("form .first").click()
    assert "登录名、密码或动态码不对" in chromium.text(".wrong")
    assert chromium.find("#login").get_attribute("value") == "zhao"
    with site.desk.store.look() as session:
        assert session.query(Member).filter_by(login="zhao").one().failed == 1


def test_a_page_asks_no_other_host_breaks_no_policy_and_has_no_serious_fault(site: Site, sign: Sign) -> None:
    browser = sign("triager", Bounds(office_id="OF-PZ01"), login="shell")
    browser.go("/").quiet()
    assert "驻县民政局纪检监察组" in browser.find(".who .sheet").get_attribute("textContent")
    assert browser.complaints() == []
    assert browser.hosts_asked() == {site.url.removeprefix("http://")}
    assert_accessible(browser)


def test_the_switch_makes_the_page_english_and_keeps_it_so(sign: Sign) -> None:
    browser = sign("leader").go("/")
    assert browser.find("html").get_attribute("lang") == "zh-CN"
    browser.find("[data-lang]").click()
    browser.wait("document.documentElement.lang === 'en'")
    assert browser.go("/").find("html").get_attribute("lang") == "en"
    assert "Triage" in browser.text(".menu")


def test_a_first_password_is_changed_before_anything_else(site: Site, sign: Sign) -> None:
    browser = sign("leader", login="newcomer")
    with site.desk.store.change() as session:
        session.query(Member).filter_by(login="newcomer").one().must_change = True
    browser.go("/")
    assert browser.driver.current_url.endswith("/password")
    assert_accessible(browser)
    for name, text in (("old", PASSWORD), ("new", "新的一句话，只有我自己知道"), ("again", "新的一句话，只有我自己知道")):
        browser.find(f"#{name}").send_keys(text)
    browser.find("form.form .first").click()
    browser.wait("location.pathname === '/'")


def test_what_is_not_there_and_what_is_not_allowed_are_told_in_plain_words(sign: Sign) -> None:
    browser = sign("leader").go("/no/such/page")
    assert "没有这一页" in browser.text()
    assert_accessible(browser)
    told = sign("administrator").go("/cases").text("main")
    assert "没有权限" in told and "缺少的权限：看承办件" in told and "casework" not in told
    browser.pictures("refused")


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}])
def test_what_another_site_makes_a_browser_post_is_refused(site: Site, headers: dict[str, str]) -> None:
    token = site.token(site.enrol("posted", "leader"))
    answer = httpx2.post(site.url + "/signout", headers=headers, cookies={"guantong": token})
    assert answer.status_code == 403
    assert httpx2.get(site.url + "/", cookies={"guantong": token}).status_code == 200


def test_pages_are_kept_by_nobody_and_assets_for_good(site: Site) -> None:
    page = httpx2.get(site.url + "/signin")
    assert page.headers["Cache-Control"] == "no-store"
    assert (
        "script-src 'self'" in page.headers["Content-Security-Policy"] and "unsafe" not in page.headers["Content-Security-Policy"]
    )
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    sent = httpx2.get(site.url + style)
    assert "immutable" in sent.headers["Cache-Control"] and "--paper" in sent.text
    assert httpx2.get(site.url + "/assets/paper.000000000000.css").status_code == 404


def test_nobody_is_sent_on_to_another_site(site: Site) -> None:
    site.enrol("sent", "leader")
    own = {"Sec-Fetch-Site": "same-origin"}
    for place in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"):
        answer = httpx2.post(site.url + "/signin", data={"login": "sent", "password": PASSWORD, "next": place}, headers=own)
        assert answer.headers["Location"] == "/"
        assert "HttpOnly" in answer.headers["Set-Cookie"] and "samesite=lax" in answer.headers["Set-Cookie"].lower()
