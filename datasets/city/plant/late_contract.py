"""C20 and C29 超期签约、未备案、合同与中标不一致: signed late, put on record late or never, or signed for something else.

Innocent: signed on the thirtieth day, recorded on the seventh working day with a holiday between, sums rounded to the
yuan, a change agreed on later.
"""

import numpy as np

from datasets.city import workdays
from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, kept
from datasets.city.dossier import CHALLENGE, CONTRACT_TEXT, OTHER_CHANGE, PRICE, TERM
from datasets.city.plant.agreement import contract_of, perform_again, report, sign_on
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders
from datasets.city.tender import FRAMEWORK
from datasets.city.truth import EXPLAINED, PROBLEM, rows


def _old_enough(scene: Scene, days: int) -> Ints:
    found = awarded(scene)
    tenders = scene.city.market.tenders
    plain = ~among(found, scene.city.dossier.contracts["tender"][scene.city.dossier.amendments["contract"]])
    # call-offs follow their framework, and who was challenged may wait
    plain &= (tenders["method"][found] != FRAMEWORK) & ~among(found, scene.city.dossier.complaints["tender"])
    return kept(found, plain & (tenders["closes"][found] < (scene.city.last - days) * DAY_SECONDS))


def plant_late(scene: Scene) -> None:
    """C20."""
    city, rng, contracts = scene.city, scene.rng, scene.city.dossier.contracts
    chosen = cast_tenders(scene, _old_enough(scene, 150), scene.number(7, 2))
    for place, tender in enumerate(chosen.tolist()):
        near, contract = scene.near(place), contract_of(scene, tender)
        if place % 2 == 0:
            award = int(contracts["award"][contract])
            day = int(city.dossier.awards["awarded"][award])
            sign_on(scene, contract, day + int(rng.integers(31, 34) if near else rng.integers(36, 100)))
            note = "中标后逾三十日签订合同"
        else:
            _recorded_late(scene, place, contract, near)
            note = "合同未按期公告或备案"
        report(scene, PROBLEM, contract, rows("award", [int(contracts["award"][contract])]), near=near, note=note)
    for place, tender in enumerate(cast_alike(scene, _old_enough(scene, 90), 11 * len(chosen)).tolist()):
        _waited(scene, contract_of(scene, tender)) if place % 5 == 4 else _in_time(scene, place, contract_of(scene, tender))


def _recorded_late(scene: Scene, place: int, contract: int, near: bool) -> None:
    book, rng = scene.city.dossier.contracts, scene.rng
    day = book["signed"][[contract]]
    late = int(workdays.ahead(day, 8 if near else int(rng.integers(10, 50)))[0])
    if place % 4 == 1:
        book["recorded"][contract] = late if near or rng.random() < 0.6 else NONE
    else:
        book["published"][contract] = int(workdays.ahead(day, 3 if near else int(rng.integers(6, 30)))[0])
        if not near and rng.random() < 0.4:
            book["published"][contract] = NONE
        papers = scene.city.dossier.documents
        mine = (papers["tender"] == book["tender"][contract]) & (papers["kind"] == CONTRACT_TEXT)
        papers["published"][mine] = book["published"][contract]


def _in_time(scene: Scene, place: int, contract: int) -> None:
    city, rng = scene.city, scene.rng
    book = city.dossier.contracts
    note = "三十日内签订合同"
    if place % 2 == 0:
        day = int(city.dossier.awards["awarded"][book["award"][contract]])
        sign_on(scene, contract, day + int(rng.integers(27, 31)))
    else:
        day_ = book["signed"][[contract]]
        start = workdays.on_or_after(day_)
        book["recorded"][contract] = int(workdays.ahead(start, 6)[0])
        book["published"][contract] = int(workdays.ahead(start, 1)[0])
        note = "七个工作日内备案，其间有节假日"
    report(scene, EXPLAINED, contract, near=True, note=note)


