"""Papers of a real run: what they say, what they never say, who sees how much, and that each making is on record."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import click.testing
import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from sqlalchemy import func, select

from datasets.sealing import TOKEN
from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.commands.paper import paper_command
from service.desk import Desk
from service.errors import NothingFound, Refusal
from service.paper.making import Asked, make
from service.paper.period import Period
from service.paper.report import REPORTS
from service.paper.scope import Scope
from service.paper.workbook import alerts_listed, cases_listed
from service.reading import Reading, reading
from service.store.alert import Alert
from service.store.case import CaseFile
from service.store.case_lead import Lead
from service.store.case_work import Draft
from service.store.event import Event, first_broken
from service.words import say
from tests.service import village
from tests.service.api_client import kept_office
from tests.service.conftest import NOW

LEADER = Caller("person:chief", "person", (Held(roles()["leader"], Bounds()),))
STRANGER = Caller("person:far", "person", (Held(roles()["office_member"], Bounds(office_id="OF-XT01")),))
OFFENCE = re.compile("贪污|受贿|挪用公款|滥用职权罪|刑法")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("papers")
    kept_office(folder)
    return folder


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    from service.settings import Settings

    told = {
        "GUANTONG_HOME": str(home / "home"), "GUANTONG_KEY_FILE": str(home / "key"), "GUANTONG_LANG": "zh",
        "GUANTONG_DATABASE_URL": f"sqlite:///{home / 'home' / 'guantong.db'}",
    }  # fmt: skip
    with Desk(Settings.from_environment(told), clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def seen(desk: Desk) -> Iterator[Reading]:
    with reading(desk) as opened:
        yield opened


def words(content: bytes) -> str:
    page = docx.Document(BytesIO(content))
    return "\n".join(node.text or "" for node in page.element.iter(qn("w:t")))


@pytest.mark.parametrize("kind", REPORTS)
def test_a_report_says_its_figures_with_the_reservation_and_no_name_and_no_offence(desk: Desk, seen: Reading, kind: str) -> None:
    scope = Scope(unit=village.TOWNSHIP) if kind == "briefing" else Scope(topic="subsidy") if kind == "special" else Scope()
    period = None if kind in ("weekly", "briefing") else Period.ending("month", date(2026, 1, 31))
    said = words(make(desk, seen, LEADER, Asked(kind, scope=scope, period=period)).content)
    assert "这是需要核实的理由，不是结论" in said
    assert not TOKEN.search(said) and not OFFENCE.search(said) and "{" not in said
    assert not [name for name in village.NAMES if name in said]
    assert not re.search(r"\d{17}[\dX]", said)
    whole = seen.session.scalar(select(func.count()).select_from(Alert)) or 0
    counted = re.search(r"本期收到预警(\d+)件", said)
    assert counted is not None
    if scope == Scope():
        assert int(counted[1]) == whole > 0
    else:
        assert 0 < int(counted[1]) <= whole


def test_a_paper_counts_what_its_maker_may_see_and_no_more(desk: Desk, seen: Reading) -> None:
    said = words(make(desk, seen, STRANGER, Asked("weekly")).content)
    assert "本期收到预警0件" in said and "党风政风监督室" in said
    with pytest.raises(NothingFound):
        make(desk, seen, STRANGER, Asked("briefing", scope=Scope(unit=village.TOWNSHIP)))
    with pytest.raises(NothingFound):
        make(desk, seen, LEADER, Asked("briefing", scope=Scope(unit="U9999")))


def test_each_making_is_on_record_and_says_over_what_but_not_what(desk: Desk, seen: Reading) -> None:
    made = make(desk, seen, LEADER, Asked("weekly", scope=Scope(stream="stationed")))
    with desk.store.look() as session:
        last = session.scalars(select(Event).order_by(Event.seq.desc()).limit(1)).one()
        assert (last.kind, last.about, last.actor) == ("paper.made", "PAPER:weekly", "person:chief")
        assert last.body["stream"] == "stationed" and set(last.body) == {"shape", "sha256", "stream"}
        assert first_broken(session) is None
    assert made.name == f"周报-{NOW:%Y%m%d}.docx"


@pytest.mark.parametrize("kind", ["briefing", "transfer", "supervision"])
def test_a_paper_without_what_it_is_about_is_refused(desk: Desk, seen: Reading, kind: str) -> None:
    with pytest.raises(Refusal):
        make(desk, seen, LEADER, Asked(kind))


def test_a_lead_transfer_is_filled_from_the_newest_lead_sheet_of_a_case_one_sees(desk: Desk, seen: Reading) -> None:
    with desk.store.change() as session:
        case = CaseFile(
            title="低保", source="alert", source_ref=None, status="lead", subject_kind=None, subject_id=None, unit_id=village.TOWNSHIP,
            area_id=None, office_id="OF-JD01", stream="discipline", handler=None, received_on=NOW.date(), opened_by="p", opened_at=NOW,
            due_on=None, outcome=None, closed_by=None, closed_at=None,
        )  # fmt: skip
        session.add(case)
        session.flush()
        number = case.case_id
    with pytest.raises(Refusal, match=f"CF{number}"):
        make(desk, seen, LEADER, Asked("transfer", case=number))
    with desk.store.change() as session:
        draft = Draft(case_id=number, kind="general", from_draft=None, problem="x", facts="x", basis="x", evidence=[], amount=None,
                      status="written", made_by="p", made_at=NOW)  # fmt: skip
        session.add(draft)
        session.flush()
        for version, what in enumerate(("旧的说法", "向已去世人员发放低保"), 1):
            session.add(
                Lead(
                    case_id=number,
                    version=version,
                    draft_id=draft.draft_id,
                    whats={"what": what},
                    missing=[],
                    proposed="talk",
                    made_by="p",
                    made_at=NOW,
                )
            )
    seen.session.rollback()  # what is seen from now on
    said = words(make(desk, seen, LEADER, Asked("transfer", case=number, written={"to": "第一监察室"})).content)
    assert "向已去世人员发放低保" in said and "旧的说法" not in said and "第一监察室：" in said and "平潮镇人民政府" in said
    with pytest.raises(NothingFound):
        make(desk, seen, STRANGER, Asked("transfer", case=number))


def test_a_list_as_a_spreadsheet_leaves_sealed_values_out_and_holds_what_is_seen(desk: Desk, seen: Reading) -> None:
    made = alerts_listed(desk, seen, LEADER)
    sheet = openpyxl.load_workbook(BytesIO(made.content)).active
    assert sheet is not None
    told = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert sheet["A1"].value == "预警编号" and made.rows == seen.session.scalar(select(func.count()).select_from(Alert))
    assert not [one for one in told if TOKEN.search(one) or any(name in one for name in village.NAMES)]
    assert "（略）" in "".join(told)
    assert alerts_listed(desk, seen, STRANGER).rows == 0
    prints = list(seen.session.scalars(select(Alert.fingerprint)))
    assert alerts_listed(desk, seen, STRANGER, prints).rows == 0, "fingerprints that somebody knows show nothing"
    assert cases_listed(desk, seen, LEADER).rows == 1
    with desk.store.look() as session:
        assert session.scalar(select(func.count()).select_from(Event).where(Event.kind == "list.exported")) == 4


def test_a_list_that_is_cut_says_so_above_everything_else(desk: Desk, seen: Reading) -> None:
    whole = alerts_listed(desk, seen, LEADER)
    made = alerts_listed(desk, seen, LEADER, most=2)
    assert (whole.left_out, made.rows, made.left_out) == (0, 2, whole.rows - 2)
    sheet = openpyxl.load_workbook(BytesIO(made.content)).worksheets[0]
    assert f"前2条，另有{whole.rows - 2}条没有导出" in str(sheet["A1"].value)
    assert (sheet["A2"].value, str(sheet["A3"].value)[:2]) == ("预警编号", "AL")
    assert sheet.auto_filter.ref.startswith("A2:")
    some = list(seen.session.scalars(select(Alert.fingerprint).limit(3)))
    assert alerts_listed(desk, seen, LEADER, some, most=2).left_out == 1
    cut = cases_listed(desk, seen, LEADER, most=0)
    assert (cut.rows, cut.left_out) == (0, 1)


def test_days_in_a_list_are_those_where_the_offices_are(desk: Desk, seen: Reading) -> None:
    with desk.store.change() as session:
        session.scalars(select(CaseFile)).one().opened_at = NOW.replace(day=4, hour=23)
    seen.session.rollback()
    sheet = openpyxl.load_workbook(BytesIO(cases_listed(desk, seen, LEADER).content)).worksheets[0]
    row = dict(zip((one.value for one in sheet[1]), (one.value for one in sheet[2]), strict=True))
    assert [str(day)[:10] for name, day in row.items() if name == say("paper.column.opened_on")] == ["2026-01-05"], row


def test_what_people_wrote_into_a_list_never_becomes_a_formula(desk: Desk, seen: Reading) -> None:
    with desk.store.change() as session:
        session.scalars(select(CaseFile)).one().title = '=HYPERLINK("http://x","y")'
    seen.session.rollback()
    sheet = openpyxl.load_workbook(BytesIO(cases_listed(desk, seen, LEADER).content)).active
    assert sheet is not None and sheet["B2"].data_type == "s"


def test_the_command_makes_a_letter_from_a_file_of_its_parts_and_says_what_is_missing(desk: Desk, tmp_path: Path) -> None:
    parts = tmp_path / "letter.yml"
    parts.write_text(
        "organ: 县监委\nnumber: 通监建〔2026〕3号\ntitle: 监察建议书\naddressee: 平潮镇人民政府\nsource: 来源\nproblem: 问题\ncause: 原因\n",
        "utf-8",
    )
    runner = click.testing.CliRunner()
    asked = ["make", "supervision", "--letter", str(parts), "--out", str(tmp_path / "letter.docx")]
    with pytest.raises(Refusal, match="advice"):
        runner.invoke(paper_command, asked, obj=desk, catch_exceptions=False)
    parts.write_text(parts.read_text("utf-8") + "advice: 建议\ndated: 2026-01-05\n", "utf-8")
    assert runner.invoke(paper_command, asked, obj=desk, catch_exceptions=False).exit_code == 0
    assert "通监建〔2026〕3号" in words((tmp_path / "letter.docx").read_bytes())
    with pytest.raises(Refusal, match="docx"):
        runner.invoke(paper_command, [*asked[:-1], str(tmp_path / "letter.txt")], obj=desk, catch_exceptions=False)


@pytest.mark.skipif(shutil.which("soffice") is not None, reason="LibreOffice is here")
def test_without_libreoffice_a_pdf_is_refused_in_words(desk: Desk, seen: Reading) -> None:
    with pytest.raises(Refusal, match="LibreOffice"):
        make(desk, seen, LEADER, Asked("weekly", "pdf"))
