"""R056 中标人不是得分最高: the panel's points put another bidder first.

Innocent: the winner leads by a hair; whoever had more points was turned away afterwards; purchases decided by the price.
"""

import numpy as np

from datasets.city.arrays import Ints, kept
from datasets.city.plant.odd_expert import panel, scored, set_level
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders, crowded, tell
from datasets.city.price import far_below, regular
from datasets.city.tender import DISQUALIFIED
from datasets.city.truth import EXPLAINED, PROBLEM


def plant(scene: Scene) -> None:
    rng = scene.rng
    chosen = cast_tenders(scene, scored(scene), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        near = scene.near(place)
        winner, rival, here = panel(scene, tender)
        set_level(scene, here, winner, rival, -float(rng.uniform(0.25, 0.8) if near else rng.uniform(1.8, 8)))
        tell(scene, PROBLEM, tender, np.array([winner, rival]), near=near, note="得分最高的投标人未中标")
    for place, tender in enumerate(cast_alike(scene, scored(scene), 8 * len(chosen)).tolist()):
        _innocent(scene, place, tender)
    for tender in cast_alike(scene, _by_price(scene), 4 * len(chosen)).tolist():
        tell(scene, EXPLAINED, tender, bids_of(scene, tender)[:1], note="采用最低评标价法，不比得分")


def _by_price(scene: Scene) -> Ints:
    found = crowded(scene, awarded(scene), 2)
    return kept(found, scene.city.market.tenders["points"][found] == 0)


def _innocent(scene: Scene, place: int, tender: int) -> None:
    market, rng = scene.city.market, scene.rng
    book = market.bids
    winner, rival, here = panel(scene, tender)
    rest = kept(bids_of(scene, tender), bids_of(scene, tender) != rival)
    size, prices = np.array([len(rest)]), book["price"][rest]
    plain = not regular(prices, market.tenders["budget"][[tender]], size)[0] and not far_below(prices, size)[0]
    if place % 3 == 2 and len(rest) > 2 and plain and book["price"][rival] > book["price"][rest].min():
        set_level(scene, here, winner, rival, -float(rng.uniform(0.5, 4)))
        book["status"][rival], book["because"][rival] = DISQUALIFIED, int(rng.choice([0, 2, 4]))
        note, near = "得分最高者经复核资格不符，已被否决", False
    else:
        # where the panel is at odds, one seat would decide a lead so small
        score, bid = scene.city.dossier.scores["score"][here], scene.city.dossier.scores["bid"][here]
        apart = max(int(np.ptp(score[bid == one])) for one in (winner, rival))
        near = apart < 55_000
        set_level(scene, here, winner, rival, float(rng.uniform(0.3, 0.9) if near else rng.uniform(3, 5)))
        note = "中标人得分略高，依序中标" if near else "中标人得分最高"
    for third in np.setdiff1d(scene.city.dossier.scores["bid"][here], [winner, rival]).tolist():
        set_level(scene, here, int(third), winner, -float(rng.uniform(2, 6)))
    tell(scene, EXPLAINED, tender, np.array([winner, rival]), near=near, note=note)
