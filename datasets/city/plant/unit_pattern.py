"""X12 单位问题多发: a unit with cases of two topics and more, late answers and rectification left undone. Whether that is a pattern a person must say."""

from collections import defaultdict

import numpy as np

from datasets.city.arrays import NONE
from datasets.city.plant.scene import Scene
from datasets.city.remedy import ask
from datasets.city.truth import PROBLEM, Case, rows

_TOPICS = {"S": "subsidy", "C": "procurement", "R": "procurement", "H": "hotline", "X": "cross"}


def plant(scene: Scene) -> None:
    by_unit: dict[int, list[Case]] = defaultdict(list)
    for case in scene.city.truth.cases:
        if case.kind == PROBLEM and case.unit != NONE and case.rule != "X12":
            by_unit[case.unit].append(case)
    written = 0
    for unit, cases in sorted(by_unit.items()):
        families, topics = {case.rule for case in cases}, {_TOPICS[case.rule[0]] for case in cases}
        late = any(case.rule == "H01" for case in cases)
        if len(families) >= 3:
            grave = late and len(topics) >= 2
            left = _left_undone(scene, unit, int(scene.rng.integers(1, 4))) if grave else ()
            note = "多类疑点、超期办件、整改逾期未完成" if grave else "疑点涉及三类以上"
            _told(scene, "undecidable", unit, cases[:6], note, left)
            written += 1
    few = [(unit, cases) for unit, cases in sorted(by_unit.items()) if len({case.rule for case in cases}) < 3]
    for at, (unit, cases) in enumerate(few[: 11 * max(1, written)]):
        left = _left_undone(scene, unit, 1) if at % 4 == 0 else ()
        _told(scene, "explained", unit, cases[:2], "整改有一项逾期，疑点不足三类" if left else "疑点不足三类", left)


def _left_undone(scene: Scene, unit: int, count: int) -> tuple[int, ...]:
    """Items of the unit whose day is past and which nobody has closed."""
    return tuple(ask(scene.city.remedies, unit, scene.city.last - scene.rng.integers(5, 200, count)).tolist())


def _told(scene: Scene, kind: str, unit: int, cases: list[Case], note: str, left: tuple[int, ...]) -> None:
    evidence = tuple(rows(table, found[:1]) for case in cases for table, found in case.evidence[:1])
    evidence += (rows("rectification", np.array(left)),) if left else ()
    tell = scene.undecidable if kind == "undecidable" else scene.explained
    near = kind == "explained" and len(cases) > 2
    tell("unit", unit, unit, evidence, area=int(scene.city.bodies.area[unit]), near=near, note=note)
