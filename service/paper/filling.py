"""Filling in a form: the office's own (paper/KIND.docx in its folder) or the shipped one, with values, as the bytes of a Word file."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate, RichText
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from service.errors import Refusal
from service.paper.head import FOLDER, Head
from service.paper.period import written
from service.words import say

TEMPLATES = Path(__file__).with_name("templates")
LARGEST, SMALLEST, ROOM = 52, 22, 440
"""Points of the organ's mark, and those of a line: a long name is set smaller, so that it stands on one line."""
YI, WAN = Decimal(10**8), Decimal(10**4)


def form_of(kind: str, folders: Sequence[Path]) -> Path:
    """The form of a kind of paper: the last folder's that has one, else the shipped."""
    own = [path for folder in folders if (path := folder / FOLDER / f"{kind}.docx").is_file()]
    return own[-1] if own else TEMPLATES / f"{kind}.docx"


def fill(form: Path, head: Head, values: Mapping[str, Any]) -> bytes:
    """The form with the head and the values put in. Raises Refusal, naming the form, when it asks for what there is not."""
    numbers = numbering()
    try:
        template = DocxTemplate(str(form))
        template.render({**values, **told(head)}, _environment(numbers), autoescape=True)
    except (TemplateError, PackageNotFoundError, KeyError) as error:
        raise Refusal("paper.wrong.form", form=str(form), why=str(error).split("\n")[0]) from error
    made = BytesIO()
    template.save(made)
    return made.getvalue()


def told(head: Head) -> dict[str, Any]:
    """What every form finds of its head."""
    size = max(SMALLEST, min(LARGEST, ROOM // (max(len(line) for line in head.mark.split("\n")) or 1)))
    return {
        "organ": head.organ, "issuer": head.issuer or head.organ.split("\n")[0], "mark": RichText(head.mark, size=size * 2), "number": head.number, "to": head.to, "dated": written(head.dated),
        "copies": say("paper.comma").join(head.copies), "red_head": head.red_head, "secrecy": head.secrecy, "urgency": head.urgency,
    }  # fmt: skip


def money(amount: Decimal | None) -> str:
    """12.4万元; a dash for none."""
    if amount is None:
        return "—"
    for step, name in ((YI, "yi"), (WAN, "wan")):
        if abs(amount) >= step:
            return say(f"paper.money.{name}", amount=f"{amount / step:,.2f}".rstrip("0").rstrip("."))
    return say("paper.money.yuan", amount=f"{amount:,.2f}".removesuffix(".00"))


def numbering() -> Callable[[str], int]:
    """Gives each table the next number the first time it is asked for: a table that is not shown takes none."""
    given: dict[str, int] = {}
    return lambda name: given.setdefault(name, len(given) + 1)


def headings() -> Callable[[str], str]:
    """一、线索来源: the part of a letter with the next Chinese numeral."""
    place = numbering()
    return lambda part: say("paper.heading", number=say("paper.numerals")[place(part) - 1], title=say(f"paper.part.{part}"))


def _environment(numbers: Callable[[str], int]) -> SandboxedEnvironment:
    # forms come from the office's folder: they may say what they are given, and reach nothing else
    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    made.filters |= {"money": money, "day": lambda on: written(on) if isinstance(on, date) else "—"}
    made.globals |= {"number_of_table": numbers, "heading": headings()}
    return made
