"""What was checked and found without a mistake is not checked again: most of the time of reading a book goes into checks.

A file is known by its text together with all that its check depends on: contracts, laws, the checking program and its libraries.
"""

import hashlib
import os
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from datasets.contract import Contracts
from datasets.law import Laws

ROOMS = (Path(__file__).parent, Path(__file__).parent.parent / "datasets")
LIBRARIES = ("duckdb", "sqlglot", "pydantic")
_here: set[str] = set()
"""Found sound in this process."""


class Sound:
    """Files found sound, in this process and, with a file to keep them in, in earlier ones."""

    def __init__(self, contracts: Contracts, laws: Laws, kept_at: Path | None = None) -> None:
        self.kept_at = kept_at
        self._around = _fingerprint(contracts, laws)
        self._kept = set(_lines(kept_at))
        self._new: list[str] = []

    def knows(self, path: Path, text: str) -> bool:
        """Whether a file of this name and folder with this text was found sound."""
        key = self._key(path, text)
        if key in _here and key not in self._kept:
            self._new.append(key)  # found by an earlier reading in this process, which kept it elsewhere or nowhere
        return key in _here or key in self._kept

    def add(self, path: Path, text: str) -> None:
        """Remember a file that has no mistake."""
        key = self._key(path, text)
        self._new.append(key)
        _here.add(key)

    def keep(self) -> None:
        """Write what is new to the file, where there is one; a file that cannot be written is no harm."""
        if self.kept_at is None or not self._new or not self.kept_at.parent.is_dir():
            return
        aside = self.kept_at.with_name(f"{self.kept_at.name}.{os.getpid()}")
        try:
            aside.write_text("".join(f"{key}\n" for key in sorted(set(_lines(self.kept_at)) | set(self._new))), encoding="ascii")
            aside.replace(self.kept_at)
        except OSError:
            return

    def _key(self, path: Path, text: str) -> str:
        return hashlib.sha256(f"{self._around}\0{path.parent.name}/{path.name}\0{text}".encode()).hexdigest()


def _lines(path: Path | None) -> Iterable[str]:
    try:
        return path.read_text(encoding="ascii").split() if path is not None else ()
    except OSError:
        return ()


def _fingerprint(contracts: Contracts, laws: Laws) -> str:
    program = [
        f"{path.name} {path.stat().st_mtime_ns} {path.stat().st_size}" for room in ROOMS for path in sorted(room.glob("*.*"))
    ]
    libraries = [f"{name} {version(name)}" for name in LIBRARIES]
    declared = [repr(sorted(contracts.items())), repr(laws)]
    return hashlib.sha256("\n".join([*program, *libraries, *declared]).encode()).hexdigest()
