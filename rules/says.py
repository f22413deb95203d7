"""The little language of `says`: the values of a finding put into a sentence that reads as a sentence, not as a table.

`{share}` is the value, `{share:%}` a share as a percentage. A part in square brackets falls away when a value in it is empty;
one that begins with a name and a question mark stands only if that value is true (or a number other than 0, or a list with
something in it), with `!` before the name only if it is not: `[still_open?，至今没有办结]`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

PERCENT = "%"
BRACKETS = re.compile(r"\[([^\[\]]*)\]")
CONDITION = re.compile(r"(!?)([a-z][a-z0-9_]*)\?")


@dataclass(frozen=True)
class Part:
    """A piece of the sentence: literal text and (name, whether as a percentage) in turn."""

    pieces: tuple[tuple[str, str | None, bool], ...]
    optional: bool
    flag: str = ""
    negated: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for _, name, _ in self.pieces if name is not None))


@lru_cache(maxsize=4096)
def parts(sentence: str) -> tuple[Part, ...]:
    """The parts of a sentence. Raises ValueError when a brace is not closed or holds more than a name and `:%`."""
    return tuple(_part(text, at % 2 == 1) for at, text in enumerate(BRACKETS.split(sentence)))


def placeholders(sentence: str) -> list[str]:
    """Every name that a sentence uses, conditions too. Raises ValueError as `parts` does."""
    return [name for part in parts(sentence) for name in ((part.flag,) if part.flag else ()) + part.names]


def unpaired(sentence: str) -> bool:
    """Whether square brackets of a sentence are left open, or stand in one another."""
    return re.search(r"[\[\]]", BRACKETS.sub("", sentence)) is not None


def _part(text: str, optional: bool) -> Part:
    condition = CONDITION.match(text) if optional else None
    if condition is None:
        return Part(_pieces(text), optional)
    return Part(_pieces(text[condition.end() :]), True, condition[2], bool(condition[1]))


def _pieces(text: str) -> tuple[tuple[str, str | None, bool], ...]:
    found = []
    for literal, name, form, conversion in Formatter().parse(text):
        if name is not None and (form not in ("", PERCENT) or conversion or not re.fullmatch(r"[a-z][a-z0-9_]*", name)):
            raise ValueError(f"{{{name}}} must hold one name, with :% for a percentage, and nothing else")
        found.append((literal, name, form == PERCENT))
    return tuple(found)
