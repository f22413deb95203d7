"""H07 解决率偏低: a unit whose callers say far more often than elsewhere that nothing was solved. Context only: it is undecidable by nature."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, day, distinct, kept, shared
from datasets.city.plant.complaints import ordinary
from datasets.city.plant.scene import Scene
from datasets.city.truth import rows

_LEAST = 30


def plant(scene: Scene) -> None:
    asked = _asked(scene)
    groups = [group for group in asked if len(group) >= _LEAST + 2]
    order = scene.rng.permutation(len(groups)).tolist()
    wanted = min(scene.number(2, 1), len(groups))
    for at in order[:wanted]:
        rate = float(scene.rng.uniform(0.42, 0.58))
        _answer(scene, groups[at], rate)
        _tell(scene, groups[at], True, "回访解决率明显低于全县")
    rest = [groups[at] for at in order[wanted:]][: 6 * wanted]
    for group in rest:
        _tell(scene, group, False, "回访解决率与全县相近")
    small = [group for group in asked if 8 <= len(group) < _LEAST - 4][: 11 * wanted - len(rest)]
    for group in small:
        _answer(scene, group, 0.5)
        _tell(scene, group, False, "回访件不足三十件")


def _asked(scene: Scene) -> list[Ints]:
    """Tickets that callers were asked about, by unit and year."""
    book = scene.city.desk.tickets
    tickets = np.flatnonzero((book["alive"] == 1) & (book["called"] == 1) & (book["solved"] != NONE) & (book["regime"] != 2))
    out = []
    for year in scene.city.years:
        first, last = day(year) * DAY_SECONDS, day(year + 1) * DAY_SECONDS
        mine = kept(tickets, (book["created"][tickets] >= first) & (book["created"][tickets] < last))
        out += [kept(mine, book["unit"][mine] == unit) for unit in distinct(book["unit"][mine]).tolist()]
    return out


def _answer(scene: Scene, group: Ints, rate: float) -> None:
    """Let so great a share say that it was solved; those with a part elsewhere keep their answer."""
    book = scene.city.desk.tickets
    free = shared(group, ordinary(scene, book["called"] == 1))
    unsolved = scene.rng.permutation(free)[: max(0, round(len(group) * (1 - rate)))]
    book["solved"][free], book["satisfied"][free] = 1, 1
    book["solved"][unsolved], book["satisfied"][unsolved] = 0, 0


def _tell(scene: Scene, group: Ints, low: bool, note: str) -> None:
    unit = int(scene.city.desk.tickets["unit"][group[0]])
    write = scene.undecidable if low else scene.explained
    write("unit", unit, unit, (rows("ticket", group),), area=int(scene.city.bodies.area[unit]), note=note)
