"""The book of rules (规则库): every indicator file of the shipped folder and of an office's own, read and checked as one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from datasets import strict_yaml
from datasets.contract import Contracts
from datasets.law import Laws
from datasets.strict_yaml import Mistake, Mistakes, Places
from rules.basis_check import check_basis, laws_for
from rules.empty_tables import connect
from rules.indicator import Indicator
from rules.indicator_check import IndicatorFile, check_indicator
from rules.order import order_faults
from rules.sound import Sound

SHIPPED = Path(__file__).parent
IN = "book"
"""Where the rules stand in a folder of rules."""


@dataclass(frozen=True)
class Book:
    """The rules by id, and the file each came from."""

    indicators: dict[str, Indicator] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)

    def running(self) -> list[Indicator]:
        """Rules that run on records: live ones and shadows, by id."""
        return [rule for _, rule in sorted(self.indicators.items()) if rule.status in ("live", "shadow")]


def read_book(folders: Sequence[Path], contracts: Contracts, checked_at: Path | None = None) -> Book:
    """Read `<folder>/book/<topic>/<id>.yml` of every folder; a later folder's rule replaces an earlier one of the same id.

    `checked_at` is a file that remembers which rules were found without a mistake, so that the next reading is quick. Raises strict_yaml.Mistakes with every mistake of every file at once, each at file:line.
    """
    mistakes: list[Mistake] = []
    files: dict[str, IndicatorFile] = {}
    paths: dict[str, Path] = {}
    all_ids: set[str] = set()
    laws = laws_for(folders)
    sound = Sound(contracts, laws, checked_at)
    with connect(contracts) as connection:
        for folder in folders:
            here: dict[str, Path] = {}
            for path in _rule_files(folder):
                file, found = _read(path, contracts, laws, connection, sound)
                mistakes += found
                if path.stem in here:
                    mistakes.append(Mistake(str(path), 1, 1, f"rule {path.stem!r} stands in {here[path.stem]} already"))
                here[path.stem] = path
                all_ids.add(path.stem)
                if file is not None:
                    files[file.rule.id], paths[file.rule.id] = file, path
    sound.keep()
    faultless = {name: file.rule for name, file in files.items() if not file.mistakes}
    for name, fault in order_faults(faultless, all_ids):
        files[name].say_in_block("sql", files[name].rule.sql, fault)
    mistakes += [mistake for file in files.values() for mistake in file.mistakes]
    if mistakes:
        raise Mistakes(mistakes)
    return Book({name: file.rule for name, file in sorted(files.items())}, paths)


def _rule_files(folder: Path) -> list[Path]:
    book = folder / IN
    return sorted(
        path for path in book.rglob("*") if path.is_file() and path.suffix in (".yml", ".yaml") and not path.name.startswith(".")
    )


def read_indicator(path: Path, contracts: Contracts, folders: Iterable[Path] = ()) -> Indicator:
    """Read one rule's file by itself; it may cite the laws of its own folder and of `folders`.

    Raises strict_yaml.Mistakes with all its mistakes.
    """
    with connect(contracts) as connection:
        laws = laws_for([*folders, *path.resolve().parents[2:3]])
        file, mistakes = _read(path, contracts, laws, connection, Sound(contracts, laws))
    if mistakes or file is None or file.mistakes:
        raise Mistakes([*mistakes, *(file.mistakes if file else ())])
    return file.rule


def _read(
    path: Path, contracts: Contracts, laws: Laws, connection: duckdb.DuckDBPyConnection, sound: Sound
) -> tuple[IndicatorFile | None, list[Mistake]]:
    """One file with what the contracts say against it, and the mistakes that are not of that kind."""
    name = str(path)
    try:
        rule, places = strict_yaml.read(path, Indicator)
    except Mistakes as error:
        return None, list(error.mistakes)
    text = path.read_text(encoding="utf-8")
    file = IndicatorFile(name, text, places, rule)
    if sound.knows(path, text):
        return file, []
    check_indicator(file, contracts, connection)
    check_basis(file, laws)
    placed = _placed(path, places, rule)
    if not placed and not file.mistakes:
        sound.add(path, text)
    return file, placed


def _placed(path: Path, places: Places, rule: Indicator) -> list[Mistake]:
    """A rule's file is named after its id, and its folder in a book after its topic; a draft kept elsewhere is free of the latter."""
    found = []
    topic = path.resolve().parent.name if path.resolve().parent.parent.name == IN else rule.topic
    for key, said, wanted in (("id", rule.id, path.stem), ("topic", rule.topic, topic)):
        if said != wanted:
            line, column = strict_yaml.place_of(places, (key,))
            what = "file's name" if key == "id" else "folder's name"
            found.append(Mistake(str(path), line, column, f"{key} must be the {what} {wanted!r}, not {said!r}"))
    return found
