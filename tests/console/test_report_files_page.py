"""Supporting files in a real browser: chosen, refused with every reason, sent, listed for clerk and verifier, saved; and all of it without scripts."""

import hashlib
from pathlib import Path
from typing import Any

import httpx2
import pytest
from lxml import html

from service.access.caller import Bounds
from tests.console.browser import PHONE, WIDE, Browser, assert_accessible
from tests.console.conftest import Sign
from tests.console.form import fill, send, sent
from tests.console.living_site import Site
from tests.service import sample_files, village
from tests.service.rectifying_people import SAID

ROOM, GROUP = "OF-JD01", "OF-PZ01"
WHO = {
    "wang": ("office_member", Bounds(office_id=ROOM), "王明"), "head": ("office_head", Bounds(office_id=ROOM), "周主任"),
    "zhao": ("office_member", Bounds(office_id=GROUP), "赵组员"), "clerk": ("unit_clerk", Bounds(unit_id=village.CIVIL), "小李"),
    "other": ("unit_clerk", Bounds(unit_id=village.TOWNSHIP), "小陈"),
}  # fmt: skip
WORDS = {"done": "停发三人，追回1950元", "effect": "按月比对，资金已退回", "proofs": ""}


@pytest.fixture(scope="module", autouse=True)
def enrolled(site: Site) -> None:
    for login, (role, bounds, name) in WHO.items():
        site.enrol(login, role, bounds, name)


def as_(sign: Sign, who: str, path: str) -> Browser:
    role, bounds, name = WHO[who]
    return sign(role, bounds, who, name).go(path)


def calls(site: Site, who: str) -> httpx2.Client:
    """The same person without a browser: no script runs."""
    head = {"Sec-Fetch-Site": "same-origin"}
    return httpx2.Client(base_url=site.url, cookies={"guantong": site.token(who)}, timeout=60, headers=head)


def given(site: Site, sign: Sign) -> int:
    """An item that the unit knows of."""
    page = as_(sign, "wang", "/rectifications/new")
    send(
        page,
        "new",
        unit=village.CIVIL,
        problem=SAID.problem,
        measure=SAID.measure,
        standard=SAID.standard,
        responsible=SAID.responsible,
    )
    number = int(str(page.driver.current_url).rpartition("/")[2])
    send(as_(sign, "head", f"/rectifications/{number}"), "give")
    return number


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, Path]:
    """Files on the clerk's disk."""
    made = {
        "缴款书2026-001.pdf": sample_files.pdf("receipt"), "低保名单与殡葬登记比对表.xlsx": sample_files.workbook(), "公示照片.jpg": sample_files.JPEG,
        "通知.pdf": sample_files.HTML, "汇总表.xlsx": sample_files.macro_workbook(), "旧报告.docx": sample_files.OLD,
    }  # fmt: skip
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in made}


