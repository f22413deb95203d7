"""What rectification goes by: time limits as dated configuration, and explicit criteria by which its effect is scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from datasets import strict_yaml
from datasets.contract import Declared, Words
from service.casework.periods import Period, Periods, only_known
from service.errors import Refusal
from service.working_days import read_working_days

FILE = "rectification.yml"
SHIPPED = Path(__file__).with_name("terms.yml")
Mark = Literal["full", "mostly", "partly", "none"]
MARKS: tuple[Mark, ...] = ("full", "mostly", "partly", "none")
NAMES = ("rectify", "recheck", "reply", "outside_take", "outside_answer", "revisit_person", "revisit_caller", "clearing")
"""What the acts ask for: the shipped file holds each of them, an office's own those that it has otherwise."""


class Criterion(Declared):
    """One thing that effect is judged by."""

    weight: int = Field(ge=1, le=100)
    needs: Mark | None = None
    """Nothing is closed below this mark, whatever the sum."""
    title: Words
    sentence: Words


class Effect(Declared):
    """How effect (整改成效) is scored."""

    least: int = Field(alias="pass", ge=0, le=100)
    marks: dict[Mark, int]
    criteria: dict[str, Criterion] = Field(min_length=1)

    @model_validator(mode="after")
    def _hundred(self) -> Self:
        if sum(one.weight for one in self.criteria.values()) != 100:
            raise ValueError("the weights of all criteria make 100")
        if missing := [one for one in MARKS if one not in self.marks]:
            raise ValueError(f"marks are missing: {', '.join(missing)}")
        return self

    def score(self, marks: Mapping[str, str]) -> int:
        """0 to 100: weights times marks, halves rounded up. Raises Refusal unless every criterion has a mark."""
        if set(marks) != set(self.criteria) or not set(marks.values()) <= set(MARKS):
            raise Refusal("rectifying.wrong.marks")
        held: dict[str, int] = dict(self.marks.items())
        points = sum(one.weight * held[marks[name]] for name, one in self.criteria.items())
        return (points + 50) // 100

    def passes(self, marks: Mapping[str, str]) -> bool:
        """Whether it is enough to close an item: the sum, and each mark that is needed. Raises Refusal as score does."""
        order: tuple[str, ...] = MARKS
        enough = self.score(marks) >= self.least
        needed = ((one.needs, marks[name]) for name, one in self.criteria.items() if one.needs is not None)
        return enough and all(order.index(given) <= order.index(needs) for needs, given in needed)


class TermsFile(Declared):
    """terms.yml."""

    periods: dict[str, Period]
    effect: Effect

    @model_validator(mode="after")
    def _asked_for(self) -> Self:
        return only_known(self, self.periods, NAMES)


@dataclass(frozen=True)
class RectifyingTerms:
    """Periods with their calendar, and the criteria."""

    periods: Periods
    effect: Effect


def read_rectifying_terms(folders: Sequence[Path]) -> RectifyingTerms:
    """The shipped file, or that of the last folder that holds one over the shipped periods. Raises strict_yaml.Mistakes."""
    own = [path for folder in folders if (path := folder / FILE).is_file()]
    read = [strict_yaml.read(path, TermsFile)[0] for path in (SHIPPED, *own[-1:])]
    periods = {name: one for said in read for name, one in said.periods.items()}
    return RectifyingTerms(Periods(periods, read_working_days(folders)), read[-1].effect)
