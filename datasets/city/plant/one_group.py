"""C10 同一集团或协会协同投标: members of one group of firms bid for one tender.

Innocent: members in different tenders or lots, one who had left or had not joined yet. An association is looser: a person decides.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, distinct, kept
from datasets.city.dossier import ASSOCIATION, GROUP
from datasets.city.plant.apart import part_ways
from datasets.city.plant.one_head import couple
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, crowded, decided, tell
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_STORIES = ("left", "elsewhere", "joined later", "elsewhere", "left", "elsewhere")


def plant(scene: Scene) -> None:
    done, wanted = 0, scene.number(4)
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 6 * wanted).tolist():
        pair = couple(scene, tender, fresh=False)
        if done < wanted and pair is not None:
            scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
            _case(scene, done, tender, pair)
            done += 1
    told = 0
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 40 * done).tolist():
        pair = couple(scene, tender, fresh=False)
        if told < 11 * done and pair is not None:
            _innocent(scene, tender, pair, _STORIES[told % len(_STORIES)])
            told += 1


def _found(scene: Scene, firms: tuple[int, int], starts: tuple[int, int], ends: tuple[int, int] = (NONE, NONE)) -> None:
    """A group of two firms, each a member for its own time."""
    groups = scene.city.dossier.groups
    number = int(groups["group"].max()) + 1 if len(groups) else 0
    groups.add(2, group=number, firm=np.array(firms), kind=GROUP, starts=np.array(starts), ends=np.array(ends))


def _sides(scene: Scene, tender: int, pair: tuple[int, int]) -> tuple[tuple[int, int], int, int]:
    """The two firms, the day of the notice and the day bids were due."""
    market = scene.city.market
    firms = (int(market.bids["firm"][pair[0]]), int(market.bids["firm"][pair[1]]))
    return firms, int(market.tenders["noticed"][tender]) // DAY_SECONDS, int(market.tenders["closes"][tender]) // DAY_SECONDS


def _case(scene: Scene, place: int, tender: int, pair: tuple[int, int]) -> None:
    firms, noticed, closes = _sides(scene, tender, pair)
    rng, near = scene.rng, scene.near(place)
    # close to the edge: in the group only just before, or only for some days more
    joined = noticed - int(rng.integers(4, 12)) if near and place % 2 else noticed - int(rng.integers(300, 2000))
    left = closes + int(rng.integers(5, 20)) if near and not place % 2 else NONE
    _found(scene, firms, (noticed - 2200, joined), (NONE, left))
    part_ways(scene, *firms, tender)
    tell(scene, PROBLEM, tender, np.sort(pair), near=near, note="同一集团成员参加同一项目投标")


def _innocent(scene: Scene, tender: int, pair: tuple[int, int], story: str) -> None:
    firms, noticed, closes = _sides(scene, tender, pair)
    rng, bids = scene.rng, np.sort(pair)
    part_ways(scene, *firms, tender if story != "elsewhere" else NONE)
    note = "同一集团成员参加不同项目"
    if story == "left":
        _found(scene, firms, (noticed - 2200, noticed - 1500), (NONE, noticed - int(rng.integers(10, 400))))
        note = "投标前已退出集团"
    elif story == "joined later":
        _found(scene, firms, (noticed - 2200, closes + int(rng.integers(15, 200))))
        note = "开标后才加入集团"
    else:
        _found(scene, firms, (noticed - 2200, noticed - 1500))
        bids = kept(bids, scene.city.market.bids["firm"][bids] == firms[0])
    tell(scene, EXPLAINED, tender, bids, near=story != "elsewhere", note=note)


def members(scene: Scene) -> None:
    """Members of one association in one tender, wherever that happened."""
    city = scene.city
    groups, bids = city.dossier.groups, city.market.bids
    alive = bids.living()
    told = {case.subject for case in city.truth.of("C10")}
    for number in distinct(groups["group"][groups["kind"] == ASSOCIATION]).tolist():
        inside = groups["firm"][groups["group"] == number]
        theirs = kept(alive, among(bids["firm"][alive], inside))
        tender, firm = bids["tender"][theirs], bids["firm"][theirs]
        pairs = np.unique(np.stack([tender, firm]), axis=1)
        found: Ints = distinct(pairs[0][:-1][pairs[0][1:] == pairs[0][:-1]])
        for one in found.tolist():
            if one not in told and city.market.tenders["alive"][one] == 1:
                mine = bids_of(scene, one)
                tell(scene, UNDECIDABLE, one, kept(mine, among(bids["firm"][mine], inside)), note="同一协会会员参加同一项目投标")
