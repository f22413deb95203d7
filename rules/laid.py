"""Declared files of one kind in several folders, a later folder's file laid over an earlier one of the same id."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from datasets import strict_yaml
from datasets.contract import Declared
from datasets.strict_yaml import Mistake, Mistakes, Places, did_you_mean


class Ranked(Protocol):
    """What a chain and a route have in common."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def outranks(self) -> tuple[str, ...]: ...
    @property
    def yields_to(self) -> tuple[str, ...]: ...


M = TypeVar("M", bound=Declared)


@dataclass(frozen=True)
class Read(Generic[M]):
    """One file as it was read, and how to point into it."""

    said: M
    name: str
    places: Places

    def mistake(self, at: tuple[str | int, ...], message: str, hint: str = "") -> Mistake:
        """A mistake at the line of a key path."""
        line, column = strict_yaml.place_of(self.places, at)
        return Mistake(self.name, line, column, message, hint)


def read_laid(
    folders: Sequence[Path], below: str, model: type[M], check: Callable[[Read[M]], Iterable[Mistake]]
) -> tuple[dict[str, Read[M]], list[Mistake]]:
    """Read `<folder>/<below>/*.yml` of every folder; returns the files by id and every mistake found so far."""
    found: dict[str, Read[M]] = {}
    mistakes: list[Mistake] = []
    for folder in folders:
        for path in sorted((folder / below).glob("*.y*ml")):
            try:
                said, places = strict_yaml.read(path, model)
            except Mistakes as error:
                mistakes += error.mistakes
                continue
            file = Read(said, str(path), places)
            said_id = getattr(said, "id", "")
            if said_id != path.stem:
                mistakes.append(file.mistake(("id",), f"id must be the file's name {path.stem!r}, not {said_id!r}"))
            else:
                found[path.stem] = file
            mistakes += check(file)
    return dict(sorted(found.items())), mistakes


def rank_mistakes(files: Mapping[str, Read[M]]) -> list[Mistake]:
    """`outranks` and `yields_to` that name nothing known, and files that outrank themselves in a circle."""
    mistakes = []
    for file in files.values():
        for key in ("outranks", "yields_to"):
            for index, other in enumerate(getattr(file.said, key)):
                if other not in files:
                    mistakes.append(
                        file.mistake((key, index), f"{key} names {other!r}, which is not there", did_you_mean(other, files))
                    )
    beaten = outranked([file.said for file in files.values()])  # type: ignore[misc]
    mistakes += [
        files[name].mistake(("outranks",), f"{name!r} outranks itself in a circle") for name in files if name in beaten[name]
    ]
    return mistakes


def outranked(files: Iterable[Ranked]) -> dict[str, frozenset[str]]:
    """For each id the ids it outranks, those that these outrank among them."""
    known = {file.id: file for file in files}
    direct: dict[str, set[str]] = {name: {other for other in file.outranks if other in known} for name, file in known.items()}
    for name, file in known.items():
        for other in file.yields_to:
            if other in known:
                direct[other].add(name)
    return {name: frozenset(_below(name, direct)) for name in known}


def _below(name: str, direct: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = list(direct[name])
    while ahead:
        other = ahead.pop()
        if other not in reached:
            reached.add(other)
            ahead += direct[other]
    return reached
