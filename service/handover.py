"""Handing alerts over (移送): urgent ones at once, routine ones in periodic batches; and by which day they are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, NamedTuple, Self

from pydantic import model_validator

from datasets import strict_yaml
from datasets.contract import Declared, Words
from service.working_days import SHIPPED, WorkingDays, read_working_days

FILE = "handover.yml"


class Batches(Declared):
    """Each week on a day (1 is Monday), or each month on a day; on the next working day when that is none."""

    every: Literal["week", "month"]
    day: int
    why: Words

    @model_validator(mode="after")
    def _possible(self) -> Self:
        last = 7 if self.every == "week" else 28
        if not 1 <= self.day <= last:
            raise ValueError(f"day of a {self.every} is 1 to {last}, so that every {self.every} has it")
        return self

    def on_or_after(self, day: date) -> date:
        """The next such day, this one included."""
        while (day.isoweekday() if self.every == "week" else day.day) != self.day:
            day += timedelta(days=1)
        return day


class HandoverFile(Declared):
    """handover.yml."""

    routine: Batches


class Due(NamedTuple):
    """When an assignment goes out (None: at once) and by which day it is due."""

    batch_on: date | None
    due_on: date
    provisional: bool


@dataclass(frozen=True)
class Handover:
    """When what is assigned on a day goes out and is due."""

    batches: Batches
    days: WorkingDays

    def due(self, channel: str, due_days: int, given_on: date) -> Due:
        """`due_days`: working days from the day it goes out."""
        batch = None if channel == "urgent" else self.days.next_working(self.batches.on_or_after(given_on))
        due = self.days.after(batch.on if batch else given_on, due_days)
        return Due(batch.on if batch else None, due.on, due.provisional or (batch is not None and batch.provisional))


def read_handover(folders: Sequence[Path]) -> Handover:
    """Shipped files, or those of the last folder that holds one. Raises strict_yaml.Mistakes."""
    files = [path for folder in (SHIPPED, *folders) if (path := folder / FILE).is_file()]
    said, _ = strict_yaml.read(files[-1], HandoverFile)
    return Handover(said.routine, read_working_days(folders))
