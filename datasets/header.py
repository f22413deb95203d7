"""Finding the header (表头) in a messy sheet, and which of its columns each column of the table comes from."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from datasets.cells import Row, Sheet
from datasets.source import UNITS, Rule, Source

SEARCHED = 30
"""How many rows from the top may come before the header."""

_BRACKETS = re.compile(r"\((.*?)\)|\[(.*?)\]")


def clean(header: str) -> str:
    """A header as it is compared: half-width, no white space, no marks of required fields, small letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", header)).strip("*:").lower()


@dataclass(frozen=True)
class Header:
    """Where the header is and what it says; `index` answers for any spelling."""

    row_no: int
    names: tuple[str, ...]

    @cached_property
    def _exact(self) -> dict[str, int]:
        found: dict[str, int] = {}
        times: dict[str, int] = {}
        for index, name in enumerate(map(clean, self.names)):
            if name:
                times[name] = times.get(name, 0) + 1
                # a header that comes twice: the first has the name, the others are name#2, name#3
                found.setdefault(name if times[name] == 1 else f"{name}#{times[name]}", index)
        return found

    @cached_property
    def _loose(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for index, name in enumerate(map(clean, self.names)):
            found.setdefault(_BRACKETS.sub("", name), index)
        return found

    def index(self, spellings: Sequence[str]) -> int | None:
        """The column under the first of these spellings that the header has: as written, then without what stands in brackets."""
        wanted = [clean(spelling) for spelling in spellings]
        for known in (self._exact, self._loose):
            for name in wanted:
                if name and name in known:
                    return known[name]
        return None

    def times(self, index: int, rule: Rule) -> int:
        """What a bare number in this column is multiplied by: the header's own unit `金额(万元)`, else the rule's."""
        for found in _BRACKETS.findall(clean(self.names[index])):
            unit = (found[0] or found[1]).removeprefix("单位").lstrip(":")
            if unit in UNITS:
                return UNITS[unit]
        return UNITS[rule.unit] if rule.unit else 1


def find_header(source: Source, sheet: Sheet) -> Header | None:
    """The header of this sheet as this source knows it, or None when the source does not take the sheet."""
    head = list(islice(sheet.rows(), SEARCHED if source.header == "auto" else source.header))
    if sheet.header_known or source.header != "auto":
        head = head[:1] if sheet.header_known else head[-1:]
    wanted = [_spellings(source, header) for header in source.match.headers] or [list(rule.headers) for rule in needed(source)]
    for row_no, cells in head:
        header = Header(row_no, tuple(cells))
        if all(header.index(spellings) is not None for spellings in wanted):
            return header
    return None


def needed(source: Source) -> list[Rule]:
    """The rules that read a cell: with no `match.headers` the header must have them all."""
    return [rule for rule in source.columns.values() if rule.headers]


def _spellings(source: Source, header: str) -> list[str]:
    """A header and every other spelling of it that a column lists."""
    found = [header]
    for rule in source.columns.values():
        if clean(header) in map(clean, rule.headers):
            found += rule.headers
    return found


def score(source: Source, header: Header) -> int:
    """How many of the source's columns this header has: of two sources for one table the better fit takes the sheet."""
    return sum(header.index(rule.headers) is not None for rule in needed(source))


def is_row(source: Source, header: Header, row: Row) -> bool:
    """Whether this line is a row: not blank, no total, no note, not the header once more."""
    filled = [cell.strip() for cell in row[1] if cell and not cell.isspace()]
    if not filled:
        return False
    first = re.sub(r"\s+", "", filled[0])
    if first.startswith(source.skip.totals):
        return False
    if len(set(filled)) <= 3 and first.startswith(source.skip.notes):
        return False
    return tuple(row[1]) != header.names
