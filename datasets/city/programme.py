"""Subsidy programmes with their rates and seasons, read from programme.yml."""

from functools import cache
from pathlib import Path
from typing import Literal

from datasets import strict_yaml
from datasets.contract import Declared


class Programme(Declared):
    """One programme (补贴项目)."""

    name: str
    paid_by: str
    owner: str
    need_based: bool
    lump_sum: bool = False
    target: str
    rate: float
    rate_unit: str
    months: Literal["monthly"] | tuple[int, ...]
    payday: int
    grace_months: int = 0
    limit_amount: int | None = None
    graded: bool = False
    land_use: Literal["crop", "forest", "fallow"] | None = None
    limit_quantity: int | None = None
    approval_limit: int | None = None
    max_age: int | None = None
    who: str


class Programmes(Declared):
    programmes: dict[str, Programme]
    exclusions: tuple[tuple[str, str, str], ...]


@cache
def programmes() -> Programmes:
    """The programmes of the county, read once."""
    return strict_yaml.read(Path(__file__).with_suffix(".yml"), Programmes)[0]


def codes() -> list[str]:
    return list(programmes().programmes)


def number(code: str) -> int:
    """Position of a programme in the file's order, as the ledgers carry it."""
    return codes().index(code)


def listed() -> list[Programme]:
    return list(programmes().programmes.values())
