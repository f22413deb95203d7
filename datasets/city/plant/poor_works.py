"""X04 疑点项目质量投诉集中: three and more people complain of the quality of what the supplier of a flagged tender built or brought.

Innocent: two people only, or many about a supplier whose purchases nobody doubts.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct
from datasets.city.plant.complaint_names_flagged import WINDOW
from datasets.city.plant.complaint_names_supplier import TENDER_RULES, Affair, affairs_of
from datasets.city.plant.hotline_texts import hotline_texts, ring, special
from datasets.city.plant.scene import Scene
from datasets.city.truth import PROBLEM, rows

_CATEGORY = "城乡建设"
_HANDLERS = {2: "住房和城乡建设局", 0: "市场监督管理局", 1: "城市管理局"}
# texts by kind of purchase: goods, services, works
_TEXTS = {0: (2,), 1: (4, 4), 2: (0, 1, 3, 5)}


def plant(scene: Scene) -> None:
    affairs = affairs_of(scene)
    told = {int(firm) for firm in distinct(scene.city.desk.tickets["firm"]).tolist() if firm != NONE}
    wanted, done, few = scene.number(4, 1), 0, 0
    for at in scene.rng.permutation(len(affairs)).tolist():
        found = _contract(scene, affairs[at])
        if found is None or int(scene.city.dossier.contracts["firm"][found]) in told or (done >= wanted and few >= 2 * wanted):
            continue
        told.add(int(scene.city.dossier.contracts["firm"][found]))
        near = scene.near(done)
        count = 2 if done >= wanted else 3 if near else int(scene.rng.integers(4, 9))
        tickets = _complain(scene, found, count, affairs[at])
        if done < wanted:
            _tell(scene, found, tickets, True, near, f"{count}人反映疑点项目质量问题")
            done += 1
        else:
            _tell(scene, found, tickets, False, True, "不足三人反映")
            few += 1
        _crossing(scene, found, tickets, affairs)
    _clean(scene, affairs, told, 11 * done - few)


def _contract(scene: Scene, affair: Affair) -> int | None:
    """The contract of a doubtful tender with one of the firms that are party to it, begun long enough ago."""
    city, book = scene.city, scene.city.dossier.contracts
    tenders = [row for table, found in affair.case.evidence if table == "tender" for row in found]
    if affair.case.kind != PROBLEM or len(tenders) != 1 or affair.case.subject_kind != "tender":
        return None
    mine = book.by("tender").of(tenders[0])
    mine = mine[book["alive"][mine] == 1]
    if len(mine) != 1 or book["starts"][mine[0]] > min(city.last - 60, affair.first + 110):
        return None
    return int(mine[0]) if int(book["firm"][mine[0]]) in affair.firms else None


def _complain(scene: Scene, contract: int, count: int, affair: Affair | None) -> Ints:
    """Calls within ninety days of each other after the contract began."""
    city, book = scene.city, scene.city.dossier.contracts
    tender = int(book["tender"][contract])
    start = int(book["starts"][contract]) + int(scene.rng.integers(3, 20))
    latest = min(start + 80, city.last - 12)
    if affair is not None:
        latest = max(start + 5, min(latest, affair.first + WINDOW - 8))
    days = np.sort(scene.rng.integers(start, max(start + 1, latest), count))
    buyer, category = int(city.market.tenders["buyer"][tender]), int(city.market.tenders["category"][tender])
    area = int(city.bodies.area[buyer])
    town = area if area in city.places.towns else int(city.places.towns[0])
    said = hotline_texts().poor_works
    texts = [special(scene, said[number], _CATEGORY) for number in _TEXTS[category]]
    handler = city.bodies.agency(_HANDLERS[category])
    return ring(scene, days, texts, _CATEGORY, handler, firm=int(book["firm"][contract]), area=area, town=town)


def _tell(scene: Scene, contract: int, tickets: Ints, bad: bool, near: bool, note: str) -> None:
    city, book = scene.city, scene.city.dossier.contracts
    tender = int(book["tender"][contract])
    buyer = int(city.market.tenders["buyer"][tender])
    evidence = (rows("contract", [contract]), rows("tender", [tender]), rows("ticket", tickets))
    write = scene.problem if bad else scene.explained
    write("enterprise", int(book["firm"][contract]), buyer, evidence, area=int(city.bodies.area[buyer]),
          cents=int(book["amount"][contract]), near=near, note=note)  # fmt: skip


def _crossing(scene: Scene, contract: int, tickets: Ints, affairs: list[Affair]) -> None:
    """Such a complaint names the supplier of a doubtful purchase, which is another row's matter."""
    city, other = scene.city, scene.also("X03")
    firm = int(city.dossier.contracts["firm"][contract])
    when = city.desk.tickets["created"][tickets] // 86_400
    buyers: set[int] = set()
    for affair in sorted((one for one in affairs if firm in one.touched), key=lambda one: one.case.kind != PROBLEM):
        close = (when >= affair.first - WINDOW - 12) & (when <= affair.last + WINDOW + 12)
        # a shop's affair has no accountable unit
        if affair.buyer == NONE or affair.buyer in buyers or not close.any():
            continue
        buyers.add(affair.buyer)
        strict = np.maximum(np.abs(when - affair.first), np.abs(when - affair.last)) <= WINDOW - 6
        sure = affair.case.kind == PROBLEM and firm in affair.firms and affair.case.rule in TENDER_RULES and bool(strict.any())
        area = int(city.bodies.area[affair.buyer])
        sure &= area == int(city.desk.tickets["area"][tickets[0]])
        write = other.problem if sure else other.undecidable
        write("enterprise", firm, affair.buyer, (rows("ticket", tickets),), area=area, note="投诉点名疑点项目供应商")


def _clean(scene: Scene, affairs: list[Affair], told: set[int], wanted: int) -> None:
    """Poor work of suppliers whose purchases are in order."""
    city, book = scene.city, scene.city.dossier.contracts
    touched = {firm for affair in affairs for firm in affair.touched} | told
    free = np.flatnonzero((book["alive"] == 1) & (book["starts"] < city.last - 110) & (book["starts"] > city.first))
    free = scene.rng.permutation(free[~among(book["firm"][free], sorted(touched))])
    _, first = np.unique(book["firm"][free], return_index=True)
    for place, contract in enumerate(free[np.sort(first)][: max(0, wanted)].tolist()):
        tickets = _complain(scene, contract, 3 + place % 3, None)
        _tell(scene, contract, tickets, False, False, "项目无采购疑点")
