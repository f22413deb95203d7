"""R065, R066 and R069 合同变更减少数量、增加数量、提高价格: contracts amended by more than a tenth, or at a higher price.

Innocent: less than a tenth, as much taken out as put in, a lower price, only more time. A price adjusted by a clause that
the contract has is for a person to judge.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, Ints, among, kept
from datasets.city.dossier import PRICE, QUANTITY_DOWN, QUANTITY_UP, TERM
from datasets.city.plant.agreement import contract_of, perform_again, report
from datasets.city.plant.grown_contract import amend
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders
from datasets.city.tender import DIRECT, FRAMEWORK
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_LESS = ("采购人取消部分内容", "用地未落实，核减工程量", "预算压减，减少数量", "现场条件不具备，取消部分分项")


def plant_less(scene: Scene) -> None:
    """R065."""
    rng = scene.rng
    chosen = cast_tenders(scene, _unchanged(scene), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        near, contract = scene.near(place), contract_of(scene, tender)
        total = float(rng.uniform(0.102, 0.1095) if near else rng.uniform(0.13, 0.55))
        made = [
            amend(scene, contract, -total / parts, QUANTITY_DOWN, 20 + 25 * nth)
            for parts in (1 + place % 2,)
            for nth in range(parts)
        ]
        scene.city.dossier.amendments["said"][made] = scene.city.dossier.say(str(rng.choice(_LESS)))
        _done(scene, PROBLEM, contract, made, near, "合同变更核减数量超过百分之十")
    for place, tender in enumerate(cast_alike(scene, _unchanged(scene), 11 * len(chosen)).tolist()):
        _less_innocent(scene, place, contract_of(scene, tender))


def _done(scene: Scene, kind: str, contract: int, made: list[int], near: bool, note: str) -> None:
    """Perform the contract as amended, and write the truth."""
    perform_again(scene, contract)
    report(scene, kind, contract, rows("amendment", made), near=near, note=note)


def _less_innocent(scene: Scene, place: int, contract: int) -> None:
    rng, later = scene.rng, int(scene.rng.integers(20, 70))
    if place % 3 == 0:
        made, near, note = (
            [amend(scene, contract, -float(rng.uniform(0.082, 0.0985)), QUANTITY_DOWN, later)],
            True,
            "核减数量不足百分之十",
        )
    elif place % 3 == 1:
        made, near, note = [amend(scene, contract, -float(rng.uniform(0.05, 0.2)), PRICE, later)], False, "数量不变，协商降低单价"
    else:
        made, near, note = [amend(scene, contract, 0.0, TERM, later)], False, "仅顺延工期，数量不变"
    _done(scene, EXPLAINED, contract, made, near, note)


def plant_more(scene: Scene) -> None:
    """R066: its problems come with supplements (C17) and direct purchases (R054); here are more of its look-alikes."""
    wanted = 11 * len(scene.city.truth.of("R066", PROBLEM))
    rng = scene.rng
    for place, tender in enumerate(cast_alike(scene, _unchanged(scene), wanted).tolist()):
        contract, later = contract_of(scene, tender), int(rng.integers(20, 70))
        if place % 3 == 0:
            made, near, note = (
                [amend(scene, contract, float(rng.uniform(0.08, 0.0985)), QUANTITY_UP, later)],
                True,
                "增加数量不足百分之十",
            )
        elif place % 3 == 1:
            share = float(rng.uniform(0.03, 0.08))
            made = [amend(scene, contract, share, QUANTITY_UP, 20), amend(scene, contract, -share, QUANTITY_DOWN, 20)]
            near, note = False, "调整内容，增减相抵"
        else:
            made, near, note = [amend(scene, contract, 0.0, TERM, later)], False, "仅顺延工期，数量不变"
        _done(scene, EXPLAINED, contract, made, near, note)
        report(scene.also("C17"), EXPLAINED, contract, rows("amendment", made), near=near, note=note)


def plant_dearer(scene: Scene) -> None:
    """R069; above a tenth the supplement is too large as well (C17)."""
    rng = scene.rng
    chosen = cast_tenders(scene, _unchanged(scene), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        near, contract = scene.near(place), contract_of(scene, tender)
        share = float(rng.uniform(0.104, 0.1095) if near else rng.choice([rng.uniform(0.06, 0.095), rng.uniform(0.12, 0.3)]))
        made = [amend(scene, contract, share, PRICE, int(rng.integers(20, 70)))]
        _done(scene, PROBLEM, contract, made, near, "合同变更提高价格")
        if share > 0.1:
            report(
                scene.also("C17"), PROBLEM, contract, rows("amendment", made), near=near, note="补充合同累计超过原合同百分之十"
            )
    wanted = 11 * len(scene.city.truth.of("R069", PROBLEM))
    for place, tender in enumerate(cast_alike(scene, _unchanged(scene), wanted).tolist()):
        _same_price(scene, place, contract_of(scene, tender))
    for tender in cast_tenders(scene, _unchanged(scene), max(1, len(chosen) // 3)).tolist():
        contract = contract_of(scene, tender)
        made = [amend(scene, contract, float(rng.uniform(0.01, 0.025)), PRICE, 40)]
        scene.city.dossier.amendments["said"][made] = scene.city.dossier.say("按合同调价条款随材料指数调整")
        _done(scene, UNDECIDABLE, contract, made, False, "按合同约定的调价条款小幅调价，是否合规需人工判断")


def _same_price(scene: Scene, place: int, contract: int) -> None:
    rng, later = scene.rng, int(scene.rng.integers(20, 70))
    if place % 3 == 0:
        made, note = [amend(scene, contract, float(rng.uniform(0.03, 0.09)), QUANTITY_UP, later)], "数量增加，单价不变"
    elif place % 3 == 1:
        made, note = [amend(scene, contract, -float(rng.uniform(0.005, 0.06)), PRICE, later)], "协商降价"
    else:
        made, note = [amend(scene, contract, 0.0, TERM, later)], "仅顺延工期，价格不变"
    _done(scene, EXPLAINED, contract, made, False, note)
    report(scene.also("C17"), EXPLAINED, contract, rows("amendment", made), note=note)


def _unchanged(scene: Scene) -> Ints:
    """Contracts some months old that were never amended; what is called off or bought directly is another matter's."""
    found, book = untouched(scene, awarded(scene)), scene.city.market.tenders
    fit = (book["method"][found] != FRAMEWORK) & (book["method"][found] != DIRECT)
    return kept(found, fit & (book["closes"][found] < (scene.city.last - 120) * DAY_SECONDS))


def untouched(scene: Scene, tenders: Ints) -> Ints:
    """Those of the tenders whose contract was never amended."""
    city = scene.city
    changed = city.dossier.contracts["tender"][city.dossier.amendments["contract"]]
    return np.asarray(tenders[~among(tenders, changed)])
