"""What an import did: for every file its parts with their counts, and what was refused or not recognised."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Status = Literal["imported", "replaced", "already_here", "stopped"]


@dataclass(frozen=True)
class Message:
    """Something the person who imports should read; never holds a value of a row."""

    code: Literal["no_source", "refused", "stopped", "other_source", "empty", "unknown_columns"]
    zh: str
    en: str


@dataclass(frozen=True)
class PartReport:
    """One part of a file taken by one source. rows = accepted + rejected; rejected counts the diverted."""

    file: str
    sheet: str
    table: str
    source: str
    batch_id: str
    status: Status
    lines: int = 0
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    diverted: int = 0
    skipped: int = 0
    codes: dict[str, int] = field(default_factory=dict)


@dataclass
class FileReport:
    """One file (or member of an archive): its parts, and what there is to say about it."""

    file: str
    parts: list[PartReport] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    @property
    def matched(self) -> bool:
        return bool(self.parts)


@dataclass
class ImportReport:
    """The whole import. Sums count every part, those that were here already with the counts of their batch."""

    files: list[FileReport] = field(default_factory=list)
    expunged: int = 0
    """Rows of earlier batches that turned out to be such as may not be entered, and were taken out."""

    @property
    def parts(self) -> list[PartReport]:
        return [part for file in self.files for part in file.parts]

    @property
    def unmatched(self) -> list[str]:
        return [file.file for file in self.files if not file.matched]

    @property
    def changed(self) -> bool:
        return any(part.status in ("imported", "replaced") for part in self.parts)

    def total(self, name: Literal["lines", "rows", "accepted", "rejected", "diverted", "skipped"]) -> int:
        return sum(int(getattr(part, name)) for part in self.parts)

    def codes(self) -> dict[str, int]:
        """Code of rejection -> rows (a row with two faults counts under both)."""
        found: Counter[str] = Counter()
        for part in self.parts:
            found.update(part.codes)
        return dict(sorted(found.items()))

    def as_json(self) -> dict[str, Any]:
        """Plain data for `--json`: totals, codes, unmatched files, and every file with its parts and messages."""
        names: tuple[Literal["lines", "rows", "accepted", "rejected", "diverted", "skipped"], ...]
        names = ("lines", "rows", "accepted", "rejected", "diverted", "skipped")
        sums: dict[str, Any] = {name: self.total(name) for name in names}
        return {
            **sums,
            "expunged": self.expunged,
            "codes": self.codes(),
            "unmatched": self.unmatched,
            "files": [asdict(file) for file in self.files],
        }
