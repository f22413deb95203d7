"""The whole story in a real Chromium, by the pages alone: from a complaint and a payment list to a closed file, and what the next lists bring."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from service.cli import answer
from service.desk import Desk
from service.settings import Settings
from service.store.alert import ACCEPTED, CLEARED, Alert
from service.store.case_work import Verification
from service.store.verdict import Verdict
from tests.console import browser as browsing
from tests.console import story_casework as casework
from tests.console import story_files as files
from tests.console import story_intake as intake
from tests.console import story_log as log
from tests.console import story_rectification as rectification
from tests.console import story_sight as sight
from tests.console import story_triage as triage
from tests.console.browser import Browser
from tests.console.living_site import Clock, Site, listening
from tests.console.story_cast import Stage
from tests.service import village
from tests.service.conftest import Office

REFUSED = re.compile("Failed to load resource|Error Code 409")
"""What a browser's console tells of a page that is refused, or of somebody who came second."""


@dataclass
class Found:
    """The alerts of the first run."""

    dead: str
    """Of the man who died and is paid on."""
    place: str
    """Of the village that was complained of."""
    renamed: str
    """Of a woman whose account is in another name: no problem, as it turns out, now or later."""
    other: str
    """Of another one, of whom the same is found."""


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A place whose registers are known, its people enrolled; nothing was paid or complained of yet."""
    office = Office(tmp_path, f"sqlite:///{tmp_path / 'home' / 'guantong.db'}")
    office.take_in(village.places(), village.people(), {"programme": village.payments()["programme"]})
    for name, value in office.variables.items():
        monkeypatch.setenv(name, value)  # for the command at the end
    clock = Clock()
    with Desk(Settings.from_environment(office.variables), clock=clock) as desk, listening(desk) as url:
        place = Stage(Site(desk, url, clock))
        place.enrol()
        yield place


@pytest.fixture
def windows(stage: Stage) -> Iterator[tuple[Browser, Browser]]:
    """Two windows, for two people."""
    if why := browsing.missing():
        pytest.skip(why)
    with browsing.chromium(stage.site.url) as one, browsing.chromium(stage.site.url) as other:
        yield one, other


def test_a_complaint_and_a_list_become_a_lead_and_a_matter_put_right_and_who_was_cleared_is_left_alone(
    stage: Stage, windows: tuple[Browser, Browser], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = windows
    found = comes_in_and_is_flagged(stage, one, tmp_path)
    is_triaged(stage, one, other, found)
    case = is_worked_on(stage, one, other, found)
    letter = rectification.recommend(stage, one, case)
    item = rectification.give(stage, one, case)
    own = rectification.put_right(stage, one, item)
    paths = {"alert": f"/alerts/{found.dead}", "beside": f"/alerts/{found.dead}/beside", "case": case, "after": f"{case}/after",
             "lead": f"{case}/lead", "letter": letter, "word": f"{letter}/word", "item": item}  # fmt: skip
    sight.nothing_for_the_other_office(stage, other, paths)
    sight.the_stationed_group_has_the_item_alone(stage, other, paths)
    sight.clerks_see_their_own_unit_only(stage, other, paths, own)
    same_again(stage, one, tmp_path, found)
    more_in_january(stage, one, tmp_path, found, item, own)
    is_all_in_the_audit_log(stage, found, capsys)
    for window in windows:
        assert window.hosts_asked() == {stage.site.url.removeprefix("http://")}
        assert not [one for one in window.complaints() if not REFUSED.search(one)]


def comes_in_and_is_flagged(stage: Stage, browser: Browser, folder: Path) -> Found:
    """The hotline's workbook and two towns' lists, a run; what is not to be entered is nowhere, and the caller is sealed."""
    sent = [files.hotline(folder), files.first_town(folder, "平潮镇低保发放清册.csv", files.AUTUMN),
            files.second_town(folder, "石港镇低保发放表.xlsx", files.AUTUMN)]  # fmt: skip
    told = intake.import_files(stage, browser, sent, "imported")
    assert "收下28行，退回1行" in told and "其中1行依规转送" in told
    assert intake.run(stage, browser, "run")["新预警"] == 4
    assert triage.queue(stage, browser, "chief", "/?q=红包") == {}
    rows = triage.queue(stage, browser, "sun")
    stage.scene(browser, "queue", whole=False)
    found = Found(*(triage.one_that_says(rows, words) for words in ("李*国", "村正有资金疑点", "郑*燕", "周*英")))
    stage.sit(browser, "sun", f"/alerts/{found.dead}")
    browser.wait("document.querySelector('.time-chart svg') && !document.querySelector('main').innerText.includes('正在查')")
    assert "有人去世两年了还在领低保" in browser.text() and files.CALLER not in browser.driver.page_source
    stage.scene(browser, "alert")
    return found


def is_triaged(stage: Stage, one: Browser, other: Browser, found: Found) -> None:
    """Two at once on one alert: the first has it, the second is told so and nothing of theirs is kept; then each their own, in few keys."""
    told = triage.two_at_once(stage, one, other, found.dead)
    assert "孙研判" in told and "受理" in told and "没有执行" in told
    assert triage.by_keyboard(one, found.place, "a") <= triage.MOST_KEYS
    triage.queue(stage, other, "qian")
    for each in (found.renamed, found.other):
        assert triage.by_keyboard(other, each, "d", "1", "ENTER") <= triage.MOST_KEYS
    triage.protect(stage, other, found.renamed)
    with stage.site.desk.store.look() as session:
        known = {each.fingerprint: (each.status, each.holder) for each in session.scalars(select(Alert))}
        cleared = session.scalars(select(Verdict.fingerprint).order_by(Verdict.verdict_id)).all()
    taken, closed = (ACCEPTED, "person:sun"), (CLEARED, None)
    assert known == {found.dead: taken, found.place: taken, found.renamed: closed, found.other: closed}
    assert cleared == [found.renamed, found.other]


def is_worked_on(stage: Stage, one: Browser, other: Browser, found: Found) -> str:
    """The case file to its end; of two who write a record at once the second is told, and hers is not kept."""
    case = casework.open_case(stage, one, found.dead, found.place)
    told = casework.verify(stage, one, other, case)
    assert "王明" in told and "记核实记录" in told
    with stage.site.desk.store.look() as session:
        assert session.scalars(select(Verification.made_by)).all() == ["person:wang"]
    casework.consult(stage, one, case)
    casework.become_lead(stage, one, case)
    casework.conclude(stage, one, case)
    return case


def same_again(stage: Stage, browser: Browser, folder: Path, found: Found) -> None:
    """The same lists once more, the second town's months in another order: who was cleared is not flagged again, protected or not."""
    (folder / "again").mkdir()
    sent = [files.first_town(folder / "again", "平潮镇低保发放清册（重报）.csv", files.AUTUMN),
            files.second_town(folder / "again", "石港镇低保发放表（重报）.xlsx", files.AUTUMN[::-1])]  # fmt: skip
    intake.import_files(stage, browser, sent, "imported-again")
    counted = intake.run(stage, browser, "run-again")
    assert (counted["新预警"], counted["重新打开"]) == (0, 0)
    assert triage.queue(stage, browser, "qian") == {}
    assert set(triage.queue(stage, browser, "qian", "/?status=cleared")) == {found.renamed, found.other}
    stage.scene(browser, "cleared", whole=False)