def _waited(scene: Scene, contract: int) -> None:
    """Signed late, because a challenge had to be answered first."""
    city, rng = scene.city, scene.rng
    book = city.dossier.contracts
    award = int(city.dossier.awards["awarded"][book["award"][contract]])
    filed = award + int(rng.integers(2, 6))
    losers = bids_of(scene, int(book["tender"][contract]))
    firm = int(city.market.bids["firm"][losers[-1]])
    answered = int(workdays.ahead(np.array([filed]), int(rng.integers(3, 8)))[0])
    made = city.dossier.complaints.add(
        1, tender=int(book["tender"][contract]), firm=firm, kind=CHALLENGE, filed=filed, answered=answered, upheld=0
    )
    sign_on(scene, contract, max(answered + int(rng.integers(5, 15)), award + int(rng.integers(31, 36))))
    report(scene, EXPLAINED, contract, rows("tender_complaint", made), near=True, note="质疑答复期间暂停签约")


def plant_differs(scene: Scene) -> None:
    """C29."""
    contracts, rng = scene.city.dossier.contracts, scene.rng
    chosen = cast_tenders(scene, _old_enough(scene, 90), scene.number(5))
    for place, tender in enumerate(chosen.tolist()):
        near, contract = scene.near(place), contract_of(scene, tender)
        award = int(contracts["award"][contract])
        if near or place % 3 == 0:
            share = float(rng.uniform(0.0052, 0.0075) if near else rng.uniform(0.012, 0.09)) * (1 if place % 2 else -1)
            contracts["amount"][contract] = int(contracts["amount"][contract] * (1 + share)) // 100 * 100
        elif place % 3 == 1:
            contracts["term"][contract] = int(contracts["term"][contract] * rng.uniform(1.25, 1.9))
        else:
            _other_supplier(scene, tender, contract)
        perform_again(scene, contract)
        report(scene, PROBLEM, contract, rows("award", [award]), near=near, note="合同金额、工期或供应商与中标结果不一致")
    for place, tender in enumerate(cast_alike(scene, _old_enough(scene, 90), 11 * len(chosen)).tolist()):
        _nearly_same(scene, place, contract_of(scene, tender))
    calls = awarded(scene)
    for tender in cast_alike(scene, kept(calls, scene.city.market.tenders["method"][calls] == FRAMEWORK), len(chosen)).tolist():
        contract = contract_of(scene, tender)
        contracts["amount"][contract] = int(contracts["amount"][contract] * rng.uniform(0.7, 0.98)) // 100 * 100
        perform_again(scene, contract)
        report(scene, EXPLAINED, contract, note="框架协议项下按实际数量结算")


def _other_supplier(scene: Scene, tender: int, contract: int) -> None:
    """Signed with a bidder that did not win; in a tender of one bidder with the price changed."""
    contracts, book = scene.city.dossier.contracts, scene.city.market.bids
    firms = [
        int(book["firm"][bid]) for bid in bids_of(scene, tender).tolist() if int(book["firm"][bid]) != contracts["firm"][contract]
    ]
    if firms:
        contracts["firm"][contract] = firms[0]
    else:
        contracts["amount"][contract] = int(contracts["amount"][contract]) * 104 // 100


def _nearly_same(scene: Scene, place: int, contract: int) -> None:
    city, rng = scene.city, scene.rng
    book = city.dossier.contracts
    note, near = "合同金额取整，差额极小", True
    if place % 3 == 0:
        change = int(int(book["amount"][contract]) * rng.uniform(0.0005, 0.004)) // 100 * 100
        book["amount"][contract] -= change
    elif place % 3 == 1:
        signed = min(int(book["signed"][contract]) + int(rng.integers(15, 60)), city.last - 1)
        city.dossier.amendments.add(1, contract=contract, cents=0, signed=signed, kind=TERM, reason=int(rng.integers(0, 6)))
        note, near = "工期经变更协议依法顺延", False
    else:
        signed = min(int(book["signed"][contract]) + int(rng.integers(15, 60)), city.last - 1)
        cents = -int(int(book["amount"][contract]) * rng.uniform(0.005, 0.03)) // 100 * 100
        kind = PRICE if rng.random() < 0.3 else OTHER_CHANGE
        city.dossier.amendments.add(1, contract=contract, cents=cents, signed=signed, kind=kind, reason=int(rng.integers(0, 6)))
        note, near = "签约后经变更协议核减金额", False
    perform_again(scene, contract)
    report(scene, EXPLAINED, contract, near=near, note=note)
