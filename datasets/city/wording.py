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


@cache
def wording() -> Wording:
    """The wording, read once."""
    return strict_yaml.read(Path(__file__).with_suffix(".yml"), Wording)[0]
