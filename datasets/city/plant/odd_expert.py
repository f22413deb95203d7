"""C31 专家打分异常: one expert's score for one bidder, far from the panel's, makes it the winner.

Innocent: an expert strict with everybody, one far off that changes nothing, a panel that disagrees throughout.
"""

import numpy as np

from datasets.city.arrays import Ints, among, distinct, kept, without
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders, crowded, tell
from datasets.city.tender import WINNING
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_POINT = 10_000
_STORIES = ("strict", "changes nothing", "disagree", "strict", "changes nothing")


def plant(scene: Scene) -> None:
    chosen = cast_tenders(scene, scored(scene), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, tender)
    for place, tender in enumerate(cast_alike(scene, scored(scene), 11 * len(chosen)).tolist()):
        _innocent(scene, tender, _STORIES[place % len(_STORIES)])
    for tender in cast_tenders(scene, scored(scene), max(1, len(chosen) // 4)).tolist():
        winner, rival, scores = panel(scene, tender)
        set_level(scene, scores, winner, rival, -0.3)
        _shift(scene, scores, winner, int(scene.rng.integers(4)), 3.4)
        tell(scene, UNDECIDABLE, tender, np.array([winner, rival]), note="个别评分略有偏离并影响结果")


def scored(scene: Scene) -> Ints:
    """Tenders with scores of two or more bids, won by the best."""
    city, found = scene.city, crowded(scene, awarded(scene), 2)
    scored = distinct(city.market.bids["tender"][city.dossier.scores["bid"]])
    return kept(found, among(found, scored))


def panel(scene: Scene, tender: int) -> tuple[int, int, Ints]:
    """The winning bid, the best of the others, and the rows of the panel's scores."""
    city = scene.city
    scores, bids = city.dossier.scores, bids_of(scene, tender)
    here: Ints = np.sort(np.concatenate([scores.by("bid").of(bid) for bid in bids.tolist()]))
    present = distinct(scores["bid"][here])
    winner = int(present[city.market.bids["status"][present] == WINNING][0])
    means = [
        (float(scores["score"][here[scores["bid"][here] == bid]].mean()), int(bid)) for bid in present.tolist() if bid != winner
    ]
    return winner, max(means)[1], here


def _of(scene: Scene, here: Ints, bid: int) -> Ints:
    """Rows of a bid's scores, by expert."""
    scores = scene.city.dossier.scores
    mine = kept(here, scores["bid"][here] == bid)
    return mine[np.argsort(scores["expert"][mine])]


def set_level(scene: Scene, here: Ints, winner: int, rival: int, lead: float) -> None:
    """Let the winner's mean be so many points above the rival's."""
    score = scene.city.dossier.scores["score"]
    left, right = _of(scene, here, winner), _of(scene, here, rival)
    gap = float(score[left].mean() - score[right].mean())
    score[left] = score[left] + int((lead * _POINT - gap) // 1000) * 1000


def _shift(scene: Scene, here: Ints, bid: int, seat: int, points: float) -> int:
    """One expert gives a bid so many points more; returns the expert."""
    scores = scene.city.dossier.scores
    row = _of(scene, here, bid)[seat]
    scores["score"][row] = int(np.clip(scores["score"][row] + points * _POINT, 5 * _POINT, 100 * _POINT)) // 1000 * 1000
    return int(scores["expert"][row])


def _case(scene: Scene, place: int, tender: int) -> None:
    """Without the one expert the other bidder would have won: he lifts the winner, or presses the rival down."""
    rng, near = scene.rng, scene.near(place)
    winner, rival, here = panel(scene, tender)
    seats = len(_of(scene, here, winner))
    behind = float(rng.uniform(1.15, 1.35) if near else rng.uniform(1.6, 2.7))
    set_level(scene, here, winner, rival, -behind)
    for third in without(scene.city.dossier.scores["bid"][here], [winner, rival]).tolist():
        set_level(scene, here, int(third), winner, -float(rng.uniform(3, 7)))
    score = scene.city.dossier.scores["score"]
    room = 98.5 - float(score[here].max()) / _POINT - (behind + 0.3) * seats
    score[here] = score[here] + min(0, int(room * 10)) * 1000
    points, seat = (behind + (0.15 if near else 0.4)) * seats, int(rng.integers(seats))
    expert = _shift(scene, here, winner, seat, points) if place % 2 == 0 else _shift(scene, here, rival, seat, -points)
    tell(
        scene,
        PROBLEM,
        tender,
        np.array([winner, rival]),
        more=(rows("person", [expert]),),
        near=near,
        note="个别专家评分畸高或畸低并改变结果",
    )


def _innocent(scene: Scene, tender: int, story: str) -> None:
    rng, scores = scene.rng, scene.city.dossier.scores
    winner, rival, here = panel(scene, tender)
    note, near = "该专家对所有投标人一律从严", False
    if story == "strict":
        seat = int(rng.integers(len(_of(scene, here, winner))))
        expert = int(scores["expert"][_of(scene, here, winner)[seat]])
        mine = kept(here, scores["expert"][here] == expert)
        scores["score"][mine] -= int(rng.integers(60, 110)) * 1000
    elif story == "changes nothing":
        set_level(scene, here, winner, rival, 6.5)
        _shift(scene, here, rival, 1, float(rng.uniform(-12, -8)))
        scores["score"][here] -= 60_000
        note, near = "评分偏离但不影响中标结果", True
    else:
        wild = rng.normal(0, 3.2, len(here))
        scores["score"][here] = (
            (np.clip(scores["score"][here] - 60_000 + wild * _POINT, 30 * _POINT, 99 * _POINT)).astype(np.int64) // 1000 * 1000
        )
        winner, rival, here = panel(scene, tender)
        set_level(scene, here, winner, rival, 5.0)
        note = "各专家意见普遍分歧"
    tell(scene, EXPLAINED, tender, np.array([winner, rival]), near=near, note=note)
