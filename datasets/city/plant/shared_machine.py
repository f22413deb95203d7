"""C1 and C2 标书同机制作、上传IP相同: bidders of one tender on one machine; public networks and one's own second bid are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.plant.scene import Evidence, Scene
from datasets.city.plant.stage import bids_of, cast_tenders, decided
from datasets.city.tables_market import NO_MAC
from datasets.city.tender import WITHDRAWN
from datasets.city.truth import rows


def plant(scene: Scene) -> None:
    """Cases of the scene's code: C1 shares machines, C2 shares an address within minutes."""
    same_machine = scene.rule == "C1"
    chosen = cast_tenders(scene, _fit(scene), scene.number(5 if same_machine else 4))
    for place, tender in enumerate(chosen.tolist()):
        _machine_case(scene, place, tender) if same_machine else _address_case(scene, tender)
    innocents = cast_tenders(scene, _fit(scene), 10 * len(chosen))
    for place, tender in enumerate(innocents.tolist()):
        if not same_machine:
            _public_network(scene, tender)
        elif place % 10 < 7:
            _second_thoughts(scene, tender)
        else:
            _no_card(scene, tender)
    if not same_machine:
        for tender in cast_tenders(scene, _fit(scene), max(1, len(chosen) // 2)).tolist():
            _half_an_hour(scene, tender)


def _fit(scene: Scene) -> Ints:
    """Decided tenders of three or more bidders."""
    found = decided(scene)
    book = scene.city.market.bids
    count = np.bincount(book["tender"][book["alive"] == 1], minlength=len(scene.city.market.tenders))
    return found[count[found] >= 3]


def _some(scene: Scene, tender: int, count: int) -> Ints:
    bids = bids_of(scene, tender)
    chosen: Ints = np.sort(scene.rng.permutation(bids)[:count])
    return chosen


def _case(scene: Scene, tender: int, bids: Ints) -> tuple[str, int, int, Evidence]:
    """What every case and look-alike here is about: kind and number of the subject, the buyer, and the tender with its bids."""
    return "tender", tender, _buyer(scene, tender), (rows("tender", [tender]), rows("bid", bids))


def _buyer(scene: Scene, tender: int) -> int:
    return int(scene.city.market.tenders["buyer"][tender])


def _area(scene: Scene, tender: int) -> int:
    return int(scene.city.bodies.area[_buyer(scene, tender)])


def _cents(scene: Scene, tender: int) -> int:
    return int(scene.city.market.tenders["budget"][tender])


def _machine_case(scene: Scene, place: int, tender: int) -> None:
    book = scene.city.market.bids
    few = scene.near(place)
    bids = _some(scene, tender, 2 if few else int(scene.rng.integers(2, 4)))
    firm = int(book["firm"][bids[0]])
    # sometimes only the card, sometimes only the fingerprint, mostly both
    for number, name in enumerate(("mac", "machine")):
        if place % 3 != number + 1:
            book[name][bids] = firm
    scene.problem(
        *_case(scene, tender, bids),
        area=_area(scene, tender),
        cents=_cents(scene, tender),
        near=few,
        note="投标文件同机制作",
    )


def _close_in_time(scene: Scene, bids: Ints, least: int, most: int) -> None:
    book = scene.city.market.bids
    gaps = np.cumsum(np.r_[0, scene.rng.integers(least, most, len(bids) - 1)])
    book["submitted"][bids] = book["submitted"][bids].min() - 60 + gaps - gaps[-1]
    book["ip"][bids] = book["firm"][bids[0]]


def _address_case(scene: Scene, tender: int) -> None:
    bids = _some(scene, tender, int(scene.rng.integers(2, 4)))
    _close_in_time(scene, bids, 40, 230)
    scene.problem(
        *_case(scene, tender, bids),
        area=_area(scene, tender),
        cents=_cents(scene, tender),
        note="同一地址数分钟内先后上传",
    )


def _public_network(scene: Scene, tender: int) -> None:
    bids = _some(scene, tender, 2)
    _close_in_time(scene, bids, 5 * 3600, 40 * 3600)
    scene.explained(
        *_case(scene, tender, bids),
        area=_area(scene, tender),
        note="交易中心公共网络，上传相隔数小时",
    )


def _half_an_hour(scene: Scene, tender: int) -> None:
    bids = _some(scene, tender, 2)
    _close_in_time(scene, bids, 20 * 60, 85 * 60)
    scene.undecidable(
        *_case(scene, tender, bids),
        area=_area(scene, tender),
        note="同一地址，相隔数十分钟",
    )


def _second_thoughts(scene: Scene, tender: int) -> None:
    """A bidder takes its bid back and hands in another from its own machine."""
    book = scene.city.market.bids
    bid = _some(scene, tender, 1)
    earlier = book.copy_rows(
        bid, price=book["price"][bid] * 101 // 100, submitted=book["submitted"][bid] - 7200, status=WITHDRAWN
    )
    scene.explained(
        "tender",
        tender,
        _buyer(scene, tender),
        (rows("tender", [tender]), rows("bid", np.r_[bid, earlier])),
        area=_area(scene, tender),
        note="同一投标人撤回后重新递交",
    )


def _no_card(scene: Scene, tender: int) -> None:
    """Virtual machines report an empty network card: that is no card at all."""
    book = scene.city.market.bids
    bids = _some(scene, tender, 2)
    book["mac"][bids] = NO_MAC
    book["machine"][bids] = np.where(book["machine"][bids] == NONE, NONE, book["firm"][bids])
    scene.explained(
        *_case(scene, tender, bids),
        area=_area(scene, tender),
        note="网卡地址为空值",
    )
