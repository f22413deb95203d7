"""Figures on the whole agree with the queue's lists, add up, and tell nobody what they may not see."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from service.access import signing_in
from service.access.caller import Bounds
from service.access.sight_of_whole import portrays
from service.desk import Desk
from service.settings import Settings
from service.site import create_site
from service.store import event
from service.store.alert import OPEN, Alert
from service.store.report import Report
from service.store.verdict import Verdict
from service.whole.hotline import handling
from service.whole.portrait import Measure
from service.whole.scorecard import scorecard
from tests.service import village
from tests.service.api_client import EVERYWHERE, kept_office
from tests.service.conftest import NOW

PASSWORD = "总数要等于各项之和，一件也不能少"
ROW = re.compile(r"<tr><th scope=\"row\">(.*?)</tr>", re.S)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A village's alerts: one confirmed with money back, one cleared, one with the data team, the others open."""
    office = kept_office(tmp_path_factory.mktemp("whole"))
    with Desk(Settings.from_environment(office.variables), clock=lambda: NOW) as opened:
        with opened.store.change() as session:
            first, second, third, *_ = session.scalars(select(Alert).order_by(Alert.fingerprint))
            first.accept("person:zhou")
            second.clear()
            third.give_back()
            for one, outcome, reason in (
                (first, "substantiated", "已核实"), (second, "cleared", "有合理解释，已核对；户口已更正"), (third, "wrong_data", "日期录错"),
            ):  # fmt: skip
                facts = {signal.signal_id: {"content": "", "material": {}} for signal in _signals(session, one)}
                session.add(
                    Verdict(
                        fingerprint=one.fingerprint, outcome=outcome, reason=reason, decided_by="person:zhou", decided_at=NOW,
                        expires_on=None, facts=facts,
                    )
                )  # fmt: skip
            for version, back in ((1, Decimal("100.00")), (2, Decimal("250.50"))):
                session.add(
                    Report(
                        report_id=f"R{version}", fingerprint=first.fingerprint, reported_by="key:1", reference="A", version=version,
                        outcome="recovered", decided_on=None, recovered=back, note=None, reported_at=NOW,
                    )
                )  # fmt: skip
            event.append(session, [event.Happening("verdict.test", first.fingerprint, {})], "test", NOW)
        yield opened


def _signals(session: signing_in.Session, alert: Alert) -> list[object]:
    from service.store import questions

    return list(questions.present_signals(session, [alert.fingerprint])[alert.fingerprint])


def as_somebody(desk: Desk, role: str, bounds: Bounds = EVERYWHERE) -> TestClient:
    login = f"{role}-{bounds.office_id or bounds.unit_id or 'all'}".lower()
    with desk.store.change() as session:
        if not session.query(signing_in.Member).filter_by(login=login).count():
            member = signing_in.enrol(session, login, login, PASSWORD, by="test", now=NOW)
            signing_in.grant(session, member, role, bounds, by="test", now=NOW)
    token = signing_in.enter(desk.store, login, PASSWORD, NOW + timedelta(seconds=1))
    return TestClient(create_site(desk), cookies={"guantong": token}, headers={"Sec-Fetch-Site": "same-origin"})


def listed(client: TestClient, address: str) -> int:
    found = re.search(r'<p class="total"><strong class="num"[^>]*>([\d,]+)</strong>', client.get(address).text)
    assert found is not None
    return int(found[1].replace(",", ""))


def numbers(row: str) -> list[int]:
    cells = [re.sub(r"<[^>]+>|\s", "", one) for one in re.findall(r'<td class="right num">(.*?)</td>', row, re.S)]
    return [int(one.replace(",", "")) for one in cells]


def test_every_number_with_a_list_behind_it_is_the_length_of_that_list(desk: Desk) -> None:
    with as_somebody(desk, "leader") as client:
        page = client.get("/overview").text
        links = re.findall(r'<a href="(/\?[^"]+)">([\d,]+)</a>', page)
        assert len(links) >= 8
        for address, number in dict(links).items():
            assert listed(client, unescape(address)) == int(number.replace(",", "")), address


def test_the_columns_of_a_row_add_up_to_what_came_in_and_the_rows_to_the_whole(desk: Desk) -> None:
    with as_somebody(desk, "leader") as client:
        page = client.get("/overview").text
    with desk.store.look() as session:
        every = len(session.scalars(select(Alert.fingerprint)).all())
    for section in ("by-stream", "by-stage"):
        block = page.split(f'aria-labelledby="{section}"')[1].split("</section>")[0]
        rows = [numbers(one) for one in ROW.findall(block)]
        assert sum(came for came, *_ in rows) == every
        for came, *states, _overdue in rows:
            assert sum(states) == came


