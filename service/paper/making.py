"""Making a paper, by whoever asks for it: its values, its form, Word or PDF, and an entry in the audit log."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal

from service.access.caller import Caller
from service.desk import Desk
from service.errors import Refusal
from service.paper.chinese import chinese
from service.paper.filling import fill, form_of
from service.paper.head import head, read_custom
from service.paper.letter import LETTERS, Letter, letter
from service.paper.pdf import pdf
from service.paper.period import Length, Period
from service.paper.report import REPORTS, report
from service.paper.scope import Scope
from service.paper.transfer import lead_transfer, transfer_of
from service.reading import Reading
from service.store.event import Happening, append
from service.words import say

Shape = Literal["docx", "pdf"]
SHAPES: tuple[Shape, ...] = ("docx", "pdf")
KINDS = (*REPORTS, "transfer", *LETTERS)
LENGTHS: dict[str, Length] = {"weekly": "week", "monthly": "month", "special": "month", "situation": "month", "briefing": "years"}
ANSWER = timedelta(days=30)
"""Until when the other office is asked to answer, unless somebody says otherwise."""
TYPES: dict[Shape, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class Asked:
    """A paper that somebody asks for. `written`: what they wrote into its head (organ, mark, number, to, copies …)."""

    kind: str
    shape: Shape = "docx"
    period: Period | None = None
    scope: Scope = Scope()
    case: int | None = None
    letter: Letter | None = None
    written: Mapping[str, Any] = field(default_factory=dict)
    answer_by: date | None = None


@dataclass(frozen=True)
class Paper:
    """A paper made: a name for its file, and what is in it."""

    name: str
    content: bytes
    shape: Shape


def make(desk: Desk, seen: Reading, caller: Caller, asked: Asked) -> Paper:
    """Make it, and put on record who made which paper over what (never what it says).

    Raises Refusal for a paper that lacks what it is about, a faulty form, or PDF without LibreOffice; NothingFound for a unit or a case
    file that is not the caller's to see.
    """
    with chinese():
        word = _word(desk, seen, caller, asked)
        name = f"{say(f'paper.kind.{asked.kind}')}-{desk.today:%Y%m%d}.{asked.shape}"
    content = word if asked.shape == "docx" else pdf(word, desk.settings.fonts)
    with desk.store.change() as session:
        append(session, [Happening("paper.made", f"PAPER:{asked.kind}", _record(asked, content))], caller.name, desk.clock())
    return Paper(name, content, asked.shape)


def _word(desk: Desk, seen: Reading, caller: Caller, asked: Asked) -> bytes:
    folders = desk.settings.book
    if asked.kind in LETTERS:
        if asked.letter is None:
            raise Refusal("paper.wrong.no_letter")
        return letter(asked.letter, folders)
    top = head(read_custom(folders), organ_of(seen), desk.today).with_(**asked.written)
    if asked.kind == "transfer":
        if asked.case is None:
            raise Refusal("paper.wrong.no_case")
        until = asked.answer_by or desk.today + ANSWER
        return lead_transfer(transfer_of(seen, caller, asked.case, until), top, folders)
    if asked.kind == "briefing" and asked.scope.unit is None:
        raise Refusal("paper.wrong.which_unit")
    period = asked.period or Period.ending(LENGTHS[asked.kind], desk.today)
    return fill(form_of(asked.kind, folders), top, report(seen, caller, asked.kind, period, asked.scope, desk.today))


def organ_of(seen: Reading) -> str:
    """The organ that most supervision offices belong to: who issues papers unless the office says otherwise."""
    row = seen.tables.con.execute("SELECT unit_id FROM office GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1").fetchone()
    return seen.names.short("unit", row[0]) if row and row[0] else say("paper.organ")


def _record(asked: Asked, content: bytes) -> dict[str, Any]:
    """Which paper, over what, and the hash by which a copy is known again."""
    about = {name: value for name, value in vars(asked.scope).items() if value is not None}
    days = {"first": str(asked.period.first), "last": str(asked.period.last)} if asked.period else {}
    case = {"case": asked.case} if asked.case is not None else {}
    return {"shape": asked.shape, "sha256": hashlib.sha256(content).hexdigest(), **about, **days, **case}
