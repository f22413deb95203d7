"""Which indicators a command is about: ids of the book, files or folders; without any, all that run on records."""

from collections.abc import Iterable
from pathlib import Path

from rules.indicator import Indicator
from service.desk import Desk
from service.errors import Refusal
from service.nearest import nearest
from service.rule_files import RuleFiles, files_of


def rules_asked(desk: Desk, words: Iterable[str]) -> list[Indicator]:
    """The rules meant by some words, each once. Raises Mistakes, and Refusal for a word that is neither a rule nor a path."""
    named = list(words)
    found = (
        {rule.id: rule for word in named for rule in _meant(desk, word)}
        if named
        else {one.id: one for one in desk.book.running()}
    )
    return list(found.values())


def _meant(desk: Desk, word: str) -> list[Indicator]:
    path = Path(word)
    if path.exists():
        files = [one for one in files_of([path]) if one.resolve().parent.parent.name == "book"]
        return [rule for rule in RuleFiles(desk).named(files or [path]) if isinstance(rule, Indicator)]
    if word not in desk.book.indicators:
        raise Refusal("rules.unknown", rule=word, hint=nearest(word, desk.book.indicators, "guantong rules list"))
    return [desk.book.indicators[word]]
