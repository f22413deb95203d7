"""Keeping apart: firms that are one in truth bid together in their case only, and firms tied to a buyer bid elsewhere."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, distinct, kept, shared
from datasets.city.folk import RELATIONS
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, hand_over
from datasets.city.ties import tied

CLOSE = tuple(RELATIONS.index(relation) for relation in ("spouse", "parent", "child"))


def part_ways(scene: Scene, one: int, other: int, keep: int = NONE) -> None:
    """Two firms bid together in one tender only (or none): elsewhere another firm takes a bid's place."""
    market, city = scene.city.market, scene.city
    city.apart.add(one, other)
    book = market.bids
    for tender in _common(scene, one, other).tolist():
        if tender != keep:
            bids = bids_of(scene, tender)
            for bid in bids[book["firm"][bids] == other].tolist():
                hand_over(scene, bid, set())


def _common(scene: Scene, one: int, other: int) -> Ints:
    """Tenders both firms bid for."""
    market = scene.city.market
    left, right = (market.bids["tender"][market.bids_by(firm)] for firm in (one, other))
    return shared(left, right)


def meet_elsewhere(scene: Scene, one: int, other: int, here: int) -> bool:
    """Whether two firms bid together in another tender that plays a part and must stay as it is."""
    both = _common(scene, one, other)
    return bool(scene.in_use(both[both != here]).any())


def units_of(scene: Scene, person: int) -> Ints:
    """Units in which somebody or his spouse, child or parent serves or served."""
    folk, cadres = scene.city.folk, scene.city.cadres
    mine = folk.kin_rows(person)
    near = np.r_[person, folk.kin[1][mine[among(folk.kin[2][mine], np.array(CLOSE))]]]
    return distinct(cadres["unit"][among(cadres["person"], near)])


def _bids_for(scene: Scene, firm: int, units: Ints, but: int = NONE) -> Ints:
    """Living bids of a firm for units, those for one tender left out."""
    market = scene.city.market
    book = market.bids
    mine = market.bids_by(firm)
    mine = kept(mine, book["tender"][mine] != but)
    return kept(mine, among(market.tenders["buyer"][book["tender"][mine]], units))


def stuck(scene: Scene, firm: int, units: Ints, but: int = NONE) -> bool:
    """Whether a firm bids for some unit in a tender that plays a part and must stay as it is."""
    bids = _bids_for(scene, firm, units, but)
    return bool(scene.in_use(scene.city.market.bids["tender"][bids]).any())


def keep_away(scene: Scene, firm: int, units: Ints, but: int = NONE, before: int = 2**40) -> None:
    """A firm's bids for some units (until a day, and but for one tender) were other firms'."""
    market = scene.city.market
    if before == 2**40:
        market.tied[firm, units] = True
    bids = _bids_for(scene, firm, units, but)
    noticed = market.tenders["noticed"][market.bids["tender"][bids]] // DAY_SECONDS
    bids = kept(bids, noticed < before)
    for bid in kept(bids, ~scene.in_use(market.bids["tender"][bids])).tolist():
        hand_over(scene, bid, {firm})


def settle(scene: Scene) -> None:
    """Who came into a buyer's service, or worked for a firm before, since bids were taken: the firm stays away from that buyer."""
    city, market = scene.city, scene.city.market
    hands = np.stack([market.agent, market.manager], axis=1)
    market.tied |= tied(city.folk, city.cadres, city.firms, hands, len(city.bodies.code))
    jobs, cadres = city.sundry.jobs, city.cadres
    at = np.flatnonzero(jobs["firm"] != NONE)
    for row in at[among(jobs["person"][at], cadres["person"])].tolist():
        market.tied[int(jobs["firm"][row]), cadres["unit"][cadres["person"] == jobs["person"][row]]] = True
    bids = market.bids.living()
    buyer = market.tenders["buyer"][market.bids["tender"][bids]]
    for bid in bids[market.tied[market.bids["firm"][bids], buyer]].tolist():
        hand_over(scene, bid, set())
