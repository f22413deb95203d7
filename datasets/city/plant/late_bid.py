"""R030 迟到投标中标: the winning bid came in after the time bids were due.

Innocent: in the very last minute, a late bid that was turned away, a bid after the first closing time, which had been moved
in good time. A late bid that was let in and lost is for a person to judge.
"""

import numpy as np

from datasets.city import workdays
from datasets.city.arrays import DAY_SECONDS, kept
from datasets.city.bid_papers import REASONS, SHORT_REASONS
from datasets.city.dossier import CLOSES_AT
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, cast_tenders, crowded, decided, tell
from datasets.city.price import regular
from datasets.city.tender import DISQUALIFIED, OPEN, WINNING
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_STORIES = ("last minute", "turned away", "moved", "last minute", "moved", "turned away")


def plant(scene: Scene) -> None:
    market, rng = scene.city.market, scene.rng
    book = market.bids
    chosen = cast_tenders(scene, crowded(scene, decided(scene), 3), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        near, low = scene.near(place), _lowest(scene, tender)
        late = int(rng.integers(20, 280)) if near else int(rng.choice([rng.integers(600, 5400), rng.integers(7200, 100_000)]))
        book["submitted"][low] = int(market.tenders["closes"][tender]) + late
        book["status"][low] = WINNING
        tell(scene, PROBLEM, tender, np.array([low]), near=near, note="截止时间后递交的投标中标")
    for place, tender in enumerate(cast_alike(scene, crowded(scene, decided(scene), 3), 12 * len(chosen)).tolist()):
        _innocent(scene, tender, _STORIES[place % len(_STORIES)])
    for tender in cast_tenders(scene, crowded(scene, decided(scene), 4), max(1, len(chosen) // 3)).tolist():
        last = _dearest(scene, tender)
        book["submitted"][last] = int(market.tenders["closes"][tender]) + int(rng.integers(60, 900))
        tell(scene, UNDECIDABLE, tender, np.array([last]), note="迟到投标被接收但未中标")


def _lowest(scene: Scene, tender: int) -> int:
    book, bids = scene.city.market.bids, bids_of(scene, tender)
    return int(bids[np.argmin(book["price"][bids])])


def _dearest(scene: Scene, tender: int) -> int:
    book, bids = scene.city.market.bids, bids_of(scene, tender)
    return int(bids[np.argmax(book["price"][bids])])


def _may_fall_out(scene: Scene, tender: int, bid: int) -> bool:
    """Whether three bids and more without any regularity are left without this one."""
    market, bids = scene.city.market, bids_of(scene, tender)
    rest = kept(bids, bids != bid)
    odd = regular(market.bids["price"][rest], market.tenders["budget"][[tender]], np.array([len(rest)]))[0]
    return len(rest) > 2 and not odd


def _innocent(scene: Scene, tender: int, story: str) -> None:
    market, rng = scene.city.market, scene.rng
    book, closes = market.bids, int(market.tenders["closes"][tender])
    low, dear = _lowest(scene, tender), _dearest(scene, tender)
    if story == "turned away" and _may_fall_out(scene, tender, dear):
        book["submitted"][dear] = closes + int(rng.integers(60, 4000))
        book["status"][dear], book["because"][dear] = DISQUALIFIED, len(REASONS + SHORT_REASONS)
        tell(scene, EXPLAINED, tender, np.array([dear]), note="迟到投标已拒收，未参加评审")
    elif story == "moved" and market.tenders["method"][tender] == OPEN:
        noticed = market.tenders["noticed"][[tender]] // DAY_SECONDS
        changed = int(workdays.ahead(noticed, 2)[0]) * DAY_SECONDS + int(rng.integers(9, 16)) * 3600
        old = closes - int(rng.integers(2, 5)) * DAY_SECONDS
        made = scene.city.dossier.changes.add(1, tender=tender, field=CLOSES_AT, old=old, new=closes, changed=changed)
        more = (rows("tender_change", made),)
        tell(scene, EXPLAINED, tender, np.array([low]), more=more, note="截止时间已依法顺延，在新截止时间前递交")
    else:
        book["submitted"][low] = closes - int(rng.integers(0, 50))
        tell(scene, EXPLAINED, tender, np.array([low]), near=True, note="截止前最后一分钟递交")
