"""S20 虚假轮换: old grain goes out and comes back as new, is weighed as no truck can be, is too old, or is lost beyond the norm."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among
from datasets.city.grain import IN, OUT, TONNE
from datasets.city.plant.depot import (
    a_day,
    a_depot,
    a_firm,
    a_partner,
    bad_depot,
    some_loads,
    tell,
    trade,
    two_depots,
    weak_depots,
)
from datasets.city.plant.scene import Scene
from datasets.city.plant.telling import writer
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_COMES_BACK = ("late", "less", "other grain", "late", "other depot", "less", "late", "other grain", "less", "other depot")
_WEIGHED = ("full load", "quick turn", "evening", "early morning", "two trucks")
_OLD = ("last year's", "unknown", "sold", "last year's")


def plant(scene: Scene) -> None:
    wanted = scene.number(4)
    for place in range(wanted):
        _there_and_back(scene, near=scene.near(place + 1))
    for place in range(11 * wanted):
        _comes_back(scene, _COMES_BACK[place % len(_COMES_BACK)], near=place % 3 == 0)
    for _ in range(max(1, wanted // 3)):
        _sent_back(scene)
    wanted = scene.number(4)
    for place in range(wanted):
        _impossible(scene, place + int(scene.rng.integers(3)), near=scene.near(place))
    for place in range(11 * wanted):
        _weighed(scene, _WEIGHED[place % len(_WEIGHED)])
    wanted = scene.number(2)
    for place in range(wanted):
        _too_old(scene, near=scene.near(place + 1))
    for place in range(11 * wanted):
        _old_enough(scene, _OLD[place % len(_OLD)])
    _lost(scene, scene.number(3))


def _there_and_back(scene: Scene, *, near: bool) -> None:
    """One firm takes old grain and brings the same amount within thirty days."""
    depot, begin = bad_depot(scene), a_day(scene, 60)
    firm, commodity = a_firm(scene, depot), int(scene.rng.integers(2))
    loads = some_loads(scene, int(scene.rng.integers(2, 6)))
    back = int(scene.rng.integers(27, 30)) if near else int(scene.rng.integers(2, 22))
    change = float(scene.rng.choice([-1, 1])) * (scene.rng.uniform(0.0183, 0.0194) if near else scene.rng.uniform(0, 0.012))
    gone = trade(scene, depot, firm, OUT, begin, loads, int(scene.rng.integers(2, 5)), commodity)
    came = trade(
        scene, depot, firm, IN, begin + back, (loads * (1 + change)).astype(np.int64), int(scene.rng.integers(2)), commodity
    )
    if scene.rng.random() < 0.4:
        # nothing was moved, so there is no truck either
        book, both = scene.city.granary.txns, np.r_[gone, came]
        book["truck"][both] = NONE
    tell(scene, PROBLEM, depot, np.r_[gone, came], "同一对手先出后入，数量相同", near=near)


def _comes_back(scene: Scene, story: str, *, near: bool) -> None:
    (depot, other), begin, rng = two_depots(scene), a_day(scene, 110), scene.rng
    firm = a_firm(scene, depot)
    loads = some_loads(scene, int(rng.integers(1, 5)), 26, 31)
    gone = trade(scene, depot, firm, OUT, begin, loads, int(rng.integers(2, 5)))
    back, age, note = begin + int(rng.integers(4, 26)), 0, ""
    if story == "late":
        back = begin + (int(rng.integers(33, 36)) if near else int(rng.integers(40, 100)))
        came, note = trade(scene, depot, firm, IN, back, loads, age), "间隔超过三十日的正常购销"
    elif story == "less":
        bought = some_loads(scene, int(rng.integers(1, 5)), 12, 22)
        while 0.95 < bought.sum() / loads.sum() < 1.05:  # as much by chance
            bought = some_loads(scene, int(rng.integers(1, 5)), 12, 22)
        came, note, near = trade(scene, depot, firm, IN, back, bought, age), "数量不同的另一笔购销", False
    elif story == "other grain":
        came, note, near = trade(scene, depot, firm, IN, back, loads, age, 1), "出库与入库品种不同", False
    else:
        came, note, near = trade(scene, other, firm, IN, back, loads, age), "在另一库点的正常采购", False
        tell(scene, EXPLAINED, other, came, note)
    tell(scene, EXPLAINED, depot, np.r_[gone, came] if story != "other depot" else gone, note, near=near)


def _sent_back(scene: Scene) -> None:
    """A single load comes back the next day: refused by the buyer, or never gone."""
    depot, begin = bad_depot(scene), a_day(scene, 30)
    firm, load = a_firm(scene, depot), some_loads(scene, 1)
    gone = trade(scene, depot, firm, OUT, begin, load, 2)
    came = trade(scene, depot, firm, IN, begin + int(scene.rng.integers(1, 4)), load - 300, 2, grade=3)
    tell(scene, UNDECIDABLE, depot, np.r_[gone, came], "单车次日退回，是否拒收需人工核实")


def _impossible(scene: Scene, story: int, *, near: bool) -> None:
    """Tickets that no truck can have: too heavy, too soon after each other, in the dead of night."""
    depot, begin, rng = bad_depot(scene), a_day(scene, 20), scene.rng
    firm, book = a_firm(scene, depot), scene.city.granary.txns
    count = int(rng.integers(4, 8))
    if story % 3 == 0:
        heavy = some_loads(scene, 2, 50, 53.5) if near else some_loads(scene, 3, 58, 96)
        made = trade(scene, depot, firm, IN, begin, np.r_[some_loads(scene, 3), heavy])[-len(heavy) :]
        note = "单车净重超过车辆最大载重"
    elif story % 3 == 1:
        made = trade(scene, depot, firm, IN, begin, some_loads(scene, count))
        gap = rng.integers(13 * 60 + 32, 14 * 60 + 40, count) if near else rng.integers(150, 700, count)
        _on_a_day(scene, made, begin, int(rng.integers(9, 15)) * 3600 + np.cumsum(gap))
        book["truck"][made] = book["truck"][made[0]]
        note = "同一车辆两次过磅间隔不可能"
    else:
        made = trade(scene, depot, firm, int(rng.integers(2)), begin, some_loads(scene, count), 0)
        within = rng.integers(60, 800, count) if near else rng.integers(3600, 12_000, count)
        _on_a_day(scene, made, begin + np.arange(count), within)
        book["truck"][made] = book["truck"][made[0]]
        note = "深夜过磅"
        if int(book["direction"][made[0]]) == OUT:
            book["year"][made] -= 3
    tell(scene, PROBLEM, depot, made, note, near=near)


def _on_a_day(scene: Scene, loads: Ints, on: Ints | int, within: Ints) -> None:
    book = scene.city.granary.txns
    book["done"][loads] = on
    book["weighed"][loads] = on * DAY_SECONDS + within


def _weighed(scene: Scene, story: str) -> None:
    """Full loads, quick turns, long evenings of the harvest: as trucks can."""
    depot, begin, rng = a_depot(scene), a_day(scene, 20), scene.rng
    firm, book = a_partner(scene, IN, depot, begin), scene.city.granary.txns
    if story == "full load":
        made, note, near = trade(scene, depot, firm, IN, begin, some_loads(scene, 3, 31.6, 33.6)), "满载但未超过载重", True
    elif story == "quick turn":
        made = trade(scene, depot, firm, IN, begin, some_loads(scene, 4))
        _on_a_day(scene, made, begin, 9 * 3600 + np.cumsum(rng.integers(970, 1_500, 4)))
        book["truck"][made], note, near = book["truck"][made[0]], "就近短驳，间隔合理", True
    elif story == "two trucks":
        made = trade(scene, depot, firm, IN, begin, some_loads(scene, 4))
        _on_a_day(scene, made, begin, 9 * 3600 + np.cumsum(rng.integers(120, 600, 4)))
        book["truck"][made], note, near = 700_000 + firm * 8 + np.arange(4), "不同车辆依次过磅", False
    else:
        made = trade(scene, depot, firm, IN, begin, some_loads(scene, 2))
        hour = 22.5 if story == "evening" else 4.2
        _on_a_day(scene, made, begin, (hour * 3600 + np.array([0, 2_400]) + rng.integers(0, 1_200, 2)).astype(np.int64))
        book["truck"][made] += np.arange(2)
        note, near = "收购旺季早晚过磅", True
    tell(scene, EXPLAINED, depot, made, note, near=near)


def _too_old(scene: Scene, *, near: bool) -> None:
    """What is bought as new grain was harvested two years before, or more."""
    depot, begin = bad_depot(scene), a_day(scene, 40)
    age = 2 if near else int(scene.rng.integers(3, 6))
    made = trade(
        scene,
        depot,
        a_firm(scene, depot),
        IN,
        begin,
        some_loads(scene, int(scene.rng.integers(2, 7))),
        age,
        int(scene.rng.integers(2)),
    )
    year = scene.city.granary.txns["done"][made[-1]] // 365.25 == begin // 365.25
    tell(scene, PROBLEM, depot, made if year else made[:1], "以陈顶新，收获年度早于轮换年度", near=near)


def _old_enough(scene: Scene, story: str) -> None:
    depot, begin = a_depot(scene), a_day(scene, 40)
    side = OUT if story == "sold" else IN
    firm, loads = a_partner(scene, side, depot, begin), some_loads(scene, int(scene.rng.integers(1, 5)))
    if story == "sold":
        made, note = trade(scene, depot, firm, OUT, begin, loads, int(scene.rng.integers(4, 7))), "出库的是按期轮换的陈粮"
    elif story == "unknown":
        made, note = trade(scene, depot, firm, IN, begin, loads, 0, year=NONE), "收获年度未登记"
    else:
        made, note = trade(scene, depot, firm, IN, begin, loads, 1), "上一年度新粮，符合轮换要求"
    tell(scene, EXPLAINED, depot, made, note, near=story == "last year's")


def _lost(scene: Scene, wanted: int) -> None:
    """Losses beyond the norm, at the edge of it, and where no norm is written down."""
    held, rng = scene.city.granary, scene.rng
    book = held.stocks
    normed = rng.permutation(np.flatnonzero(book["rate"] != NONE))
    weak = among(book["warehouse"][normed], weak_depots(scene))
    normed = np.r_[normed[weak][:wanted], normed[~weak], normed[weak][wanted:]]
    unknown = np.flatnonzero(book["rate"] == NONE)[: max(1, wanted // 3)]
    norm = (book["stored"] * np.maximum(book["rate"], 0) / 1_000_000).astype(np.int64)
    for place, row in enumerate(normed[: 12 * wanted].tolist()):
        near = scene.near(place + 1)
        if place < wanted:
            book["lost"][row] = norm[row] * (rng.uniform(1.03, 1.09) if near else rng.uniform(1.5, 7))
            kind, note = PROBLEM, "损耗超过定额"
        else:
            book["lost"][row] = (
                norm[row] * rng.uniform(0.9, 0.995) if near else -norm[row] * 0.1 if place % 7 == 0 else book["lost"][row]
            )
            kind, note = EXPLAINED, "损耗在定额以内"
        excess = max(0, int(book["lost"][row] - norm[row]))
        writer(scene, kind)("warehouse", int(book["warehouse"][row]), held.unit, (rows("grain_stock", [row]),), area=int(held.area[book["warehouse"][row]]),
              cents=excess * 260_000 // TONNE, near=near, note=note)  # fmt: skip
    for row in unknown.tolist():
        book["lost"][row] = book["stored"][row] * rng.uniform(0.003, 0.006)
        scene.undecidable(
            "warehouse", int(book["warehouse"][row]), held.unit, (rows("grain_stock", [row]),), note="定额损耗率未登记，损耗偏大"
        )
