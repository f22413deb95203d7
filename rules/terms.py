"""What routing takes for granted (分派约定): how long colleagues are too near, and which department a topic belongs to."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from datasets import strict_yaml
from datasets.contract import Declared, Words
from rules.indicator import Topic

FILE = "terms.yml"


class EarlierColleagues(Declared):
    """For how many years after either left a common unit a head of office is recused."""

    years: int = Field(ge=0, le=50)
    why: Words


class InCharge(Declared):
    """How the names of the departments end that the law puts in charge of a topic."""

    names: tuple[str, ...] = Field(min_length=1)
    why: Words


class Terms(Declared):
    """terms.yml."""

    earlier_colleagues: EarlierColleagues
    departments: dict[Topic, InCharge] = {}


def read_terms(folders: Sequence[Path]) -> Terms:
    """The terms of the last folder that holds a terms.yml. Raises strict_yaml.Mistakes; FileNotFoundError."""
    files = [path for folder in folders if (path := folder / FILE).is_file()]
    if not files:
        raise FileNotFoundError(FILE)
    terms, _ = strict_yaml.read(files[-1], Terms)
    return terms
