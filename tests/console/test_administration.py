"""The administrator's pages: offices, people and roles, time limits, keys shown once, webhooks; and no case anywhere."""

import re
from collections.abc import Callable, Iterator

import httpx2
import pytest
from sqlalchemy import select

from service.access.caller import Bounds
from service.news.subscribing import subscribe
from service.store.event import Event
from service.store.notice import DEAD, Delivery, Notice
from tests.console.browser import assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import Site
from tests.service.conftest import NOW

Calls = Callable[..., httpx2.Client]


@pytest.fixture
def calls(site: Site) -> Iterator[Calls]:
    """Calls of somebody with a role, as their browser makes them."""
    open_now: list[httpx2.Client] = []

    def calling(role: str, bounds: Bounds | None = None) -> httpx2.Client:
        token = site.token(site.enrol(f"one_{role}", role, bounds or Bounds(), "某人"))
        made = httpx2.Client(
            base_url=site.url, cookies={"guantong": token}, headers={"Sec-Fetch-Site": "same-origin"}, timeout=30
        )
        open_now.append(made)
        return made

    yield calling
    for one in open_now:
        one.close()


def once(page: str) -> str:
    """What a page shows this once."""
    return page.split('class="once"')[1].split("<code")[1].split(">", 1)[1].split("<")[0]


def test_an_administrator_begins_at_their_pages_and_reads_no_case(calls: Calls) -> None:
    administrator = calls("administrator")
    assert administrator.get("/").headers["Location"] == "/admin"
    assert administrator.get("/admin").headers["Location"] == "/admin/offices"
    for path in ("/cases", "/data/imports"):
        assert administrator.get(path).status_code == 403
    for path in ("/admin/offices", "/admin/people", "/admin/limits", "/admin/keys", "/admin/hooks"):
        page = administrator.get(path)
        assert page.status_code == 200, path
        assert "王秀兰" not in page.text and "320612001001" not in page.text


def test_offices_are_told_with_what_they_cover_and_who_sits_there(site: Site, calls: Calls) -> None:
    site.enrol("sits", "office_head", Bounds(office_id="OF-JD01"))
    page = calls("administrator").get("/admin/offices").text
    row = page.split("第一监督检查室")[1].split("</tr>")[0]
    assert "通海县" in row and "2020-01-01起" in row and "没有人" not in row
    assert "没有人" in page.split("驻县民政局纪检监察组")[1].split("</tr>")[0]


def test_time_limits_stand_with_dates_source_and_the_one_in_force(calls: Calls) -> None:
    page = calls("administrator").get("/admin/limits").text
    opinion = page.split("处置意见时限")[1].split("</tr>")
    assert "1个月" in opinion[0] and "2019-01-01" in opinion[0] and "已失效" not in opinion[0]
    assert "30日" in opinion[1] and "已失效" in opinion[1] and "2018-12-31" in opinion[1]
    assert "现用随附的时限" in page
    assert "疑点澄清有效期" in page and "建议书回复时限" in page, "what follows a case"
    law = page.split('id="law"')[1]
    handed = law.split("交办事项可延长的期限")[1].split("</tr>")[0]
    assert "3月" in handed and "纪检监察机关处理检举控告工作规则" in handed and "第二十一条" in handed and "转引" in handed
    routed = page.split('id="routes"')[1].split('id="law"')[0]
    assert "5个工作日" in routed


def test_somebody_is_enrolled_with_a_first_password_given_a_role_and_locked(site: Site, calls: Calls) -> None:
    administrator = calls("administrator")
    made = administrator.post("/admin/people", data={"login": "new@town", "name": "新来的"})
    assert made.status_code == 200
    password = once(made.text)
    assert password and password not in administrator.get("/admin/people/new@town").text
    assert administrator.post("/admin/people", data={"login": "new@town", "name": "又一个"}).status_code == 422
    assert "登录名" in administrator.post("/admin/people", data={"login": "with space", "name": "某"}).text
    given = administrator.post(
        "/admin/people/new@town/grants", data={"role": "triager", "office_id": "OF-JD01", "ends_on": "2030-01-01"}
    )
    assert given.status_code == 303
    page = administrator.get("/admin/people/new@town").text
    assert "第一监督检查室" in page and "2030-01-01" in page
    apart = administrator.post("/admin/people/new@town/grants", data={"role": "administrator"})
    assert apart.status_code == 422
    number = re.findall(r'name="grant" value="(\d+)"', page)[0]
    assert administrator.post("/admin/people/new@town/lock").status_code == 303
    assert "已锁定" in administrator.get("/admin/people/new@town").text
    administrator.post("/admin/people/new@town/unlock")
    administrator.post("/admin/people/new@town/take", data={"grant": number})
    assert "没有角色" in administrator.get("/admin/people/new@town").text
    again = administrator.post("/admin/people/new@town/password")
    assert once(again.text) not in ("", password)
    with site.desk.store.look() as session:
        kinds = set(session.scalars(select(Event.kind).where(Event.about == "new@town")))
    assert {"role.taken", "member.locked", "member.unlocked", "password.reset"} <= kinds


