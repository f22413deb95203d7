"""Drawing a form: paragraphs, tables, the red head (版头), the place of the seal (署名) and the closing lines (版记) of GB/T 9704-2012.

What is drawn holds marks that docxtpl fills in: `{{ value }}`, and rows and paragraphs that repeat (`{%p for … %}`, `{%tr for … %}`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from service.paper.layout import LEFT, TEXT_WIDTH, page, set_on
from service.paper.order import tidy

Column = tuple[str, str, int]
"""Heading, what stands in a row, width in millimetres."""
THICK, THIN, RED_LINE = "8", "6", "12"
"""Eighths of a point: the outer closing lines 0.35 mm, the inner ones 0.25 mm (7.4.1); the red line as wide as the text area."""
PADDING = 57
"""Twentieths of a point beside the text of a cell: 1 mm."""
WIDE = 24
"""Millimetres above which a column holds words, which stand at its left; numbers and days stand in the middle."""
MARK_FROM_TOP = Pt(12)
"""With the three lines for number of copy, secrecy and urgency above it: 35 mm below the top of the text area (7.2.4)."""


class Form:
    """A form being drawn."""

    def __init__(self) -> None:
        self.page: Document = page()

    def line(self, text: str, style: str = "公文正文") -> Paragraph:
        return self.page.add_paragraph(text, style=style)

    def lines(self, *texts: str) -> None:
        """Paragraphs of the body."""
        for text in texts:
            self.line(text)

    def head(self) -> None:
        """The red head: secrecy and urgency, the organ's mark, the document's number, the red line. All of it optional."""
        self.line("{%p if red_head %}")
        for mark in ("", "{{ secrecy }}", "{{ urgency }}"):
            self.line(mark, "版头标注")
        self.line("{{r mark }}", "发文机关标志").paragraph_format.space_before = MARK_FROM_TOP
        self.line("", "发文字号")
        number = self.line("{{ number }}", "发文字号")
        borders = OxmlElement("w:pBdr")
        set_on(
            borders, "w:bottom", val="single", sz=RED_LINE, space="9", color="FF0000"
        )  # 4 mm below the number, by the line's own depth
        number._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc")
        self.line("", "发文字号")
        self.line("", "发文字号")
        self.line("{%p endif %}")

    def title(self, text: str = "{{ title }}", under: str | None = None) -> None:
        self.line(text, "公文标题")
        if under:
            self.line(under, "副标题行")
        self.line("", "发文字号")

    def addressee(self) -> None:
        self.line("{%p if to %}")
        self.line("{{ to }}：", "主送机关")
        self.line("{%p endif %}")

    def repeat(self, what: str, *texts: str, style: str = "公文正文") -> None:
        """Paragraphs for each of something: `one in overdue.rows`."""
        self.line(f"{{%p for {what} %}}")
        for text in texts:
            self.line(text, style)
        self.line("{%p endfor %}")

    def when(self, what: str, *texts: str, otherwise: str | None = None) -> None:
        """Paragraphs that stand only when something holds."""
        self.line(f"{{%p if {what} %}}")
        self.lines(*texts)
        if otherwise is not None:
            self.line("{%p else %}")
            self.line(otherwise)
        self.line("{%p endif %}")

    def table(self, title: str, rows: str, columns: Sequence[Column]) -> None:
        """A ruled table with its heading, which stands again on each page; nothing at all while there are no rows."""
        self.line(f"{{%p if {rows.partition(' in ')[2]} %}}")
        self.line(title, "表题")
        made = self.page.add_table(rows=4, cols=len(columns))
        _ruled(made)
        _widths(made, [width for _, _, width in columns])
        for cell, (heading, _, _) in zip(made.rows[0].cells, columns, strict=True):
            _write(cell, heading, "表头")
        set_on(made.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        for row in made.rows:
            set_on(row._tr.get_or_add_trPr(), "w:cantSplit")
        _write(made.rows[1].cells[0], f"{{%tr for {rows} %}}", "表格")
        for cell, (_, inside, width) in zip(made.rows[2].cells, columns, strict=True):
            _write(cell, inside, "表格" if width > WIDE else "表格数")
        _write(made.rows[3].cells[0], "{%tr endfor %}", "表格")
        self.line("", "表后")
        self.line("{%p endif %}")

    def fields(self, rows: Sequence[tuple[str, str]], first: int = 36) -> None:
        """A table of two columns: what it is, and what it says."""
        made = self.page.add_table(rows=len(rows), cols=2)
        _ruled(made)
        _widths(made, [first, 156 - first])
        for row, (name, inside) in zip(made.rows, rows, strict=True):
            _write(row.cells[0], name, "表头")
            _write(row.cells[1], inside, "表格")
        self.line("", "表后")

    def signature(self) -> None:
        """The place of the seal: the organ over the date, the date about four characters in from the right (7.3.5.1)."""
        self._keep_last()
        for _ in range(2):
            self.line("", "主送机关").paragraph_format.keep_with_next = True
        made = self.page.add_table(rows=2, cols=2)
        _widths(made, [68, 88])
        made._tbl.tblPr.append(_beside(0))
        for row, text in zip(made.rows, ("{{ organ }}", "{{ dated }}"), strict=True):
            set_on(row._tr.get_or_add_trPr(), "w:cantSplit")
            _write(row.cells[0], "", "署名")
            _write(row.cells[1], text, "署名")
        for cell in made.rows[0].cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True

    def closing(self) -> None:
        """The closing lines at the foot of the last page: copies, who issues it and when, one character in on both sides (7.4)."""
        made = self.page.add_table(rows=4, cols=2)
        _widths(made, [92, 64])
        # its left edge is told from the page's: LibreOffice floats a table as wide as the text in no other case
        set_on(
            made._tbl.tblPr, "w:tblpPr", horzAnchor="page", tblpX=str(round(LEFT.pt * 20)), vertAnchor="margin", tblpYSpec="bottom",
            leftFromText="0", rightFromText="0",
        )  # fmt: skip
        made._tbl.tblPr.append(_beside(0))
        _write(made.rows[0].cells[0], "{%tr if copies %}", "版记")
        copies = made.rows[1].cells[0].merge(made.rows[1].cells[1])
        _write(copies, "抄送：{{ copies }}。", "抄送")
        _write(made.rows[2].cells[0], "{%tr endif %}", "版记")
        _write(made.rows[3].cells[0], "{{ issuer }}", "版记")
        _write(made.rows[3].cells[1], "{{ dated }}印发", "版记右")
        _edge(copies, top=THICK)
        for cell in made.rows[3].cells:
            _edge(cell, top=THIN, bottom=THICK)
        self.line("", "尾行")  # a document ends with a paragraph; the table at the foot is anchored to it

    def save(self, path: Path) -> None:
        """Write the form, every property in its place."""
        tidy(self.page)
        self.page.save(str(path))

    def _keep_last(self) -> None:
        """The text before goes with what follows to the next page: a page with nothing but a seal is not allowed (7.3.5.5)."""
        depth = 0
        for line in reversed(self.page.paragraphs):
            depth += line.text.startswith("{%p end") - line.text.startswith(("{%p if", "{%p for"))
            line.paragraph_format.keep_with_next = True
            if depth == 0 and line.text:
                return


def _write(cell: _Cell, text: str, style: str) -> None:
    line = cell.paragraphs[0]
    line.style = cell.part.document.styles[style]  # type: ignore[attr-defined]
    line.text = text


def _widths(table: Table, millimetres: Sequence[int]) -> None:
    table.autofit = False
    set_on(table._tbl.tblPr, "w:tblW", w=str(round(TEXT_WIDTH.pt * 20)), type="dxa")
    for column, width in zip(table.columns, millimetres, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _ruled(table: Table) -> None:
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table._tbl.tblPr.append(_beside(PADDING))


def _edge(cell: _Cell, **edges: str) -> None:
    borders = OxmlElement("w:tcBorders")
    for side in ("top", "bottom"):
        if side in edges:
            set_on(borders, f"w:{side}", val="single", sz=edges[side], space="0", color="000000")
    cell._tc.get_or_add_tcPr().append(borders)


def _beside(twentieths: int) -> Any:
    """The room beside the text of cells."""
    within = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        set_on(within, f"w:{side}", w=str(twentieths), type="dxa")
    return within
