"""Working days (工作日) as the calendar of public holidays has them: what offices count periods in."""

from datetime import date
from functools import cache

import chinese_calendar
import numpy as np

from datasets.city.arrays import Bools, Ints, day

_FIRST, _YEARS = day(2014), range(2014, 2028)


@cache
def _calendar() -> Bools:
    """Whether each day from the first on is a working day; years whose holidays nobody knows yet have weekends only."""
    out = []
    for year in _YEARS:
        days = [date.fromordinal(number) for number in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())]
        try:
            out += [chinese_calendar.is_workday(one) for one in days]
        except NotImplementedError:
            out += [one.weekday() < 5 for one in days]
    return np.array(out)


@cache
def _numbers() -> Ints:
    """Working days from the first day up to and including each day."""
    return np.cumsum(_calendar()).astype(np.int64)


@cache
def _days() -> Ints:
    return np.flatnonzero(_calendar()) + _FIRST


def working(days: Ints) -> Bools:
    """Whether each day is a working day."""
    return np.asarray(_calendar()[days - _FIRST])


def ahead(days: Ints, count: Ints | int) -> Ints:
    """The `count`-th working day after each day; 0 gives the day itself or, if it is free, the working day before."""
    return np.asarray(_days()[_numbers()[days - _FIRST] - 1 + count])


def on_or_after(days: Ints) -> Ints:
    """Each day, or the first working day after it."""
    return np.asarray(np.where(working(days), days, ahead(days, 1)))


def between(first: Ints, last: Ints) -> Ints:
    """Working days after `first` up to and including `last`."""
    return np.asarray(_numbers()[last - _FIRST] - _numbers()[first - _FIRST])
