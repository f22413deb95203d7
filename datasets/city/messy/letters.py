"""What the offices send (来文): the strict model of letters.yml, and the words of words.yml."""

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from datasets import strict_yaml
from datasets.contract import Declared

Dates = Literal["iso", "slash", "dot", "cn", "compact", "native", "serial", "mixed"]
Money = Literal["plain", "commas", "yuan_sign", "wan", "wan_cell"]
Encoding = Literal["utf-8", "utf-8-sig", "gb18030"]


class Odd(Declared):
    """A few cells of a column are written in another manner than the rest."""

    column: str
    way: Literal["wide", "spaced", "units"]


class Page(Declared):
    """One table as one office writes it: the sheet, what stands above and below, and the manner of its cells."""

    table: str
    sheet: str = ""
    title: str = ""
    note: str = ""
    """A line below the header's title or below the rows."""
    dates: Dates = "iso"
    booleans: Literal["chinese", "digits", "letters"] = "chinese"
    money: Money = "plain"
    blank: str = ""
    """What stands in an empty cell."""
    headers: dict[str, str] = {}
    """Column -> this office's header, where it is not the contract's Chinese name."""
    order: tuple[str, ...] = ()
    """Columns that come first; the others follow as the contract has them."""
    moved: bool = False
    """In every file one column stands in another place."""
    names: dict[str, str] = {}
    """Column -> table whose names are written in place of its keys; villages with their town beside them."""
    numbered: bool = False
    """The first column is a running number."""
    twice: str = ""
    """A header that comes a second time, at the end."""
    total: str = ""
    """The column whose sum stands below the rows."""
    odd: tuple[Odd, ...] = ()
    breaks: int = 0
    """The header comes again after so many rows, as on printed pages."""


class Member(Page):
    """One file of an archive."""

    file: str
    encoding: Encoding = "utf-8"


class Share(Declared):
    """Every `of`-th value of the first column of `split`, from `part` on."""

    part: int
    of: int


class Letter(Declared):
    """One file, or one for each value of `split` (`paid_on.year`: of that part of a date)."""

    file: str
    split: tuple[str, ...] = ()
    only: Share | None = None
    encoding: Encoding = "utf-8"
    page: Page | None = None
    sheets: tuple[Page, ...] = ()
    members: tuple[Member, ...] = ()

    @property
    def pages(self) -> tuple[Page, ...]:
        return (self.page,) if self.page else self.sheets or self.members

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(map(bool, (self.page, self.sheets, self.members))) != 1:
            raise ValueError("a letter has one of: page, sheets, members")
        return self


class Letters(Declared):
    """letters.yml."""

    letters: tuple[Letter, ...]


class Dictionary(Declared):
    """words.yml: `table.column` -> value of the contract -> the word offices write for it."""

    words: dict[str, dict[str, str]]


@cache
def read_letters() -> tuple[Letter, ...]:
    """The letters of letters.yml. Raises strict_yaml.Mistakes."""
    return strict_yaml.read(Path(__file__).with_name("letters.yml"), Letters)[0].letters


@cache
def read_words() -> dict[str, dict[str, str]]:
    """The words of words.yml. Raises strict_yaml.Mistakes."""
    return strict_yaml.read(Path(__file__).with_name("words.yml"), Dictionary)[0].words
