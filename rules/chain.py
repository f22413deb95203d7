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
TITLE_WORDS = ("rule", "count", "units")
"""What a title may hold in braces: the titles of the rules that fired, and the number of signals and of accountable units."""

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
    "pattern",
    "unit_kind",
)
SIGNAL_NUMBERS = ("amount", "officials", "rules_on_subject")
PATTERN_NUMBERS = ("units", "share", "rules", "topics", "signals", "subjects", "times", "ahead")
NUMBER_FIELDS = (*SIGNAL_NUMBERS, *PATTERN_NUMBERS)
SIGNAL_FIELDS = ("signal_id", "rule", "topic", "severity", "subject_kind", "subject_id", "unit_id", "area_id", *SIGNAL_NUMBERS)
PARTY_FIELDS = ("signal_id", "party_kind", "party_id", "unit_id")
PATTERN_FIELDS = ("pattern", "rule", "topic", "unit_kind", "unit_id", *PATTERN_NUMBERS)
FACT_FIELDS = {"signal": SIGNAL_FIELDS, "party": PARTY_FIELDS, "pattern": PATTERN_FIELDS}


class Within(Declared):
    """Nearness in time: the days between two signals' periods, 0 when they overlap, are at most `days`."""

    of: str
    days: int = Field(ge=0)


class Pattern(Declared):
    """What one fact of a chain must be: a signal, a party that a signal names, or a pattern in all signals (rules.patterns).

    Two patterns of a chain are always met by two different facts; a pattern in all signals stands in a chain by itself.
    """

    fact: Literal["signal", "party", "pattern"] = "signal"
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
    pattern: Condition | None = None
    """common, repeated, systemic, official or ring."""
    unit_kind: Condition | None = None
    units: Condition | None = None
    """How many units a common problem was found at."""
    share: Condition | None = None
    """Their share of the units of that kind below the same one, 0 to 1."""
    rules: Condition | None = None
    topics: Condition | None = None
    signals: Condition | None = None
    subjects: Condition | None = None
    times: Condition | None = None
    """How often it was verified at the unit before."""
    ahead: Condition | None = None
    """Share of the units of its kind that have fewer signals, 0 to 1."""

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


class GivenUnit(Declared):
    """A unit in a chain's test, and the one above it."""

    unit_id: str
    kind: str = "agency"
    above: str | None = None


class GivenVerdict(Declared):
    """A finding that people found to be right, in a chain's test."""

    rule: str = "some_rule"
    unit_id: str = "U1"
    decided_on: date


class ChainTest(Declared):
    """Signals given (with units and verdicts, for patterns in them), and all the alerts that this chain makes of them."""

    name: str
    given: tuple[GivenSignal, ...]
    units: tuple[GivenUnit, ...] = ()
    verdicts: tuple[GivenVerdict, ...] = ()
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
