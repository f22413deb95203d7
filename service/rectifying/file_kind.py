"""What a file is (文件类型), told from its content and never from its name: PDF, PNG, JPEG, and DOCX and XLSX without macros; nothing else is taken."""

import struct
import zlib
from collections.abc import Iterable
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile


class Kind(NamedTuple):
    """How a kind is sent, and how the names of its files end."""

    media: str
    endings: tuple[str, ...]


_OOXML = "application/vnd.openxmlformats-officedocument"
KINDS = {
    "pdf": Kind("application/pdf", (".pdf",)), "png": Kind("image/png", (".png",)), "jpeg": Kind("image/jpeg", (".jpg", ".jpeg")),
    "docx": Kind(f"{_OOXML}.wordprocessingml.document", (".docx",)), "xlsx": Kind(f"{_OOXML}.spreadsheetml.sheet", (".xlsx",)),
}  # fmt: skip
MAIN = {f"{KINDS[kind].media}.main+xml": kind for kind in ("docx", "xlsx")}
"""Content type of the part that makes a package a kind (ECMA-376-1, 11.3.10 and 12.3.23; [Content_Types].xml says it: -2, 10.1.2)."""
TYPES, MOST_TYPES, MOST_PARTS = "[Content_Types].xml", 1 << 20, 20_000
RUNS, RUNS_BY_TYPE = ("vbaproject", "vbadata", "/macrosheets/", "/activex/"), ("vba", "macro", "activex")
"""What stands in the name or the content type of a part that runs something: VBA, sheets of Excel 4.0 macros, ActiveX controls."""
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Compound files: DOC and XLS, and DOCX and XLSX under a password ([MS-CFB] 2.2)."""
_UNREADABLE = (BadZipFile, KeyError, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, struct.error, zlib.error)


class NotTaken(Exception):
    """Why a file is not taken, as the end of a key of the word files."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def kind_of(content: bytes) -> str:
    """The kind of a file. Raises NotTaken for an empty one, one that is no such kind, is broken, or holds macros."""
    if not content:
        raise NotTaken("empty")
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-4096:]:
            raise NotTaken("broken")
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(OLD_OFFICE):
        raise NotTaken("old_office")
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    raise NotTaken("kind")


def _office(content: bytes) -> str:
    """Which of the two a package is. Nothing of it is unpacked but the list of its parts' types, and that up to a bound."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if TYPES not in names:
                raise NotTaken("kind")
            with archive.open(TYPES) as part:
                told = part.read(MOST_TYPES + 1)
    except _UNREADABLE as error:
        raise NotTaken("broken") from error
    declared = _declared(told)
    if len(names) > MOST_PARTS:
        raise NotTaken("broken")
    if _holds(RUNS, names) or _holds(RUNS, declared) or _holds(RUNS_BY_TYPE, declared.values()):
        raise NotTaken("macro")
    found = {MAIN[media] for part, media in declared.items() if media in MAIN and part.removeprefix("/") in names}
    if len(found) != 1:
        raise NotTaken("kind")
    return found.pop()


def _holds(marks: Iterable[str], texts: Iterable[str]) -> bool:
    return any(mark in text.lower() for text in texts for mark in marks)


def _declared(told: bytes) -> dict[str, str]:
    """Part (or ending) -> its content type, by [Content_Types].xml. Raises NotTaken("broken") for what is none."""
    if len(told) > MOST_TYPES or b"<!DOCTYPE" in told:
        raise NotTaken("broken")  # a package's parts have no document type (ECMA-376-2, 8.1.4): nothing is expanded
    try:
        root = ElementTree.fromstring(told)
    except ElementTree.ParseError as error:
        raise NotTaken("broken") from error
    return {one.get("PartName") or f"*.{one.get('Extension', '')}": one.get("ContentType", "") for one in root}
