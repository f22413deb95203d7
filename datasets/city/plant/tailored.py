"""C23 量身定做: clauses that name a brand, ask for a seat or awards of the place, or for local experience.

Innocent: a brand with "or equal", service points that may be opened after the award, experience anywhere, awards that bring nothing.
"""

from functools import cache
from pathlib import Path

import numpy as np

from datasets import strict_yaml
from datasets.city.arrays import Ints, among, kept
from datasets.city.dossier import CLAUSE_KINDS
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders, tell
from datasets.city.tender import CATEGORIES, DIRECT, FRAMEWORK, SINGLE_SOURCE
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows
from datasets.city.vocabulary import words
from datasets.contract import Declared


class Wording(Declared):
    """A clause; {brand}, {place}, {n} stand for a brand, the county or town, a number."""

    kind: str
    text: str
    of: str | None = None
    """Kind of purchase it belongs to; any where none is said."""


class Wordings(Declared):
    brands: dict[str, tuple[str, ...]]
    tailored: tuple[Wording, ...]
    lawful: tuple[Wording, ...]
    doubtful: tuple[Wording, ...]


@cache
def _wordings() -> Wordings:
    return strict_yaml.read(Path(__file__).with_suffix(".yml"), Wordings)[0]


def plant(scene: Scene) -> None:
    said = _wordings()
    chosen = cast_tenders(scene, _contested(scene), scene.number(7, 2))
    order = scene.rng.permutation(len(said.tailored))
    for place, tender in enumerate(chosen.tolist()):
        made = [
            _write(scene, tender, said.tailored, int(order[place % len(order)]) + 5 * extra)
            for extra in range(1 if scene.near(place) else 1 + place % 2)
        ]
        tell(scene, PROBLEM, tender, more=(rows("tender_clause", made),), near=scene.near(place), note="采购文件存在倾向性条款")
    for place, tender in enumerate(cast_alike(scene, awarded(scene), 11 * len(chosen)).tolist()):
        category = CATEGORIES[int(scene.city.market.tenders["category"][tender])]
        # every third names a brand where a clause of the kind does
        named = tuple(one for one in said.lawful if "或相当于" in one.text and one.of in (None, category))
        clause = _write(scene, tender, named if named and place % 3 == 0 else said.lawful, place)
        text = scene.city.dossier.said[int(scene.city.dossier.clauses["said"][clause])]
        note = "所列品牌仅为参照，允许同等产品" if "或相当于" in text else "不限品牌、地域和业绩来源"
        tell(scene, EXPLAINED, tender, more=(rows("tender_clause", [clause]),), near=place % 3 == 0, note=note)
    for place, tender in enumerate(cast_tenders(scene, awarded(scene), max(1, len(chosen) // 4)).tolist()):
        clause = _write(scene, tender, said.doubtful, place)
        tell(scene, UNDECIDABLE, tender, more=(rows("tender_clause", [clause]),), note="条款是否必要需结合项目判断")


def _contested(scene: Scene) -> Ints:
    """Awarded purchases that several could bid for: who buys from one source names what he buys."""
    rows = awarded(scene)
    return kept(rows, ~among(scene.city.market.tenders["method"][rows], (SINGLE_SOURCE, FRAMEWORK, DIRECT)))


def _write(scene: Scene, tender: int, choice: tuple[Wording, ...], place: int) -> int:
    """A clause fit for the purchase in place of an ordinary one of its kind; returns its row."""
    city, rng = scene.city, scene.rng
    category = CATEGORIES[int(city.market.tenders["category"][tender])]
    fit = [one for one in choice if one.of in (None, category)]
    one = fit[place % len(fit)]
    brands = _wordings().brands.get(
        list(words().industries)[int(city.market.tenders["industry"][tender])], _wordings().brands["其他"]
    )
    area = int(city.bodies.area[city.market.tenders["buyer"][tender]])
    name = words().county if area == 0 or rng.random() < 0.6 else str(city.places.name[area])
    where = str(rng.choice([name, "本县", "本地", "本行政区域"], p=[0.4, 0.3, 0.2, 0.1]))
    text = one.text.format(brand=str(rng.choice(brands)), place=where, n=int(rng.integers(2, 9)))
    clauses, kind = city.dossier.clauses, CLAUSE_KINDS.index(one.kind)
    mine: Ints = np.flatnonzero((clauses["tender"] == tender) & (clauses["kind"] == kind))
    said = city.dossier.say(text)
    if len(mine) > 1 and kind == 1:
        clauses["said"][mine[-1]] = said
        return int(mine[-1])
    return int(
        clauses.add(
            1,
            tender=tender,
            kind=kind,
            template=0,
            number=1,
            said=said,
            objective=1 if kind == 2 else -(2**62),
            weight=3 if kind == 2 else -(2**62),
        )[0]
    )
