"""X12 单位问题多发: a unit with cases of three topics and more, late answers among them. Whether that is a pattern a person must say."""

from collections import defaultdict

from datasets.city.arrays import NONE
from datasets.city.plant.scene import Scene
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
        evidence = tuple(rows(table, found[:1]) for case in cases[:6] for table, found in case.evidence[:1])
        if len(families) >= 3:
            note = "多类疑点并有超期办件" if late and len(topics) >= 2 else "疑点涉及三类以上"
            scene.undecidable("unit", unit, unit, evidence, area=int(scene.city.bodies.area[unit]), note=note)
            written += 1
    few = [(unit, cases) for unit, cases in sorted(by_unit.items()) if len({case.rule for case in cases}) < 3]
    for unit, cases in few[: 11 * max(1, written)]:
        evidence = tuple(rows(table, found[:1]) for case in cases[:2] for table, found in case.evidence[:1])
        scene.explained(
            "unit", unit, unit, evidence, area=int(scene.city.bodies.area[unit]), near=len(cases) > 2, note="疑点不足三类"
        )
