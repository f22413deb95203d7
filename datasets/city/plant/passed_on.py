"""C28 转包、违法分包: a bidder that lost is the subcontractor, or half of the contract and more is passed on.

Innocent: a lesser part to a firm that was no bidder here, to one that bids elsewhere, nearly half but not half.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept
from datasets.city.plant.agreement import contract_of, report
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders, crowded
from datasets.city.truth import EXPLAINED, PROBLEM, rows


def plant(scene: Scene) -> None:
    chosen = cast_tenders(scene, _fit(scene), scene.number(6, 2))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, tender)
    for place, tender in enumerate(cast_alike(scene, _fit(scene), 11 * len(chosen)).tolist()):
        _innocent(scene, place, tender)


def _fit(scene: Scene) -> Ints:
    """Works and services of three bidders and more, of which nothing is passed on yet."""
    city, found = scene.city, crowded(scene, awarded(scene), 3)
    passed = city.dossier.contracts["tender"][city.dossier.subcontracts["contract"]]
    plain = ~among(found, passed) & (city.market.tenders["category"][found] > 0)
    out: Ints = found[plain]
    return out


def _pass(scene: Scene, contract: int, firm: int, share: float) -> int:
    city = scene.city
    book = city.dossier.contracts
    signed = min(int(book["signed"][contract]) + int(scene.rng.integers(3, 40)), city.last)
    cents = int(int(book["amount"][contract]) * share) // 100 * 100
    return int(city.dossier.subcontracts.add(1, contract=contract, firm=firm, cents=cents, signed=signed)[0])


def _outsider(scene: Scene, tender: int, same_trade: bool) -> int:
    """A firm that did not bid here."""
    market = scene.city.market
    trade = int(market.tenders["industry"][tender])
    pool = market.firms.bidders(trade if same_trade else (trade + 5) % (int(market.firms.industry.max()) + 1))
    free = kept(pool, ~among(pool, market.bids["firm"][bids_of(scene, tender)]))
    return int(scene.rng.choice(free if len(free) else pool))


def _case(scene: Scene, place: int, tender: int) -> None:
    near, rng, contract = scene.near(place), scene.rng, contract_of(scene, tender)
    book, contracts = scene.city.market.bids, scene.city.dossier.contracts
    if near or place % 2:
        share = float(rng.uniform(0.502, 0.545) if near else rng.uniform(0.6, 0.97))
        made = [_pass(scene, contract, _outsider(scene, tender, place % 3 != 0), share)]
        if not near and place % 4 == 1:
            made = [_pass(scene, contract, _outsider(scene, tender, False), part) for part in (share * 0.55, share * 0.45)]
        note = "合同过半分包，疑似转包"
    else:
        losers = np.array([int(book["firm"][bid]) for bid in bids_of(scene, tender).tolist()])
        losers = kept(losers, losers != contracts["firm"][contract])
        made = [_pass(scene, contract, int(rng.choice(losers)), float(rng.uniform(0.08, 0.45)))]
        note = "落标人成为分包人"
    report(scene, PROBLEM, contract, rows("subcontract", made), near=near, note=note)


def _innocent(scene: Scene, place: int, tender: int) -> None:
    rng, contract = scene.rng, contract_of(scene, tender)
    near = place % 3 == 0
    share = float(rng.uniform(0.42, 0.485) if near else rng.uniform(0.08, 0.35))
    firm = _outsider(scene, tender, place % 3 == 1)
    note = ("分包未过半，分包人未参加本项目投标", "分包人为同业企业，未参加本项目投标", "专业工程依法分包")[place % 3]
    if firm == NONE:
        return
    made = _pass(scene, contract, firm, share)
    report(scene, EXPLAINED, contract, rows("subcontract", [made]), near=near, note=note)
