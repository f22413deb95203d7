"""Time limits (办理时限) as dated configuration: which version of which period held on a day, and which day it leads to."""

import calendar
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import Field, RootModel, model_validator

from datasets import strict_yaml
from datasets.contract import Declared, Words
from service.errors import Refusal
from service.store.case import CaseLimit
from service.working_days import WorkingDays, read_working_days

S = TypeVar("S")
FILE = "periods.yml"
SHIPPED = Path(__file__).parent
NAMES = (
    "task",
    "receipt",
    "transfer",
    "handed_above",
    "handed_down",
    "extension",
    "opinion",
    "answer",
    "talk_report",
    "check_report",
    "hold_review",
)
"""What the acts of casework ask for: the shipped file holds each of them, an office's own those that it has otherwise."""


class Version(Declared):
    """A period as one text of the law has it."""

    amount: int = Field(ge=1, le=400)
    unit: Literal["working_day", "day", "month"]
    starts: date = Field(alias="from")
    ends: date | None = Field(default=None, alias="to")
    known: Literal["V", "S", "own"]
    """Read in the text itself, in a secondary source, or the office's own arrangement."""
    law: str
    article: str


class Period(Declared):
    """A period in its versions."""

    title: Words
    versions: tuple[Version, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_after_another(self) -> Self:
        for before, after in zip(self.versions, self.versions[1:], strict=False):
            if before.ends is None or before.ends >= after.starts:
                raise ValueError(f"the version from {before.starts} must end before {after.starts}")
        return self


class PeriodsFile(RootModel[dict[str, Period]]):
    """periods.yml."""

    @model_validator(mode="after")
    def _asked_for(self) -> Self:
        return only_known(self, self.root, NAMES)


def only_known(said: S, periods: Iterable[str], names: Collection[str]) -> S:
    """What was said, if somebody asks for each of its periods. Raises ValueError with the nearest right words."""
    wrong = [f"nobody asks for the period {one}: {strict_yaml.did_you_mean(one, names)}" for one in periods if one not in names]
    if wrong:
        raise ValueError("; ".join(wrong))
    return said


@dataclass(frozen=True)
class Reckoned:
    """A limit: its day, whether a holiday table is still missing, and why."""

    due_on: date
    provisional: bool
    why: dict[str, Any]


@dataclass(frozen=True)
class Periods:
    """The periods and the calendar they are counted by."""

    periods: dict[str, Period]
    days: WorkingDays

    def due(self, name: str, starts_on: date) -> Reckoned:
        """By when, if it starts on a day, which itself does not count. Raises Refusal when no version held then."""
        found = [
            one for one in self.periods[name].versions if one.starts <= starts_on and (one.ends is None or starts_on <= one.ends)
        ]
        if not found:
            raise Refusal("casework.wrong.no_period", period=name, day=starts_on)
        version = found[-1]
        why = {**version.model_dump(mode="json", by_alias=True), "title": self.periods[name].title.model_dump()}
        return self._reckoned(version.amount, version.unit, starts_on, why)

    def given(self, count: int, starts_on: date) -> Reckoned:
        """By when, if a person gave so many working days."""
        why = {"amount": count, "unit": "working_day", "known": "own", "law": "", "article": ""}
        return self._reckoned(count, "working_day", starts_on, why)

    def _reckoned(self, amount: int, unit: str, starts_on: date, why: dict[str, Any]) -> Reckoned:
        if unit == "working_day":
            day = self.days.after(starts_on, amount)
            return Reckoned(day.on, day.provisional, why)
        on = starts_on + timedelta(days=amount) if unit == "day" else months_after(starts_on, amount)
        return Reckoned(on, False, why)


def months_after(day: date, count: int) -> date:
    """The same day so many months on; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def read_periods(folders: Sequence[Path]) -> Periods:
    """Shipped periods, and over them those of the last folder that holds a file. Raises strict_yaml.Mistakes."""
    own = [path for folder in folders if (path := folder / FILE).is_file()]
    read = [strict_yaml.read(path, PeriodsFile)[0].root for path in (SHIPPED / FILE, *own[-1:])]
    return Periods({name: one for said in read for name, one in said.items()}, read_working_days(folders))


def limit(case_id: int, period: str, about: str, starts_on: date, reckoned: Reckoned) -> CaseLimit:
    """A time limit to keep."""
    return CaseLimit(
        case_id=case_id, period=period, about=about, starts_on=starts_on, due_on=reckoned.due_on, provisional=reckoned.provisional,
        why=reckoned.why, met_at=None, urged=0,
    )  # fmt: skip
