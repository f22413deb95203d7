"""Texts taken apart for the index: Chinese into pairs of neighbouring characters (二元), everything else into whole words."""

import re
import unicodedata

HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[._-][^\W_{HAN}]+)*")
"""A run of Chinese, or a word or number in other letters."""
LONGEST = 40
"""Characters of a word that are kept: longer ones are ids, and found by their beginning."""
IS_HAN = re.compile(f"[{HAN}]")


def plain(text: str) -> str:
    """As it is compared: full-width letters made narrow, capitals small."""
    return unicodedata.normalize("NFKC", text).casefold()


def runs(text: str) -> list[str]:
    """The runs of a plain text, in order."""
    return [run[:LONGEST] if not IS_HAN.match(run) else run for run in RUN.findall(text)]


def grams(text: str) -> set[str]:
    """Everything under which a plain text is indexed."""
    found: set[str] = set()
    for run in runs(text):
        found |= set(pairs(run)) if IS_HAN.match(run) else {run}
    return found


def pairs(run: str) -> list[str]:
    """低保户 -> 低保, 保户; a character that stands alone is itself."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]
