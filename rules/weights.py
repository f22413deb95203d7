"""What makes an alert come first (优先级权重): priority.yml, every weight with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from datasets import strict_yaml
from datasets.contract import Declared, Words
from datasets.strict_yaml import Mistake, Mistakes, did_you_mean, place_of
from rules.indicator import Severity

Level = Literal["critical", "high", "medium", "low"]
SHIPPED, FILE = Path(__file__).parent, "priority.yml"


class Weight(Declared):
    """How many points a reason adds or takes at most, the sentence shown for it, and why it weighs so much."""

    points: float = Field(ge=0, le=100)
    says: Words
    why: Words


class Precision(Weight):
    """How often the rules of an alert are right."""

    prior: dict[Severity, float]
    """Expected share of right alerts by severity, for rules whose file does not say it."""
    prior_verdicts: float = Field(gt=0)
    """How many verdicts the expectation is worth."""
    same_records: float = Field(ge=0, le=1)
    """What counts of a further rule that reads records of kinds read already."""
    other_subject: float = Field(ge=0, le=1)
    """What counts of a rule that corroborates but speaks of another subject."""

    @model_validator(mode="after")
    def _chances(self) -> Self:
        if set(self.prior) != {"critical", "high", "medium", "low"} or not all(0 < one < 1 for one in self.prior.values()):
            raise ValueError("prior gives each of critical, high, medium and low a share between 0 and 1")
        return self


class BySeverity(Declared):
    """Points by the alert's severity."""

    points: dict[Severity, float]
    words: dict[Severity, Words]
    says: Words
    why: Words

    @model_validator(mode="after")
    def _all(self) -> Self:
        if any(set(given) != {"critical", "high", "medium", "low"} for given in (self.points, self.words)):
            raise ValueError("points and words are given for each of critical, high, medium and low")
        return self


class Amount(Weight):
    """Yuan, compared with the alerts of the same rule, or with a log scale from `low` to `high` where they are few."""

    low: float = Field(gt=0)
    high: float
    peers: int = Field(ge=1)
    says_alone: Words

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high <= self.low:
            raise ValueError("high is more than low")
        return self


class RecordKind(Words):
    """Tables that are one kind of record."""

    of: tuple[str, ...]


class Records(Weight):
    """Points for each further kind of record, up to `at_most` of them."""

    at_most: int = Field(ge=0)
    kinds: dict[str, RecordKind]


class Flood(Weight):
    """What a rule loses that gives more than `free` alerts and more than the share `low` of all; all at the share `high`."""

    free: int = Field(ge=0)
    low: float = Field(ge=0, lt=1)
    high: float = Field(gt=0, le=1)


class Learning(Declared):
    """From how many verdicts on a chance is learned, how many the rules' own sureness is worth beside them, and its sentence."""

    least_verdicts: int = Field(ge=1)
    prior_verdicts: float = Field(gt=0)
    says: Words
    why: Words


class Bar(Declared):
    """What an alert needs for a level: points, sureness, and that the level and those above hold no more than a share."""

    at_least: float
    confidence: float = Field(ge=0, le=1)
    max_share: float = Field(gt=0, le=1)


class Levels(Declared):
    """The bars of the levels; whatever reaches none is low. `always`: so many may reach a level in however short a list."""

    critical: Bar
    high: Bar
    medium: Bar
    always: int = Field(ge=0)
    why: Words

    @property
    def bars(self) -> Mapping[Level, Bar]:
        """From the highest down."""
        return {"critical": self.critical, "high": self.high, "medium": self.medium}


class Weights(Declared):
    """priority.yml."""

    precision: Precision
    severity: BySeverity
    amount: Amount
    records: Records
    officials: Weight
    blindness: Weight
    flood: Flood
    quiet: Weight
    learned: Learning
    levels: Levels


def read_weights(folders: Sequence[Path], tables: Iterable[str]) -> Weights:
    """The weights of the last folder that holds a priority.yml, else the shipped ones; `tables`: every table there is.

    Raises strict_yaml.Mistakes.
    """
    files = [path for folder in (SHIPPED, *folders) if (path := folder / FILE).is_file()]
    weights, places = strict_yaml.read(files[-1], Weights)
    known = sorted(tables)
    mistakes = []
    for name, kind in weights.records.kinds.items():
        for index, table in enumerate(kind.of):
            if table not in known:
                line, column = place_of(places, ("records", "kinds", name, "of", index))
                mistakes.append(Mistake(str(files[-1]), line, column, f"there is no table {table!r}", did_you_mean(table, known)))
    if mistakes:
        raise Mistakes(mistakes)
    return weights
