"""The days a paper is about (本期), and the same length of time before them (上期)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Self

from service.errors import Refusal
from service.words import say
from service.working_days import LOCAL

Length = Literal["week", "month", "years"]
YEARS = 3
"""How far back a briefing on a unit looks: an inspected body's accounts are read over one term's rounds."""

EARLY = 10
"""Until this day of a month a monthly report is about the month before."""


@dataclass(frozen=True)
class Period:
    """From its first day to its last; `before` is what it is compared with."""

    first: date
    last: date
    length: Length = "week"

    @classmethod
    def ending(cls, length: Length, until: date) -> Self:
        """Seven days up to a day; its calendar month up to it, or in the first days of a month the whole one before; the last years up to it."""
        if length == "week":
            return cls(until - timedelta(days=6), until, length)
        if length == "month" and until.day <= EARLY:
            until = until.replace(day=1) - timedelta(days=1)
        if length == "month":
            return cls(until.replace(day=1), until, length)
        return cls(_year_before(until, YEARS) + timedelta(days=1), until, length)

    @classmethod
    def between(cls, first: date, last: date) -> Self:
        """Days that somebody chose. Raises Refusal when they are the wrong way round."""
        if last < first:
            raise Refusal("paper.wrong.period", first=first, last=last)
        return cls(first, last)

    @property
    def before(self) -> "Period":
        """As many days just before; of a month that month's same days of the month before."""
        if self.length == "month":
            end = self.first - timedelta(days=1)
            whole = (self.last + timedelta(days=1)).day == 1
            return Period(end.replace(day=1), end if whole else end.replace(day=min(self.last.day, end.day)), "month")
        return Period(self.first - self.span, self.last - self.span, self.length)

    @property
    def span(self) -> timedelta:
        return self.last - self.first + timedelta(days=1)

    @property
    def opens(self) -> datetime:
        """Its first moment where the offices are."""
        return datetime.combine(self.first, time(), LOCAL)

    @property
    def closes(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), LOCAL)

    @property
    def says(self) -> str:
        """2026年1月5日至11日."""
        one, other = self.first, self.last
        if one == other:
            return written(one)
        if one.year != other.year:
            return say("paper.from_to", first=written(one), last=written(other))
        end = (
            say("paper.day", day=other.day)
            if one.month == other.month
            else say("paper.month_day", month=other.month, day=other.day)
        )
        return say("paper.from_to", first=written(one), last=end)


def written(on: date) -> str:
    """2026年1月5日: Arabic numerals in full, months and days without a leading zero (GB/T 9704-2012, 7.3.5.4)."""
    return say("paper.date", year=on.year, month=on.month, day=on.day)


def _year_before(day: date, years: int) -> date:
    year = day.year - years
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