def test_nobody_gives_themselves_a_role(calls: Calls) -> None:
    administrator = calls("administrator")
    assert "不能改自己的角色" in administrator.get("/admin/people/one_administrator").text
    assert administrator.post("/admin/people/one_administrator/grants", data={"role": "leader"}).status_code == 422


def test_a_key_is_shown_once_opens_no_case_and_is_revoked(site: Site, calls: Calls) -> None:
    administrator = calls("administrator")
    made = administrator.post("/admin/keys", data={"name": "县民政局", "days": "90", "scope": ["records.push", "alerts.read"]})
    key = once(made.text)
    assert key.startswith("gt_") and key not in administrator.get("/admin/keys").text
    bearer = {"Authorization": f"Bearer {key}"}
    assert httpx2.get(f"{site.url}/api/v1/alerts", headers=bearer).status_code == 403
    assert administrator.post("/admin/keys", data={"name": "太久", "days": "9999"}).status_code == 422
    assert (
        administrator.post("/admin/keys", data={"name": "什么都不做", "days": "9", "scope": ["alerts.read"]}).status_code == 422
    )
    number = key.split("_")[1]
    assert administrator.post(f"/admin/keys/{number}/end").status_code == 303
    assert "已吊销" in administrator.get("/admin/keys").text
    assert httpx2.get(f"{site.url}/api/v1/alerts", headers=bearer).status_code == 401


def test_a_webhook_shows_its_owner_every_attempt_and_the_administrator_only_that_it_is_there(site: Site, calls: Calls) -> None:
    key = site.desk.key
    assert key is not None
    with site.desk.store.change() as session:
        made = subscribe(session, key, "https://platform.example/hooks", [], owner="person:one_leader", entitled=False, now=NOW)
        assert made is not None
        hook, seen = made.subscription.subscription_id, session.scalars(select(Notice).order_by(Notice.seq)).first()
        assert seen is not None
        tried = {"at": NOW.isoformat(), "status": 503, "error": None, "ms": 41}
        session.add(
            Delivery(subscription_id=hook, seq=seen.seq, about=seen.about, status=DEAD, attempts=1, next_at=NOW, log=[tried])
        )
    leader, administrator = calls("leader"), calls("administrator")
    page = leader.get(f"/admin/hooks/{hook}").text
    assert "一天未送达，已放弃" in page and "503" in page
    event = re.findall(r'name="event" value="([^"]+)"', page)[0]
    assert leader.post(f"/admin/hooks/{hook}/replay", data={"event": event}).status_code == 303
    assert "一天未送达" not in leader.get(f"/admin/hooks/{hook}").text
    told = administrator.get(f"/admin/hooks/{hook}").text
    assert "送达记录只有订阅人能看" in told and event not in told
    assert leader.post(f"/admin/hooks/{hook}/active", data={"active": "no"}).status_code == 303
    assert "暂停" in leader.get(f"/admin/hooks/{hook}").text
    assert leader.post("/admin/hooks", data={"url": "ftp://nowhere"}).status_code == 422
    fresh = leader.post("/admin/hooks", data={"url": "https://other.example/hooks"})
    assert once(fresh.text).startswith("whsec_")
    assert administrator.post(f"/admin/hooks/{hook}/end").status_code == 303
    assert leader.get(f"/admin/hooks/{hook}").status_code == 404


def test_the_administrators_pages_are_accessible_and_quiet(site: Site, sign: Sign) -> None:
    site.enrol("sits", "office_head", Bounds(office_id="OF-JD01"), "周组长")
    browser = sign("administrator", login="keeper", name="管理员")
    for path, name in (("/admin/offices", "admin-offices"), ("/admin/people", "admin-people"), ("/admin/people/sits", "admin-person"),
                       ("/admin/limits", "admin-limits"), ("/admin/keys", "admin-keys"), ("/admin/hooks", "admin-hooks")):  # fmt: skip
        browser.go(path)
        for one in browser.all("details.other summary"):
            one.click()
        assert_accessible(browser)
        browser.pictures(name)
    assert browser.complaints() == [] and browser.hosts_asked() == {site.url.removeprefix("http://")}
