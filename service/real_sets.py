"""The sets of public real records that `guantong real` knows (`datasets/real/sets.yml`)."""

from pathlib import Path

from datasets import strict_yaml
from datasets.contract import Declared, Words

FOLDER = Path(__file__).parents[1] / "datasets" / "real"
"""Laid like an office's own folder (GUANTONG_BOOK): its `sources/` map the files."""


class Figure(Declared):
    """One figure read from the lake after the run: a SELECT with one row, whose columns fill the sentence."""

    says: Words
    sql: str


class RealSet(Declared):
    """One set: its files below the data folder (globs), and its figures by name."""

    title: Words
    files: tuple[str, ...]
    figures: tuple[str, ...]


class RealSets(Declared):
    """All sets, and the figures they may name."""

    sets: dict[str, RealSet]
    figures: dict[str, Figure]

    def paths(self, name: str, data: Path) -> list[Path]:
        """The files of a set that are there, sorted within each pattern."""
        return [path for pattern in self.sets[name].files for path in sorted(data.glob(pattern))]

    def missing(self, name: str, data: Path) -> list[str]:
        """The patterns of a set that match no file."""
        return [pattern for pattern in self.sets[name].files if not any(data.glob(pattern))]


def real_sets() -> RealSets:
    """Read the file. Raises strict_yaml.Mistakes."""
    return strict_yaml.read(FOLDER / "sets.yml", RealSets)[0]