def test_files_are_refused_with_every_reason_and_sent_once_they_are_right(
    site: Site, sign: Sign, papers: dict[str, Path]
) -> None:
    number = given(site, sign)
    page = as_(sign, "clerk", f"/unit/{number}")
    told = sent(page, "report", **WORDS, files="\n".join(map(str, papers.values())))
    for name, why in (("通知.pdf", "看内容"), ("汇总表.xlsx", "宏"), ("旧报告.docx", "旧版")):
        assert any(line.startswith(f"{name}：") and why in line for line in told.splitlines()), told
    assert "缴款书" not in told and page.find("#report-done").get_attribute("value") == WORDS["done"]
    assert_accessible(page)
    page.pictures("report-files-refused")
    page.size(*WIDE)
    page.find("#said [data-unsay]").click()
    right = list(papers.values())[:3]
    send(page, "report", files="\n".join(map(str, right)))
    assert "等派驻纪检监察组核实" in page.text() and all(one.name in page.text() for one in right)
    assert_accessible(page)
    page.pictures("report-files-clerk")
    link = page.find(f"a[href='/unit/{number}/files/1']")
    assert link.text == "缴款书2026-001.pdf" and fetched(page, f"/unit/{number}/files/1")["bytes"] == sample_files.pdf("receipt")

    page = as_(sign, "zhao", f"/rectifications/{number}")
    assert hashlib.sha256(sample_files.JPEG).hexdigest()[:12] in page.text()
    answer = fetched(page, f"/rectifications/{number}/files/2")
    assert answer["bytes"] == papers["低保名单与殡葬登记比对表.xlsx"].read_bytes()
    assert answer["how"].startswith("attachment;") and "%E4%BD%8E%E4%BF%9D" in answer["how"] and answer["nosniff"] == "nosniff"
    assert_accessible(page)
    page.pictures("report-files-verifier")
    page.size(*PHONE)
    assert not page.driver.execute_script("return document.documentElement.scrollWidth > innerWidth")
    page.size(*WIDE)
    page.find(f"a[href='/rectifications/{number}/files/1']").click()
    assert page.driver.current_url.endswith(f"/rectifications/{number}"), "it is saved, and the page stays"
    send(page, "verify", good="yes", said="看了缴款书和比对表")
    assert page.complaints() == []
    with calls(site, "other") as other:
        assert other.get(f"/unit/{number}/files/1").status_code == other.get(f"/unit/{number}").status_code == 404
        assert other.get(f"/rectifications/{number}/files/1").status_code == 403


def fetched(page: Browser, path: str) -> dict[str, Any]:
    """A file as a link of the page asks for it."""
    script = """const done = arguments[1]; fetch(arguments[0]).then(async told => done({status: told.status,
      bytes: Array.from(new Uint8Array(await told.arrayBuffer())), how: told.headers.get('Content-Disposition'),
      nosniff: told.headers.get('X-Content-Type-Options')}))"""
    told: dict[str, Any] = page.driver.execute_async_script(script, path)
    assert told["status"] == 200, told
    return {**told, "bytes": bytes(told["bytes"])}


def test_the_form_works_without_scripts_and_takes_nothing_from_another_site(site: Site, sign: Sign) -> None:
    number = given(site, sign)
    with calls(site, "clerk") as clerk:
        tree = html.fromstring(clerk.get(f"/unit/{number}").text)
        [form] = [one for one in tree.forms if one.get("id") == "form-report"]
        assert (form.method, form.get("enctype")) == ("POST", "multipart/form-data")
        words = {**dict(form.form_values()), **WORDS}
        wrong = [("files", ("网页.pdf", sample_files.HTML)), ("files", ("表.docx", sample_files.macro_word()))]
        refused = clerk.post(form.action, data=words, files=wrong)
        assert refused.status_code == 422 and "网页.pdf：" in refused.text and "表.docx：" in refused.text
        pages = [("files", (f"{one}.pdf", sample_files.pdf(str(one)))) for one in range(11)]
        assert "选了11个文件，最多10个" in clerk.post(form.action, data=words, files=pages).text
        assert clerk.post(form.action, data=words, files={"files": ("", b"")}).status_code == 422, "no proof and no file"
        elsewhere = clerk.post(form.action, data=words, files=pages[:1], headers={"Sec-Fetch-Site": "cross-site"})
        assert elsewhere.status_code == 403
        with calls(site, "other") as other:
            assert other.post(form.action, data=words, files=pages[:1]).status_code == 404
        done = clerk.post(form.action, data=words, files=pages[:10])
        assert (done.status_code, done.headers["location"]) == (303, f"/unit/{number}")
        assert clerk.get(f"/unit/{number}").text.count(f"/unit/{number}/files/") == 10


def test_the_form_keeps_its_words_while_files_are_chosen(sign: Sign, site: Site, papers: dict[str, Path]) -> None:
    page = as_(sign, "clerk", f"/unit/{given(site, sign)}")
    fill(page, "report", **WORDS, files=str(papers["公示照片.jpg"]))
    page.size(*PHONE)
    assert not page.driver.execute_script("return document.documentElement.scrollWidth > innerWidth")
    page.driver.execute_script("document.querySelector('#report-files').scrollIntoView({block: 'center'})")
    page.pictures("report-files-form")
    page.size(*WIDE)
