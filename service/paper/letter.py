"""Letters of recommendation (建议书) of the four kinds, from their parts: which organ asks which body to put what right, why, and by when.

纪律检查建议书 goes to a Party organisation, 监察建议书 to the unit of supervised persons, 纪检监察建议书 to both, 巡察建议书 to a department.
No law sets days for the answer: the letter names its own (回复时限).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from service.paper.chinese import chinese
from service.paper.filling import fill, form_of
from service.paper.head import Head
from service.paper.period import written
from service.paper.titles import broken

LetterKind = Literal["discipline", "supervision", "both", "inspection"]
LETTERS: tuple[LetterKind, ...] = ("discipline", "supervision", "both", "inspection")


@dataclass(frozen=True)
class Letter:
    """The parts of a letter; each text may hold several paragraphs, one to a line."""

    kind: LetterKind
    organ: str
    """发文机关; of two that issue together each on its own line."""
    number: str
    """发文字号, as 通纪建〔2026〕3号; empty while it is a draft."""
    title: str
    addressee: str
    """主送机关, without the colon."""
    source: str
    problem: str
    cause: str
    advice: str
    dated: date
    reply_by: date | None = None
    copies: tuple[str, ...] = ()
    red_head: bool = True
    mark: str = ""
    """发文机关标志; empty: the organ."""
    issuer: str = ""
    """印发机关; empty: the (first) organ."""


def letter(one: Letter, folders: Sequence[Path] = ()) -> bytes:
    """The letter as a Word file; `folders`: the office's own, whose form comes before the shipped one. Raises Refusal for a faulty form."""
    with chinese():
        head = Head(
            one.organ, one.dated, one.mark or one.organ, one.number, one.addressee, one.copies, one.red_head, issuer=one.issuer
        )
        values = {
            "title": broken(one.title), "reply_by": written(one.reply_by) if one.reply_by else "",
            **{name: paragraphs(getattr(one, name)) for name in ("source", "problem", "cause", "advice")},
        }  # fmt: skip
        return fill(form_of(one.kind, folders), head, values)


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
