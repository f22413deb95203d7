"""What is bought by the piece: reference prices by trade and year, and the names of the lines."""

from functools import cache
from pathlib import Path

import numpy as np

from datasets import strict_yaml
from datasets.city.arrays import Ints
from datasets.city.vocabulary import words
from datasets.contract import Declared

_BASE, _RISE = 2020, 1.015


class Trade(Declared):
    price: int
    lines: tuple[str, ...]


class Goods(Declared):
    """What goods.yml holds."""

    trades: dict[str, Trade]


@cache
def trades() -> tuple[Trade, ...]:
    """Trades in the order of the vocabulary's industries."""
    found = strict_yaml.read(Path(__file__).with_suffix(".yml"), Goods)[0].trades
    return tuple(found[name] for name in words().industries)


def reference(industry: Ints, year: Ints) -> Ints:
    """Reference price of a unit in cents."""
    base = np.array([trade.price for trade in trades()])[industry]
    return np.asarray(np.round(base * _RISE ** (year - _BASE) * 10) * 10, dtype=np.int64)
