"""C17 添购超百分之十: supplements that add up to more than a tenth of the contract.

Innocent: a tenth and less, more and less of the same, only more time, a contract that shrinks.
"""

import numpy as np

from datasets.city.arrays import Ints, among
from datasets.city.dossier import PRICE, QUANTITY_DOWN, QUANTITY_UP, TERM
from datasets.city.plant.agreement import contract_of, perform_again, report
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders
from datasets.city.tender import OPEN
from datasets.city.truth import EXPLAINED, PROBLEM, rows

_REASONS = {
    QUANTITY_UP: ("现场条件变化增加工程量", "采购人要求增加数量", "设计变更增加内容", "服务范围扩大"),
    PRICE: ("材料价格上涨调差", "人工费调整", "按补充协议调整单价"),
}
_STORIES = ("a tenth", "up and down", "more time", "a tenth", "less", "up and down")


def plant(scene: Scene) -> None:
    chosen = cast_tenders(scene, unchanged(scene), scene.number(5))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, contract_of(scene, tender))
    for place, tender in enumerate(cast_alike(scene, unchanged(scene), 11 * len(chosen)).tolist()):
        _innocent(scene, contract_of(scene, tender), _STORIES[place % len(_STORIES)])


def unchanged(scene: Scene) -> Ints:
    """Openly tendered contracts, some months old and not amended yet."""
    city, found = scene.city, awarded(scene)
    tenders, changed = city.market.tenders, city.dossier.amendments["contract"]
    plain = ~among(found, city.dossier.contracts["tender"][changed]) & (tenders["method"][found] == OPEN)
    out: Ints = found[plain & (tenders["closes"][found] < (city.last - 160) * 86_400)]
    return out


def amend(scene: Scene, contract: int, share: float, kind: int, later: int) -> int:
    """One amendment by a share of the contract so many days after it was signed; returns its row."""
    city = scene.city
    book = city.dossier.contracts
    signed = min(int(book["signed"][contract]) + later, city.last - 1)
    cents = int(int(book["amount"][contract]) * share) // 100 * 100
    said = city.dossier.say(str(scene.rng.choice(_REASONS[kind]))) if kind in _REASONS else None
    more = {} if said is None else {"said": said}
    return int(
        city.dossier.amendments.add(
            1, contract=contract, cents=cents, signed=signed, kind=kind, reason=int(scene.rng.integers(6)), **more
        )[0]
    )


def _case(scene: Scene, place: int, contract: int) -> None:
    near, rng = scene.near(place), scene.rng
    total = float(rng.uniform(0.102, 0.1095) if near else rng.choice([rng.uniform(0.125, 0.28), rng.uniform(0.32, 0.75)]))
    parts = rng.dirichlet(np.full(int(rng.integers(1, 4)), 4.0))
    kind = PRICE if place % 4 == 3 else QUANTITY_UP
    made = [amend(scene, contract, total * float(part) + 0.0002, kind, 20 + 25 * nth) for nth, part in enumerate(parts.tolist())]
    perform_again(scene, contract)
    proof = rows("amendment", made)
    report(scene, PROBLEM, contract, proof, near=near, note="补充合同累计超过原合同百分之十")
    # the same facts by their kind: more of the same, or a higher price
    code = "R069" if kind == PRICE else "R066"
    report(
        scene.also(code), PROBLEM, contract, proof, near=near, note="合同变更提高价格" if kind == PRICE else "合同变更增加数量"
    )


def _innocent(scene: Scene, contract: int, story: str) -> None:
    rng, near = scene.rng, False
    note = "补充合同不超过百分之十"
    if story == "a tenth":
        made = [amend(scene, contract, float(rng.uniform(0.082, 0.0985)), QUANTITY_UP, int(rng.integers(20, 80)))]
        near = True
    elif story == "up and down":
        made = [
            amend(scene, contract, float(rng.uniform(0.04, 0.09)), QUANTITY_UP, 20),
            amend(scene, contract, -float(rng.uniform(0.03, 0.09)), QUANTITY_DOWN, 45),
        ]
        note = "有增有减，增加部分不足百分之十"
    elif story == "more time":
        made = [amend(scene, contract, 0.0, TERM, int(rng.integers(15, 70)))]
        note = "仅顺延工期，金额不变"
    else:
        made = [amend(scene, contract, -float(rng.uniform(0.03, 0.095)), QUANTITY_DOWN, int(rng.integers(15, 70)))]
        note = "变更后金额减少"
    perform_again(scene, contract)
    report(scene, EXPLAINED, contract, rows("amendment", made), near=near, note=note)
