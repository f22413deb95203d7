"""The calendar of working days (工作日历): made from an office's own holiday table, because legal periods count working days.

`holidays.yml` holds the official days off and the weekend days worked for them; a year it does not hold counts weekends only
and is provisional, as is one that is entered ahead of the official notice. The table `workday` carries a running number, so that a SELECT counts working days by subtracting two.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pydantic import Field

from datasets import strict_yaml
from datasets.contract import Declared, Words
from datasets.strict_yaml import Mistake, Mistakes, Places, place_of

SHIPPED = Path(__file__).parent / "holidays.yml"
FIRST, LAST = date(2010, 1, 1), date(2035, 12, 31)
"""The calendar's days: from before the first records to beyond the last due date."""
SATURDAY = 5


class Off(Words):
    """A run of days off, both ends included (放假)."""

    first: date
    last: date


class Year(Declared):
    """One official year: days off, and Saturdays and Sundays worked instead (调休)."""

    year: int = Field(ge=FIRST.year, le=LAST.year)
    off: tuple[Off, ...]
    worked: tuple[date, ...] = ()
    provisional: bool = False
    """Entered before the official notice: counted so, and reckoned again later."""


class Holidays(Declared):
    """The holiday table as its file says it."""

    years: tuple[Year, ...]


class BeyondCalendar(LookupError):
    """A day that the calendar does not hold."""


@dataclass(frozen=True)
class Calendar:
    """Every day from FIRST to LAST: whether it is worked, how many were worked up to it, whether that is provisional."""

    working: "np.ndarray[Any, np.dtype[np.bool_]]"
    number: "np.ndarray[Any, np.dtype[np.int64]]"
    provisional: "np.ndarray[Any, np.dtype[np.bool_]]"

    def is_working(self, day: date) -> bool:
        """Whether a day is worked. Raises BeyondCalendar."""
        return bool(self.working[_index(day)])

    def after(self, day: date, days: int) -> date:
        """The day by which `days` working days have passed, the first counted being the one after `day`; 0 is `day` itself.

        Raises BeyondCalendar, and ValueError for less than 0.
        """
        if days < 0:
            raise ValueError(f"{days} working days: a period runs forward")
        if days == 0:
            return day
        found = int(np.searchsorted(self.number, self.number[_index(day)] + days))
        return FIRST + timedelta(days=found) if found < len(self.number) else _beyond(f"{days} working days after {day}")

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; below 0 when `last` is earlier. Raises BeyondCalendar."""
        return int(self.number[_index(last)] - self.number[_index(first)])

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a day from `first` to `last` lies in a year whose official holidays are not known. Raises BeyondCalendar."""
        return bool(self.provisional[_index(first) : _index(last) + 1].any())

    def table(self) -> pa.Table:
        """The table `workday`."""
        days = np.datetime64(FIRST) + np.arange(len(self.working))
        return pa.table({"day_on": days, "working": self.working, "number": self.number, "provisional": self.provisional})


def read_calendar(*paths: Path) -> Calendar:
    """The calendar of the given holiday tables (default: the shipped one), a later table's year replacing an earlier one's.

    Raises strict_yaml.Mistakes with every fault of every file at once.
    """
    years: dict[int, Year] = {}
    mistakes: list[Mistake] = []
    for path in paths or (SHIPPED,):
        try:
            holidays, places = strict_yaml.read(path, Holidays)
        except Mistakes as error:
            mistakes += error.mistakes
            continue
        mistakes += _faults(holidays, places, str(path))
        years |= {year.year: year for year in holidays.years}
    if mistakes:
        raise Mistakes(mistakes)
    return _calendar(years)


@cache
def shipped_calendar() -> Calendar:
    """The calendar that comes with the program, read once."""
    return read_calendar()


def _faults(holidays: Holidays, places: Places, path: str) -> list[Mistake]:
    found: list[Mistake] = []

    def mistake(message: str, *at: str | int) -> None:
        found.append(Mistake(path, *place_of(places, ("years", *at)), message))

    known: set[int] = set()
    for index, year in enumerate(holidays.years):
        if year.year in known:
            mistake(f"the year {year.year} stands here twice", index, "year")
        known.add(year.year)
        off: set[date] = set()
        for number, run in enumerate(year.off):
            if run.last < run.first or {run.first.year, run.last.year} != {year.year}:
                mistake(f"{run.zh}: {run.first} to {run.last} is no run of days of {year.year}", index, "off", number)
            else:
                off |= {run.first + timedelta(days=day) for day in range((run.last - run.first).days + 1)}
        for number, day in enumerate(year.worked):
            if day.year != year.year or day.weekday() < SATURDAY:
                mistake(f"{day} is no Saturday or Sunday of {year.year}: only those are worked instead", index, "worked", number)
            elif day in off:
                mistake(f"{day} is a day off in the same table", index, "worked", number)
    return found


def _calendar(years: dict[int, Year]) -> Calendar:
    days = np.datetime64(FIRST) + np.arange((LAST - FIRST).days + 1)
    working = np.is_busday(days)
    for year in years.values():
        for run in year.off:
            working[_index(run.first) : _index(run.last) + 1] = False
        working[[_index(day) for day in year.worked]] = True
    official = np.array([year for year, said in sorted(years.items()) if not said.provisional], dtype=np.int64)
    provisional = ~np.isin(days.astype("datetime64[Y]").astype(np.int64) + 1970, official)
    return Calendar(working, np.cumsum(working), provisional)


def _index(day: date) -> int:
    if not FIRST <= day <= LAST:
        _beyond(str(day))
    return (day - FIRST).days


def _beyond(what: str) -> date:
    raise BeyondCalendar(f"{what} lies outside the calendar, which runs from {FIRST} to {LAST}")
