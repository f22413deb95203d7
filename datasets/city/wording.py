"""What people complain of and what they are answered, read from wording.yml."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from datasets import strict_yaml
from datasets.contract import Declared


class Issue(Declared):
    """One kind of trouble: who handles it, what place it is tied to, how people put it."""

    category: str
    unit: str
    place: str
    kind: str = "complaint"
    money: bool = False
    """Whether it speaks of subsidies."""
    titles: tuple[str, ...]
    bodies: tuple[str, ...]
    done: str


class Wording(Declared):
    greetings: tuple[str, ...]
    board_greetings: tuple[str, ...]
    times: tuple[str, ...]
    closings: tuple[str, ...]
    contacts: tuple[str, ...]
    issues: tuple[Issue, ...]
    vague: tuple[str, ...]
    reply_openings: tuple[str, ...]
    reply_checks: tuple[str, ...]
    reply_causes: tuple[str, ...]
    reply_next: tuple[str, ...]
    policy_replies: tuple[str, ...]
    reply_tails: tuple[str, ...]
    short_replies: tuple[str, ...]
    empty_replies: tuple[str, ...]
    stock_replies: tuple[str, ...]
    return_reasons: tuple[str, ...]


@dataclass(frozen=True)
class Special:
    """A text of its own for a ticket: {p} in the body stands for the place."""

    title: str
    body: str
    category: str = ""


class Specials(list[Special]):
    """Texts of their own, each found by its place in the list."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[Special, int] = {}
        self._read = 0

    def number(self, one: Special) -> int:
        """Place of a text, which is put at the end if it is new."""
        for at in range(self._read, len(self)):
            self._known.setdefault(self[at], at)
        if one not in self._known:
            self._known[one] = len(self)
            self.append(one)
        self._read = len(self)
        return self._known[one]


@cache
def wording() -> Wording:
    """The wording, read once."""
    return strict_yaml.read(Path(__file__).with_suffix(".yml"), Wording)[0]
