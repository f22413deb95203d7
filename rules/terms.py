"""What routing and gathering take for granted (约定): how long colleagues are too near, who is in charge, what is one matter."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, field_validator

from datasets import strict_yaml
from datasets.contract import Declared, Words
from rules.indicator import Topic
from rules.linked import KINDS

SHIPPED, FILE = Path(__file__).parent, "terms.yml"


class EarlierColleagues(Declared):
    """For how many years after either left a common unit a head of office is recused."""

    years: int = Field(ge=0, le=50)
    why: Words


class InCharge(Declared):
    """How the names of the departments end that the law puts in charge of a topic."""

    names: tuple[str, ...] = Field(min_length=1)
    why: Words


class MatterTerms(Declared):
    """What gathers alerts into one matter, the closest tie first; how many alerts one entity may join, and one matter hold."""

    ties: tuple[str, ...]
    hub: int = Field(ge=2)
    most: int = Field(ge=2)
    why: Words

    @field_validator("ties")
    @classmethod
    def _known(cls, ties: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(ties) - {*KINDS, "official"}:
            raise ValueError(f"alerts are not tied by {sorted(unknown)}, but by {', '.join((*KINDS, 'official'))}")
        return ties


class Terms(Declared):
    """terms.yml."""

    earlier_colleagues: EarlierColleagues
    departments: dict[Topic, InCharge] = {}
    matters: MatterTerms


def read_terms(folders: Sequence[Path]) -> Terms:
    """The terms of the last folder that holds a terms.yml, else the shipped ones. Raises strict_yaml.Mistakes."""
    files = [path for folder in (SHIPPED, *folders) if (path := folder / FILE).is_file()]
    terms, _ = strict_yaml.read(files[-1], Terms)
    return terms
