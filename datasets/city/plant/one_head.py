"""C8 单位负责人相同或控股: one legal representative behind two bidders, or one holds most of the other.

Innocent: a holding below half, one given up before, the same head in different tenders or lots, namesakes.
"""

from collections.abc import Callable

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, distinct, kept, shared
from datasets.city.plant.apart import keep_away, meet_elsewhere, part_ways, stuck, units_of
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, crowded, decided, tell
from datasets.city.truth import EXPLAINED, PROBLEM

Case = Callable[[Scene, int, int, tuple[int, int]], None]
Innocent = Callable[[Scene, int, tuple[int, int], str], int]
_STORIES = ("less than half", "given up", "elsewhere", "less than half", "afterwards", "given up")


def plant(scene: Scene) -> None:
    plant_couples(scene, _case, _innocent, _STORIES)


def plant_couples(scene: Scene, case: Case, innocent: Innocent, stories: tuple[str, ...]) -> int:
    """Cases on two bids of a tender, four to a city of the usual size, and eleven look-alikes to each; how many cases."""
    done, wanted = 0, scene.number(4)
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 6 * wanted).tolist():
        pair = couple(scene, tender)
        if done < wanted and pair is not None:
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            case(scene, done, tender, pair)
            done += 1
    told = 0
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 40 * done).tolist():
        pair = couple(scene, tender)
        if told < 11 * done and pair is not None:
            told += innocent(scene, tender, pair, stories[told % len(stories)])
    return done


def couple(scene: Scene, tender: int, fresh: bool = True) -> tuple[int, int] | None:
    """Two bids of a tender by firms that play no part; None when there are none.

    `fresh`: neither firm is related to any other; the first one's owner may then stand behind the second.
    """
    city, book = scene.city, scene.city.market.bids
    bids, owners = bids_of(scene, tender), city.firms.owner
    busy, related = city.market.busy, city.market.related if fresh else set()
    free = [
        bid
        for bid in scene.rng.permutation(bids).tolist()
        if not city.spoken[owners[book["firm"][bid]]]
        and int(book["firm"][bid]) not in busy
        and int(book["firm"][bid]) not in related
    ]
    for place, one in enumerate(free):
        for other in free[place + 1 :]:
            left, right = int(book["firm"][one]), int(book["firm"][other])
            if left == right or (left, right) in city.apart or meet_elsewhere(scene, left, right, tender):
                continue
            if not fresh or not stuck(scene, right, units_of(scene, int(owners[left]))):
                return one, other
    return None


def relate(scene: Scene, left: int, right: int) -> None:
    """Two firms have people in common from now on: where those are tied to a buyer, the second stays away too."""
    scene.city.market.related |= {left, right}
    keep_away(scene, right, units_of(scene, int(scene.city.firms.owner[left])))


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
        # the shares stay where they are: only who represents the firm is the same
        city.firms.owner[right] = city.firms.owner[left]
    relate(scene, left, right)
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
    note = "持股不足半数"
    relate(scene, left, right)
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
        note = "控股企业未参加同一项目"
    else:
        holds(scene, left, right, float(rng.uniform(30, 49.5)), born + 30)
    return tell_of_all(
        scene, tender, left, right if story == "less than half" else NONE, near=story == "less than half", note=note
    )


def tell_of_all(scene: Scene, tender: int, left: int, right: int, *, near: bool, note: str) -> int:
    """Write down the look-alike for the tender and up to three more in which the firm bids (beside the other, if one is given)."""
    city, book = scene.city, scene.city.market.bids
    common = distinct(book["tender"][city.market.bids_by(left)])
    if right != NONE:
        common = shared(common, book["tender"][city.market.bids_by(right)])
    common = kept(common, ~scene.in_use(common))
    others = kept(common, (common != tender) & (city.market.tenders["lots"][common] == 1))
    chosen = [tender, *others[:3].tolist()]
    for one in chosen:
        bids = bids_of(scene, one)
        mine = kept(bids, (book["firm"][bids] == left) | (book["firm"][bids] == right))
        tell(scene, EXPLAINED, one, mine, near=near, note=note)
    return len(chosen)
