"""Model cards (模型说明卡): cards/<name>.yml says what a model is for and where it fails, cards/<name>.json what it measured; both make the page.

Mitchell and others: Model Cards for Model Reporting, FAT* 2019. The JSON file is what `guantong models evaluate NAME … --out` writes.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from datasets import strict_yaml
from datasets.contract import Declared, Words

FOLDER = Path(__file__).parent / "cards"
LEARNED_FROM = {
    "real": ("真实公开记录", "real public records"), "synthetic": ("合成城市", "the synthetic city"),
    "own": ("本单位自己的记录", "the office's own records"), "nothing": ("不学习，只统计", "nothing: it counts"),
}  # fmt: skip


class Measured(Declared):
    """A figure worth telling: what it is, its place in the JSON file (names joined by dots), and the bar it is held against."""

    says: Words
    at: str
    bar: Words | None = None


class Card(Declared):
    """The texts of a card."""

    title: Words
    purpose: Words
    not_for: Words
    """What it must not be used for."""
    data: Words
    population: Words
    """On whom or what the figures were measured."""
    learned_from: Literal["real", "synthetic", "own", "nothing"]
    measured: tuple[Measured, ...] = ()
    failures: tuple[Words, ...]
    """Known failures."""


def names() -> list[str]:
    """Models that have a card."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def page(name: str) -> str | None:
    """The card as Markdown; None when the model has none. Raises strict_yaml.Mistakes."""
    path = FOLDER / f"{name}.yml"
    if not path.is_file():
        return None
    card, _ = strict_yaml.read(path, Card)
    figures = _figures(name)
    zh, en = LEARNED_FROM[card.learned_from]
    parts = (("用途 Purpose", card.purpose), ("不得用于 Not for", card.not_for), ("数据 Data", card.data))
    lines = [f"# {card.title.zh} ({card.title.en})", "", f"`guantong models card {name}`. 学自 Learned from: {zh} ({en})."]
    for heading, words in parts:
        lines += ["", f"## {heading}", "", words.zh.strip(), "", words.en.strip()]
    lines += ["", "## 量得的 Figures", "", card.population.zh.strip(), "", card.population.en.strip(), "", *_table(card, figures)]
    lines += ["", "## 已知的不足 Known failures", "", *(f"- {one.zh.strip()} {one.en.strip()}" for one in card.failures)]
    return "\n".join(lines) + "\n"


def flat(figures: Mapping[str, object], under: str = "") -> dict[str, str]:
    """Nested figures by their names joined by dots, numbers to four digits."""
    found: dict[str, str] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{under}{name}.")
        else:
            found[under + name] = f"{value:.4g}" if isinstance(value, float) else str(value)
    return found


def _figures(name: str) -> dict[str, str]:
    path = FOLDER / f"{name}.json"
    return flat(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _table(card: Card, figures: Mapping[str, str]) -> list[str]:
    """What was measured; a figure that nobody has measured yet says so."""
    if not card.measured:
        return ["没有可量的指标。 Nothing to measure."]
    rows = [
        f"| {one.says.zh} {one.says.en} | {figures.get(one.at, '尚未测量 not measured yet')} | "
        f"{f'{one.bar.zh} {one.bar.en}' if one.bar else ''} |"
        for one in card.measured
    ]
    return ["| 指标 figure | 数值 value | 要求 bar |", "| --- | --- | --- |", *rows]