def test_money_that_came_back_is_the_newest_version_of_a_report(desk: Desk) -> None:
    with as_somebody(desk, "leader") as client:
        page = client.get("/overview").text
    assert "250.50元" in page and "350.50元" not in page


def test_an_office_counts_only_what_it_sees(desk: Desk) -> None:
    with as_somebody(desk, "office_head", Bounds(office_id="OF-PZ01")) as client:
        own = listed(client, "/?status=all")
        page = client.get("/overview").text
        assert f'status=all">{own}</a>' in page
    with as_somebody(desk, "leader") as client:
        assert listed(client, "/?status=all") > own


def test_a_units_own_people_open_no_portrait_and_no_briefing(desk: Desk) -> None:
    with as_somebody(desk, "office_head", Bounds(unit_id=village.TOWNSHIP)) as client:
        for path in ("/units", f"/units/{village.TOWNSHIP}", "/rounds", f"/rounds/2024-1/{village.TOWNSHIP}"):
            assert client.get(path).status_code == 403, path


def test_an_office_opens_portraits_of_units_it_has_alerts_of_only(desk: Desk) -> None:
    with desk.store.look() as session:
        assert session.scalars(select(Alert).where(Alert.status == OPEN)).first() is not None
    with as_somebody(desk, "office_head", Bounds(office_id="OF-PZ01")) as client:
        assert client.get(f"/units/{village.COMMISSION}").status_code == 404
    with as_somebody(desk, "leader") as client:
        page = client.get(f"/units/{village.TOWNSHIP}")
        assert page.status_code == 200 and "政治生态画像" in page.text
        assert "可比单位不足5家" in page.text, "two townships are no peers to compare with"
        assert client.get("/units/U9999").status_code == 404


def test_an_area_opens_the_units_that_lie_in_it() -> None:
    from service.access.caller import Caller, Held
    from service.access.role import roles

    town = Caller("person:x", "person", (Held(roles()["leader"], Bounds(area_id=village.TOWN)),))
    assert portrays(town, village.VILLAGE, has_alerts=False)
    assert not portrays(town, village.OTHER_TOWN, has_alerts=True)


def test_accusations_and_merged_repeats_are_no_orders_that_a_unit_handled(desk: Desk) -> None:
    with desk.tables() as (tables, _):
        before = handling(tables, [village.TOWNSHIP], NOW.replace(tzinfo=None))[village.TOWNSHIP]
        tables.con.execute(
            "CREATE OR REPLACE TEMP TABLE ticket AS SELECT * REPLACE ('accusation' AS regime) FROM ticket WHERE ticket_id = 'TK01'"
        )
        after = handling(tables, [village.TOWNSHIP], NOW.replace(tzinfo=None))
        tables.con.execute("DROP TABLE temp.ticket")
    assert before.orders == 2 and before.unhappy == 1
    assert after == {}


def test_a_rule_is_scored_by_its_verdicts_and_the_reasons_people_gave(desk: Desk) -> None:
    scores = {one.facts.id: one for one in scorecard(desk)}
    judged = [one for one in scores.values() if one.facts.judged]
    assert judged
    for one in judged:
        assert sum(one.outcomes.values()) == one.facts.judged and one.outcomes.get("substantiated", 0) == one.facts.right
        low, high = one.between or (1.0, 0.0)
        assert 0 <= low <= (one.precision or 0.0) <= high <= 1
    assert any(one.reasons.get("explained") == 1 for one in judged)


def test_what_is_told_as_equal_to_the_median_stands_as_equal() -> None:
    assert Measure("again_share", "share", 0.0, 0.0, 0, 9).stands == "same"
    assert Measure("again_share", "share", None, 0.2, 0, 9).stands == "none"


def test_an_offices_own_map_is_sent_once_it_has_one(desk: Desk) -> None:
    with as_somebody(desk, "leader") as client:
        assert client.get("/overview/boundaries").status_code == 404
        path = Path(desk.settings.home) / "boundaries.geojson"
        path.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
        try:
            assert client.get("/overview/boundaries").json()["features"] == []
            assert "data-map" in client.get("/overview").text
        finally:
            path.unlink()
