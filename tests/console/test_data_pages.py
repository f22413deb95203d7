"""The data team's pages: files sent in from the browser, rejects corrected, a batch withdrawn, runs watched, rules tried and read anew."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import openpyxl
import pytest
from sqlalchemy import select

from service.access.caller import Bounds
from service.store.event import Event
from service.store.run import Run
from service.store.signal import SignalVersion
from service.work.worker import Worker
from tests.console.browser import assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import Site
from tests.service import village


@pytest.fixture
def calls(site: Site) -> Iterator[httpx2.Client]:
    """Calls of somebody of the data team, as their browser makes them."""
    token = site.token(site.enrol("data", "data_team", name="数据员"))
    with httpx2.Client(
        base_url=site.url, cookies={"guantong": token}, headers={"Sec-Fetch-Site": "same-origin"}, timeout=60
    ) as calls:
        yield calls


def happened(site: Site, kind: str) -> int:
    with site.desk.store.look() as session:
        return len(session.scalars(select(Event).where(Event.kind == kind)).all())


def test_a_file_from_the_browser_lands_in_the_lake_and_its_rejects_come_back_to_be_corrected(
    site: Site, calls: httpx2.Client, tmp_path: Path
) -> None:
    village.write(tmp_path, {"subsidy_payment": village.payments(("2024-05",))["subsidy_payment"]})
    content = (tmp_path / "subsidy_payment.parquet").read_bytes()
    told = calls.post("/data/imports", files={"file": ("subsidy_payment.parquet", content)})
    assert told.status_code == 200 and "导入结果" in told.text
    assert "早已导入" in calls.post("/data/imports", files={"file": ("subsidy_payment.parquet", content)}).text
    assert happened(site, "batch.imported") > 0
    batch = told.text.split('href="/data/batches/')[1].split('"')[0]
    page = calls.get(f"/data/batches/{batch}")
    assert page.status_code == 200 and "撤回这一批" in page.text
    assert calls.post(f"/data/batches/{batch}/withdraw", data={"why": ""}).status_code == 422
    assert calls.post(f"/data/batches/{batch}/withdraw", data={"why": "送错了"}).status_code in (200, 303)
    assert "已撤回：送错了" in calls.get(f"/data/batches/{batch}").text
    assert happened(site, "batch.withdrawn") == 1


def test_rows_that_were_sent_back_are_listed_without_and_downloaded_with_their_contents(
    site: Site, calls: httpx2.Client, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([column.zh for column in site.desk.contracts["area"].columns.values()])
    sheet.append(["320612009000", "退回镇", "nonsense", village.COUNTY])
    book.save(tmp_path / "区划.xlsx")
    told = calls.post("/data/imports", files={"file": ("区划.xlsx", (tmp_path / "区划.xlsx").read_bytes())})
    assert "收下0行，退回1行" in told.text
    listed = calls.get("/data/rejects.csv")
    assert listed.text.startswith("\ufeff") and "级别" in listed.text and "退回镇" not in listed.text
    assert "下载1行来改正" in calls.get("/data/imports").text
    back = openpyxl.load_workbook(io.BytesIO(calls.get("/data/rejects.xlsx").content))
    assert happened(site, "rejects.exported") == 1
    wrong = [cell for rows in back.worksheets[0].iter_rows() for cell in rows if cell.value == "nonsense"]
    assert len(wrong) == 1
    wrong[0].value = "town"
    back.save(tmp_path / "改正.xlsx")
    again = calls.post("/data/imports", files={"file": ("改正.xlsx", (tmp_path / "改正.xlsx").read_bytes())})
    assert "收下1行，退回0行" in again.text
    assert "没有待改正的行" in calls.get("/data/imports").text


def test_for_a_file_that_nobody_knows_a_source_is_proposed(calls: httpx2.Client) -> None:
    told = calls.post(
        "/data/imports", files={"file": ("新表.csv", "甲乙丙丁,镇名称XX,发放钱数YY\n1,平潮镇,650\n2,石港镇,650\n".encode())}
    )
    assert told.status_code == 200
    assert "建议的来源映射" in told.text and "textarea" in told.text


def test_who_may_not_import_sees_no_import_and_no_rejects(site: Site) -> None:
    token = site.token(site.enrol("reader", "office_head", Bounds(office_id="OF-JD01")))
    with httpx2.Client(base_url=site.url, cookies={"guantong": token}, headers={"Sec-Fetch-Site": "same-origin"}) as calls:
        for path in ("/data/imports", "/data/rejects.csv", "/data/rejects.xlsx", "/data/rules/reload"):
            assert calls.get(path).status_code == 403, path
        assert calls.post("/data/runs", data={}).status_code == 403
        assert calls.get("/data/runs").status_code == 200
        assert calls.get("/data").headers["Location"] == "/data/runs"


def test_a_run_is_started_watched_to_its_end_and_tells_what_each_rule_cost(site: Site, sign: Sign) -> None:
    browser = sign("data_team", login="data", name="数据员").go("/data/runs")
    assert_accessible(browser)
    browser.pictures("data-runs")
    browser.find("form.narrow button[type=submit]").click()
    browser.wait("/\\/data\\/runs\\/[0-9a-f]{24}$/.test(location.pathname)")
    assert "排队中" in browser.text("[data-progress]")
    worker = threading.Thread(target=Worker(site.desk, beat=0.05).work_off)
    worker.start()
    browser.wait("/正在运行/.test(document.querySelector('main').innerText) || !document.querySelector('[data-progress]')")
    worker.join()
    browser.wait("!document.querySelector('[data-progress]') && /已完成/.test(document.querySelector('main').innerText)")
    assert "每条规则用时" in browser.text() and "漂移" in browser.text()
    assert_accessible(browser)
    browser.pictures("data-run")
    assert browser.hosts_asked() == {site.url.removeprefix("http://")} and browser.complaints() == []


def test_a_run_that_waits_is_cancelled_from_its_page(site: Site, calls: httpx2.Client) -> None:
    begun = calls.post("/data/runs", data={"as_of": "2024-03-31"})
    assert begun.status_code == 303
    page = begun.headers["Location"]
    assert "取消运行" in calls.get(page).text
    calls.post(f"{page}/cancel")
    assert "已取消" in calls.get(page).text
    assert "event: ended" in calls.get(f"{page}/progress").text
    assert calls.post("/data/runs", data={"as_of": "yesterday"}).status_code == 422


def test_the_pages_of_the_data_team_are_accessible_and_quiet(site: Site, sign: Sign) -> None:
    browser = sign("data_team", login="data", name="数据员")
    rule = next(name for name, one in sorted(site.desk.book.indicators.items()) if one.status == "live" and one.params)
    for path, name in (("/data/imports", "data-imports"), ("/data/rules", "data-rules"), (f"/data/rules/{rule}", "data-rule"),
                       ("/data/rules/reload", "data-reload"), ("/glossary", "glossary")):  # fmt: skip
        browser.go(path)
        assert_accessible(browser)
        browser.pictures(name)
    assert browser.complaints() == []


def test_a_rule_tells_its_reasons_and_its_tests_are_run_on_the_page(site: Site, calls: httpx2.Client) -> None:
    rule = next(name for name, one in sorted(site.desk.book.indicators.items()) if one.status == "live" and one.params)
    page = calls.get(f"/data/rules/{rule}")
    for word in ("为什么可疑", "可能的合理解释", "先查什么", "阈值", "依据", "自测", "研判过的版本"):
        assert word in page.text, word
    tried = calls.post(f"/data/rules/{rule}/tests")
    assert f"{len(site.desk.book.indicators[rule].tests)}个自测全部通过" in tried.text
    assert calls.get("/data/rules/no_such_rule").status_code == 404
    assert "规则的逻辑与现用的相同" in calls.get("/data/rules/reload").text
    assert calls.post("/data/rules/reload").status_code == 303
    assert happened(site, "rules.reloaded") == 1


def test_two_versions_of_a_rule_are_set_against_each_other(site: Site, calls: httpx2.Client) -> None:
    with site.desk.store.change() as session:
        run = Run.newest(session)
        assert run is not None
        one = session.scalars(
            select(SignalVersion).where(SignalVersion.last_run == run.run_id).order_by(SignalVersion.signal_id)
        ).first()
        assert one is not None
        rule, new = one.rule, one.rule_hash
        kept = {column.key: getattr(one, column.key) for column in SignalVersion.__mapper__.column_attrs}
        mine = select(SignalVersion).where(
            SignalVersion.rule == rule, SignalVersion.rule_hash == new, SignalVersion.first_run <= run.run_id
        )
        all_new = len({each.signal_id for each in session.scalars(mine)})
        for signal_id, version in ((kept["signal_id"], "before"), ("gone-by-now", "before")):
            session.add(SignalVersion(**{**kept, "signal_id": signal_id, "version": version, "rule_hash": "0" * 16}))
    page = calls.get(f"/data/rules/{rule}/versions", params={"old": "0" * 16, "new": new})
    assert page.status_code == 200
    assert f"多发现{all_new - 1}条，少发现1条，有变化0条，不变1条" in page.text
    assert "与前一版本比较" in calls.get(f"/data/rules/{rule}").text
    assert calls.get(f"/data/rules/{rule}/versions", params={"old": "f" * 16, "new": new}).status_code == 404
