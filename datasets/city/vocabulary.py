"""The words of the city, read from vocabulary.yml."""

from functools import cache
from pathlib import Path

from datasets import strict_yaml
from datasets.contract import Declared


class Industry(Declared):
    category: str
    item_class: str
    titles: tuple[str, ...]


class Agency(Declared):
    group: int | None = None
    former: tuple[str, ...] = ()


class Vocabulary(Declared):
    """What vocabulary.yml holds."""

    county: str
    surnames: tuple[str, ...]
    old_male: tuple[str, ...]
    old_female: tuple[str, ...]
    mid_male: tuple[str, ...]
    mid_female: tuple[str, ...]
    new_male: tuple[str, ...]
    new_female: tuple[str, ...]
    male_characters: tuple[str, ...]
    female_characters: tuple[str, ...]
    towns: tuple[str, ...]
    villages: tuple[str, ...]
    roads: tuple[str, ...]
    estates: tuple[str, ...]
    brands: tuple[str, ...]
    industries: dict[str, Industry]
    firm_forms: tuple[str, ...]
    groups: tuple[str, ...]
    agencies: dict[str, Agency]
    state_firms: dict[str, Agency]


@cache
def words() -> Vocabulary:
    """The vocabulary, read once."""
    return strict_yaml.read(Path(__file__).with_suffix(".yml"), Vocabulary)[0]
