"""R018 and C18 仅一家投标: an open or invited tender awarded on one bid; single source and failed tenders are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bidders, bids_of, cast_tenders, decided
from datasets.city.tender import COMPLETE, FRAMEWORK, INVITED, OPEN, SINGLE_SOURCE, UNSUCCESSFUL, WITHDRAWN
from datasets.city.truth import rows


def plant(scene: Scene) -> None:
    tenders = scene.city.market.tenders
    found = decided(scene)
    found = found[among(tenders["method"][found], [OPEN, INVITED])]
    chosen = cast_tenders(scene, found, scene.number(8, 2))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, tender)
    lawful, failed = _lawful(scene), _failed(scene)
    wanted = 10 * len(chosen)
    for rows_, share, note in ((failed, wanted // 5, "仅一家投标，已依法废标"), (lawful, wanted, "依法采用非招标方式")):
        for tender in cast_tenders(scene, rows_, share).tolist():
            buyer = int(tenders["buyer"][tender])
            scene.explained(
                "tender", tender, buyer, (rows("tender", [tender]),), area=int(scene.city.bodies.area[buyer]), note=note
            )


def _case(scene: Scene, place: int, tender: int) -> None:
    market = scene.city.market
    bids = scene.rng.permutation(bids_of(scene, tender))
    if near := scene.near(place):
        market.bids["status"][bids[1:]] = WITHDRAWN
        market.bids["alive"][bids[3:]] = 0
    else:
        market.bids["alive"][bids[1:]] = 0
    market.tenders["stated"][tender] = NONE if place % 5 == 4 else 1
    buyer = int(market.tenders["buyer"][tender])
    scene.problem("tender", tender, buyer, (rows("tender", [tender]), rows("bid", bids[:1])), area=int(scene.city.bodies.area[buyer]),
                  cents=int(market.tenders["budget"][tender]), near=near, note="仅一家投标仍定标")  # fmt: skip


def _lawful(scene: Scene) -> Ints:
    """One offer by a method that asks for one."""
    tenders = scene.city.market.tenders
    method: Ints = tenders["method"]
    return np.flatnonzero(
        (method >= SINGLE_SOURCE)
        & (method <= FRAMEWORK + 1)
        & (tenders["status"] == COMPLETE)
        & (bidders(scene.city.market) == 1)
    )


def _failed(scene: Scene) -> Ints:
    tenders = scene.city.market.tenders
    return np.flatnonzero((tenders["status"] == UNSUCCESSFUL) & (bidders(scene.city.market) == 1))
