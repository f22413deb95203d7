"""Rule ids inside sentences, said as people say them: by the rule's title."""

import re
from collections.abc import Callable

from rules.book import Book
from service.words import either

WORD = re.compile(r"(?<![\w.])[a-z]+(?:_[a-z0-9]+)+(?![\w.])")


class Titles:
    """Replaces ids of rules by their titles; the book is read only when a text holds a word that may be one."""

    def __init__(self, book: Callable[[], Book]) -> None:
        self._book = book

    def into(self, text: str) -> str:
        """The text with every rule's id replaced; other words stay."""
        return WORD.sub(self._title, text)

    def of(self, rule: str) -> str:
        """The title of a rule; its id when the book has it no more."""
        known = self._book().indicators.get(rule)
        return either(known.title) if known else rule

    def _title(self, found: re.Match[str]) -> str:
        return self.of(found.group(0))
