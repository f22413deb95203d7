"""Clauses of bidding documents: two to six of each tender, drawn from the ordinary ones in clauses.yml."""

from functools import cache
from pathlib import Path

import numpy as np

from datasets import strict_yaml
from datasets.city.arrays import NONE, Bools, Ints, kept, texts
from datasets.city.columns import Column, as_column
from datasets.city.dossier import COMMERCIAL, QUALIFICATION, SCORING, TECHNICAL, Dossier
from datasets.city.ledger import Ledger
from datasets.city.tender import CATEGORIES
from datasets.contract import Declared


class Clause(Declared):
    """A clause; `{n}` in it stands for a number from `least` to `most`."""

    text: str
    least: int = 1
    most: int = 1
    objective: bool | None = None


class Scoring(Declared):
    price: tuple[Clause, ...]
    objective: tuple[Clause, ...]
    judged: tuple[Clause, ...]


class Clauses(Declared):
    """What clauses.yml holds."""

    qualification: tuple[Clause, ...]
    technical: dict[str, tuple[Clause, ...]]
    commercial: tuple[Clause, ...]
    scoring: Scoring


@cache
def clauses() -> Clauses:
    """The ordinary clauses, read once."""
    return strict_yaml.read(Path(__file__).with_suffix(".yml"), Clauses)[0]


@cache
def _lists() -> tuple[tuple[Clause, ...], ...]:
    """Every list of clauses, in one order: a template is a position in all of them put together."""
    said = clauses()
    technical = tuple(said.technical[category] for category in CATEGORIES)
    return (said.qualification, *technical, said.commercial, said.scoring.price, said.scoring.objective, said.scoring.judged)


_QUALIFICATION, _TECHNICAL, _COMMERCIAL, _PRICE, _OBJECTIVE, _JUDGED = 0, 1, 4, 5, 6, 7


@cache
def templates() -> tuple[Clause, ...]:
    return tuple(clause for group in _lists() for clause in group)


def write_clauses(book: Ledger, dossier: Dossier, rows: Ints, rng: np.random.Generator) -> None:
    """Qualification, technical and commercial clauses; of tenders decided by points also what the points are for."""
    points = book["points"][rows] == 1
    category = book["category"][rows]
    every = np.full(len(rows), _QUALIFICATION)
    _draw(dossier, rows, QUALIFICATION, every, rng)
    _draw(dossier, rows, TECHNICAL, _TECHNICAL + category, rng)
    more = ~points & (rng.random(len(rows)) < 0.5)
    _draw(dossier, kept(rows, more), TECHNICAL, _TECHNICAL + category[more], rng, 1)
    paid = rng.random(len(rows)) < 0.6
    _draw(dossier, kept(rows, paid), COMMERCIAL, np.full(int(paid.sum()), _COMMERCIAL), rng)
    scored = kept(rows, points)
    judged = rng.integers(4, 9, len(scored)) * 5
    price = rng.integers(6, 11, len(scored)) * 5
    for group, weight in ((_PRICE, price), (_OBJECTIVE, 100 - price - np.minimum(judged, 40)), (_JUDGED, np.minimum(judged, 40))):
        _draw(dossier, scored, SCORING, np.full(len(scored), group), rng, weight=weight)


def _draw(
    dossier: Dossier, rows: Ints, kind: int, group: Ints, rng: np.random.Generator, shift: int = 0, weight: Ints | int = NONE
) -> None:
    """A clause for each tender out of its list; `shift` keeps a second draw of the same list apart from the first."""
    sizes = np.array([len(one) for one in _lists()])
    first = np.cumsum(sizes) - sizes
    half = sizes[group] // 2
    within = rng.integers(0, 10**6, len(rows)) % np.maximum(half, 1) + half * shift
    template = first[group] + (within if kind == TECHNICAL else rng.integers(0, 10**6, len(rows)) % sizes[group])
    least, most = np.array([one.least for one in templates()]), np.array([one.most for one in templates()])
    spread = (most - least + 1)[template]
    fixed = np.array([NONE if one.objective is None else int(one.objective) for one in templates()])
    dossier.clauses.add(
        len(rows), tender=rows, kind=kind, template=template, number=least[template] + rng.integers(0, 10**6, len(rows)) % spread,
        weight=weight, objective=fixed[template],
    )  # fmt: skip


def wording_of(dossier: Dossier, rows: Ints) -> Column:
    """The texts of clauses."""
    book, found = dossier.clauses, templates()
    said, template, number = (book[name][rows] for name in ("said", "template", "number"))
    parts = [clause.text.partition("{n}") for clause in found]
    heads, tails = texts([head for head, _, _ in parts]), texts([tail for _, _, tail in parts])
    numbered: Bools = np.array([bool(mark) for _, mark, _ in parts])
    at = np.maximum(template, 0)
    middle = np.where(numbered[at], np.maximum(number, 0).astype(np.str_), "")
    text = np.strings.add(np.strings.add(heads[at], middle), tails[at])
    own = texts([*dossier.said, ""])
    return as_column(np.where(said == NONE, text, own[np.where(said == NONE, len(dossier.said), said)]))
