"""The page for papers in a real browser: choose, make, find it on record; an office's paper counts its own; lists keep sealed values out."""

from io import BytesIO

import docx
import openpyxl
from docx.oxml.ns import qn

from service.access.caller import Bounds
from tests.console.browser import Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.living_site import Site
from tests.service import village

FETCH = """
const [path, form, done] = [arguments[0], arguments[1], arguments[2]];
const body = form ? new FormData(document.querySelector(form)) : undefined;
if (body) { body.set('shape', 'docx'); }
fetch(path, {method: body ? 'POST' : 'GET', body}).then(async (answer) => {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  done([answer.status, answer.headers.get('Content-Disposition'), Array.from(bytes)]);
});
"""


def fetched(browser: Browser, path: str, form: str | None = None) -> tuple[int, str, bytes]:
    """What a press of the button brings; a headless browser would put it into a folder."""
    status, name, content = browser.driver.execute_async_script(FETCH, path, form)
    return status, name or "", bytes(content)


def words(content: bytes) -> str:
    return "\n".join(node.text or "" for node in docx.Document(BytesIO(content)).element.iter(qn("w:t")))


def test_a_leader_makes_a_weekly_report_and_finds_it_on_record(site: Site, sign: Sign) -> None:
    browser = sign("leader", name="陈书记").go("/papers")
    assert_accessible(browser)
    assert not browser.all("#made")
    status, name, content = fetched(browser, "/papers", "main form")
    assert status == 200 and name.startswith("attachment; filename*=UTF-8''%E5%91%A8%E6%8A%A5-")
    assert "监督工作周报" in words(content) and "这是需要核实的理由，不是结论" in words(content)
    browser.go("/papers")
    assert "周报" in browser.text("#made")
    browser.pictures("papers")
    assert browser.hosts_asked() <= {site.url.partition("//")[2]} and browser.complaints() == []


def test_an_office_takes_its_own_list_and_a_platform_finds_no_page(site: Site, sign: Sign) -> None:
    browser = sign("triager", Bounds(office_id="OF-JD01"), "liu", "刘研").go("/papers")
    status, _, content = fetched(browser, "/papers/alerts.xlsx?all=1")
    sheet = openpyxl.load_workbook(BytesIO(content)).active
    assert status == 200 and sheet is not None and sheet.max_row > 3
    told = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert not [name for name in village.NAMES if name in told] and "第一监督检查室" in told
    narrowed = openpyxl.load_workbook(BytesIO(fetched(browser, "/papers/alerts.xlsx?severity=low")[2])).active
    assert narrowed is not None and narrowed.max_row < sheet.max_row
    other = sign("triager", Bounds(office_id="OF-XT01"), "hu", "胡研").go("/papers")
    assert openpyxl.load_workbook(BytesIO(fetched(other, "/papers/alerts.xlsx?all=1")[2])).active["A2"].value is None  # type: ignore[index]
    nobody = sign("administrator").go("/")
    assert fetched(nobody, "/papers")[0] == 403


def test_a_briefing_without_a_unit_is_refused_in_words(sign: Sign) -> None:
    browser = sign("leader").go("/papers?kind=briefing")
    status, _, content = fetched(browser, "/papers", "main form")
    assert status == 422
    assert "巡前情况通报须指明单位" in content.decode().partition("<main")[2]
