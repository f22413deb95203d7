"""A letter of recommendation on paper (建议书): the official names and short forms of the four kinds, and its parts for the Word file."""

from collections.abc import Mapping

from service.paper.letter import LETTERS, Letter
from service.store.rectifying_letters import Recommendation
from service.working_days import day_of

KINDS = LETTERS
TITLES: Mapping[str, str] = {
    "discipline": "纪律检查建议书", "supervision": "监察建议书", "both": "纪检监察建议书", "inspection": "巡察建议书",
}  # fmt: skip
"""Official names: letters are written in Chinese, whatever language the page speaks."""
SHORT: Mapping[str, str] = {"discipline": "纪建", "supervision": "监建", "both": "纪监建", "inspection": "巡建"}


def reference(letter: Recommendation) -> str:
    """纪建〔2026〕3号; empty while it has no number."""
    return "" if letter.number is None else f"{SHORT[letter.kind]}〔{letter.year}〕{letter.number}号"


def on_paper(letter: Recommendation) -> Letter:
    """The letter's parts, as service.paper.letter writes them; dated when it was sent, else approved, else drafted."""
    written = letter.decided_at if letter.number is not None and letter.decided_at is not None else letter.drafted_at
    return Letter(
        kind=letter.kind, organ=letter.issuer, number=reference(letter), title=letter.title, addressee=letter.addressee,  # type: ignore[arg-type]
        source=letter.source, problem=letter.problem, cause=letter.cause, advice=letter.advice,
        dated=letter.sent_on or day_of(written), reply_by=letter.reply_by, copies=tuple(letter.copies),
    )  # fmt: skip
