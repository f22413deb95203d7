"""Real files of every kind that a unit may attach, and of kinds that it may not."""

import io
import struct
import zipfile
import zlib

import docx
import openpyxl

HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"


def pdf(text: str = "voucher", padding: int = 0) -> bytes:
    """A page with a word on it; `padding` bytes larger."""
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>", f"({text})".encode()]  # fmt: skip
    out, places = b"%PDF-1.4\n" + b"%" + b"x" * padding + b"\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = len(out)
    return out + b"xref\n0 5\n0000000000 65535 f \n" + table + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % end


def png() -> bytes:
    """One grey point."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")


def word(text: str = "整改情况") -> bytes:
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph(text)
    made.save(out)
    return out.getvalue()


def workbook() -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.worksheets[0].append(["姓名", "追回金额"])
    made.save(out)
    return out.getvalue()


def with_part(package: bytes, name: str, content: bytes = b"x", types: tuple[str, str] = ("", "")) -> bytes:
    """The same package with one more part; `types`: what is replaced in the list of types by what."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for one in before.namelist():
            held = before.read(one)
            after.writestr(one, held.replace(types[0].encode(), types[1].encode()) if "Types" in one and types[0] else held)
        if name:
            after.writestr(name, content)
    return out.getvalue()


def macro_word() -> bytes:
    """A DOCM by its part."""
    return with_part(word(), "word/vbaProject.bin")


def macro_workbook() -> bytes:
    """An XLSM by its type, saved as XLSX."""
    plain, macro = "spreadsheetml.sheet.main+xml", "sheet.macroEnabled.main+xml"
    return with_part(workbook(), "", types=(f"vnd.openxmlformats-officedocument.{plain}", f"vnd.ms-excel.{macro}"))


def archive() -> bytes:
    """A plain ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("run.exe", b"MZ")
    return out.getvalue()
