"""What screens say in words (筛查指标的说法): which of them lie on the side where cartels lay, against which value."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Mark:
    """A value beyond which a screen speaks: `low` when it speaks below, and where the value comes from."""

    zh: str
    value: float
    low: bool
    source: str

    def met(self, found: "pd.Series[float]") -> "pd.Series[bool]":
        """Which of the values are at the mark or beyond."""
        return found <= self.value if self.low else found >= self.value


MARKS: Mapping[str, Mark] = {
    "cv": Mark("离散系数", 0.06, True, "Imhof, Karagök & Rutz 2018: 0.06 or less is the Ticino cartel's range"),
    "rd": Mark("相对距离", 1.0, False, "Imhof, Karagök & Rutz 2018: above 1 the winner keeps a distance that the losers do not"),
    "rd_norm": Mark("归一化距离", 1.5, False, "1 is even steps; half as much again is the distance of one who was let through"),
    "skew": Mark("偏度", -0.5, True, "Imhof 2017: cover bids huddle at the top, the tail is the winner's"),
    "ks": Mark("KS距离", 0.5, False, "Wallimann, Imhof & Huber 2022: half of the prices lie where an even spread has none"),
}  # fmt: skip
"""The screens that speak; the others are written beside them."""
NOTHING = "各项指标均在常见范围"


def marks(found: pd.DataFrame) -> pd.DataFrame:
    """Which of MARKS each row meets; what is not known is not met."""
    return pd.DataFrame({name: mark.met(found[name]) for name, mark in MARKS.items()}, index=found.index)


def because(found: pd.DataFrame) -> list[str]:
    """A sentence for each row of screens (bids and the columns of MARKS)."""
    met = marks(found)
    words = pd.Series("", index=found.index, dtype=object)
    for name, mark in MARKS.items():
        side = "不高于" if mark.low else "不低于"
        told = "、" + mark.zh + found[name].map("{:.3g}".format) + f"（{side}{mark.value:g}）"
        words = words.where(~met[name], words + told)
    return list(found["bids"].map("{:.0f}个报价，".format) + words.str[1:].where(words != "", NOTHING))
