"""The order in which Word's schema (ECMA-376, part 1, 17) wants the properties of a paragraph, a run, a table, a cell and a section.

Word refuses or passes over what stands elsewhere; python-docx puts in order only what it knows itself.
"""

from collections.abc import Iterator
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

PROPERTIES: dict[str, str] = {
    "w:pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens "
    "kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing "
    "mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "w:rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden "
    "color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath",
    "w:tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd "
    "tblLayout tblCellMar tblLook tblCaption tblDescription",
    "w:tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "w:style": "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked personal "
    "personalCompose personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr",
}
PLACES = {qn(one): {qn(f"w:{name}"): place for place, name in enumerate(names.split())} for one, names in PROPERTIES.items()}


def tidy(page: Document) -> None:
    """Put every property of the document, its styles and its footers where the schema wants it."""
    for root in roots(page):
        for element in root.iter(*PLACES):
            places = PLACES[element.tag]
            element[:] = sorted(element, key=lambda one: places.get(one.tag, len(places)))


def misplaced(page: Document) -> list[str]:
    """Properties that stand where the schema does not want them."""
    found = []
    for root in roots(page):
        for element in root.iter(*PLACES):
            places = [PLACES[element.tag].get(one.tag, len(PLACES[element.tag])) for one in element]
            if places != sorted(places):
                found.append(f"{element.tag}: {[one.tag for one in element]}")
    return found


def roots(page: Document) -> Iterator[Any]:
    """The parts of a document that hold properties."""
    yield page.element
    yield page.styles.element
    for section in page.sections:
        for footer in (section.footer, section.even_page_footer):
            yield footer._element
