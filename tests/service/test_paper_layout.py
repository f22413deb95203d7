"""Papers stand on the page as GB/T 9704-2012 says: measured in the Word file, and on the pages that LibreOffice makes of it."""

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn

from service.errors import Refusal
from service.paper.draw import Form
from service.paper.draw_forms import FORMS, TEMPLATES
from service.paper.filling import fill, form_of
from service.paper.head import Head
from service.paper.layout import CHARACTERS, FANG, FONTS, HEI, KAI, LINES, SONG, XIAOBIAO
from service.paper.letter import Letter, letter
from service.paper.order import misplaced, roots
from service.paper.pdf import pdf, program
from service.paper.titles import broken
from service.paper.transfer import LeadTransfer, lead_transfer

A_DAY = date(2026, 1, 5)
HEAD = Head("通海县纪委监委", A_DAY, "通海县纪委监委", "通纪监函〔2026〕2号", "县监察委员会第一监察室")
made_here = pytest.mark.skipif(
    program() is None or shutil.which("pdftotext") is None, reason="LibreOffice or pdftotext is not here"
)


def a_letter(**changed: object) -> Letter:
    parts = {
        "kind": "supervision", "organ": "通海县监察委员会", "number": "通监建〔2026〕3号", "title": "关于规范低保资格核查的监察建议书",
        "addressee": "平潮镇人民政府", "source": "日常监督中发现疑点，已经核实。", "problem": "一是比对不及时。\n二是核查流于形式。",
        "cause": "没有按月交换信息的制度。", "advice": "（一）建立制度。\n（二）追回资金。", "dated": A_DAY, "reply_by": date(2026, 2, 28),
        "copies": ("通海县民政局", "通海县财政局"),
    }  # fmt: skip
    return Letter(**{**parts, **changed})  # type: ignore[arg-type]


def opened(content: bytes) -> Document:
    return docx.Document(BytesIO(content))


def words(page: Document) -> str:
    return "\n".join(node.text or "" for node in page.element.iter(qn("w:t")))


def on_paper(content: bytes, folder: Path, *how: str) -> str:
    """What pdftotext reads from the pages; pages end with a form feed."""
    (folder / "paper.pdf").write_bytes(pdf(content))
    return subprocess.run(["pdftotext", *how, "paper.pdf", "-"], cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_has_the_margins_fonts_and_lines_of_the_standard(kind: str) -> None:
    form = docx.Document(str(TEMPLATES / f"{kind}.docx"))
    section = form.sections[0]
    sizes = [section.page_width, section.page_height, section.top_margin, section.left_margin]
    assert [round(one.mm) for one in sizes if one is not None] == [210, 297, 37, 28]
    core = (
        section.page_width - section.left_margin - section.right_margin,
        section.page_height - section.top_margin - section.bottom_margin,
    )  # type: ignore[operator]
    assert [round(one / 36000, 1) for one in core] == [156.0, 225.0]
    fonts = {
        "公文正文": (FANG, 16),
        "公文标题": (XIAOBIAO, 22),
        "一级标题": (HEI, 16),
        "二级标题": (KAI, 16),
        "三级标题": (FANG, 16),
        "页码": (SONG, 14),
    }
    for name, (font, points) in fonts.items():
        properties = form.styles[name].element.rPr
        assert properties.find(qn("w:rFonts")).get(qn("w:eastAsia")) == font, name
        assert int(properties.find(qn("w:sz")).get(qn("w:val"))) == points * 2, name
    body = form.styles["公文正文"].paragraph_format
    assert body.line_spacing_rule == WD_LINE_SPACING.EXACTLY
    assert 28 <= body.line_spacing.pt <= 29  # type: ignore[union-attr]
    assert body.line_spacing.pt * LINES <= 225 / 25.4 * 72  # type: ignore[union-attr]
    indent = form.styles["公文正文"].element.pPr.find(qn("w:ind"))
    assert indent.get(qn("w:firstLineChars")) == "200"


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_is_what_its_program_draws_and_word_finds_every_property_in_its_place(kind: str, tmp_path: Path) -> None:
    FORMS[kind]().save(tmp_path / "again.docx")
    shipped, again = docx.Document(str(TEMPLATES / f"{kind}.docx")), docx.Document(str(tmp_path / "again.docx"))
    assert [one.xml for one in roots(shipped)] == [one.xml for one in roots(again)]
    assert misplaced(shipped) == []


def test_pages_are_numbered_outside_and_odd_and_even_differ() -> None:
    form = docx.Document(str(TEMPLATES / "weekly.docx"))
    assert form.settings.odd_and_even_pages_header_footer
    sides = [one.paragraphs[0].alignment for one in (form.sections[0].footer, form.sections[0].even_page_footer)]
    assert [side.name for side in sides if side is not None] == ["RIGHT", "LEFT"]
    assert "".join(run.text for run in form.sections[0].footer.paragraphs[0].runs).replace(" PAGE ", "") == "—  —"


def test_a_letter_says_its_parts_in_order_and_leaves_out_what_is_empty() -> None:
    said = words(opened(letter(a_letter())))
    parts = ["通监建〔2026〕3号", "监察建议书", "平潮镇人民政府：", "一、问题来源", "二、存在问题", "三、原因分析", "四、建议", "2026年2月28日前",
             "2026年1月5日", "抄送：通海县民政局、通海县财政局。", "2026年1月5日印发"]  # fmt: skip
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    less = words(opened(letter(a_letter(cause="", copies=(), reply_by=None, red_head=False))))
    assert "原因分析" not in less and "三、建议" in less and "抄送" not in less and "〔2026〕" not in less
    assert "{" not in said + less


def test_what_people_write_is_text_and_never_a_mark_of_the_form() -> None:
    said = words(opened(letter(a_letter(problem="<w:p>{{ organ }} & {%p if %}"))))
    assert "<w:p>{{ organ }} & {%p if %}" in said


def test_an_office_edits_its_own_form_and_hears_what_it_asked_for_wrongly(tmp_path: Path) -> None:
    (tmp_path / "paper").mkdir()
    form = Form()
    form.line("本办公室的格式：{{ title }}")
    form.save(tmp_path / "paper" / "supervision.docx")
    assert form_of("supervision", [tmp_path]).is_relative_to(tmp_path)
    assert "本办公室的格式：关于规范" in words(opened(letter(a_letter(), [tmp_path])))
    form.line("{{ titel }}")
    form.save(tmp_path / "paper" / "supervision.docx")
    with pytest.raises(Refusal, match="titel"):
        letter(a_letter(), [tmp_path])
    form = Form()
    form.line("{{ organ.__class__.__mro__ }}")
    form.save(tmp_path / "own.docx")
    with pytest.raises(Refusal):
        fill(tmp_path / "own.docx", HEAD, {})


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("监督工作周报", ["监督工作周报"]),
        ("关于规范农村低保待遇资格动态核查的监察建议书", ["关于规范农村低保待遇资格动态核查的", "监察建议书"]),
        ("一" * 45, ["一" * 16, "一" * 15, "一" * 14]),
    ],
)
def test_a_long_title_breaks_after_a_word_with_the_longer_line_above(title: str, lines: list[str]) -> None:
    assert broken(title).split("\n") == lines


