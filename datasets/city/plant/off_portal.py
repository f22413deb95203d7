"""R004 公告不充分: competition was asked for, but the notice never stood on the designated portal.

Innocent: small direct purchases and call-offs under a framework, which need no notice; the urgent single source; a notice
that stood there for the least of days. Where nobody wrote down whether it did, only a person can tell.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, kept
from datasets.city.dossier import URGENT
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders, tell
from datasets.city.tender import CONSULTATION, DIRECT, FRAMEWORK, NEGOTIATION, OPEN, OPEN_LIMIT
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_ASKED = (OPEN, NEGOTIATION, CONSULTATION)
"""Ways that begin with a notice; an inquiry goes to three firms that the buyer picks."""


def plant(scene: Scene) -> None:
    book = scene.city.market.tenders
    chosen = cast_tenders(scene, _asked(scene), scene.number(5))
    for place, tender in enumerate(chosen.tolist()):
        book["portal"][tender] = 0
        near = _close_to_limit(scene, tender)
        tell(scene, PROBLEM, tender, near=near, note=("采购公告未在指定媒体发布", "只在单位内部张贴采购公告")[place % 2])
    _need_none(scene, 6 * len(chosen))
    for tender in cast_alike(scene, _asked(scene), 6 * len(chosen)).tolist():
        book["portal"][tender] = 1
        tell(scene, EXPLAINED, tender, near=_close_to_limit(scene, tender), note="公告已在指定媒体发布，竞争仍属正常")
    for tender in cast_tenders(scene, _asked(scene), max(1, len(chosen) // 3)).tolist():
        book["portal"][tender] = NONE
        tell(scene, UNDECIDABLE, tender, note="是否在指定媒体公告没有记录")


def _asked(scene: Scene) -> Ints:
    found, tenders = awarded(scene), scene.city.market.tenders
    return kept(found, np.isin(tenders["method"][found], _ASKED))


def _close_to_limit(scene: Scene, tender: int) -> bool:
    """Budgets within a tenth of the open tender limit, on either side."""
    book = scene.city.market.tenders
    return bool(0.9 <= book["budget"][tender] / OPEN_LIMIT[book["category"][tender]] < 1.1)


def _need_none(scene: Scene, count: int) -> None:
    """Purchases that ask for no notice: off the portal, and rightly so."""
    found, book = awarded(scene), scene.city.market.tenders
    small = book["budget"][found] < OPEN_LIMIT[book["category"][found]]
    free = (book["method"][found] == FRAMEWORK) | ((book["method"][found] == DIRECT) & small) | (book["ground"][found] == URGENT)
    for tender in cast_alike(scene, kept(found, free), count).tolist():
        book["portal"][tender] = 0
        note = "不可预见的紧急采购，依法无须公告" if book["ground"][tender] == URGENT else "小额零星采购，无须公告"
        tell(scene, EXPLAINED, tender, note="框架协议项下订单，无须另行公告" if book["method"][tender] == FRAMEWORK else note)
