"""Working days (工作日) for due days: counted by the holiday table, the shipped one with the office's own laid over it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from datasets import workday
from datasets.workday import Calendar, read_calendar

LOCAL = ZoneInfo("Asia/Shanghai")
"""Where the offices are: days begin and end there."""
FILE = "holidays.yml"
SHIPPED = Path(__file__).parent


def day_of(moment: datetime) -> date:
    """The day where the offices are: at seven in the morning there it is still the day before in UTC. `moment`: with its zone."""
    return moment.astimezone(LOCAL).date()


class Day(NamedTuple):
    """A day reckoned in working days; `provisional`: a year on the way is not in the table yet."""

    on: date
    provisional: bool


@dataclass(frozen=True)
class WorkingDays:
    """The calendar as due days ask for it."""

    calendar: Calendar

    def working(self, day: date) -> bool:
        """Whether offices work on a day."""
        return self.calendar.is_working(day)

    def next_working(self, day: date) -> Day:
        """The day itself, or the next one on which offices work."""
        return self.after(day - timedelta(days=1), 1)

    def after(self, day: date, count: int) -> Day:
        """The `count`th working day after a day, which itself does not count."""
        found = self.calendar.after(day, count)
        return Day(found, found > day and self.calendar.is_provisional(day + timedelta(days=1), found))


def read_calendar_of(folders: Sequence[Path]) -> Calendar:
    """The shipped calendar, with the years of each folder's holidays.yml laid over it. Raises strict_yaml.Mistakes."""
    own = [path for folder in folders if (path := folder / FILE).is_file()]
    return read_calendar(workday.SHIPPED, *own)


def read_working_days(folders: Sequence[Path]) -> WorkingDays:
    """Working days by that calendar. Raises strict_yaml.Mistakes."""
    return WorkingDays(read_calendar_of(folders))