@made_here
def test_a_page_holds_22_lines_of_28_characters(tmp_path: Path) -> None:
    form = Form()
    form.line("检" * (LINES * CHARACTERS + 5)).paragraph_format.first_line_indent = 0
    form.save(tmp_path / "full.docx")
    first, second, *_ = on_paper((tmp_path / "full.docx").read_bytes(), tmp_path, "-layout").split("\f")
    lines = re.findall("检+", first)
    assert (len(lines), {len(line) for line in lines}) == (LINES, {CHARACTERS})
    assert re.findall("检+", second) == ["检" * 5]
    assert re.search(r"—\s*1\s*—", first) and re.search(r"—\s*2\s*—", second)


@pytest.fixture
def places(tmp_path: Path) -> Callable[[bytes], list[tuple[int, str, float, float, float, float]]]:
    """Every word on the pages of a paper: page, word, left, top, right, bottom in millimetres."""

    def measured(content: bytes) -> list[tuple[int, str, float, float, float, float]]:
        found, page = [], 0
        for line in on_paper(content, tmp_path, "-bbox").splitlines():
            page += "<page " in line
            if hit := re.search(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.+?)</word>', line):
                left, top, right, bottom = (float(hit[number]) / 72 * 25.4 for number in range(1, 5))
                found.append((page, hit[5], left, top, right, bottom))
        return found

    return measured


@made_here
def test_on_paper_the_mark_the_closing_lines_and_the_number_stand_where_they_belong(
    places: Callable[[bytes], list[tuple[int, str, float, float, float, float]]],
) -> None:
    found = places(letter(a_letter()))
    last = max(page for page, *_ in found)
    marks = [one for one in found if one[1] == "通海县监察委员会"]
    page, _, left, top, right, _ = marks[0]
    assert page == 1 and 65 < top < 76  # 37 + 35 mm, less the room above the letters
    assert abs((left + right) / 2 - (28 + 78)) < 1
    copies = next(one for one in found if one[1].startswith("抄送"))
    assert copies[0] == last and 28 + 4 < copies[2] < 28 + 7  # one character in
    issued = marks[-1]
    assert issued[0] == last and 255 < issued[5] < 263  # the text area ends at 262 mm
    numbers = [one for one in found if one[1] == "—" or one[1].startswith("—")]
    assert all(262 + 4 < one[3] + (one[5] - one[3]) / 2 < 262 + 9 for one in numbers)


@made_here
def test_a_lead_transfer_ends_with_a_slip_on_a_page_of_its_own(tmp_path: Path) -> None:
    whats = {"when": "2024年2月至4月", "where": "平潮镇东风村", "what": "向已去世人员发放低保"}
    one = LeadTransfer("CF12", "来源。", "平潮镇人民政府", A_DAY, whats, date(2026, 2, 5))
    pages = on_paper(lead_transfer(one, HEAD), tmp_path, "-layout").split("\f")
    slip = next(page for page in pages if "问题线索移送回执" in page)
    assert "线索来源" not in slip and "CF12" in slip
    told = re.sub(r"\s", "", "".join(pages))
    assert "七何已具备3项，共7项" in told and "（未填写）" in told


def test_every_font_of_the_standard_is_named_in_the_forms() -> None:
    named = set()
    for kind in FORMS:
        for root in roots(docx.Document(str(TEMPLATES / f"{kind}.docx"))):
            named |= {fonts.get(qn("w:eastAsia")) for fonts in root.iter(qn("w:rFonts"))}
    assert set(FONTS) <= named
