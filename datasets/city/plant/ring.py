"""C11 and C12 陪标固定搭档、轮流中标: firms that hardly bid without each other, one of which always wins, or all in turn.

Innocent: firms that meet often because both are large, pairs that both win and lose, a few meetings by chance.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct, kept
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, crowded, decided, give, hand_over
from datasets.city.tender import OPEN, WINNING
from datasets.city.truth import rows


def plant(scene: Scene) -> None:
    """Cases of the scene's code: C11 a winner and its partner, C12 three or four that win in turn."""
    done = 0
    for trade in _trades(scene):
        if done >= scene.number(2.5):
            break
        done += _ring(scene, done, trade)
    _innocents(scene, 11 * done)


def _trades(scene: Scene) -> list[int]:
    """Trades by the number of their free tenders, most first."""
    market = scene.city.market
    free = market.tenders["industry"][crowded(scene, decided(scene), 4, 9)]
    count = np.bincount(free, minlength=int(market.firms.industry.max()) + 1)
    return list(np.argsort(-count, kind="stable").tolist())


def _players(scene: Scene, trade: int, count: int) -> list[int]:
    """Small firms of a trade that play no part and meet nobody in tenders that must stay as they are."""
    city, book = scene.city, scene.city.market.bids
    taken = (
        city.market.busy
        | city.apart.all
        | set(city.firms.debarments["firm"].tolist())
        | set(city.dossier.groups["firm"].tolist())
    )
    found: list[int] = []
    for firm in city.market.firms.bidders(trade)[::-1].tolist():
        mine = book["tender"][city.market.bids_by(firm)]
        if firm not in taken and not city.spoken[city.firms.owner[firm]] and not scene.in_use(mine).any():
            found.append(firm)
        if len(found) == count:
            break
    return found


def _ring(scene: Scene, place: int, trade: int) -> int:
    city, market, rng, near = scene.city, scene.city.market, scene.rng, scene.near(place)
    turn = scene.rule == "C12"
    firms = _players(scene, trade, 3 + place % 2 if turn else 2 + (place % 3 == 2))
    wanted = (8 if near else int(rng.integers(9, 14))) if turn else (6 if near else int(rng.integers(7, 13)))
    pool = crowded(scene, decided(scene), len(firms) + 1, 9)
    pool = kept(pool, (market.tenders["industry"][pool] == trade) & (market.tenders["method"][pool] == OPEN))
    pool = kept(pool, np.asarray(~market.tied[firms][:, market.tenders["buyer"][pool]].any(axis=0))) if firms else pool
    if len(firms) < 2 + turn or len(pool) < wanted + 2:
        return 0
    chosen = np.sort(rng.permutation(pool)[:wanted])
    city.used_tenders = np.r_[city.used_tenders, chosen]
    _leave(scene, firms, rng.permutation(kept(pool, ~among(pool, chosen)))[:3])
    unit = _one_buyer(scene, chosen, firms) if place % 2 == 0 else NONE
    bids: list[int] = []
    for nth, tender in enumerate(chosen[np.argsort(market.tenders["closes"][chosen])].tolist()):
        slip = turn and not near and nth % 6 == 5
        winner = firms[int(rng.integers(len(firms)))] if slip else firms[nth % len(firms)] if turn else firms[0]
        lost = not turn and nth in (3, 8) and not near
        bids += _bid_together(scene, tender, firms, NONE if lost else winner)
    market.busy.update(firms)
    evidence = (rows("tender", chosen), rows("bid", bids))
    scene.problem(
        "cluster", _number(scene), unit, evidence, cents=int(market.tenders["budget"][chosen].sum()), near=near,
        note="轮流中标" if turn else "固定搭档陪标",
    )  # fmt: skip
    return 1


def _number(scene: Scene) -> int:
    """A number nobody else has for a cluster."""
    return scene.city.truth.clusters


def _leave(scene: Scene, firms: list[int], stay: Ints) -> None:
    """The firms' other bids were others', but for a few that each makes alone."""
    book = scene.city.market.bids
    mine = np.sort(np.concatenate([scene.city.market.bids_by(firm) for firm in firms]))
    for nth, bid in enumerate(mine.tolist()):
        if not (int(book["tender"][bid]) in stay.tolist() and nth % 2 == 0):
            hand_over(scene, bid, set(firms))


def _one_buyer(scene: Scene, tenders: Ints, firms: list[int]) -> int:
    """Two in three of the tenders are one buyer's; returns it, or NONE where no buyer can have so many."""
    city, market = scene.city, scene.city.market
    book = market.bids
    moved = tenders[np.arange(len(tenders)) % 3 != 2]
    bidders = distinct(np.r_[book["firm"][among(book["tender"], moved) & (book["alive"] == 1)], firms])
    agencies = [unit for unit in city.bodies.of_kind("agency").tolist() if unit not in (0, city.bodies.agency("纪委监委"))]
    fit = [unit for unit in agencies if not market.tied[bidders, unit].any()]
    if not fit:
        return NONE
    unit = int(scene.rng.choice(fit))
    market.tenders["buyer"][moved] = unit
    return unit


def _bid_together(scene: Scene, tender: int, firms: list[int], winner: int) -> list[int]:
    """All the firms bid; the winner (if any) makes the cheapest bid; returns their bids."""
    book = scene.city.market.bids
    bids = bids_of(scene, tender)
    order = bids[np.argsort(book["price"][bids])].tolist()
    low = order.pop(0)
    if winner != NONE:
        give(scene, low, winner)
        book["status"][low] = WINNING
    else:
        book["status"][low] = WINNING
    others = [firm for firm in firms if firm != winner]
    seats = scene.rng.permutation(order)[: len(others)].tolist()
    for bid, firm in zip(seats, others, strict=True):
        give(scene, int(bid), firm)
    return sorted([*([low] if winner != NONE else []), *(int(bid) for bid in seats)])


def _innocents(scene: Scene, wanted: int) -> None:
    """Pairs of larger firms with many common tenders, both of them now and then the cheapest."""
    market = scene.city.market
    book = market.bids
    told = 0
    for trade in scene.rng.permutation(int(market.firms.industry.max()) + 1).tolist():
        pool = [firm for firm in market.firms.bidders(trade)[:7].tolist() if firm not in market.busy]
        for nth, one in enumerate(pool):
            for other in pool[nth + 1 :]:
                if told >= wanted:
                    return
                mine = np.sort(np.r_[market.bids_by(one), market.bids_by(other)])
                mine = kept(mine, ~scene.in_use(book["tender"][mine]))
                tenders, count = np.unique(book["tender"][mine], return_counts=True)
                common = kept(tenders, count >= 2)
                if len(common) < 3:
                    continue
                both = kept(mine, among(book["tender"][mine], common))
                evidence = (rows("tender", common), rows("bid", both))
                scene.explained(
                    "cluster",
                    _number(scene),
                    NONE,
                    evidence,
                    near=len(common) >= 6,
                    note="两家规模较大，常在同一市场相遇，互有中标",
                )
                told += 1
