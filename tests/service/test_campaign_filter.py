"""The queue seen by campaign: what stands on its supervision lists, and what its topic, areas and dates fit."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access import signing_in
from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.console.asked import Asked
from service.desk import Desk
from service.rectifying import lists
from service.rectifying.covering import covered, topic_of
from service.rectifying.seat import sit_down
from service.site import create_site
from service.store.alert import Alert, AlertSignal
from service.store.rectifying_after import Campaign
from service.store.signal import SignalVersion
from tests.service import village
from tests.service.api_client import kept_office
from tests.service.conftest import NOW

CHIEF = Caller("person:chief", "person", (Held(roles()["leader"], Bounds()),))
PASSWORD = "一壶清茶，四十件预警，逐件过目"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with kept_office(tmp_path_factory.mktemp("campaign")).desk() as opened:
        yield opened


def campaign(desk: Desk, topic: str, first: date, last: date, areas: tuple[str, ...] = (), alerts: tuple[str, ...] = ()) -> int:
    with desk.tables() as (tables, _), desk.store.change() as session:
        acting = sit_down(desk, CHIEF, tables).acting
        made = lists.open_campaign(session, acting, f"{topic}专项", topic, first, last, areas)
        if alerts:
            line = lists.Line("逐条核对", "李局长", "核清", desk.today + timedelta(days=20), made.campaign_id, alerts)
            lists.open_task(session, acting, "OF-JD01", line)
        return made.campaign_id


def of_topic(desk: Desk, topic: str) -> set[str]:
    with desk.store.look() as session:
        resting = select(AlertSignal.fingerprint).join(SignalVersion).where(SignalVersion.topic == topic)
        return set(session.scalars(select(Alert.fingerprint).where(Alert.fingerprint.in_(resting))))


def inside(desk: Desk, number: int) -> set[str]:
    with desk.store.look() as session:
        return set(covered(session, number))


def test_topic_areas_and_dates_fit_or_it_stands_on_a_list(desk: Desk) -> None:
    seen = village.AS_OF
    subsidy = of_topic(desk, "subsidy")
    assert subsidy
    month = timedelta(days=30)
    assert inside(desk, campaign(desk, "补贴", seen - month, seen + month)) == subsidy
    assert inside(desk, campaign(desk, "subsidy", seen + month, seen + 2 * month)) == set(), "nothing fired in its time"
    assert inside(desk, campaign(desk, "补贴发放", seen - month, seen + month, ("330000000000",))) == set(), "another province"
    here = inside(desk, campaign(desk, "补贴发放", seen - month, seen + month, (village.COUNTY,)))
    with desk.store.look() as session:
        placed = select(Alert.fingerprint).where(Alert.fingerprint.in_(subsidy), Alert.area_id.startswith(village.COUNTY[:6]))
        assert here == set(session.scalars(placed)) != set()
        one = sorted(session.scalars(select(Alert.fingerprint)))[0]
    assert inside(desk, campaign(desk, "河湖治理", seen - month, seen + month, alerts=(one,))) == {one}
    assert inside(desk, 9999) == set()


def test_a_campaign_is_part_of_the_address_and_narrows_the_list(desk: Desk) -> None:
    assert Asked.of("campaign=7&sort=due").query == "campaign=7&sort=due" == Asked.of("campaign=7&sort=due").of_campaign(7)[2:]
    assert Asked.of("campaign=x").campaign is None and Asked.of("campaign=7").of_campaign(None) == "/?"
    with desk.store.change() as session:
        one = sorted(session.scalars(select(Alert.fingerprint)))[0]
        member = signing_in.enrol(session, "chief", "陈书记", PASSWORD, by="test", now=NOW)
        signing_in.grant(session, member, "leader", Bounds(), by="test", now=NOW)
    number = campaign(desk, "河湖", desk.today, desk.today + timedelta(days=90), alerts=(one,))
    with desk.store.change() as session:
        token = signing_in.sign_in(session, "chief", PASSWORD, NOW)
        assert session.get_one(Campaign, number).topic == "河湖"
    with TestClient(create_site(desk), base_url="http://testserver") as calling:
        calling.cookies.set("guantong", token)
        page = calling.get(f"/?campaign={number}").text
        assert page.count('id="row-') == 1 and f'id="row-{one}"' in page and "河湖专项" in page
        assert calling.get("/").text.count('id="row-') > 1
        assert f"/papers/alerts.xlsx?campaign={number}" in page and "导出" in page


@pytest.mark.parametrize(
    ("said", "topic"),
    [("补贴", "subsidy"), ("政府采购", "procurement"), ("hotline", "hotline"), ("河湖", None), ("补", None), ("", None)],
)
def test_a_topic_is_known_by_its_code_its_name_or_the_beginning_of_that(said: str, topic: str | None) -> None:
    assert topic_of(said) == topic
