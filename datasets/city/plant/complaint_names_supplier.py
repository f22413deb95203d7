"""X03 for suppliers: a complaint names a firm of a flagged tender within 180 days, in the buyer's area."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import DAY_SECONDS, Ints
from datasets.city.plant.complaint_names_flagged import WINDOW, call
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, Case, rows
from datasets.city.wording import Special

TENDER_RULES = ("C1", "C2", "C6", "R018", "C25", "C14")
_TEXTS = {
    2: ("工程质量问题", "{p}刚完工的工程不到一年就开裂了，怀疑偷工减料，监理也没人管。"),
    0: ("采购设备质量差", "{p}采购的这批设备用了几次就坏，听说价格比市场上高不少。"),
    1: ("服务质量差", "{p}外包的服务人手不足，投诉了几次也不改，不知道合同是怎么签的。"),
}
_HANDLERS = {2: "住房和城乡建设局", 0: "市场监督管理局", 1: "城市管理局"}


@dataclass(frozen=True)
class Affair:
    """A flagged tender, or purchases flagged together."""

    buyer: int
    first: int
    last: int
    firms: frozenset[int]
    """Firms that are party to it beyond doubt."""
    touched: frozenset[int]
    """All firms that bid."""
    case: Case


def plant(scene: Scene) -> None:
    affairs = affairs_of(scene)
    sure = [
        affair
        for affair in affairs
        if affair.case.kind == PROBLEM
        and affair.case.rule in TENDER_RULES
        and affair.last < scene.city.last - 25
        and affair.last - affair.first < 150
        and affair.firms
    ]
    # a tender may be flagged twice; an affair is told of once
    order = scene.rng.permutation(len(sure)).tolist()
    done, named = 0, set[int]()
    for at in order:
        if done >= scene.number(3, 1):
            break
        firm = sorted(sure[at].firms)[0]
        if firm not in named:
            named.add(firm)
            done += _tell(scene, sure[at], firm, affairs)
    _innocent(scene, affairs, 10 * done)


def affairs_of(scene: Scene) -> list[Affair]:
    city, market = scene.city, scene.city.market
    assert city.awards is not None
    winner = {}
    for bid, tender in zip(city.awards.bid.tolist(), city.awards.tender.tolist(), strict=True):
        winner[tender] = int(market.bids["firm"][bid])
    out = []
    for case in city.truth.cases:
        if case.rule[0] not in "CR" or case.kind not in (PROBLEM, UNDECIDABLE):
            continue
        tenders = [row for table, found in case.evidence if table == "tender" for row in found]
        bids = [row for table, found in case.evidence if table == "bid" for row in found]
        firms = {int(market.bids["firm"][row]) for row in bids} or {winner[row] for row in tenders if row in winner}
        touched = {int(firm) for row in tenders for firm in market.bids["firm"][scene.bids.of(row)]} | firms
        if not tenders:
            continue
        first = min(int(market.tenders["noticed"][row]) for row in tenders) // DAY_SECONDS
        last = max(int(market.tenders["closes"][row]) for row in tenders) // DAY_SECONDS + 8
        out.append(Affair(case.unit, first, last, frozenset(firms), frozenset(touched), case))
    return out


def _text(scene: Scene, category: int) -> int:
    title, body = _TEXTS[category]
    return scene.city.specials.number(Special(title, body, "城乡建设"))


def _name(scene: Scene, firm: int, area: int, when: int, category: int) -> Ints:
    """A complaint of a day that names the firm, in an area."""
    city = scene.city
    created = np.array([when * DAY_SECONDS + int(scene.rng.integers(8 * 3600, 20 * 3600))])
    town = area if area in city.places.towns else int(city.places.towns[0])
    handler = city.bodies.agency(_HANDLERS[category])
    return call(
        scene,
        created,
        np.array([0]),
        -(2**62),
        place=0,
        area=area,
        town=town,
        firm=firm,
        text=_text(scene, category),
        unit=handler,
    )


def _tell(scene: Scene, affair: Affair, firm: int, affairs: list[Affair]) -> int:
    city = scene.city
    area = int(city.bodies.area[affair.buyer])
    when = int(scene.rng.integers(affair.last + 2, min(affair.first + 172, city.last - 12, affair.last + 90) + 1))
    tenders = [row for table, found in affair.case.evidence if table == "tender" for row in found]
    ticket = _name(scene, firm, area, when, int(city.market.tenders["category"][tenders[0]]))
    told: set[int] = set()
    for other in sorted(affairs, key=lambda item: item.case.kind != PROBLEM):
        strict = max(abs(when - other.first), abs(when - other.last)) <= WINDOW - 6
        near_enough = other.first - WINDOW - 12 <= when <= other.last + WINDOW + 12
        if other.buyer in told or firm not in other.touched or not near_enough:
            continue
        told.add(other.buyer)
        evidence = (rows("ticket", ticket),)
        sure = other.case.kind == PROBLEM and other.case.rule in TENDER_RULES
        if strict and sure and firm in other.firms and int(city.bodies.area[other.buyer]) == area:
            scene.problem(
                "enterprise", firm, other.buyer, evidence, area=area, cents=other.case.cents, note="投诉点名疑点项目供应商"
            )
        else:
            scene.undecidable("enterprise", firm, other.buyer, evidence, area=area, note="投诉点名企业与疑点项目关联较弱")
    return 1


def _innocent(scene: Scene, affairs: list[Affair], wanted: int) -> None:
    """Complaints that name firms of clean tenders, those with like names first, and flagged firms long before or after."""
    city = scene.city
    flagged = {firm for affair in affairs for firm in affair.touched}
    # nor is a firm clean whose grants or sales are in doubt
    flagged |= {case.subject for case in city.truth.cases if case.subject_kind == "enterprise" and case.kind != EXPLAINED}
    stems = {str(city.firms.name[firm])[:4] for firm in flagged}
    clean = [firm for firm in np.flatnonzero(city.firms.kind <= 2).tolist() if firm not in flagged]
    like = [firm for firm in clean if str(city.firms.name[firm])[:4] in stems]
    pool = [
        *scene.rng.permutation(np.array(like or clean))[: wanted // 2].tolist(),
        *scene.rng.permutation(np.array(clean)).tolist(),
    ]
    for place, firm in enumerate(pool[:wanted]):
        area = int(scene.rng.choice(city.places.towns)) if place % 2 else 0
        when = int(scene.rng.integers(city.first + 10, city.last - 15))
        ticket = _name(scene, firm, area, when, place % 3)
        unit = int(city.desk.tickets["unit"][ticket[0]])
        scene.explained("enterprise", firm, unit, (rows("ticket", ticket),), area=area, note="所指企业无采购疑点")
