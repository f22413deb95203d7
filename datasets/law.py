"""The law (法规库): what laws, rules, standards and known cases say, article by article, with dates and how sure we are of it.

`datasets/law/<id>.yml`, one file for each. Whoever cites one is checked against it, and the periods and shares that it
fixes become the table `legal_period`, so that a number of the law stands in one place with its dates.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal, Self

import pyarrow as pa
from pydantic import Field, model_validator

from datasets import strict_yaml
from datasets.contract import Declared, Words
from datasets.strict_yaml import Mistake, Mistakes, Places, place_of

SHIPPED = Path(__file__).parent / "law"
Known = Literal["verified", "secondary", "recalled"]
"""Read in the text itself; read in a source that quotes or reports it; remembered, to be looked up before use."""
SURENESS: tuple[Known, ...] = ("recalled", "secondary", "verified")
STATE = "中华人民共和国"
SCHEMA = pa.schema([
    ("period_id", pa.string()), ("amount", pa.decimal128(18, 4)), ("unit", pa.string()),
    ("starts_on", pa.date32()), ("ends_on", pa.date32()),
])  # fmt: skip


class Article(Words):
    """The gist of one article (条文要旨), in our words."""

    known: Known | None = None
    """How sure we are of it; the law's own word when absent."""
    starts_on: date | None = None
    ends_on: date | None = None
    """Last day; only where it differs from the law's."""


class Period(Words):
    """A period or share that an article fixes (法定期限), and what it means."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    article: str
    amount: Decimal = Field(gt=0)
    unit: Literal["day", "working_day", "month", "year", "share", "hour"]
    known: Known | None = None
    starts_on: date | None = None
    """First day; the law's when absent."""
    ends_on: date | None = None
    """Last day; the law's when absent."""


class Law(Declared):
    """One law, rule, document, standard, case or practice that a suspicion can rest on (依据)."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: Literal["law", "regulation", "rule", "party_rule", "document", "standard", "case", "practice"]
    name: str
    title: str
    """In English."""
    also: tuple[str, ...] = ()
    """Other names under which it is cited."""
    issuer: str
    status: Literal["in_force", "draft", "ended"]
    starts_on: date | None = None
    """In force from; absent for a draft, and where it is not known."""
    ends_on: date | None = None
    known: Known
    note: str | None = None
    articles: dict[str, Article] = {}
    periods: tuple[Period, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.status == "ended") != (self.ends_on is not None):
            raise ValueError("a law that has ended says ends_on, and only such a one does")
        if self.status == "draft" and (self.starts_on or self.periods):
            raise ValueError("a draft is not in force: it has no starts_on and fixes no periods")
        return self

    def sure(self, article: str) -> Known:
        """How sure we are of what an article says."""
        return self.articles[article].known or self.known


@dataclass(frozen=True)
class Laws:
    """Every law by its id."""

    by_id: Mapping[str, Law]

    @property
    def names(self) -> dict[str, Law]:
        """Every name under which a law may be cited."""
        return {plain_name(name): law for law in self.by_id.values() for name in (law.name, *law.also)}

    def periods(self) -> Iterator[tuple[str, Decimal, str, date, date | None]]:
        """The rows of `legal_period`, by id and first day: id, amount, unit, starts_on, ends_on."""
        rows = [
            (period.id, period.amount, period.unit, starts_on, period.ends_on or law.ends_on)
            for law in self.by_id.values()
            for period in law.periods
            if (starts_on := period.starts_on or law.starts_on)
        ]
        yield from sorted(rows, key=lambda row: (row[0], row[3]))

    def table(self) -> pa.Table:
        """The table `legal_period`."""
        return pa.table(dict(zip(SCHEMA.names, zip(*self.periods(), strict=True), strict=True)), schema=SCHEMA)


def plain_name(name: str) -> str:
    """A name without title marks and the state's name: how laws are cited varies in these."""
    return name.strip("《》 ").removeprefix(STATE)


def read_laws(*folders: Path) -> Laws:
    """Read every law of the given folders (default: the shipped one), a later folder's file laid over an earlier one of its name.

    Raises strict_yaml.Mistakes with every fault of every file at once.
    """
    found: dict[str, tuple[str, Law, Places]] = {}
    mistakes: list[Mistake] = []
    for folder in folders or (SHIPPED,):
        for path in sorted(folder.glob("*.yml")):
            try:
                law, places = strict_yaml.read(path, Law)
            except Mistakes as error:
                mistakes += error.mistakes
                continue
            found[path.stem] = (str(path), law, places)
    mistakes += [mistake for name, file in found.items() for mistake in _alone(name, *file)]
    mistakes += _together(list(found.values()))
    if mistakes:
        raise Mistakes(mistakes)
    return Laws({law.id: law for _, law, _ in found.values()})


@cache
def shipped_laws() -> Laws:
    """The laws that come with the program, read once. Raises strict_yaml.Mistakes."""
    return read_laws()


def _alone(stem: str, path: str, law: Law, places: Places) -> Iterator[Mistake]:
    def mistake(message: str, *at: str | int, hint: str = "") -> Mistake:
        return Mistake(path, *place_of(places, at), message, hint)

    if law.id != stem:
        yield mistake(f"id must be the file's name {stem!r}, not {law.id!r}", "id")
    for index, period in enumerate(law.periods):
        if period.article not in law.articles:
            hint = strict_yaml.did_you_mean(period.article, law.articles)
            yield mistake(f"period {period.id!r} names {period.article!r}, which is no article here", "periods", index, hint=hint)
        if (period.starts_on or law.starts_on) is None:
            yield mistake(f"period {period.id!r} has no first day, nor has the law: say starts_on", "periods", index)
        if period.unit == "share" and period.amount > 1:
            yield mistake(f"period {period.id!r}: a share is at most 1, ten percent is 0.1", "periods", index, "amount")
    dated: list[tuple[tuple[str | int, ...], Article | Period]] = [
        *((("articles", name), article) for name, article in law.articles.items()),
        *((("periods", index), period) for index, period in enumerate(law.periods)),
    ]
    for at, said in dated:
        if said.starts_on and said.ends_on and said.ends_on < said.starts_on:
            yield mistake("ends before it starts", *at, "ends_on")


def _together(files: list[tuple[str, Law, Places]]) -> Iterator[Mistake]:
    """Names that two laws claim, and periods of one id that are in force on the same day: a rule would count twice."""
    names: dict[str, str] = {}
    spans: dict[str, list[tuple[date, date, str]]] = {}
    for path, law, places in files:
        for key, name in (("name", law.name), *(("also", name) for name in law.also)):
            other = names.setdefault(plain_name(name), path)
            if other != path:
                yield Mistake(path, *place_of(places, (key,)), f"{name!r} is the name of {other} already")
        for index, period in enumerate(law.periods):
            starts_on, ends_on = period.starts_on or law.starts_on or date.min, period.ends_on or law.ends_on or date.max
            for first, last, other in spans.setdefault(period.id, []):
                if starts_on <= last and first <= ends_on:
                    message = f"period {period.id!r} is in force on the same days in {other}"
                    yield Mistake(
                        path, *place_of(places, ("periods", index)), message, "end one of them, or give it an id of its own"
                    )
            spans[period.id].append((starts_on, ends_on, path))


def in_force(law: Law, day: date) -> bool:
    """Whether a law is in force on a day, as far as its dates are known."""
    return law.status != "draft" and (law.starts_on or day) <= day <= (law.ends_on or day + timedelta(days=1))
