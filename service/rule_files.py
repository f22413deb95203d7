"""Rule files of all three kinds, from the paths a person names or from the whole book."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from datasets.strict_yaml import Mistake, Mistakes
from rules.book import read_indicator
from rules.chain import Chain
from rules.chain_check import read_chains
from rules.chain_trial import try_chain
from rules.indicator import Indicator
from rules.route import Route
from rules.route_check import read_routes
from rules.route_trial import try_route
from rules.trial import TrialResult, try_rule
from service.desk import Desk

RuleFile = Indicator | Chain | Route


@dataclass(frozen=True)
class RuleFiles:
    """The rules read from some files, or all of the book."""

    desk: Desk

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

    def _read(self, path: Path) -> RuleFile:
        folder = path.resolve().parent
        # chains and routes are read with their neighbours, whom they outrank or yield to
        if folder.name == "chains":
            return read_chains((folder.parent,))[path.stem]
        if folder.name == "routes":
            return read_routes((folder.parent,))[path.stem]
        return read_indicator(path, self.desk.contracts)

    def try_one(self, rule: RuleFile) -> list[TrialResult]:
        """Run the tests inside one file."""
        if isinstance(rule, Chain):
            return try_chain(rule)
        return try_route(rule) if isinstance(rule, Route) else try_rule(rule, self.desk.contracts)


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and those below the folders named."""
    for path in paths:
        yield from sorted(path.rglob("*.yml")) if path.is_dir() else [path]
