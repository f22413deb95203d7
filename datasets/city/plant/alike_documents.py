"""C5 投标文件异常一致、相互混装: equal passages that are nobody's template, the same mistake, papers of another bidder.

Innocent: equal passages from the public form, two equal ones, the maker's authorisation in every bid, one's own earlier bid.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept
from datasets.city.dossier import ATTACHMENT, ERROR, IMAGE, TEXT
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders, crowded, tell
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_STORIES = ("form", "two alike", "maker", "own name", "form", "two alike", "insurer")


def plant(scene: Scene) -> None:
    chosen = cast_tenders(scene, crowded(scene, awarded(scene), 3), scene.number(6, 2))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, tender)
    for place, tender in enumerate(cast_alike(scene, crowded(scene, awarded(scene), 3), 11 * len(chosen)).tolist()):
        _innocent(scene, place, tender, _STORIES[place % len(_STORIES)])
    for tender in cast_tenders(scene, crowded(scene, awarded(scene), 3), max(1, len(chosen) // 4)).tolist():
        pair = _pair(scene, tender)
        _same(scene, pair, TEXT, 3, standard=NONE)
        tell(scene, UNDECIDABLE, tender, pair, note="相同段落是否出自范本无法判断")


def _pair(scene: Scene, tender: int, count: int = 2) -> Ints:
    return np.sort(scene.rng.permutation(bids_of(scene, tender))[:count])


def _same(scene: Scene, bids: Ints, kind: int, count: int, standard: int = 0, named: int = NONE) -> None:
    """Put `count` equal parts into every bid."""
    parts = scene.city.dossier.parts
    for nth in range(count):
        fresh = 8 * 10**9 + len(parts)
        for bid in bids.tolist():
            number = int(parts["part"][parts.by("bid").of(bid)].max(initial=0)) + 1 + nth % 2
            parts.add(1, bid=bid, part=number, kind=kind, print=fresh, standard=standard, named=named)


def _case(scene: Scene, place: int, tender: int) -> None:
    near, rng = scene.near(place), scene.rng
    bids = _pair(scene, tender, 2 if near or place % 4 else 3)
    if near:
        _same(scene, bids, TEXT if place % 2 else IMAGE, 3)
        note = "三处非范本内容一致"
    elif place % 3 == 0:
        _same(scene, bids, ERROR, int(rng.integers(1, 4)))
        note = "相同错误"
    elif place % 3 == 1:
        _same(scene, bids, TEXT, int(rng.integers(2, 6)))
        _same(scene, bids, IMAGE, int(rng.integers(2, 5)))
        note = "多处非范本内容一致"
    else:
        book = scene.city.market.bids
        _same(scene, bids[:1], int(rng.choice([TEXT, IMAGE, ATTACHMENT])), 1, named=int(book["firm"][bids[1]]))
        note = "投标文件载有其他投标人名称或印章"
    tell(scene, PROBLEM, tender, bids, near=near, note=note)


def _innocent(scene: Scene, place: int, tender: int, story: str) -> None:
    rng, bids, near = scene.rng, _pair(scene, tender, 2 + place % 2), False
    firms = scene.city.market.bids["firm"][bids_of(scene, tender)]
    others = scene.city.market.firms.bidders(int(rng.integers(0, 15)))
    outsider = int(rng.choice(kept(others, ~among(others, firms))))
    note = "相同内容均出自招标文件范本"
    if story == "form":
        _same(scene, bids, TEXT, int(rng.integers(3, 7)), standard=1)
    elif story == "two alike":
        _same(scene, bids, TEXT, 2)
        note, near = "仅两处相同，属通用表述", True
    elif story == "maker":
        _same(scene, bids, ATTACHMENT, 3, named=outsider)
        note = "同一生产厂家出具的授权书和检测报告"
    elif story == "insurer":
        _same(scene, bids[:1], ATTACHMENT, 1, named=outsider)
        note = "所载企业为保函出具机构，未参加投标"
    else:
        _same(scene, bids[:1], IMAGE, 2, named=int(scene.city.market.bids["firm"][bids[0]]))
        note = "所载企业即投标人自己"
    tell(scene, EXPLAINED, tender, bids, near=near, note=note)
