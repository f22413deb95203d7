"""Retention (保存期限): how long each table, column and kind of copy is kept, from which day, and why; contracts and retention.yml say it."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from datasets import strict_yaml
from datasets.contract import Contracts, Declared

SHIPPED = Path(__file__).with_name("retention.yml")
FORM = r"^P[1-9]\d{0,3}[YMD]$"
Copy = Literal["rejects", "withdrawn", "jobs", "answers", "attachments", "backups"]


class Source(Declared):
    """Which text asks for it, and how sure we are of its words."""

    law: str
    article: str | None = None
    known: Literal["verified", "secondary", "recalled", "own"]


class Keep(Declared):
    """How long something is kept."""

    keep: str = Field(pattern=FORM)
    why: str
    source: Source

    def until(self, day: date) -> date:
        """What is counted from before this day has gone by `day`."""
        return before(day, self.keep)


class Declaration(Declared):
    """retention.yml."""

    columns: dict[str, Keep] = {}
    copies: dict[Copy, Keep] = {}
    counted_from: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Policy:
    """What holds in one office."""

    contracts: Contracts
    declared: Declaration

    def row(self, table: str) -> str | None:
        """How long rows of a table are kept; None for ever."""
        period = self.contracts[table].retention
        return None if period == "permanent" else period

    def columns(self, table: str) -> dict[str, str]:
        """The columns that go before their row does, each with its period."""
        own = {name: column.retention for name, column in self.contracts[table].columns.items() if column.retention}
        said = {
            name.partition(".")[2]: one.keep for name, one in self.declared.columns.items() if name.partition(".")[0] == table
        }
        return {**own, **said}

    def counted_from(self, table: str) -> tuple[str, ...]:
        """The columns that tell a row's day, the first that is filled; none: the day of its import."""
        return self.declared.counted_from.get(table, ())

    def copy(self, kind: Copy) -> Keep:
        return self.declared.copies[kind]


def read_policy(contracts: Contracts, folders: Sequence[Path] = ()) -> Policy:
    """The shipped periods with those of the office's own folders laid over them.

    Raises strict_yaml.Mistakes for a column that does not exist, must be filled, is part of a key, or is to stay longer than its row.
    """
    merged, mistakes = Declaration(), list[strict_yaml.Mistake]()
    for path in (SHIPPED, *(folder / "retention.yml" for folder in folders)):
        if not path.exists():
            continue
        one, places = strict_yaml.read(path, Declaration)
        mistakes += _wrong(path, one, places, contracts)
        merged = Declaration(
            columns={**merged.columns, **one.columns}, copies={**merged.copies, **one.copies},
            counted_from={**merged.counted_from, **one.counted_from},
        )  # fmt: skip
    if mistakes:
        raise strict_yaml.Mistakes(mistakes)
    return Policy(contracts, merged)


def _wrong(path: Path, one: Declaration, places: strict_yaml.Places, contracts: Contracts) -> list[strict_yaml.Mistake]:
    found = []

    def tell(place: tuple[str, ...], what: str) -> None:
        line, column = strict_yaml.place_of(places, place)
        found.append(strict_yaml.Mistake(str(path), line, column, what))

    known = {f"{table}.{name}" for table, contract in contracts.items() for name in contract.columns}
    for name, keep in one.columns.items():
        table, _, column = name.partition(".")
        if name not in known:
            tell(("columns", name), f"there is no column {name}")
            continue
        contract = contracts[table]
        if contract.columns[column].required or column in contract.key:
            tell(("columns", name), f"{name} must be filled: it goes with its row, and cannot go before")
        day = date(2400, 1, 1)
        if contract.retention != "permanent" and before(day, keep.keep) < before(day, contract.retention):
            tell(("columns", name), f"{name} would be kept longer than its row ({contract.retention})")
    for table, columns in one.counted_from.items():
        for column in columns:
            if f"{table}.{column}" not in known or contracts[table].columns[column].type not in ("date", "timestamp"):
                tell(("counted_from", table), f"{table}.{column} is no column with a day")
    return found


def before(day: date, period: str) -> date:
    """The day so long before (ISO 8601 period of one unit); the last of the month where it has no such day."""
    if re.fullmatch(FORM, period) is None:
        raise ValueError(f"{period} is no period like P2Y, P6M or P90D")
    number, unit = int(period[1:-1]), period[-1]
    if unit == "D":
        return day - timedelta(days=number)
    months = day.year * 12 + day.month - 1 - number * (12 if unit == "Y" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
