"""C8 单位负责人相同或控股: one legal representative behind two bidders, or one holds most of the other.

Innocent: a holding below half, one given up before, the same head in different tenders or lots, namesakes.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, kept
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, crowded, decided, meet_elsewhere, part_ways, tell
from datasets.city.truth import EXPLAINED, PROBLEM

_STORIES = ("less than half", "given up", "elsewhere", "less than half", "afterwards", "given up")


def plant(scene: Scene) -> None:
    done, wanted = 0, scene.number(4)
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 6 * wanted).tolist():
        pair = couple(scene, tender)
        if done < wanted and pair is not None:
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            _case(scene, done, tender, pair)
            done += 1
    told = 0
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 40 * done).tolist():
        pair = couple(scene, tender)
        if told < 11 * done and pair is not None:
            told += _innocent(scene, tender, pair, _STORIES[told % len(_STORIES)])


def couple(scene: Scene, tender: int) -> tuple[int, int] | None:
    """Two bids of a tender by firms that have nothing to do with each other or with any case; None when there are none."""
    city, book = scene.city, scene.city.market.bids
    bids = bids_of(scene, tender)
    tied = city.market.busy | {one for one, _ in city.apart}
    owners = city.firms.owner
    free = [
        bid
        for bid in scene.rng.permutation(bids).tolist()
        if not city.spoken[owners[book["firm"][bid]]] and int(book["firm"][bid]) not in tied
    ]
    for place, one in enumerate(free):
        for other in free[place + 1 :]:
            left, right = int(book["firm"][one]), int(book["firm"][other])
            if left != right and not meet_elsewhere(scene, left, right, tender):
                return one, other
    return None


def holds(scene: Scene, holder: int, firm: int, percent: float, starts: int, ends: int = NONE) -> None:
    """Let a firm hold a part of another; what it holds was the owner's."""
    city = scene.city
    shares, part = city.firms.shares, int(percent * 10_000)
    mine = np.flatnonzero((shares["firm"] == firm) & (shares["person"] == city.firms.owner[firm]) & (shares["ends"] == NONE))
    if len(mine) and ends == NONE:
        shares["share"][mine[0]] = max(10_000, int(shares["share"][mine[0]]) - part)
    shares.add(1, firm=firm, firm_holder=holder, share=part, starts=starts, ends=ends)


def _case(scene: Scene, place: int, tender: int, pair: tuple[int, int]) -> None:
    city, book, near = scene.city, scene.city.market.bids, scene.near(place)
    left, right = (int(book["firm"][bid]) for bid in pair)
    if near or place % 2:
        percent = float(scene.rng.uniform(50.2, 54.5) if near else scene.rng.uniform(58, 100))
        starts = int(city.market.tenders["noticed"][tender]) // DAY_SECONDS - int(scene.rng.integers(200, 1500))
        holds(scene, left, right, percent, max(starts, int(city.firms.founded[right])))
    else:
        shares, old = city.firms.shares, int(city.firms.owner[right])
        city.firms.owner[right] = city.firms.owner[left]
        manager = np.flatnonzero((city.firms.roles["firm"] == right) & (city.firms.roles["person"] == old))
        city.firms.roles["ends"][manager] = city.firms.founded[right] + 100
        shares["ends"][(shares["firm"] == right) & (shares["person"] == old)] = city.firms.founded[right] + 100
        shares.add(
            1, firm=right, person=int(city.firms.owner[left]), share=51 * 10_000, starts=int(city.firms.founded[right]) + 101
        )
    part_ways(scene, left, right, tender)
    tell(scene, PROBLEM, tender, np.sort(pair), near=near, note="投标人负责人相同或存在控股关系")


def _innocent(scene: Scene, tender: int, pair: tuple[int, int], story: str) -> int:
    city, book, rng = scene.city, scene.city.market.bids, scene.rng
    left, right = (int(book["firm"][bid]) for bid in pair)
    noticed = int(city.market.tenders["noticed"][tender]) // DAY_SECONDS
    closes = int(city.market.tenders["closes"][tender]) // DAY_SECONDS
    born = int(max(city.firms.founded[left], city.firms.founded[right]))
    if born > noticed - 300:
        return 0
    bids: Ints = np.sort(pair)
    note = "持股不足半数"
    if story == "given up":
        holds(scene, left, right, float(rng.uniform(51, 90)), born + 30, noticed - int(rng.integers(5, 200)))
        part_ways(scene, left, right, tender)
        note = "投标前已转让控股股权"
    elif story == "afterwards":
        holds(scene, left, right, float(rng.uniform(51, 90)), closes + int(rng.integers(15, 120)))
        part_ways(scene, left, right, tender)
        note = "开标后才取得控股股权"
    elif story == "elsewhere":
        holds(scene, left, right, float(rng.uniform(51, 100)), born + 30)
        part_ways(scene, left, right)
        bids = kept(bids, book["firm"][bids] == left)
        note = "控股企业未参加同一项目"
    else:
        holds(scene, left, right, float(rng.uniform(30, 49.5)), born + 30)
    tell(scene, EXPLAINED, tender, bids, near=story == "less than half", note=note)
    return 1
