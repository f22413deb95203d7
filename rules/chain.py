"""A chain (关联规则): one YAML file that says which signals together make an alert, and how grave it is."""

import string
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from datasets.contract import Declared, Words
from rules.condition import Condition
from rules.indicator import NAME, Severity, Status, Topic

ANY = "any"
TITLE_WORDS = ("rule", "count")
"""What a title may hold in braces: the titles of the rules that fired, and the number of signals."""

TEXT_FIELDS = (
    "signal_id",
    "rule",
    "topic",
    "severity",
    "subject_kind",
    "subject_id",
    "unit_id",
    "area_id",
    "party_kind",
    "party_id",
)
NUMBER_FIELDS = ("amount", "officials", "rules_on_subject")
SIGNAL_FIELDS = ("signal_id", "rule", "topic", "severity", "subject_kind", "subject_id", "unit_id", "area_id", *NUMBER_FIELDS)
PARTY_FIELDS = ("signal_id", "party_kind", "party_id", "unit_id")


class Within(Declared):
    """Nearness in time: the days between two signals' periods, 0 when they overlap, are at most `days`."""

    of: str
    days: int = Field(ge=0)


class Pattern(Declared):
    """What one fact of a chain must be: a signal, or a party that a signal names.

    Two patterns of a chain are always met by two different facts.
    """

    fact: Literal["signal", "party"] = "signal"
    within: Within | None = None
    signal_id: Condition | None = None
    rule: Condition | None = None
    topic: Condition | None = None
    severity: Condition | None = None
    subject_kind: Condition | None = None
    subject_id: Condition | None = None
    unit_id: Condition | None = None
    area_id: Condition | None = None
    amount: Condition | None = None
    """Yuan; compared with a literal only."""
    officials: Condition | None = None
    """How many officials it implicates; absent when none."""
    rules_on_subject: Condition | None = None
    """How many different rules of this run speak of the same subject and unit."""
    party_kind: Condition | None = None
    party_id: Condition | None = None

    @property
    def conditions(self) -> dict[str, Condition]:
        """Field -> condition, those that are said."""
        fields = (*TEXT_FIELDS, *NUMBER_FIELDS)
        return {name: condition for name in fields if (condition := getattr(self, name)) is not None}

    @property
    def joins(self) -> dict[str, tuple[str, str]]:
        """Field -> (pattern, field) it must equal."""
        return {
            name: (str(condition.values[0]), str(condition.values[1]))
            for name, condition in self.conditions.items()
            if condition.word == "same_as"
        }


class Conclusion(Declared):
    """What a chain makes of its signals."""

    alert: dict[Topic | Literal["any"], str]
    """Kind of alert (疑点), one for all or by the topic of the signal that leads it."""
    severity: Severity | Literal["same", "raised"]
    """A grade; or that of the gravest signal, as it is or one grade up."""
    title: Words
    merge: tuple[str, ...] = Field(min_length=1)
    """The patterns whose signals go into the alert; the first one's subject and unit are the alert's."""
    keep: tuple[str, ...] = ()
    """Merged here and still an alert of their own, because they speak of more than this alert."""

    @field_validator("alert", mode="before")
    @classmethod
    def _one_for_all(cls, written: Any) -> Any:
        return {ANY: written} if isinstance(written, str) else written

    @field_validator("title")
    @classmethod
    def _known_words(cls, title: Words) -> Words:
        for text in (title.zh, title.en):
            unknown = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None} - set(TITLE_WORDS)
            if unknown:
                raise ValueError(f"a title may hold {{{'}, {'.join(TITLE_WORDS)}}}, not {sorted(unknown)}")
        return title


class GivenSignal(Declared):
    """A signal in a chain's test: only what matters; the rest is filled."""

    signal_id: str
    rule: str = "some_rule"
    topic: Topic = "subsidy"
    severity: Severity = "medium"
    subject_kind: str = "person"
    subject_id: str = "P1"
    unit_id: str | None = "U1"
    area_id: str | None = None
    amount: Decimal | None = None
    first_on: date | None = None
    last_on: date | None = None
    officials: tuple[str, ...] = ()
    parties: tuple[tuple[str, str], ...] = ()


class ExpectedAlert(Declared):
    """An alert in a chain's test: its signals, and what else matters."""

    signals: tuple[str, ...]
    alert: str | None = None
    severity: Severity | None = None
    subject_id: str | None = None


class ChainTest(Declared):
    """Signals given, and all the alerts that this chain makes of them."""

    name: str
    given: tuple[GivenSignal, ...]
    alerts: tuple[ExpectedAlert, ...]


class Chain(Declared):
    """One chain as its file says it."""

    id: str = Field(pattern=NAME)
    title: Words
    status: Status = "live"
    default: bool = False
    """Concludes only about signals that no other chain takes up."""
    outranks: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    """Of several chains that make one alert, the highest names its kind and title."""
    when: dict[str, Pattern] = Field(min_length=1, max_length=6)
    then: Conclusion
    why: Words
    tests: tuple[ChainTest, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _tested(self) -> Self:
        if all(test.alerts for test in self.tests) or not any(test.alerts for test in self.tests):
            raise ValueError("needs a test that makes an alert and one that makes none")
        return self

    def withins(self) -> Iterator[tuple[str, Within]]:
        """Each pattern that must be near another in time."""
        for name, pattern in self.when.items():
            if pattern.within is not None:
                yield name, pattern.within
