"""The pages on the whole in a real browser: charts read their tables, a tile narrows the page, portraits, scorecard, on a phone too."""

from service.access.caller import Bounds
from service.store import event
from service.store.alert import Alert
from service.store.verdict import Verdict
from tests.console.browser import PHONE, WIDE, assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import Site
from tests.service import village
from tests.service.conftest import NOW


def confirmed(site: Site) -> None:
    """The first alert is taken and found right."""
    with site.desk.store.change() as session:
        alert = session.query(Alert).order_by(Alert.fingerprint).first()
        assert alert is not None
        if alert.status == "open":
            alert.accept("person:zhou")
            session.add(
                Verdict(
                    fingerprint=alert.fingerprint, outcome="substantiated", reason="已核实", decided_by="person:zhou", decided_at=NOW,
                    expires_on=None, facts={},
                )
            )  # fmt: skip
            event.append(session, [event.Happening("alert.accepted", alert.fingerprint, {})], "test", NOW)


def test_a_leader_sees_the_whole_and_narrows_it_by_a_town(site: Site, sign: Sign) -> None:
    confirmed(site)
    browser = sign("leader", name="周主任")
    browser.go("/overview").find(".chart svg")
    assert browser.text("#months-says").startswith("2026-01收到")
    came = browser.text(".heads dd").strip()
    drawn = browser.driver.execute_script("return document.querySelector('.chart').textContent")
    assert came in drawn, "the number over the column is the table's"
    browser.pictures("village-overview")
    assert_accessible(browser)
    browser.colours("dark")
    assert_accessible(browser)
    browser.colours("light")
    town = browser.find(".tile")
    told = town.text
    town.click()
    browser.wait("location.search.startsWith('?area=')")
    assert browser.find(".tag.teal").text.splitlines()[0] == told.splitlines()[0]
    assert browser.text(".heads dd").strip() == told.splitlines()[1]
    browser.size(*PHONE)
    assert browser.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    browser.size(*WIDE)
    assert browser.hosts_asked() == {site.url.removeprefix("http://")}
    assert browser.complaints() == []


def test_portrait_problems_rounds_and_scorecard_are_accessible(site: Site, sign: Sign) -> None:
    confirmed(site)
    browser = sign("leader")
    for path in ("/units?kind=township", f"/units/{village.TOWNSHIP}", "/rounds", "/overview/problems", "/scorecard"):
        browser.go(path).find("h1")
        assert_accessible(browser)
        browser.size(*PHONE)
        assert browser.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth"), path
        browser.size(*WIDE)
    browser.find(".table tbody a").click()
    browser.find("#verdicts")
    assert "guantong rules backtest" in browser.text("main")
    assert browser.complaints() == []


def test_the_data_team_has_the_scorecard_and_no_dashboard(site: Site, sign: Sign) -> None:
    browser = sign("data_team", Bounds())
    assert "规则成绩单" in browser.go("/scorecard").text(".menu")
    assert "总览" not in browser.text(".menu")
    browser.go("/overview")
    assert "没有权限" in browser.text("body")
