"""S23 价差: grain bought above or sold below the reference price of the day; small lots and lower grades have their own price."""

import numpy as np

from datasets.city.grain import IN, OUT
from datasets.city.plant.depot import a_day, a_depot, a_firm, a_partner, some_loads, tell, trade
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_STORIES = ("close", "small", "close", "small", "close")


def plant(scene: Scene) -> None:
    wanted = scene.number(5)
    for place in range(wanted):
        near = scene.near(place + 1)
        _priced(
            scene,
            PROBLEM,
            scene.rng.uniform(0.031, 0.0328) if near else scene.rng.uniform(0.045, 0.22),
            int(scene.rng.integers(2, 8)),
            near=near,
        )
    for place in range(11 * wanted):
        if _STORIES[place % len(_STORIES)] == "close":
            _priced(scene, EXPLAINED, scene.rng.uniform(0.024, 0.0293), int(scene.rng.integers(2, 6)), near=True)
        else:
            _priced(scene, EXPLAINED, scene.rng.uniform(0.035, 0.09), 1, near=False)
    for _ in range(max(1, wanted // 4)):
        _priced(scene, UNDECIDABLE, scene.rng.uniform(0.04, 0.08), 3, near=False)


def _priced(scene: Scene, kind: str, off: float, count: int, *, near: bool) -> None:
    """Loads at a price off the market: old grain too cheap, or new grain too dear."""
    depot, rng, held = a_depot(scene), scene.rng, scene.city.granary
    outward = kind == UNDECIDABLE or rng.random() < 0.55
    loads = some_loads(scene, count) if count > 1 else some_loads(scene, 1, 3, 15)
    begin, commodity = a_day(scene, 30), int(rng.integers(2))
    side = OUT if outward else IN
    firm = a_partner(scene, side, depot, begin) if kind == EXPLAINED else a_firm(scene, depot)
    made = trade(scene, depot, firm, side, begin, loads, 2 if outward else 0, commodity)
    book = held.txns
    market = held.price(np.full(count, commodity), book["done"][made])
    book["price"][made] = (market * (1 - off if outward else 1 + off)).astype(np.int64) // 100 * 100
    note = "低价出库" if outward else "高价入库"
    if kind == EXPLAINED:
        note = "价格在浮动范围内" if near else "零星小批量"
    if kind == UNDECIDABLE:
        book["grade"][made], note = 3, "等外粮折价，幅度是否合理需人工判断"
    tell(scene, kind, depot, made, note, near=near)
