"""A Word file as PDF, by LibreOffice without a window where this machine has it."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from service.errors import Busy, Refusal
from service.paper.fonts import configuration, stand_ins

PROGRAMS = ("soffice", "libreoffice")
SECONDS = 120
"""A first start takes about ten; a machine at its limit several times that."""


def program() -> str | None:
    """Where LibreOffice is; None when it is not here."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def pdf(document: bytes, fonts: Sequence[Path] = ()) -> bytes:
    """The pages of a Word file, with the fonts of these folders beside the system's.

    It runs in a folder of its own with nothing of our environment, and reads no file but this one. Raises Refusal when LibreOffice is not
    here, Busy when it does not answer in time or makes nothing.
    """
    found = program()
    if found is None:
        raise Refusal("paper.wrong.no_office_program")
    with TemporaryDirectory(prefix="guantong-paper-") as folder:
        here = Path(folder)
        (here / "paper.docx").write_bytes(named(document, stand_ins(fonts, here)))
        (here / "fonts.conf").write_text(configuration(fonts, here / "cache"), encoding="utf-8")
        asked = [found, f"-env:UserInstallation={(here / 'profile').as_uri()}", "--headless", "--norestore", "--convert-to", "pdf",
                 "--outdir", folder, str(here / "paper.docx")]  # fmt: skip
        alone = {
            "HOME": folder,
            "FONTCONFIG_FILE": str(here / "fonts.conf"),
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin:/usr/local/bin",
        }
        try:
            done = subprocess.run(asked, env=alone, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise Busy("paper.wrong.slow", seconds=SECONDS) from error
        made = here / "paper.pdf"
        if not made.is_file():
            raise Busy("paper.wrong.no_pdf", why=(done.stderr or done.stdout).strip()[-300:] or "-")
        return made.read_bytes()


def named(document: bytes, instead: Mapping[str, str]) -> bytes:
    """The Word file with the fonts that this machine has in place of those it names: LibreOffice's own choice differs from letter to digit."""
    made = BytesIO()
    with ZipFile(BytesIO(document)) as before, ZipFile(made, "w", ZIP_DEFLATED) as after:
        for one in before.infolist():
            content = before.read(one)
            if one.filename.endswith(".xml"):
                text = content.decode("utf-8")
                for name, other in instead.items():
                    if other:
                        text = text.replace(f'"{name}"', f'"{escape(other)}"')
                content = text.encode("utf-8")
            after.writestr(one, content)
    return made.getvalue()
