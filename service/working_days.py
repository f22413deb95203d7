"""Working days (工作日): counted by the table of official holidays, and where a year has none, by weekends alone, which is said."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import field_validator

from datasets import strict_yaml
from datasets.contract import Declared

LOCAL = ZoneInfo("Asia/Shanghai")
"""Where the offices are: days begin and end there."""
FILE = "holidays.yml"
SHIPPED = Path(__file__).parent
SATURDAY = 5


class Day(NamedTuple):
    """A day reckoned in working days; `provisional`: a year on the way is not in the table yet."""

    on: date
    provisional: bool


class Year(Declared):
    """Weekdays off and weekend days worked, as MM-DD or MM-DD..MM-DD."""

    off: tuple[str, ...]
    worked: tuple[str, ...]

    @field_validator("off", "worked")
    @classmethod
    def _days(cls, written: tuple[str, ...]) -> tuple[str, ...]:
        for span in written:
            for part in span.split(".."):
                date.fromisoformat(f"2000-{part}")  # a leap year, so that 29 February may stand in the table
        return written


class WorkingDays(Declared):
    """holidays.yml."""

    years: dict[str, Year]

    @cached_property
    def _off(self) -> frozenset[date]:
        return frozenset(day for year, said in self.years.items() for span in said.off for day in _spread(year, span))

    @cached_property
    def _worked(self) -> frozenset[date]:
        return frozenset(day for year, said in self.years.items() for span in said.worked for day in _spread(year, span))

    def working(self, day: date) -> bool:
        """Whether offices work on a day."""
        return day in self._worked or (day.weekday() < SATURDAY and day not in self._off)

    def next_working(self, day: date) -> Day:
        """The day itself, or the next one on which offices work."""
        return self.after(day - timedelta(days=1), 1)

    def after(self, day: date, count: int) -> Day:
        """The `count`th working day after a day, which itself does not count."""
        provisional = False
        while count > 0:
            day += timedelta(days=1)
            provisional |= str(day.year) not in self.years
            count -= self.working(day)
        return Day(day, provisional)


def _spread(year: str, span: str) -> list[date]:
    """Every day of MM-DD or MM-DD..MM-DD in a year."""
    first, _, last = span.partition("..")
    begin, end = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last or first}")
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def read_working_days(folders: Sequence[Path]) -> WorkingDays:
    """The table of the last folder that holds a holidays.yml, else the shipped one. Raises strict_yaml.Mistakes."""
    files = [path for folder in (SHIPPED, *folders) if (path := folder / FILE).is_file()]
    table, _ = strict_yaml.read(files[-1], WorkingDays)
    return table
