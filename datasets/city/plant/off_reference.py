"""R016 单价偏离参考价: what was awarded costs far more or far less a piece than its class does.

Innocent: a tenth or a sixth off, a dear year's reference, much asked and little awarded. Twice the price for a thing of
another quality is for a person to judge.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, kept
from datasets.city.goods import reference
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders, tell
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE
from datasets.city.vocabulary import words


def plant(scene: Scene) -> None:
    rng = scene.rng
    chosen = cast_tenders(scene, _fit(scene), scene.number(5))
    for place, tender in enumerate(chosen.tolist()):
        near = scene.near(place)
        if place % 4 == 3:
            ratio, note = (rng.uniform(0.46, 0.49) if near else rng.uniform(0.28, 0.42)), "中标单价明显低于参考价"
        else:
            ratio, note = (rng.uniform(1.53, 1.63) if near else rng.uniform(1.75, 3.2)), "中标单价明显高于参考价"
        _price(scene, tender, float(ratio))
        tell(scene, PROBLEM, tender, near=near, note=note)
        tell(scene.also("R017"), UNDECIDABLE, tender, note="单价偏离的项目，清单单项也偏离")
    for place, tender in enumerate(cast_alike(scene, _fit(scene), 11 * len(chosen)).tolist()):
        _innocent(scene, place, tender)
    for tender in cast_tenders(scene, _fit(scene), max(1, len(chosen) // 4)).tolist():
        _price(scene, tender, float(rng.uniform(1.32, 1.47)))
        tell(scene, UNDECIDABLE, tender, note="单价偏高，是否因规格档次不同需人工判断")


def _fit(scene: Scene) -> Ints:
    """Purchases of a dozen pieces and more, so that rounding says nothing; meals are another matter's."""
    found, book = awarded(scene), scene.city.market.tenders
    kitchen = list(words().industries).index("餐饮管理")
    many = book["budget"][found] > 60 * reference(book["industry"][found], book["year"][found])
    return kept(found, many & (book["industry"][found] != kitchen))


def _price(scene: Scene, tender: int, ratio: float) -> None:
    """Let what was awarded be so much dearer than the reference, and fewer of it; what was asked for the same."""
    city = scene.city
    book, items = city.market.tenders, city.dossier.items
    here = np.flatnonzero((items["tender"] == tender) & (items["alive"] == 1))
    bought = kept(here, items["award"][here] != NONE)
    asked = kept(here, items["award"][here] == NONE)
    standard = int(reference(book["industry"][[tender]], book["year"][[tender]])[0])
    amount = city.dossier.awards["amount"][items["award"][bought]]
    quantity = np.maximum(np.round(amount / (standard * ratio)), 1).astype(np.int64)
    items["quantity"][bought], items["price"][bought] = quantity, amount // quantity
    items["quantity"][asked] = quantity[: len(asked)]
    items["price"][asked] = (items["price"][bought][: len(asked)] * 1.03).astype(np.int64)


def _innocent(scene: Scene, place: int, tender: int) -> None:
    rng = scene.rng
    if place % 3 == 0:
        ratio, near, note = rng.uniform(1.1, 1.18), True, "单价略高，在市场波动之内"
    elif place % 3 == 1:
        ratio, near, note = rng.uniform(0.8, 0.9), True, "单价略低，竞争充分"
    else:
        ratio, near, note = rng.uniform(0.96, 1.04), False, "总价高因数量多，单价正常"
    _price(scene, tender, float(ratio))
    tell(scene, EXPLAINED, tender, near=near, note=note)