def more_in_january(stage: Stage, browser: Browser, folder: Path, found: Found, item: str, own: str) -> None:
    """Two weeks on, one payment more for each of the two: who is protected is not flagged for it, but for being paid by two towns; the
    other is, for it is more than what was cleared. Another death makes the same problem again, and its item is open again."""
    stage.site.clock.forward(days=14)
    sent = [files.first_town(folder, "平潮镇低保发放清册1月.csv", files.JANUARY, files.TWICE),
            files.second_town(folder, "石港镇低保发放表1月.xlsx", files.JANUARY), files.deaths(folder)]  # fmt: skip
    intake.import_files(stage, browser, sent, "imported-january")
    counted = intake.run(stage, browser, "run-january")
    assert (counted["新预警"], counted["重新打开"]) == (2, 2)
    rows = triage.queue(stage, browser, "qian")
    stage.scene(browser, "flagged-again", whole=False)
    assert len(rows) == 4 and "4笔" in rows[found.other]
    assert "户名" not in rows[found.renamed] and "2个单位" in rows[found.renamed]
    stage.sit(browser, "head", item)
    assert "第2轮整改" in browser.text() and "同类问题再现" in browser.text()
    stage.scene(browser, "item-again")
    stage.sit(browser, "clerk", own)
    assert browser.find("#form-report")


def is_all_in_the_audit_log(stage: Stage, found: Found, capsys: pytest.CaptureFixture[str]) -> None:
    """Every step and who took it, each once; and the command finds the chain whole."""
    with stage.site.desk.store.look() as session:
        for name, steps in log.ALERTS.items():
            assert log.steps_of(session, "alert", "assignment", "clearing", about=getattr(found, name)) == steps, name
        assert log.steps_of(session, "case") == log.CASE
        assert log.steps_of(session, "letter") == log.LETTER
        assert log.steps_of(session, "rectification") == log.ITEM
        assert [one for one in log.steps_of(session, "batch") if not one.endswith(" import")] == log.IMPORTS
        assert log.steps_of(session, "run") == log.RUNS
    capsys.readouterr()
    assert answer(["audit", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["whole"] is True
