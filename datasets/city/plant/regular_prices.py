"""C6 报价呈规律性差异: equal steps, equal ratios, thousandths of the budget, hardly any spread; round figures are innocent."""

import numpy as np

from datasets.city.arrays import Ints, distinct, without
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_tenders, decided
from datasets.city.truth import rows

_PATTERNS = ("steps", "narrow", "ratio", "grid", "narrow", "steps", "tails", "steps", "narrow", "ratio")

_DEAR = 1_000_000_00


def plant(scene: Scene) -> None:
    chosen = cast_tenders(scene, _fit(scene), scene.number(7, 2))
    for place, tender in enumerate(chosen.tolist()):
        pattern = _PATTERNS[place % len(_PATTERNS)]
        # four equal digits need prices that are ten thousands apart
        small = scene.city.market.tenders["budget"][tender] < _DEAR
        _case(scene, place, tender, "ratio" if pattern == "tails" and small else pattern)
    count = 10 * len(chosen)
    round_ones = cast_tenders(scene, _round_figures(scene), count // 2)
    for tender in round_ones.tolist():
        _write_innocent(scene, tender, False, "整数报价，尾数为零")
    for tender in cast_tenders(scene, _fit(scene), count - len(round_ones)).tolist():
        spread = scene.rng.uniform(0.0105, 0.0135)
        _set(scene, tender, _narrow(scene, tender, float(spread)))
        _write_innocent(scene, tender, True, "标准化货物，价格接近但无规律")


def _fit(scene: Scene) -> Ints:
    found = decided(scene)
    market = scene.city.market
    count = np.bincount(market.bids["tender"][market.bids["alive"] == 1], minlength=len(market.tenders))
    return found[(count[found] >= 3) & (count[found] <= 7) & (market.tenders["method"][found] <= 4)]


def _round_figures(scene: Scene) -> Ints:
    """Tenders in which every bid is a round thousand."""
    found, book = _fit(scene), scene.city.market.bids
    alive = book["alive"] == 1
    odd = distinct(book["tender"][alive & (book["price"] % 100_000 != 0)])
    return without(found, odd)


def _set(scene: Scene, tender: int, prices: Ints) -> Ints:
    bids = bids_of(scene, tender)
    scene.city.market.bids["price"][scene.rng.permutation(bids)] = prices
    return bids


def _case(scene: Scene, place: int, tender: int, pattern: str) -> None:
    near = pattern == "narrow"
    makers = {"steps": _steps, "ratio": _ratio, "grid": _grid, "tails": _tails}
    prices = _narrow(scene, tender, float(scene.rng.uniform(0.0091, 0.0098))) if near else makers[pattern](scene, tender)
    bids = _set(scene, tender, prices)
    market = scene.city.market
    buyer = int(market.tenders["buyer"][tender])
    scene.problem("tender", tender, buyer, (rows("tender", [tender]), rows("bid", bids)), area=int(scene.city.bodies.area[buyer]),
                  cents=int(market.tenders["budget"][tender]), near=near, note=f"报价规律性差异：{pattern}")  # fmt: skip


def _write_innocent(scene: Scene, tender: int, near: bool, note: str) -> None:
    buyer = int(scene.city.market.tenders["buyer"][tender])
    scene.explained(
        "tender",
        tender,
        buyer,
        (rows("tender", [tender]), rows("bid", bids_of(scene, tender))),
        area=int(scene.city.bodies.area[buyer]),
        near=near,
        note=note,
    )


def _frame(scene: Scene, tender: int) -> tuple[int, int]:
    """Number of bids, budget in yuan."""
    return len(bids_of(scene, tender)), int(scene.city.market.tenders["budget"][tender]) // 100


def _steps(scene: Scene, tender: int) -> Ints:
    count, budget = _frame(scene, tender)
    step = int(budget * scene.rng.uniform(0.012, 0.022)) | 1
    low = int(budget * scene.rng.uniform(0.78, 0.84))
    # typing the sheets by hand leaves a yuan here and there
    return np.asarray((low + step * np.arange(count) + scene.rng.integers(0, 2, count)) * 100, dtype=np.int64)


def _ratio(scene: Scene, tender: int) -> Ints:
    count, budget = _frame(scene, tender)
    low, factor = budget * scene.rng.uniform(0.78, 0.84), scene.rng.uniform(1.013, 1.024)
    return np.asarray(np.round(low * factor ** np.arange(count)) * 100, dtype=np.int64)


def _grid(scene: Scene, tender: int) -> Ints:
    """Whole thousandths of the budget, unevenly apart."""
    count, _ = _frame(scene, tender)
    budget = scene.city.market.tenders["budget"][tender]
    scene.city.market.tenders["budget"][tender] = budget = budget // 100_000 * 100_000 + 37_000
    parts = 985 - np.cumsum(np.array([3, 11, 17, 6, 23, 9, 14])[:count])
    return np.asarray(budget * parts // 1000, dtype=np.int64)


def _tails(scene: Scene, tender: int) -> Ints:
    """The same four digits at the end of every price."""
    count, budget = _frame(scene, tender)
    parts = 0.97 - np.cumsum(np.array([0.013, 0.031, 0.019, 0.044, 0.027, 0.016, 0.038])[:count])
    return np.asarray((np.round(budget * parts / 10_000) * 10_000 + 3721) * 100, dtype=np.int64)


def _narrow(scene: Scene, tender: int, spread: float) -> Ints:
    """Prices of exactly this coefficient of variation and no regular distances."""
    count, budget = _frame(scene, tender)
    shape = np.array([0.0, 0.31, 1.0, 1.93, 2.21, 3.4, 3.62])[:count]
    shape = shape - shape.mean()
    level = budget * scene.rng.uniform(0.86, 0.93)
    return np.asarray(np.round(level * (1 + shape / shape.std(ddof=1) * spread)) * 100, dtype=np.int64)
