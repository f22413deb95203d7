"""H12 多次处罚不改: a firm fined twice within a year and complained of three times; either alone is innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among
from datasets.city.penalty import AUTHORITIES, fine
from datasets.city.plant.hotline_texts import hotline_texts, ring, special
from datasets.city.plant.many_unpaid import clean_firms
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows

_CATEGORIES = {"生态环境局": "环境保护", "市场监督管理局": "商贸旅游", "城市管理局": "城乡建设"}
_YEAR = 365
# complaints, fines, and whether the fines lie more than a year apart
_STORIES = ((2, 2, False), (3, 1, False), (3, 2, True), (0, 2, False), (4, 1, False), (2, 3, False))
_NOTES = ("投诉不足三件", "一年内仅处罚一次", "两次处罚间隔超过一年", "有处罚而无投诉", "一年内仅处罚一次", "投诉不足三件")


def plant(scene: Scene) -> None:
    firms = scene.rng.permutation(clean_firms(scene))
    firms = firms[~among(firms, scene.city.penalties["firm"])]
    wanted = scene.number(4, 1)
    for place, firm in enumerate(firms[:wanted].tolist()):
        near = scene.near(place)
        calls, fines = (3, 2) if near else (int(scene.rng.integers(4, 8)), int(scene.rng.integers(2, 5)))
        _go(scene, PROBLEM, firm, calls, fines, False, near, f"一年内处罚{fines}次、投诉{calls}件")
    for place, firm in enumerate(firms[wanted : 12 * wanted].tolist()):
        at = place % len(_STORIES)
        calls, fines, apart = _STORIES[at]
        _go(scene, EXPLAINED, firm, calls, fines, apart, at in (0, 1), _NOTES[at])


def _go(scene: Scene, kind: str, firm: int, calls: int, fines: int, apart: bool, near: bool, note: str) -> None:
    city, rng = scene.city, scene.rng
    name = AUTHORITIES[int(rng.integers(len(AUTHORITIES)))]
    unit, category = city.bodies.agency(name), _CATEGORIES[name]
    span = city.last - city.first
    if apart:
        start = city.first + int(rng.integers(20, max(21, span - 470)))
        decided = np.array([start, start + min(span - 60, _YEAR + int(rng.integers(40, 90)))])
    else:
        start = city.first + int(rng.integers(20, span - 330))
        decided = start + np.sort(rng.integers(0, 200, fines))
    made = fine(city.penalties, np.full(fines, firm), decided, unit, rng)
    town = int(city.places.town_of[city.firms.area[firm]])
    tickets: Ints = np.zeros(0, dtype=np.int64)
    if calls:
        texts = [special(scene, one, category) for one in hotline_texts().against_firm]
        days = int(decided[0]) + np.sort(rng.integers(0, 290, calls))
        area = town if town in city.places.towns else 0
        tickets = ring(
            scene,
            np.minimum(days, city.last - 12),
            texts,
            category,
            unit,
            firm=firm,
            area=area,
            town=town,
            place=1,
            accused_unit=NONE,
        )
    evidence = (rows("penalty", made), rows("ticket", tickets))
    write = scene.problem if kind == PROBLEM else scene.explained
    write("enterprise", firm, unit, evidence, area=town, near=near, note=note)
