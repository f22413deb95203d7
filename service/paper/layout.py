"""The official layout of GB/T 9704-2012 (党政机关公文格式) as a Word page and its styles: what every form of ours is drawn on.

| what | as the standard says (its section) |
| --- | --- |
| paper | A4, 210 x 297 mm (5.1) |
| margins | top 37 mm, left 28 mm; the text area is 156 x 225 mm, so right 26 and bottom 35 (5.2.1) |
| lines | 22 a page, 28 characters each, filling the text area (5.2.3) |
| body | 仿宋 3号 = 16 pt (5.2.2) |
| title | 小标宋 2号 = 22 pt, centred, two lines below the red line (7.3.1) |
| headings | 一、黑体; （一）楷体; 1. 仿宋; （1）仿宋, all 3号 (7.3.3) |
| page number | 宋体 4号 = 14 pt, `— 1 —`, 7 mm below the text area, odd right and even left, one character in (7.5) |

The text area divided by 22 lines is 28.99 pt a line (fixed), by 28 characters 15.8 pt a character: a grid with the letters drawn
together by 0.2 pt, as Word's own "28 characters, 22 lines" makes it.
"""

from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Length, Mm, Pt, RGBColor, Twips
from docx.styles.style import ParagraphStyle

WIDTH, HEIGHT = Mm(210), Mm(297)
TOP, LEFT, TEXT_WIDTH, TEXT_HEIGHT = Mm(37), Mm(28), Mm(156), Mm(225)
LINES, CHARACTERS = 22, 28
BODY: Length = Pt(16)
TITLE: Length = Pt(22)
SMALL: Length = Pt(14)
PITCH = Twips(TEXT_HEIGHT // LINES // Twips(1))
"""One line: 579 twentieths of a point."""
FANG, KAI, HEI, SONG, XIAOBIAO = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
FONTS = (FANG, KAI, HEI, SONG, XIAOBIAO)
RED = RGBColor(0xFF, 0x00, 0x00)
TOGETHER = -5
"""Twentieths of a point by which letters are drawn together, so that 28 of 16 pt fit into 156 mm (28 x 15.75 pt = 155.6 mm)."""
LEFT_SIDE, CENTRE, RIGHT_SIDE, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY,
)  # fmt: skip

STYLES: tuple[tuple[str, str, Length, WD_ALIGN_PARAGRAPH, int], ...] = (
    ("公文正文", FANG, BODY, BOTH, 2),
    ("公文标题", XIAOBIAO, TITLE, CENTRE, 0),
    ("一级标题", HEI, BODY, BOTH, 2),
    ("二级标题", KAI, BODY, BOTH, 2),
    ("三级标题", FANG, BODY, BOTH, 2),
    ("四级标题", FANG, BODY, BOTH, 2),
    ("主送机关", FANG, BODY, LEFT_SIDE, 0),
    ("发文字号", FANG, BODY, CENTRE, 0),
    ("署名", FANG, BODY, CENTRE, 0),
    ("说明", KAI, SMALL, BOTH, 2),
    ("表题", HEI, SMALL, CENTRE, 0),
    ("表后", FANG, SMALL, LEFT_SIDE, 0),
    ("版头标注", HEI, BODY, LEFT_SIDE, 0),
    ("副标题行", KAI, BODY, CENTRE, 0),
)  # fmt: skip
"""Style, font, size, alignment, characters of indent; all by one fixed line."""


