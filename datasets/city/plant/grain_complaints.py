"""X09 问题粮库遭投诉: growers complain of unpaid or down-graded grain at a depot whose rotation is false; noise and queues are another matter."""

from functools import cache
from pathlib import Path

import numpy as np

from datasets import strict_yaml
from datasets.city.arrays import Ints
from datasets.city.plant.hotline_texts import Said, ring, special
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows
from datasets.city.vocabulary import words
from datasets.contract import Declared


class Texts(Declared):
    grain: tuple[Said, ...]
    other: tuple[Said, ...]


@cache
def texts() -> Texts:
    """The texts, read once."""
    return strict_yaml.read(Path(__file__).with_suffix(".yml"), Texts)[0]


def plant(scene: Scene) -> None:
    """Complaints follow the loads of a case within weeks."""
    cases = [case for case in scene.city.truth.cases if case.rule in ("S20", "S21") and case.kind != EXPLAINED]
    sure = {case.subject for case in cases if case.kind == PROBLEM and 0 < _day(scene, case.evidence) < scene.city.last - 70}
    touched = {case.subject for case in cases}
    told = scene.rng.permutation(np.array(sorted(sure)))[: scene.number(2)].tolist()
    for depot in told:
        first = min(
            day
            for day in (_day(scene, case.evidence) for case in cases if case.subject == depot and case.kind == PROBLEM)
            if day > 0
        )
        days = np.sort(np.minimum(first + scene.rng.integers(4, 60, int(scene.rng.integers(2, 5))), scene.city.last - 12))
        _tell(scene, PROBLEM, depot, _call(scene, depot, days, texts().grain), "疑似虚假轮换的库点被售粮户投诉")
    clean = np.setdiff1d(np.arange(len(scene.city.granary.names)), sorted(touched))
    quiet = np.array(sorted(touched - set(told)), dtype=np.int64)
    for place in range(11 * len(told)):
        other = place % 4 == 3 and len(quiet) > 0
        depot = int(scene.rng.choice(quiet if other else clean))
        when = scene.rng.integers(scene.city.first + 20, scene.city.last - 15, 1)
        made = _call(scene, depot, when, texts().other if other or place % 4 == 2 else texts().grain)
        _tell(scene, EXPLAINED, depot, made, "投诉事项与粮食购销无关" if other else "所指库点无轮换疑点")


def _day(scene: Scene, evidence: tuple[tuple[str, tuple[int, ...]], ...]) -> int:
    """The last day of the loads of a case; 0 where it rests on stocks."""
    loads = [row for table, found in evidence if table == "grain_txn" for row in found]
    return int(scene.city.granary.txns["done"][loads].max()) if loads else 0


def _call(scene: Scene, depot: int, days: Ints, said: tuple[Said, ...]) -> Ints:
    """Calls that name a depot, with its county or without."""
    held, city = scene.city.granary, scene.city
    county, name = words().county, str(held.names[depot])
    short = name.removeprefix(county) if held.area[depot] else name
    numbers = []
    for one in scene.rng.permutation(len(said))[: len(days)].tolist():
        called = name if scene.rng.random() < 0.4 else short
        text = Said(title=said[one].title, body=said[one].body.replace("{depot}", called))
        numbers.append(special(scene, text, "农业农村"))
    town = int(held.area[depot]) or int(city.places.towns[0])
    return ring(scene, days, numbers, "农业农村", city.bodies.agency("发展和改革委员会"), area=int(held.area[depot]), town=town)


def _tell(scene: Scene, kind: str, depot: int, tickets: Ints, note: str) -> None:
    held = scene.city.granary
    write = scene.problem if kind == PROBLEM else scene.explained
    write("warehouse", depot, held.unit, (rows("ticket", tickets),), area=int(held.area[depot]), note=note)
