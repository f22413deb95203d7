"""S21 转圈粮、空单: grain that goes from depot to firm to depot and back to the first, and loads of a firm that nobody weighed."""

import numpy as np

from datasets.city.arrays import NONE
from datasets.city.grain import IN, OUT
from datasets.city.plant.depot import a_day, a_depot, a_firm, a_partner, bad_depot, some_loads, tell, trade, two_depots
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_CHAINS = ("open", "slow", "half", "open", "half", "slow", "open")
_TICKETS = ("sold", "time missing", "one lost", "plate missing", "sold")

_GAPS = {
    "one lost": ("ticket", "个别磅单号漏登，有过磅时间和车号"), "time missing": ("weighed", "有磅单，过磅时间未录入"), "plate missing": ("truck", "有磅单，车号未录入"),
}  # fmt: skip


def plant(scene: Scene) -> None:
    wanted = scene.number(3)
    for place in range(wanted):
        _circle(scene, alone=place % 3 == 2, near=scene.near(place + 1))
    for place in range(11 * wanted):
        _chain(scene, _CHAINS[place % len(_CHAINS)])
    wanted = scene.number(3)
    for _ in range(wanted):
        _unweighed(scene)
    for place in range(11 * wanted):
        _weighed(scene, _TICKETS[place % len(_TICKETS)])


def _circle(scene: Scene, *, alone: bool, near: bool) -> None:
    """Four legs within sixty days; `alone`: one firm makes all of them."""
    rng = scene.rng
    start = bad_depot(scene)
    other = bad_depot(scene, start)
    first = a_firm(scene, start, other)
    begin, loads = a_day(scene, 75), some_loads(scene, int(rng.integers(2, 6)))
    span = int(rng.integers(56, 59)) if near else int(rng.integers(34, 48))
    days = [begin, begin + int(rng.integers(3, 9)), begin + int(rng.integers(13, 26)), begin + span]
    slack = rng.uniform(0.041, 0.048) if near else rng.uniform(0, 0.03)
    legs = [
        trade(scene, start, first, OUT, days[0], loads, 3),
        trade(scene, other, first, IN, days[1], (loads * (1 - slack / 3)).astype(np.int64)),
    ]
    second = first if alone else a_firm(scene, start, other)
    legs.append(trade(scene, other, second, OUT, days[2], (loads * (1 - slack / 2)).astype(np.int64), 1))
    legs.append(trade(scene, start, second, IN, days[3], (loads * (1 - slack)).astype(np.int64)))
    tell(scene, PROBLEM, start, np.concatenate(legs), "粮食经两家企业、两个库点转回原库点", near=near)
    tell(scene, UNDECIDABLE, other, np.concatenate(legs), "转圈粮经过的库点")


def _chain(scene: Scene, story: str) -> None:
    """Chains that do not close, close after months, or with another amount."""
    rng = scene.rng
    start, other = two_depots(scene)
    first, begin = a_firm(scene, start, other), a_day(scene, 200)
    loads = some_loads(scene, int(rng.integers(2, 5)), 27, 31)
    legs = [
        trade(scene, start, first, OUT, begin, loads, 3),
        trade(scene, other, first, IN, begin + int(rng.integers(32, 40)), loads),
    ]
    note = "正常购销，未回到原库点"
    if story != "open":
        second = a_firm(scene, start, other)
        later = begin + int(rng.integers(75, 110)) if story == "slow" else begin + 50
        loads = loads if story == "slow" else some_loads(scene, 1, 10, 20)
        legs.append(trade(scene, other, second, OUT, later - 5, loads, 2))
        legs.append(trade(scene, start, second, IN, later, loads))
        note = "间隔数月的独立购销" if story == "slow" else "数量相差悬殊的独立购销"
    tell(scene, EXPLAINED, start, np.concatenate([legs[0], *legs[3:]]), note, near=False)


def _unweighed(scene: Scene) -> None:
    """Loads are paid for that no truck brought over the scales."""
    depot = bad_depot(scene)
    loads = some_loads(scene, int(scene.rng.integers(3, 9)))
    made = trade(scene, depot, a_firm(scene, depot), IN, a_day(scene, 30), loads, ticket=NONE, weighed=NONE, truck=NONE)
    tell(scene, PROBLEM, depot, made, "入库付款无过磅记录")


def _weighed(scene: Scene, story: str) -> None:
    """Loads whose slip was lost though the scales know them, and sales weighed by the buyer."""
    depot = a_depot(scene)
    begin, book = a_day(scene, 30), scene.city.granary.txns
    firm = a_partner(scene, OUT if story == "sold" else IN, depot, begin)
    loads = some_loads(scene, int(scene.rng.integers(4, 9)))
    if story == "sold":
        made, note = trade(scene, depot, firm, OUT, begin, loads, 3, ticket=NONE), "出库由购方过磅"
    else:
        made = trade(scene, depot, firm, IN, begin, loads)
        column, note = _GAPS[story]
        book[column][made[:1] if story == "one lost" else made] = NONE
    tell(scene, EXPLAINED, depot, made, note)
