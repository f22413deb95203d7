"""Rule files of all three kinds, from the paths a person names or from the whole book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from datasets.strict_yaml import Mistake, Mistakes
from rules.book import Book, read_indicator
from rules.life_cycle import lock_path, unsaid, waiting
from service.later import later

if TYPE_CHECKING:
    from rules.chain import Chain
    from rules.indicator import Indicator
    from rules.route import Route
    from service.desk import Desk

    RuleFile = Indicator | Chain | Route

_chain_check, _route_check = later("rules.chain_check"), later("rules.route_check")


@dataclass(frozen=True)
class RuleFiles:
    """The rules read from some files, or all of the book."""

    desk: Desk

    def asked(self, paths: Iterable[Path]) -> list[RuleFile]:
        """The rules of some files and folders, or of the whole book when none are named. Raises Mistakes."""
        named = list(paths)
        return self.named(named) if named else self.whole_book()

    def whole_book(self) -> list[RuleFile]:
        """Every rule, chain and route, the office's own laid over the shipped ones. Raises Mistakes."""
        return [*self.desk.book.indicators.values(), *self.desk.chains.values(), *self.desk.routes.values()]

    def named(self, paths: Iterable[Path]) -> list[RuleFile]:
        """The rules of files and folders. Raises Mistakes with those of all of them."""
        rules: list[RuleFile] = []
        mistakes: list[Mistake] = []
        for path in files_of(paths):
            try:
                rules.append(self._read(path))
            except Mistakes as found:
                mistakes += found.mistakes
        if mistakes:
            raise Mistakes(mistakes)
        return rules

    def unlocked(self, paths: Iterable[Path]) -> list[Mistake]:
        """What the locks of the rule folders have against what was asked (rules.life_cycle)."""
        files = [path.resolve() for path in files_of(paths)]
        if not files:
            return [mistake for folder in self.desk.settings.rule_folders for mistake in unsaid(self.desk.book, folder)]
        found: list[Mistake] = []
        for path in files:
            if path.parent.parent.name == "book":
                rule = read_indicator(path, self.desk.contracts, self.desk.settings.book)
                found += unsaid(Book({rule.id: rule}, {rule.id: path}), path.parents[2], only=[rule.id])
        return found

    def not_yet_locked(self) -> list[str]:
        """Live rules of the office in folders that have not begun to lock: no mistake, but their logic may change unsaid."""
        folders = [folder for folder in self.desk.settings.book if not lock_path(folder).is_file()]
        return [rule.id for folder in folders for rule in waiting(self.desk.book, folder)]

    def _read(self, path: Path) -> RuleFile:
        folder = path.resolve().parent
        # chains and routes are read with their neighbours, whom they outrank or yield to
        if folder.name == "chains":
            chains: dict[str, Chain] = _chain_check.read_chains((folder.parent,))
            return chains[path.stem]
        if folder.name == "routes":
            routes: dict[str, Route] = _route_check.read_routes((folder.parent,))
            return routes[path.stem]
        return read_indicator(path, self.desk.contracts, self.desk.settings.book)


PARTS = ("book", "chains", "routes")
"""What a folder of rules holds besides laws, sources and the lock."""


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those below the folders named; of a whole folder of rules, those of its rules, chains and routes."""
    for path in paths:
        parts = [path / part for part in PARTS if (path / part).is_dir()] or [path]
        yield from sorted(one for part in parts for one in part.rglob("*.yml")) if path.is_dir() else [path]
