"""Mistakes of declared files as a good compiler tells them: file and line, what is wrong and what would be right, the line, a caret."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.cells import cell_len

from datasets.strict_yaml import Mistake
from service.mistakes_in_chinese import told_in_words
from service.words import say

WIDEST = 200
"""Characters of a line that are shown around the caret at most."""


def told(mistakes: Iterable[Mistake]) -> str:
    """All mistakes with their lines, and how many they are."""
    found = list(mistakes)
    lines = [line for mistake in found for line in _one(mistake)]
    return "\n".join([*lines, say("command.mistakes", count=len(found))])


def document(mistakes: Iterable[Mistake]) -> list[dict[str, Any]]:
    """The same for other programs."""
    return [
        {"path": one.path, "line": one.line, "column": one.column, "message": one.message, "hint": one.hint} for one in mistakes
    ]


def _one(mistake: Mistake) -> Iterator[str]:
    tail = f"{say('mark.between')}{told_in_words(mistake.hint, 'hint')}" if mistake.hint else ""
    yield f"{mistake.path}:{mistake.line}: {told_in_words(mistake.message)}{tail}"
    line = _line(mistake)
    if line is None or not line.strip():
        return
    start = max(0, mistake.column - 1 - WIDEST // 2)
    shown, before = line[start : start + WIDEST], line[start : mistake.column - 1]
    number = str(mistake.line)
    yield f"  {number} | {shown.rstrip()}"
    yield f"  {' ' * len(number)} | {' ' * cell_len(before)}^"


def _line(mistake: Mistake) -> str | None:
    """The line as it stands in the file, tabs as one blank; None when there is none."""
    try:
        lines = Path(mistake.path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return lines[mistake.line - 1].replace("\t", " ") if 0 < mistake.line <= len(lines) else None
