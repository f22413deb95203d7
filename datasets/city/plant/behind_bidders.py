"""C9 股东、高管、地址交叉: one person behind two bidders as holder or officer, or one address with one phone.

Innocent: a lesser share, one who left before, one office building with different phones, the same people in different tenders.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE
from datasets.city.firm import ROLES
from datasets.city.plant.apart import part_ways
from datasets.city.plant.one_head import couple, plant_couples, relate, tell_of_all
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import cast_alike, crowded, decided, tell
from datasets.city.truth import PROBLEM, UNDECIDABLE

_TIES = ("holder", "officer", "address", "holder", "officer")
_STORIES = ("small share", "left", "building", "elsewhere", "building", "small share", "left", "building")


def plant(scene: Scene) -> None:
    done = plant_couples(scene, _case, _innocent, _STORIES)
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), max(1, done // 3)).tolist():
        _one_phone(scene, tender)


def _firms(scene: Scene, pair: tuple[int, int]) -> tuple[int, int]:
    book = scene.city.market.bids
    return int(book["firm"][pair[0]]), int(book["firm"][pair[1]])


def _own_number(scene: Scene, bid: int) -> None:
    """What a bidder with a shared register entry writes in its bid is the phone of whoever signs it."""
    city, book = scene.city, scene.city.market.bids
    book["phone"][bid] = len(city.firms) + int(city.market.agent[book["firm"][bid]])


def _case(scene: Scene, place: int, tender: int, pair: tuple[int, int]) -> None:
    firms, near = scene.city.firms, scene.near(place)
    left, right = _firms(scene, pair)
    person, since = int(firms.owner[left]), int(max(firms.founded[left], firms.founded[right]))
    tie = "holder" if near else _TIES[place % len(_TIES)]
    if tie == "holder":
        percent = scene.rng.uniform(20.3, 21.9) if near else scene.rng.uniform(25, 48)
        firms.shares.add(1, firm=right, person=person, share=int(percent * 10_000), starts=since + 40)
    elif tie == "officer":
        role = ROLES.index(("supervisor", "director")[place % 2])
        firms.roles.add(1, firm=right, person=person, role=role, starts=since + 40)
    else:
        firms.address[right], firms.phone[right] = firms.address[left], firms.phone[left]
        _own_number(scene, pair[1])
    relate(scene, left, right)
    part_ways(scene, left, right, tender)
    tell(scene, PROBLEM, tender, np.sort(pair), near=near, note="投标人股东、高管或地址电话交叉")


def _innocent(scene: Scene, tender: int, pair: tuple[int, int], story: str) -> int:
    city, firms, rng = scene.city, scene.city.firms, scene.rng
    left, right = _firms(scene, pair)
    person, since = int(firms.owner[left]), int(max(firms.founded[left], firms.founded[right]))
    noticed = int(city.market.tenders["noticed"][tender]) // DAY_SECONDS
    relate(scene, left, right)
    note = "同一写字楼办公，电话不同"
    if story == "small share":
        firms.shares.add(1, firm=right, person=person, share=int(rng.uniform(6, 19.4) * 10_000), starts=since + 40)
        note = "共同股东持股比例较低"
    elif story == "left":
        ends = max(since + 60, noticed - int(rng.integers(10, 300)))
        firms.roles.add(1, firm=right, person=person, role=ROLES.index("supervisor"), starts=since + 20, ends=ends)
        part_ways(scene, left, right, tender)
        note = "投标前已离任"
    elif story == "elsewhere":
        firms.roles.add(1, firm=right, person=person, role=ROLES.index("director"), starts=since + 40)
        part_ways(scene, left, right)
        note = "有共同高管的企业未参加同一项目"
    else:
        firms.address[right] = firms.address[left]
    beside = right if story in ("small share", "building") else NONE
    return tell_of_all(scene, tender, left, beside, near=story == "small share", note=note)


def _one_phone(scene: Scene, tender: int) -> None:
    """Registered with one phone and different addresses: perhaps the same bookkeeper's."""
    pair = couple(scene, tender)
    if pair is None:
        return
    scene.city.used_tenders = np.r_[scene.city.used_tenders, tender]
    left, right = _firms(scene, pair)
    scene.city.firms.phone[right] = scene.city.firms.phone[left]
    _own_number(scene, pair[1])
    part_ways(scene, left, right, tender)
    tell(scene, UNDECIDABLE, tender, np.sort(pair), note="登记电话相同、地址不同，可能为代账机构电话")
