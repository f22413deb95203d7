"""Every time limit that the program goes by (办理时限), each with its versions, dates and source: casework, what follows it, routes, and the law."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from datasets.contract import Contracts
from datasets.law import Laws, read_laws
from service.casework import periods as of_cases
from service.casework.periods import Period, Version, read_periods
from service.desk import Desk
from service.rectifying import terms as of_rectification
from service.rectifying.terms import read_rectifying_terms
from service.words import either, say


@dataclass(frozen=True)
class Line:
    """One version of one limit."""

    title: str
    amount: str
    starts: date | None
    ends: date | None
    state: str
    """now, later or ended."""
    source: str
    article: str
    known: str
    sure: bool
    """Whether somebody has read it in the text itself."""


@dataclass(frozen=True)
class Part:
    """The limits of one field, with the file in which an office may write its own; none: they are not the office's to set."""

    name: str
    file: str
    own: bool
    lines: list[Line]


def parts(desk: Desk) -> list[Part]:
    """Every limit, by field. Raises Mistakes for a faulty file."""
    folders, today = desk.settings.book, desk.today
    cases = [line for one in read_periods(folders).periods.values() for line in _versions(one, today)]
    after = [line for one in read_rectifying_terms(folders).periods.periods.values() for line in _versions(one, today)]
    found = []
    for name, file, lines in (("casework", of_cases.FILE, cases), ("after", of_rectification.FILE, after)):
        found.append(Part(name, file, any((folder / file).is_file() for folder in folders), lines))
    return [
        *found,
        Part("routes", "routes/", False, _routes(desk)),
        Part("law", "", False, _laws(_library(), desk.contracts, today)),
    ]


def _versions(period: Period, today: date) -> Iterable[Line]:
    for one in reversed(period.versions):
        amount = say(f"casework.period.{one.unit}", amount=one.amount)
        known, sure = say(f"casework.known.{one.known}"), one.known == "V"
        yield Line(either(period.title), amount, one.starts, one.ends, _state(one, today), one.law, one.article, known, sure)


def _routes(desk: Desk) -> list[Line]:
    """By when an alert is to be taken up, as the rules of routing say."""
    lines = []
    for one in desk.routes.values():
        days = one.then.due_days
        if days is not None:
            amount = say("casework.period.working_day", amount=days)
            said = "；".join(f"{basis.name}{basis.article or ''}" for basis in one.basis)
            lines.append(Line(either(one.title), amount, None, None, "now", said, "", say("casework.known.own"), False))
    return lines


def _laws(laws: Laws, contracts: Contracts, today: date) -> list[Line]:
    """The periods and shares that laws fix, which rules compare with."""
    units = contracts["legal_period"].columns["unit"].words
    lines = []
    for law in laws.by_id.values():
        for one in law.periods:
            starts, ends = one.starts_on or law.starts_on, one.ends_on or law.ends_on
            sure = one.known or law.known
            state = "later" if starts and today < starts else "ended" if ends and ends < today else "now"
            amount = f"{_plain(one.amount)}{either(units[one.unit])}"
            lines.append(
                Line(either(one), amount, starts, ends, state, law.name, one.article, say(f"known.{sure}"), sure == "verified")
            )
    return lines


@cache
def _library() -> Laws:
    return read_laws()


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _state(version: Version, today: date) -> str:
    if today < version.starts:
        return "later"
    return "ended" if version.ends is not None and version.ends < today else "now"