def page() -> Document:
    """An empty document with the page, the styles and the page numbers of the standard."""
    made = docx.Document()
    _set_page(made.sections[0])
    normal = made.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    set_font(normal.element, FANG, BODY)
    _fixed(normal)
    for name, font, size, side, indent in STYLES:
        _style(made, name, font, size, side, indent)
    for name in ("表格", "表格数", "表头"):
        style = _style(made, name, HEI if name == "表头" else FANG, Pt(12), LEFT_SIDE if name == "表格" else CENTRE, 0)
        style.paragraph_format.line_spacing = Pt(18)
        _spaced(style.element, 0)
        set_on(style.element.get_or_add_pPr(), "w:snapToGrid", val="0")
    for name in ("一级标题", "二级标题", "表题"):
        made.styles[name].element.get_or_add_pPr().append(OxmlElement("w:keepNext"))
    for name, font in (("版记", FANG), ("版记右", FANG), ("抄送", FANG), ("页码", SONG)):
        style = _style(made, name, font, SMALL, RIGHT_SIDE if name == "版记右" else LEFT_SIDE, 0)
        _spaced(style.element, 0)
        set_on(style.element.get_or_add_pPr(), "w:snapToGrid", val="0")
    for name in ("版记", "版记右", "抄送"):
        within = made.styles[name].paragraph_format
        within.left_indent = within.right_indent = SMALL
    # further lines of copies begin below the first name, behind 抄送：
    within.left_indent, within.first_line_indent = Emu(SMALL * 4), Emu(-SMALL * 3)
    style = _style(made, "发文机关标志", XIAOBIAO, Pt(48), CENTRE, 0)
    style.font.color.rgb = RED
    style.paragraph_format.line_spacing = Pt(54)
    set_on(style.element.get_or_add_pPr(), "w:snapToGrid", val="0")
    made.styles["公文标题"].element.get_or_add_pPr().append(_off("w:snapToGrid"))
    last = _style(made, "尾行", FANG, Pt(1), LEFT_SIDE, 0)
    last.paragraph_format.line_spacing = Pt(1)
    last.element.get_or_add_pPr().append(_off("w:snapToGrid"))
    _number_pages(made)
    return made


def _off(name: str) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:val"), "0")
    return element


def set_font(element: Any, font: str, size: Length | None = None) -> None:
    """The font of a style or a run, for Chinese and Latin letters alike."""
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for one in list(fonts.attrib):
        del fonts.attrib[one]
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), font)
    if size is not None:
        properties = element.get_or_add_rPr()
        half = str(round(size.pt * 2))
        for name in ("w:sz", "w:szCs"):
            set_on(properties, name, val=half)


def set_on(properties: Any, name: str, **values: str) -> Any:
    """A property with its values, in place of one of that name. It stands where Word's schema wants it when python-docx knows it."""
    for before in properties.findall(qn(name)):
        properties.remove(before)
    made = OxmlElement(name)
    for key, value in values.items():
        made.set(qn(f"w:{key}"), value)
    properties.append(made)
    return made


def _set_page(section: Section) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = WIDTH, HEIGHT
    section.top_margin, section.left_margin = TOP, LEFT
    section.right_margin, section.bottom_margin = Emu(WIDTH - LEFT - TEXT_WIDTH), Emu(HEIGHT - TOP - TEXT_HEIGHT)
    section.header_distance, section.footer_distance = Mm(15), Mm(24)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is not None:
        section._sectPr.remove(grid)
    set_on(section._sectPr, "w:docGrid", type="lines", linePitch=str(round(PITCH.pt * 20)))


def _fixed(style: ParagraphStyle) -> None:
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, PITCH
    form.space_before = form.space_after = Pt(0)
    form.widow_control = False  # a widow's rule would leave lines of the 22 empty


def _style(made: Document, name: str, font: str, size: Length, side: WD_ALIGN_PARAGRAPH, indent: int) -> ParagraphStyle:
    style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.base_style = made.styles["Normal"]
    style.quick_style = True
    set_font(style.element, font, size)
    _fixed(style)
    style.paragraph_format.alignment = side
    if size >= BODY:
        _spaced(style.element, TOGETHER if size == BODY else 0)
    if indent:
        # in characters for Word, and in points for whoever does not know characters
        spread = size.pt + (TOGETHER / 20 if size == BODY else 0)
        set_on(
            style.element.get_or_add_pPr(), "w:ind", firstLineChars=str(indent * 100), firstLine=str(round(indent * spread * 20))
        )
    return style


def _spaced(element: Any, twentieths: int) -> None:
    set_on(element.get_or_add_rPr(), "w:spacing", val=str(twentieths))


def _number_pages(made: Document) -> None:
    made.settings.odd_and_even_pages_header_footer = True
    section = made.sections[0]
    for footer, side in ((section.footer, RIGHT_SIDE), (section.even_page_footer, LEFT_SIDE)):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.style = made.styles["页码"]
        line.alignment = side
        one = str(round(SMALL.pt * 20))
        set_on(
            line._p.get_or_add_pPr(), "w:ind", **({"rightChars": "100", "right": one} if side is RIGHT_SIDE else {"leftChars": "100", "left": one})
        )  # fmt: skip
        line.add_run("— ")
        for kind in ("begin", None, "end"):
            run = line.add_run()
            if kind is None:
                code = OxmlElement("w:instrText")
                code.set(qn("xml:space"), "preserve")
                code.text = " PAGE "
                run._r.append(code)
            else:
                set_on(run._r, "w:fldChar", fldCharType=kind)
        line.add_run(" —")
